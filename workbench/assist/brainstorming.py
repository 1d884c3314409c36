"""Brainstorm: many ideas side by side, each row on the board as soon as it is finished, repeats folded away."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from workbench.assist import flipping, prompts
from workbench.assist.folding import BoardIndexes
from workbench.assist.grid import Cell
from workbench.assist.lenses import WORST, asks_worst, fitting, spread
from workbench.assist.prompts.flip import worst_idea
from workbench.assist.reading import split_line
from workbench.assist.runs import DraftSlot, Run, Slot, completions
from workbench.assist.stimulus import BEST, Stimulus, nearby, stimuli
from workbench.assist.submitting import AT_ONCE, ONE_LINE, SMALL, Submitting, require, seeded
from workbench.engine.interface import (
    BALANCED,
    FOCUSED,
    Completion,
    Finish,
    Job,
    Messages,
    Request,
    Sampling,
    State,
)
from workbench.errors import InputError, WorkbenchError
from workbench.records import Idea, Origin, Status

MOST = 64  # ideas in one run
TOKENS = 96  # of one idea at most
CARRIED = "carried over from"  # how the lens of such an idea begins; the title of the other one follows


@dataclass(slots=True, kw_only=True)
class IdeaSlot(Slot):
    """What else is known of an idea before its first word."""

    ask: Callable[[str], Messages]  # the prompt, by the lens
    worst: Messages = ()  # asked first, for the lens; empty when that is known
    sampling: Sampling = BALANCED
    cell: tuple[int, ...] = ()
    stimulus: str = ""
    parent_id: int | None = None  # where it is another than the run's
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
        For the lens that asks for the worst idea, the model names that first, and the idea turns it round.
        """
        require(topic, "a topic or question")
        n = len(cells) or n
        if not 1 <= n <= MOST:
            raise InputError(f"{n} ideas were asked for; ask for 1 to {MOST}.")
        sampling = seeded(sampling, max_tokens=TOKENS)
        context = prompts.for_whom(context, audience)
        if parent is not None:
            context = prompts.starting_from(prompts.idea_line(parent.title, parent.body), context)
        seed = sampling.seed or 0
        large = self.engine.status().parameters >= SMALL  # nobody knows of a server's
        labels = [cell.label for cell in cells] or lenses or spread(n, seed, self.fitting(topic), worst=large)
        spurs = [prompts.idea_line(idea.title, idea.text) for idea in stimuli(self.library, topic, stimulus, n, seed)]
        given = {"context": context, "constraints": constraints}
        slots = []
        for i in range(n):
            label, spur = labels[i % len(labels)], spurs[i] if i < len(spurs) else ""
            slot = IdeaSlot(lens=label, ask=_asking(topic, spur, given), stimulus=spur)
            if cells:
                slot.cell = cells[i].keys
            elif asks_worst(label):
                slot.lens, slot.worst = WORST, worst_idea(topic, **given)
            slots.append(slot)
        run = Run("brainstorm", topic, board_id=board_id, idea_id=parent.id if parent else None)
        return self._ideas(run, slots, sampling)

    def carry_over(
        self, topic: str, ideas: Sequence[str], *, n: int = 1, board_id: int | None = None, context: str = "",
        constraints: str = "", audience: str = "", sampling: Sampling = FOCUSED,
        parents: Mapping[str, int] | None = None,
    ) -> Run:  # fmt: skip
        """Start `n` ideas for the topic from each idea line written for another: the same mechanism, carried over.

        `parents`: line -> the number of the idea on the board that what comes of it hangs under.
        """
        require(topic, "a topic or question")
        require_lines(ideas, n)
        run = Run("brainstorm", topic, board_id=board_id)
        context = prompts.for_whom(context, audience)
        slots = [
            IdeaSlot(
                lens=f"{CARRIED}: {split_line(idea)[0]}", stimulus=idea, parent_id=(parents or {}).get(idea),
                ask=_given(prompts.transfer(topic, idea, context=context, constraints=constraints)),
            )
            for idea in ideas for _ in range(n)
        ]  # fmt: skip
        return self._ideas(run, slots, seeded(sampling, max_tokens=TOKENS))

    def go_on(self, stopped: Run) -> Run:
        """Start what a stopped brainstorm did not come to, asked in the same way; its partial texts stay."""
        left = unfinished(stopped)
        if not left:
            raise InputError("Nothing of this brainstorm is left to do; start another one.")
        return self._once_more(stopped, left)

    def again(self, ended: Run) -> Run:
        """Start all of a brainstorm once more, asked in the same way and drawn anew."""
        slots = [slot for slots in ended.slots.values() for slot in slots if isinstance(slot, IdeaSlot)]
        return self._once_more(ended, sorted(slots, key=lambda slot: slot.place))

    def _once_more(self, before: Run, asked: Sequence[IdeaSlot]) -> Run:
        sampling = seeded(replace(asked[0].sampling, seed=None), max_tokens=TOKENS)
        run = Run("brainstorm", before.topic, board_id=before.board_id, idea_id=before.idea_id)
        slots = [
            IdeaSlot(
                lens=slot.lens, ask=slot.ask, worst=slot.worst, cell=slot.cell, stimulus=slot.stimulus,
                parent_id=slot.parent_id, second_parent_id=slot.second_parent_id,
            )
            for slot in asked
        ]  # fmt: skip
        return self._ideas(run, slots, sampling)

    def fitting(self, topic: str, n: int = 6) -> list[str]:
        """Return the persona labels that fit a topic best, the person's own among them."""
        own = [lens.label for lens in self.store.own_lenses() if lens.kind == "persona"]
        return fitting(topic, nearby(self.library, topic), own, n)

    def _ideas(self, run: Run, slots: Sequence[IdeaSlot], sampling: Sampling) -> Run:
        """Ask for what the slots want, `AT_ONCE` in a request; each completion becomes one idea, after its draft."""
        for place, slot in enumerate(slots):
            slot.place, slot.sampling = place, replace(sampling, seed=(sampling.seed or 0) + place)
        with run.lock:  # a run with only its first jobs must not look finished
            for part in _parts([slot for slot in slots if not slot.worst]):
                self._submit(run, self._request(run, part), [*part])
            for part in _parts([slot for slot in slots if slot.worst]):
                drafts = [DraftSlot(lens=slot.lens, place=slot.place, task=flipping.TASK, then=slot) for slot in part]
                seeds = [slot.sampling.seed or 0 for slot in part]
                self._submit(run, flipping.draft_request([slot.worst for slot in part], seeds), [*drafts])
        return self._remember(run)

    def _request(self, run: Run, slots: Sequence[IdeaSlot]) -> Request:
        return Request(
            "brainstorm", tuple(slot.ask(slot.lens) for slot in slots), slots[0].sampling,
            self._adapter("brainstorm", run), stop=ONE_LINE, samplings=tuple(slot.sampling for slot in slots),
        )  # fmt: skip

    def _drafts_finished(self, run: Run, job: Job) -> None:
        """Ask for the ideas that turn the worst ones round, once all of a request's are there."""
        drafts = [slot for slot in run.slots[job.id] if isinstance(slot, DraftSlot)]
        if not all(draft.recorded for draft in drafts):
            return
        view = job.view()
        stopped = run.stopping or view.state is State.STOPPED
        for draft in drafts if stopped else ():
            draft.over = Finish.STOPPED
        if not stopped:
            self._turn_round(run, drafts, [completion.text for completion in completions(run, job, view)])

    def _turn_round(self, run: Run, drafts: Sequence[DraftSlot], texts: Sequence[str]) -> None:
        ideas = [draft.then for draft in drafts if isinstance(draft.then, IdeaSlot)]
        for idea, lens in zip(ideas, flipping.flips(texts, run.topic), strict=True):
            idea.lens, idea.worst, idea.batch = lens, (), run.jobs[0].id
        try:
            self._add(run, self._request(run, ideas), [*ideas])
        except WorkbenchError as error:  # a full queue, a full disk: the other ideas go on
            run.fault = str(error)
        for draft in drafts:
            draft.followed = run.fault is None
            draft.over = Finish.FAILED if run.fault else None
        if run.stopping:  # meanwhile
            run.stop()

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
            run.board_id, title, body, parent_id=slot.parent_id or run.idea_id, status=Status.NEW, origin=Origin.MODEL,
            lens=slot.lens, generation_id=slot.generation_id, source="brainstorm",
            folded_into=board.like(prompts.idea_line(title, body)), cell=slot.cell, stimulus=slot.stimulus,
            second_parent_id=slot.second_parent_id,
        ).id  # fmt: skip


def require_lines(ideas: Sequence[str], n: int) -> None:
    """Refuse to carry over nothing, or more than one run holds."""
    if not ideas or not all(idea.strip() for idea in ideas):
        raise InputError("No idea was given to carry over; pick one and try again.")
    if not 1 <= len(ideas) * n <= MOST:
        raise InputError(f"{len(ideas) * n} ideas would come of it; carry over so many that 1 to {MOST} do.")


def _asking(topic: str, stimulus: str, given: Mapping[str, str]) -> Callable[[str], Messages]:
    if stimulus:
        return partial(prompts.spurred, topic, stimulus=stimulus, **given)
    return partial(prompts.one_idea, topic, **given)


def _given(chat: Messages) -> Callable[[str], Messages]:
    return lambda _: chat


def _parts(slots: Sequence[IdeaSlot]) -> Iterator[Sequence[IdeaSlot]]:
    for first in range(0, len(slots), AT_ONCE):
        yield slots[first : first + AT_ONCE]


def unfinished(run: Run) -> list[IdeaSlot]:
    """Return what is known of every idea that stop cut short or that never began, in the order they were asked for."""
    found = []
    for job in run.jobs:
        for slot, so_far in zip(run.slots[job.id], completions(run, job, job.view()), strict=True):
            if isinstance(slot, DraftSlot) and not slot.followed:
                slot, cut = slot.then, True
            else:
                cut = so_far.finish in (None, Finish.STOPPED)
            if cut and isinstance(slot, IdeaSlot):
                found.append(slot)
    return sorted(found, key=lambda slot: slot.place)
