"""Everything that people decided about answers of models, read once from the store."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench.assist.prompts import Message, idea_line
from workbench.records import (
    ME,
    Board,
    Feedback,
    Generation,
    Idea,
    Judge,
    Review,
    Revision,
    Status,
    Thumb,
    Vote,
    VoteKind,
)
from workbench.store import Store

WHOLE = "stop"  # how an answer that was not cut off ended


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a data set is made of; an empty list is all of it. Names and comments stay out unless asked for."""

    tasks: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    boards: tuple[int, ...] = ()
    since: str = ""  # ISO date, of the answer or the vote
    until: str = ""  # ... up to the end of that day
    without: tuple[str, ...] = ()  # people whose feedback and votes are left out
    names: bool = False
    comments: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a model with what became of it."""

    generation: Generation
    question: str
    feedback: tuple[Feedback, ...] = ()
    idea: Idea | None = None  # brainstorm: the idea that it became
    edited: str = ""  # the wording that a person gave the idea
    kept: str = ""  # the wording that was kept, of an idea or a rewrite; empty: none was
    dropped: bool = False
    review: Review | None = None  # refine: the decisions on its changes

    @property
    def text(self) -> str:
        """The answer as the model gave it."""
        return self.generation.text.strip()

    @property
    def prompt(self) -> list[Message]:
        """The messages that the model was asked with, its system turn among them."""
        return self.generation.messages

    @property
    def whole(self) -> bool:
        """True when it was not cut off."""
        return self.generation.finish == WHOLE

    @property
    def thumb(self) -> Thumb | None:
        """What most of the thumbs say; None when there are none, or as many up as down."""
        up, down = (sum(each.said.thumb is side for each in self.feedback) for side in Thumb)
        return None if up == down else Thumb.UP if up > down else Thumb.DOWN

    @property
    def disputed(self) -> bool:
        """True when as many thumbs are up as down."""
        return self.thumb is None and any(each.said.thumb for each in self.feedback)

    @property
    def rejected(self) -> bool:
        """True when a change of this rewrite was rejected."""
        return self.review is not None and any(change.accepted is False for change in self.review.changes)

    @property
    def undecided(self) -> bool:
        """True when changes of this rewrite were neither accepted nor rejected."""
        return self.review is not None and any(change.accepted is None for change in self.review.changes)


class Material:
    """What the store holds, chosen; each part is read when it is first asked for."""

    def __init__(self, store: Store, chosen: Chosen) -> None:
        self._store, self.chosen = store, chosen

    @cached_property
    def boards(self) -> dict[int, Board]:
        """Every board, archived ones too: taking it off the list says nothing of its answers."""
        both = [*self._store.list_boards(), *self._store.list_boards(archived=True)]
        return {board.id: board for board in sorted(both, key=lambda board: board.id)}

    @cached_property
    def ideas(self) -> dict[int, Idea]:
        """Every idea that stands on a board."""
        every = (idea for board in self.boards for idea in self._store.list_ideas(board, statuses=tuple(Status)))
        return {idea.id: idea for idea in every}

    @cached_property
    def generations(self) -> dict[int, Generation]:
        """Every answer in words that has ended, oldest first."""
        found = self._store.generations(limit=-1)[::-1]
        return {each.id: each for each in found if each.finish and "score" not in each.sampling and each.text.strip()}

    def answers(self) -> Iterator[Answer]:
        """Yield the chosen answers about which anything is known, oldest first."""
        said: dict[int, list[Feedback]] = defaultdict(list)
        for row in self._store.feedback()[::-1]:
            if row.person not in self.chosen.without:
                said[row.generation_id].append(row)
        made = {idea.generation_id: idea for idea in self.ideas.values() if idea.generation_id is not None}
        for generation in self.generations.values():
            answer = self._answer(generation, tuple(said[generation.id]), made.get(generation.id))
            if (answer.feedback or answer.kept or answer.dropped) and self.takes(generation, generation.created):
                yield answer

    def votes(self, kind: VoteKind) -> list[Vote]:
        """Return people's votes that are not left out, oldest first."""
        found = self._store.votes(kind=kind, judge=Judge.PERSON)
        return [vote for vote in found if (vote.judge_name.strip() or ME) not in self.chosen.without]

    def revisions(self, idea_id: int) -> dict[int, Revision]:
        """Return an idea's wordings by number."""
        return {each.id: each for each in self._store.revisions(idea_id)}

    def takes(self, generation: Generation, stamp: str) -> bool:
        """Say whether an answer, given or voted on at this time, is among those chosen."""
        return (
            _in(generation.task, self.chosen.tasks) and _in(generation.model, self.chosen.models)
            and self.takes_board(generation.board_id) and self.takes_time(stamp)
        )  # fmt: skip

    def takes_board(self, board_id: int | None) -> bool:
        """Say whether a board's answers are among those chosen."""
        return _in(board_id, self.chosen.boards)

    def takes_time(self, stamp: str) -> bool:
        """Say whether a time is in the days chosen."""
        return stamp[:10] >= self.chosen.since and stamp[:10] <= (self.chosen.until or "9999")

    def _answer(self, generation: Generation, feedback: tuple[Feedback, ...], idea: Idea | None) -> Answer:
        board = self.boards.get(generation.board_id or 0)
        question = board.question if board else ""
        if generation.task == "refine":
            label, review = generation.label, self._store.review(generation.id)
            kept = self._kept_rewrite(generation) if label == "kept" else ""
            return Answer(generation, question, feedback, None, "", kept, label == "dropped", review)
        if idea is None:
            return Answer(generation, question, feedback, dropped=generation.label == "dropped")
        kept = idea_line(idea.title, idea.body) if idea.status is Status.KEPT else ""
        edited = _edited(list(self.revisions(idea.id).values())) if kept else ""
        return Answer(generation, question, feedback, idea, edited, kept, idea.status is Status.DROPPED)

    def _kept_rewrite(self, generation: Generation) -> str:
        if generation.idea_id not in self.ideas:
            return ""
        found = [each for each in self.revisions(generation.idea_id).values() if each.generation_id == generation.id]
        return idea_line(found[-1].title, found[-1].body) if found else ""


def _edited(revisions: Sequence[Revision]) -> str:
    """Return the last wording that a person wrote over a model's."""
    by_person = [each for each in revisions[1:] if each.source == "person"]
    return idea_line(by_person[-1].title, by_person[-1].body) if by_person else ""


def _in(value: object, wanted: Collection[object]) -> bool:
    return not wanted or value in wanted
