"""What the votes on a comparison come to: a ranking of its models by people and by each judge, bias and agreement."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from workbench.lab.agreement import Agreement
from workbench.lab.bradley_terry import Comparison as Duel
from workbench.lab.compare.pairs import Pair, Pairs, next_pair, owners, pairs_of
from workbench.lab.ranking import Ranking, rank
from workbench.lab.voting import SHARE, position_bias, vote_agreement
from workbench.records import Comparison, Judge, Outcome, Trial, Vote
from workbench.store import Store


@dataclass(frozen=True, slots=True)
class Verdict:
    """The votes of the people, or of one judge model."""

    judge: str  # "" for people
    votes: tuple[Vote, ...]  # on real pairs, skips left out
    ranking: Ranking[int]  # of the contenders, by place
    both_bad: dict[int, int]  # contender -> votes that called both answers bad
    bias: tuple[int, float | None]  # how many times a side was taken, and the share of the one shown first
    agreement: Agreement | None = None  # of a judge with the people


@dataclass(frozen=True, slots=True)
class Ballot:
    """A comparison with its pairs and votes."""

    comparison: Comparison
    trials: tuple[Trial, ...]
    pairs: Pairs
    votes: tuple[Vote, ...]

    @property
    def people(self) -> Verdict:
        """What people said."""
        return self._verdict("", [vote for vote in self.votes if vote.judge is Judge.PERSON])

    @property
    def judges(self) -> list[Verdict]:
        """What each judge model said, with its agreement with the people."""
        by_model = [vote for vote in self.votes if vote.judge is Judge.MODEL]
        names = dict.fromkeys(vote.judge_name for vote in by_model)
        people = [vote for vote in self.votes if vote.judge is Judge.PERSON]
        return [
            self._verdict(name, [vote for vote in by_model if vote.judge_name == name], people) for name in names
        ]  # fmt: skip

    def next_pair(self, voter: str) -> Pair | None:
        """Return the pair that this voter sees next; the draw changes with each vote, and with nothing else."""
        mine = self._of(voter)
        return next_pair(self.pairs.real, mine, self.seed(voter))

    def seed(self, voter: str) -> int:
        """Return what draws the voter's next pair and its sides."""
        mine = self._of(voter)
        return mine[-1].id if mine else self.comparison.id

    def last(self, voter: str) -> Vote | None:
        """Return the voter's last vote."""
        mine = self._of(voter)
        return mine[-1] if mine else None

    def name(self, generation_id: int) -> str:
        """Return the name of the model that gave an answer: to be shown after the vote only."""
        return self.comparison.contenders[owners(self.trials)[generation_id]].name

    def _of(self, voter: str) -> list[Vote]:
        return [vote for vote in self.votes if vote.judge is Judge.PERSON and vote.judge_name == voter]

    def _verdict(self, judge: str, votes: Sequence[Vote], people: Sequence[Vote] | None = None) -> Verdict:
        real = {pair.numbers for pair in self.pairs.real}
        whose = owners(self.trials)
        counted = [
            vote for vote in votes if vote.outcome in SHARE and frozenset((vote.left_id, vote.right_id)) in real
        ]  # fmt: skip
        duels = tuple((whose[vote.left_id], whose[vote.right_id], SHARE[vote.outcome]) for vote in counted)
        bad = Counter(
            whose[number] for vote in counted if vote.outcome is Outcome.BOTH_BAD
            for number in (vote.left_id, vote.right_id)
        )  # fmt: skip
        return Verdict(
            judge, tuple(counted), _ranked(duels), dict(bad), position_bias(counted),
            None if people is None else vote_agreement(people, counted),
        )  # fmt: skip


def ballot(store: Store, comparison_id: int) -> Ballot:
    """Return a comparison with its pairs and votes. Raises NotFound."""
    trials = tuple(store.trials(comparison_id))
    votes = tuple(store.answer_votes(comparison_id))
    return Ballot(store.comparison(comparison_id), trials, pairs_of(trials), votes)


@lru_cache(maxsize=32)
def _ranked(duels: tuple[Duel[int], ...]) -> Ranking[int]:
    """Rank, once for the same votes: a page asks at every click."""
    return rank(duels)
