"""The store: every read and write of the workbench's one SQLite file."""

from pathlib import Path

from workbench.store.actions import Actions
from workbench.store.answer_votes import AnswerVotes
from workbench.store.bindings import Bindings
from workbench.store.boards import Boards
from workbench.store.comparison_jobs import ComparisonJobs
from workbench.store.comparisons import Comparisons
from workbench.store.entries import Entries
from workbench.store.evaluations import Evaluations
from workbench.store.feedback import GivenFeedback
from workbench.store.folds import Folds
from workbench.store.forgetting import Forgetting
from workbench.store.generations import Generations
from workbench.store.ideas import Ideas
from workbench.store.labels import Labels
from workbench.store.lenses import Lenses
from workbench.store.models import Models
from workbench.store.prompt_sets import PromptSets
from workbench.store.reviews import Reviews
from workbench.store.rubrics import Rubrics
from workbench.store.search import Search
from workbench.store.several import Several
from workbench.store.votes import Votes


class Store(
    Boards, Several, Ideas, Entries, Folds, Lenses, Search, Actions, Generations, Reviews, Evaluations, Rubrics, Labels,
    Votes, Models, Bindings, AnswerVotes, PromptSets, Comparisons, ComparisonJobs, GivenFeedback, Forgetting,
):  # fmt: skip
    """The person's boards, ideas and history, and every model call. Safe to share by threads and processes.

    Each method is one transaction. The parts are separate classes over one `Connection`, so that a method is
    written once, in the file named for what it handles.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, made if missing; check it, back it up before a migration, migrate. Raises StoreError."""
        super().__init__(path)
        self._mark_interrupted()
