"""Brainstorm: many ideas side by side, each row on the board as soon as it is finished, repeats folded away."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from workbench.assist import prompts
from workbench.assist.folding import BoardIndexes
from workbench.assist.grid import Cell
from workbench.assist.lenses import fitting, spread
from workbench.assist.reading import split_line
from workbench.assist.runs import Run, Slot, completions
from workbench.assist.stimulus import BEST, Stimulus, nearby, stimuli
from workbench.assist.submitting import AT_ONCE, ONE_LINE, Submitting, require, seeded
from workbench.engine.interface import BALANCED, FOCUSED, Completion, Finish, Messages, Request, Sampling
from workbench.errors import InputError
from workbench.records import Idea, Origin, Status

MOST = 64  # ideas in one run
TOKENS = 96  # of one idea at most


@dataclass(slots=True)
class IdeaSlot(Slot):
    """What else is known of an idea before its first word."""

    cell: tuple[int, ...] = ()
    stimulus: str = ""
    second_parent_id: int | None = None


class Brainstorming(Submitting):
    """The verb."""

    def brainstorm(
        self, topic: str, *, n: int = 8, lenses: Sequence[str] = (), board_id: int | None = None,
        parent: Idea | None = None, context: str = "", constraints: str = "", audience: str = "",
        stimulus: Stimulus = BEST, cells: Sequence[Cell] = (), sampling: Sampling = BALANCED,
    ) -> Run:  # fmt: skip
        """Start `n` ideas side by side, lens i for idea i in turn; no lenses means a spread of all kinds.

        With `cells` there is one idea for each of them, through its values instead of a lens. With a board, each idea
        becomes a row on it (status new) as soon as it is finished, folded under the one whose words it repeats.
        """
        require(topic, "a topic or question")
        n = len(cells) or n
        if not 1 <= n <= MOST:
            raise InputError(f"{n} ideas were asked for; ask for 1 to {MOST}.")
        sampling = seeded(sampling, max_tokens=TOKENS)
        context = prompts.for_whom(context, audience)
        if parent is not None:
            context = prompts.starting_from(prompts.idea_line(parent.title, parent.body), context)
        slots = self._slots(topic, n, lenses, cells, stimulus, sampling.seed or 0)
        chats = [_chat(topic, slot, context, constraints) for slot in slots]
        run = Run("brainstorm", topic, board_id=board_id, idea_id=parent.id if parent else None)
        return self._ideas(run, chats, slots, sampling)

    def carry_over(
        self, topic: str, ideas: Sequence[str], *, board_id: int | None = None, context: str = "",
        constraints: str = "", audience: str = "", sampling: Sampling = FOCUSED,
    ) -> Run:  # fmt: skip
        """Start one idea for the topic from each idea line written for another: the same mechanism, carried over."""
        require(topic, "a topic or question")
        if not ideas or not all(idea.strip() for idea in ideas):
            raise InputError("No idea was given to carry over; pick one and try again.")
        run = Run("brainstorm", topic, board_id=board_id)
        context = prompts.for_whom(context, audience)
        chats = [prompts.transfer(topic, idea, context=context, constraints=constraints) for idea in ideas]
        slots = [IdeaSlot(lens=f"carried over from: {split_line(idea)[0]}", stimulus=idea) for idea in ideas]
        return self._ideas(run, chats, slots, seeded(sampling, max_tokens=TOKENS))

    def go_on(self, stopped: Run) -> Run:
        """Start what a stopped brainstorm did not come to, asked in the same way; its partial texts stay."""
        left = unfinished(stopped)
        if not left:
            raise InputError("Nothing of this brainstorm is left to do; start another one.")
        sampling = seeded(replace(left[0][2], seed=None), max_tokens=TOKENS)
        run = Run("brainstorm", stopped.topic, board_id=stopped.board_id, idea_id=stopped.idea_id)
        slots = [
            IdeaSlot(lens=slot.lens, cell=slot.cell, stimulus=slot.stimulus, second_parent_id=slot.second_parent_id)
            for _, slot, _ in left
        ]
        return self._ideas(run, [chat for chat, _, _ in left], slots, sampling)

    def fitting(self, topic: str, n: int = 6) -> list[str]:
        """Return the persona labels that fit a topic best, the person's own among them."""
        own = [lens.label for lens in self.store.own_lenses() if lens.kind == "persona"]
        return fitting(topic, nearby(self.library, topic), own, n)

    def _slots(
        self, topic: str, n: int, lenses: Sequence[str], cells: Sequence[Cell], where: Stimulus, seed: int
    ) -> list[IdeaSlot]:
        """Return what sets each of the ideas apart: a cell or a lens, and perhaps an idea from elsewhere."""
        labels = [cell.label for cell in cells] or lenses or spread(n, seed, self.fitting(topic))
        spurs = [prompts.idea_line(idea.title, idea.text) for idea in stimuli(self.library, topic, where, n, seed)]
        return [
            IdeaSlot(
                lens=labels[i % len(labels)], cell=cells[i].keys if cells else (),
                stimulus=spurs[i] if i < len(spurs) else "",
            )
            for i in range(n)
        ]  # fmt: skip

    def _ideas(self, run: Run, chats: Sequence[Messages], slots: Sequence[IdeaSlot], sampling: Sampling) -> Run:
        """Submit the chats in batches of `AT_ONCE`; each completion becomes one idea."""
        with run.lock:  # a run with only its first jobs must not look finished
            for first in range(0, len(chats), AT_ONCE):
                part = slice(first, first + AT_ONCE)
                drawn = replace(sampling, seed=(sampling.seed or 0) + first)
                request = Request("brainstorm", tuple(chats[part]), drawn, self._adapter("brainstorm"), stop=ONE_LINE)
                self._submit(run, request, [*slots[part]])
        return self._remember(run)

    @cached_property
    def _indexes(self) -> BoardIndexes:
        """What the boards in use say; touched on the recorder's thread only."""
        return BoardIndexes()

    def _idea_finished(self, run: Run, slot: Slot, completion: Completion) -> None:
        """Put the idea on the board, folded under the one that already says it."""
        title, body = split_line(completion.text)
        if run.board_id is None or not (title or body) or not isinstance(slot, IdeaSlot):
            return  # stopped before its first word, a dash or a mark alone included
        board = self._indexes.of(self.store, run.board_id, self.embedder)
        slot.idea_id = self.store.add_idea(
            run.board_id, title, body, parent_id=run.idea_id, status=Status.NEW, origin=Origin.MODEL,
            lens=slot.lens, generation_id=slot.generation_id, source="brainstorm",
            folded_into=board.like(prompts.idea_line(title, body)), cell=slot.cell, stimulus=slot.stimulus,
            second_parent_id=slot.second_parent_id,
        ).id  # fmt: skip


def _chat(topic: str, slot: IdeaSlot, context: str, constraints: str) -> Messages:
    if slot.stimulus:
        return prompts.spurred(topic, slot.lens, slot.stimulus, context=context, constraints=constraints)
    return prompts.one_idea(topic, slot.lens, context=context, constraints=constraints)


def unfinished(run: Run) -> list[tuple[Messages, IdeaSlot, Sampling]]:
    """Return the prompt, the slot and the sampling of every idea that stop cut short or that never began."""
    found = []
    for job in run.jobs:
        if not isinstance(job.request, Request):
            continue
        for prompt, slot, so_far in zip(
            job.request.prompts, run.slots[job.id], completions(run, job, job.view()), strict=True
        ):
            if so_far.finish in (None, Finish.STOPPED) and isinstance(slot, IdeaSlot):
                found.append((prompt, slot, job.request.sampling))
    return found
