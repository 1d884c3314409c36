"""Brainstorm: many ideas side by side, each row on the board as soon as it is finished."""

from collections.abc import Sequence
from dataclasses import replace

from workbench.assist import prompts
from workbench.assist.lenses import spread
from workbench.assist.reading import split_line
from workbench.assist.runs import Run, Slot
from workbench.assist.submitting import AT_ONCE, ONE_LINE, Submitting, require, seeded
from workbench.engine.interface import BALANCED, FOCUSED, Completion, Request, Sampling
from workbench.errors import InputError
from workbench.records import Idea, Origin, Status

MOST = 64  # ideas in one run


class Brainstorming(Submitting):
    """The verb."""

    def brainstorm(
        self, topic: str, *, n: int = 8, lenses: Sequence[str] = (), board_id: int | None = None,
        parent: Idea | None = None, context: str = "", constraints: str = "", sampling: Sampling = BALANCED,
    ) -> Run:  # fmt: skip
        """Start `n` ideas side by side, lens i for idea i in turn; no lenses means a spread of all kinds.

        With a board, each idea becomes a row on it (status new) as soon as it is finished.
        """
        require(topic, "a topic or question")
        if not 1 <= n <= MOST:
            raise InputError(f"{n} ideas were asked for; ask for 1 to {MOST}.")
        sampling = seeded(sampling, max_tokens=96)
        labels = [lenses[i % len(lenses)] for i in range(n)] if lenses else spread(n, sampling.seed or 0)
        if parent is not None:
            context = prompts.starting_from(prompts.idea_line(parent.title, parent.body), context)
        run = Run("brainstorm", topic, board_id=board_id, idea_id=parent.id if parent else None)
        chats = [prompts.one_idea(topic, label, context=context, constraints=constraints) for label in labels]
        return self._ideas(run, chats, labels, sampling)

    def carry_over(
        self, topic: str, ideas: Sequence[str], *, board_id: int | None = None,
        context: str = "", constraints: str = "", sampling: Sampling = FOCUSED,
    ) -> Run:  # fmt: skip
        """Start one idea for the topic from each idea line written for another: the same mechanism, carried over."""
        require(topic, "a topic or question")
        if not ideas or not all(idea.strip() for idea in ideas):
            raise InputError("No idea was given to carry over; pick one and try again.")
        run = Run("brainstorm", topic, board_id=board_id)
        chats = [prompts.transfer(topic, idea, context=context, constraints=constraints) for idea in ideas]
        labels = [f"carried over from: {split_line(idea)[0]}" for idea in ideas]
        return self._ideas(run, chats, labels, seeded(sampling, max_tokens=96))

    def _ideas(self, run: Run, chats: list[list[prompts.Message]], labels: list[str], sampling: Sampling) -> Run:
        """Submit the chats in batches of `AT_ONCE`; each completion becomes one idea."""
        with run.lock:  # a run with only its first jobs must not look finished
            for first in range(0, len(chats), AT_ONCE):
                part = slice(first, first + AT_ONCE)
                seeded = replace(sampling, seed=(sampling.seed or 0) + first)
                request = Request("brainstorm", tuple(chats[part]), seeded, self._adapter("brainstorm"), stop=ONE_LINE)
                self._submit(run, request, [Slot(lens=label) for label in labels[part]])
        return self._remember(run)

    def _idea_finished(self, run: Run, slot: Slot, completion: Completion) -> None:
        """Put the idea on the board."""
        if run.board_id is None or not completion.text.strip():
            return
        title, body = split_line(completion.text)
        slot.idea_id = self.store.add_idea(
            run.board_id, title, body, parent_id=run.idea_id, status=Status.NEW, origin=Origin.MODEL,
            lens=slot.lens, generation_id=slot.generation_id, source="brainstorm",
        ).id  # fmt: skip
