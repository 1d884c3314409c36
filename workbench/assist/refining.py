"""Refine: an idea rewritten toward one goal."""

from dataclasses import fields, replace

from workbench.assist import prompts
from workbench.assist.runs import Run, Slot
from workbench.assist.submitting import AT_ONCE, ONE_LINE, Submitting, require, seeded
from workbench.engine.interface import BALANCED, FOCUSED, WILD, Request, Sampling
from workbench.errors import InputError

TOKENS = 200  # of one rewrite at most
# The first of several is careful, the rest are drawn more freely. By ROUGE-1 between candidates of the starter, on 24
# held-out ideas: 0.38 when all are focused, 0.31 balanced, 0.25 wild.
FREER = (BALANCED, BALANCED, WILD)


class Refining(Submitting):
    """The verb."""

    def refine(
        self, topic: str, idea_line: str, goal: str, *, idea_id: int | None = None, board_id: int | None = None,
        n: int = 1, sampling: Sampling | None = None, seed: int | None = None,
    ) -> Run:  # fmt: skip
        """Start `n` rewrites of the idea toward the goal, side by side; nothing is applied, `accept` does that.

        Without `sampling` the first is focused and the others freer, from `seed` on; with it, only their seeds differ.
        """
        require(topic, "a topic or question")
        require(idea_line, "an idea")
        require(goal, "a goal")
        if not 1 <= n <= AT_ONCE:
            raise InputError(f"{n} rewrites were asked for; ask for 1 to {AT_ONCE}.")
        first = seeded(sampling or replace(FOCUSED, seed=seed), max_tokens=TOKENS)
        drawn = [first, *(sampling or FREER[i % len(FREER)] for i in range(n - 1))]
        seeds = range(first.seed or 0, (first.seed or 0) + n)
        samplings = tuple(
            replace(each, seed=one, max_tokens=first.max_tokens) for each, one in zip(drawn, seeds, strict=True)
        )
        chats = (prompts.refine(topic, idea_line, goal),) * n
        request = Request("refine", chats, first, self._adapter("refine"), stop=ONE_LINE, samplings=samplings)
        run = Run("refine", topic, board_id=board_id, idea_id=idea_id)
        self._submit(run, request, [Slot(goal=goal) for _ in range(n)])
        return self._remember(run)

    def resume(self, generation_id: int) -> Run:
        """Let a rewrite that was cut off go on from its last word; its row in the log grows on."""
        cut = self.store.generation(generation_id)
        if cut.task != "refine" or cut.finish in (None, "stop"):
            raise InputError("Only a rewrite that was cut off can go on; ask for another one instead.")
        known = {field.name for field in fields(Sampling)}
        sampling = Sampling(**{name: value for name, value in cut.sampling.items() if name in known})  # type: ignore[arg-type]
        begun = [{"role": "assistant", "content": cut.text}] if cut.text.strip() else []
        request = Request(
            "refine", ((*cut.messages, *begun),), seeded(replace(sampling, seed=None), max_tokens=TOKENS),
            self._adapter("refine"), stop=ONE_LINE,
        )  # fmt: skip
        run = Run("refine", "", board_id=cut.board_id, idea_id=cut.idea_id)
        slot = Slot(goal=prompts.goal_of(cut.messages), generation_id=cut.id, begun=cut.text if begun else "")
        self._submit(run, request, [slot])
        return self._remember(run)
