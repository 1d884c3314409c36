"""From votes to preferences: the pairs on which people decided, each with the one prompt that both answer."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workbench.assist import prompts
from workbench.assist.prompts import Message
from workbench.lab.sets.material import Chosen, Material
from workbench.lab.sets.rows import CUT_OFF, DISPUTED, LeftOut, Row, group_of, pair
from workbench.records import ME, Board, Generation, Outcome, Vote, VoteKind

DECIDED = {Outcome.LEFT: 0, Outcome.RIGHT: 1}
UNDECIDED = "a tie, both bad or skipped"
UNLIKE = "answers to two prompts"
GONE = "one of the two is no more"
SAME = "both say the same"


class Side(NamedTuple):
    """One of the two that were compared."""

    key: tuple[str, int]
    text: str
    generation: Generation | None


class Compared(NamedTuple):
    """Two that were compared under one prompt, left and right as in the vote."""

    prompt: list[Message]
    sides: tuple[Side, Side]
    topic: str


def preferences(material: Material, chosen: Chosen, left_out: Counter[str]) -> Iterator[Row]:
    """Yield one row for each two texts on which more people decided one way than the other."""
    found: dict[frozenset[object], list[tuple[Vote, Compared]]] = defaultdict(list)
    for kind in VoteKind:
        for vote in material.votes(kind):
            try:
                compared = _compared(material, vote)
            except LeftOut as reason:
                left_out[str(reason)] += 1
                continue
            if compared is not None:
                found[frozenset(side.key for side in compared.sides)].append((vote, compared))
    for votes in found.values():
        row = _decided(votes, chosen)
        if row is None:
            left_out[DISPUTED] += len(votes)
        else:
            yield row


def _compared(material: Material, vote: Vote) -> Compared | None:
    """Return what a vote compared; None: not among what was chosen. Raises LeftOut."""
    if not material.takes_time(vote.created):
        return None
    compared = _ideas(material, vote) if vote.kind is VoteKind.IDEA else _answers(material, vote)
    if compared is None:
        return None
    if vote.outcome not in DECIDED:
        raise LeftOut(UNDECIDED)
    if compared.sides[0].text == compared.sides[1].text:
        raise LeftOut(SAME)
    return compared


def _ideas(material: Material, vote: Vote) -> Compared | None:
    """Two ideas of a board answer its question, asked through no lens; when one prompt gave both, that one."""
    board = material.boards.get(vote.board_id or 0)
    if board is None or not material.takes_board(board.id):
        return None
    sides = tuple(
        _idea(material, idea_id, revision_id)
        for idea_id, revision_id in ((vote.left_id, vote.left_revision_id), (vote.right_id, vote.right_revision_id))
    )
    by_model = [side.generation for side in sides if side.generation]
    if by_model and not any(material.takes(each, vote.created) for each in by_model):
        return None
    if not by_model and (material.chosen.models or "brainstorm" not in (material.chosen.tasks or ("brainstorm",))):
        return None
    asked = [each.messages for each in by_model]
    prompt = asked[0] if len(asked) == 2 and asked[0] == asked[1] else free(board)
    return Compared(prompt, (sides[0], sides[1]), board.question)


def _idea(material: Material, idea_id: int, revision_id: int | None) -> Side:
    idea = material.ideas.get(idea_id)
    if idea is None or revision_id is None:
        raise LeftOut(GONE)
    wording = material.revisions(idea_id)[revision_id]
    generation = material.generations.get(idea.generation_id or 0)
    return Side(("revision", revision_id), prompts.idea_line(wording.title, wording.body), generation)


def _answers(material: Material, vote: Vote) -> Compared | None:
    both = [material.generations.get(each) for each in (vote.left_id, vote.right_id)]
    left, right = both
    if left is None or right is None:
        raise LeftOut(GONE)
    if not any(material.takes(each, vote.created) for each in (left, right)):
        return None
    if left.messages != right.messages:
        raise LeftOut(UNLIKE)
    if "stop" not in (left.finish, right.finish):
        raise LeftOut(CUT_OFF)
    sides = [Side(("answer", each.id), each.text.strip(), each) for each in (left, right)]
    board = material.boards.get(left.board_id or 0)
    return Compared(left.messages, (sides[0], sides[1]), board.question if board else left.messages[-1]["content"])


def free(board: Board) -> list[Message]:
    """Return the app's prompt for one idea on a board's question, through no lens."""
    context = prompts.for_whom(board.context, board.audience)
    return prompts.one_idea(board.question, context=context, constraints=board.constraints)


def _decided(votes: Sequence[tuple[Vote, Compared]], chosen: Chosen) -> Row | None:
    """Return the preference of the majority; None when there is none."""
    winners = Counter(compared.sides[DECIDED[vote.outcome]].key for vote, compared in votes)
    (best, most), *others = winners.most_common()
    if others and others[0][1] == most:
        return None
    vote, compared = votes[-1]
    better, worse = sorted(compared.sides, key=lambda side: side.key != best)
    by = better.generation
    row: Row = pair(compared.prompt, better.text, worse.text) | {
        "source": "vote", "task": by.task if by else "brainstorm", "group": group_of(compared.topic),
        "reasons": sorted({vote.reason for vote, _ in votes if vote.reason} if chosen.comments else ()),
        "model": by.model if by else "", "model_sha256": by.model_sha256 if by else "",
        "adapter": by.adapter or "" if by else "", "adapter_sha256": by.adapter_sha256 or "" if by else "",
        "prompts_version": by.prompts_version or 0 if by else 0, "created": vote.created,
    }  # fmt: skip
    return row | ({"people": sorted({vote.judge_name.strip() or ME for vote, _ in votes})} if chosen.names else {})
