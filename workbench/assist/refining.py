"""Refine: an idea rewritten toward one goal."""

from workbench.assist import prompts
from workbench.assist.runs import Run, Slot
from workbench.assist.submitting import AT_ONCE, ONE_LINE, Submitting, require, seeded
from workbench.engine.interface import FOCUSED, Request, Sampling
from workbench.errors import InputError


class Refining(Submitting):
    """The verb."""

    def refine(
        self, topic: str, idea_line: str, goal: str, *, idea_id: int | None = None, board_id: int | None = None,
        n: int = 1, sampling: Sampling = FOCUSED,
    ) -> Run:  # fmt: skip
        """Start `n` rewrites of the idea toward the goal; nothing is applied, accepting calls `store.revise`."""
        require(topic, "a topic or question")
        require(idea_line, "an idea")
        require(goal, "a goal")
        if not 1 <= n <= AT_ONCE:
            raise InputError(f"{n} rewrites were asked for; ask for 1 to {AT_ONCE}.")
        run = Run("refine", topic, board_id=board_id, idea_id=idea_id)
        chats = (prompts.refine(topic, idea_line, goal),) * n
        request = Request("refine", chats, seeded(sampling, max_tokens=200), self._adapter("refine"), stop=ONE_LINE)
        self._submit(run, request, [Slot(goal=goal) for _ in range(n)])
        return self._remember(run)
