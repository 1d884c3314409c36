"""The desk: the three verbs over one engine, one store and one library. Pages, CLI and benchmarks all go through it."""

from workbench.assist.board_judging import BoardJudging
from workbench.assist.deriving import Deriving
from workbench.assist.duelling import Duelling, DuelRun
from workbench.assist.refining import Refining
from workbench.assist.reviewing import Reviewing
from workbench.assist.runs import DraftSlot, Run, Slot
from workbench.assist.scoping import Scoping
from workbench.engine.interface import Completion, Job


class Desk(Deriving, Scoping, Refining, Reviewing, BoardJudging, Duelling):
    """One for each app process. Each verb is written in the file named for it, over `Submitting`."""

    def _finished(self, run: Run, job: Job, slot: Slot, completion: Completion) -> None:
        if isinstance(slot, DraftSlot):
            self._drafts_finished(run, job)
        elif run.task == "brainstorm":
            self._idea_finished(run, slot, completion)
        elif run.task == "dimensions":
            self._dimensions_finished(run, slot, completion)
        elif run.task == "evaluate":
            self._judgement_finished(run, job, slot, completion)
        elif isinstance(run, DuelRun):
            self._duels_finished(run, job)
