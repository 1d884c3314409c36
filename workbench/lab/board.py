"""The ranking of one board: its ideas, the person's votes and the model's, side by side."""

from dataclasses import dataclass
from functools import lru_cache

from workbench.lab.agreement import Agreement, Figure, rank_agreement
from workbench.lab.bradley_terry import Comparison
from workbench.lab.pairing import next_pair, schedule
from workbench.lab.ranking import Ranking, rank
from workbench.lab.voting import comparisons, pairs_of, vote_agreement
from workbench.records import Idea, Judge, Status, Vote
from workbench.store import Store

LEAST_KEPT = 2


@dataclass(frozen=True, slots=True)
class BoardVotes:
    """What is known of a board's order."""

    ideas: tuple[Idea, ...]
    undecided: int  # ideas that take part only when asked for
    person: tuple[Vote, ...]
    model: tuple[Vote, ...]  # of one model

    @property
    def by_person(self) -> Ranking[int]:
        """The ranking by the person's duels; items are idea numbers."""
        return _ranked(tuple(comparisons(self.person, self.numbers)))

    @property
    def by_model(self) -> Ranking[int]:
        """The ranking by the model's duels."""
        return _ranked(tuple(comparisons(self.model, self.numbers)))

    @property
    def numbers(self) -> list[int]:
        """The numbers of the ideas."""
        return [idea.id for idea in self.ideas]

    def next_pair(self) -> tuple[Idea, Idea] | None:
        """Return the two ideas whose duel tells most, sides drawn by `seed`; None: the person has seen every pair."""
        done = comparisons(self.person, self.numbers)
        pair = next_pair(self.numbers, done, not_again=pairs_of(self.person), seed=self.seed)
        by_number = {idea.id: idea for idea in self.ideas}
        return (by_number[pair[0]], by_number[pair[1]]) if pair else None

    @property
    def seed(self) -> int:
        """The lot of the next duel: a new one after each vote, and the same until then, whatever is reloaded."""
        return self.person[-1].id if self.person else 0

    def to_ask(self) -> list[tuple[Idea, Idea]]:
        """Return the pairs that the model has still to judge, those that the person has decided first."""
        decided = [(left, right) for left, right, _ in comparisons(self.person, self.numbers)]
        by_number = {idea.id: idea for idea in self.ideas}
        pairs = schedule(self.numbers, pairs_of(self.model), first=decided, seed=len(self.model))
        return [(by_number[left], by_number[right]) for left, right in pairs]

    def agreement(self) -> Agreement:
        """Return how far the model agrees with the person on the pairs both have judged."""
        return vote_agreement(self.person, self.model)

    def order_agreement(self) -> tuple[int, Figure | None]:
        """Return how many ideas both have ranked, and Kendall's tau between the two orders."""
        return rank_agreement(self.by_person.strengths, self.by_model.strengths)


def read(store: Store, board_id: int, *, undecided: bool = False, model_sha256: str | None = None) -> BoardVotes:
    """Return the ideas that take part and the votes on them; without a model, of the one that voted last.

    Kept ideas take part; undecided ones too when asked for, or where fewer than two are kept. Raises NotFound.
    """
    store.board(board_id)
    ideas = store.list_ideas(board_id)
    kept = [idea for idea in ideas if idea.status is Status.KEPT]
    model = store.votes(board_id=board_id, judge=Judge.MODEL)
    wanted = model_sha256 if model_sha256 is not None else model[-1].judge_sha256 if model else ""
    return BoardVotes(
        ideas=tuple(ideas if undecided or len(kept) < LEAST_KEPT else kept),
        undecided=len(ideas) - len(kept) if len(kept) >= LEAST_KEPT else 0,
        person=tuple(store.votes(board_id=board_id, judge=Judge.PERSON)),
        model=tuple(vote for vote in model if vote.judge_sha256 == wanted),
    )


@lru_cache(maxsize=32)
def _ranked(found: tuple[Comparison[int], ...]) -> Ranking[int]:
    """Rank, once for the same votes: a page asks at every click."""
    return rank(found)
