"""The desk: the three verbs over one engine, one store and one library. Pages, CLI and benchmarks all go through it."""

import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace

from workbench.assist import prompts
from workbench.assist.lenses import spread
from workbench.assist.reading import read_judgement, split_line
from workbench.assist.recorder import Recorder
from workbench.assist.runs import Run, Slot
from workbench.engine.interface import BALANCED, FOCUSED, Completion, Engine, Job, Request, Sampling, ScoreRequest
from workbench.errors import EngineClosed, InputError, WorkbenchError
from workbench.records import Idea, Origin, Status
from workbench.store import Library, Store

AT_ONCE = 16  # sequences side by side in one request
MOST = 64  # ideas in one run
REMEMBERED = 100  # ended runs kept readable
ADAPTERS = {"brainstorm": "brainstorm", "refine": "refine", "evaluate": "refine"}
ONE_LINE = ("\n",)


class Desk:
    """One for each app process. Runs outlive the page that started them."""

    def __init__(self, engine: Engine, store: Store, library: Library):
        self.engine, self.store, self.library = engine, store, library
        self._runs: list[Run] = []
        self._lock = threading.Lock()
        self._recorder = Recorder(store, self._finished)

    def brainstorm(
        self, topic: str, *, n: int = 8, lenses: Sequence[str] = (), board_id: int | None = None,
        parent: Idea | None = None, context: str = "", constraints: str = "", sampling: Sampling = BALANCED,
    ) -> Run:  # fmt: skip
        """Start `n` ideas side by side, lens i for idea i in turn; no lenses means a spread of all kinds.

        With a board, each idea becomes a row on it (status new) as soon as it is finished.
        """
        _require(topic, "a topic or question")
        if not 1 <= n <= MOST:
            raise InputError(f"{n} ideas were asked for; ask for 1 to {MOST}.")
        sampling = _seeded(sampling, max_tokens=96)
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
        _require(topic, "a topic or question")
        if not ideas or not all(idea.strip() for idea in ideas):
            raise InputError("No idea was given to carry over; pick one and try again.")
        run = Run("brainstorm", topic, board_id=board_id)
        chats = [prompts.transfer(topic, idea, context=context, constraints=constraints) for idea in ideas]
        labels = [f"carried over from: {split_line(idea)[0]}" for idea in ideas]
        return self._ideas(run, chats, labels, _seeded(sampling, max_tokens=96))

    def refine(
        self, topic: str, idea_line: str, goal: str, *, idea_id: int | None = None, board_id: int | None = None,
        n: int = 1, sampling: Sampling = FOCUSED,
    ) -> Run:  # fmt: skip
        """Start `n` rewrites of the idea toward the goal; nothing is applied, accepting calls `store.revise`."""
        _require(topic, "a topic or question")
        _require(idea_line, "an idea")
        _require(goal, "a goal")
        if not 1 <= n <= AT_ONCE:
            raise InputError(f"{n} rewrites were asked for; ask for 1 to {AT_ONCE}.")
        run = Run("refine", topic, board_id=board_id, idea_id=idea_id)
        chats = (prompts.refine(topic, idea_line, goal),) * n
        request = Request("refine", chats, _seeded(sampling, max_tokens=200), self._adapter("refine"), stop=ONE_LINE)
        self._submit(run, request, [Slot(goal=goal) for _ in range(n)])
        return self._remember(run)

    def evaluate(
        self, topic: str, idea_line: str, *, idea_id: int | None = None, board_id: int | None = None,
        sampling: Sampling = FOCUSED,
    ) -> Run:  # fmt: skip
        """Start a judgement: P(yes) of the eight checks first, then strength, risk and next step in words."""
        _require(topic, "a topic or question")
        _require(idea_line, "an idea")
        run = Run("evaluate", topic, board_id=board_id, idea_id=idea_id)
        numbers = range(1, len(prompts.CHECKS) + 1)
        asked = tuple(prompts.check(topic, idea_line, number) for number in numbers)
        adapter = self._adapter("evaluate")
        told = Request("evaluate", (prompts.judgement(topic, idea_line),), _seeded(sampling, max_tokens=160), adapter)
        with run.lock:  # a run with only its first job must not look finished
            self._submit(run, ScoreRequest("evaluate", asked, prompts.YES_NO, adapter), [Slot()])
            self._submit(run, told, [Slot()])
        return self._remember(run)

    def runs(self, *, board_id: int | None = None, idea_id: int | None = None, task: str | None = None) -> list[Run]:
        """Return this process's runs, newest first, live and ended."""
        with self._lock:
            found = self._runs[::-1]
        return [
            run for run in found
            if board_id in (None, run.board_id) and idea_id in (None, run.idea_id) and task in (None, run.task)
        ]  # fmt: skip

    def run(self, run_id: str) -> Run | None:
        """Return the run with this id, if this process remembers it."""
        return next((run for run in self.runs() if run.id == run_id), None)

    def close(self) -> None:
        """Stop every run, write partial texts down, free the model, close the store."""
        self.engine.close()
        for run in self.runs():
            self._recorder.look(run)
        self._recorder.close()
        self.store.close()

    def _ideas(self, run: Run, chats: list[list[prompts.Message]], labels: list[str], sampling: Sampling) -> Run:
        """Submit the chats in batches of `AT_ONCE`; each completion becomes one idea."""
        with run.lock:  # a run with only its first jobs must not look finished
            for first in range(0, len(chats), AT_ONCE):
                part = slice(first, first + AT_ONCE)
                seeded = replace(sampling, seed=(sampling.seed or 0) + first)
                request = Request("brainstorm", tuple(chats[part]), seeded, self._adapter("brainstorm"), stop=ONE_LINE)
                self._submit(run, request, [Slot(lens=label) for label in labels[part]])
        return self._remember(run)

    def _adapter(self, task: str) -> str | None:
        status = self.engine.status()
        if status.error:
            raise EngineClosed(status.error)
        return next((adapter.name for adapter in status.adapters if adapter.name == ADAPTERS[task]), None)

    def _submit(self, run: Run, request: Request | ScoreRequest, slots: list[Slot]) -> None:
        """Queue the request and log a generation row for each slot, before anything of it can be written down."""
        try:
            with run.lock:  # the recorder waits until the rows are there
                job = self.engine.submit(request, lambda _: self._recorder.look(run))
                run.jobs.append(job)
                run.slots[job.id] = slots
                for index, slot in enumerate(slots):
                    slot.generation_id = self._log(run, job, index, slot)
        except WorkbenchError:  # a full queue, a full disk: nobody would see what goes on of such a run
            run.stop()
            raise
        self._recorder.look(run)

    def _log(self, run: Run, job: Job, index: int, slot: Slot) -> int:
        request, status = job.request, self.engine.status()
        adapter = next((each for each in status.adapters if each.name == request.adapter), None)
        if isinstance(request, ScoreRequest):
            sampling: dict[str, object] = {"score": list(request.candidates), "prompts": len(request.prompts)}
            seed = 0
        else:
            sampling, seed = asdict(request.sampling), (request.sampling.seed or 0) + index
        return self.store.start_generation(
            job_id=job.id, task=run.task, messages=[dict(message) for message in request.prompts[index]],
            model=status.model, model_sha256=status.sha256,
            adapter=request.adapter, adapter_sha256=adapter.sha256 if adapter else None,
            sampling=sampling, seed=seed,
            board_id=run.board_id, idea_id=run.idea_id, lens=slot.lens,
        )  # fmt: skip

    def _remember(self, run: Run) -> Run:
        with self._lock:
            self._runs.append(run)
            ended = [old for old in self._runs if old.settled.is_set()]
            for old in ended[: max(0, len(ended) - REMEMBERED)]:
                self._runs.remove(old)
        return run

    def _finished(self, run: Run, job: Job, slot: Slot, completion: Completion) -> None:
        """Turn what ended into rows: an idea on the board, an evaluation."""
        if run.task == "brainstorm" and run.board_id is not None and completion.text.strip():
            title, body = split_line(completion.text)
            slot.idea_id = self.store.add_idea(
                run.board_id, title, body, parent_id=run.idea_id, status=Status.NEW, origin=Origin.MODEL,
                lens=slot.lens, generation_id=slot.generation_id, source="brainstorm",
            ).id  # fmt: skip
        elif run.task == "evaluate" and isinstance(job.request, ScoreRequest):
            self._score(run, tuple(row[0] for row in job.view().probabilities))
        elif run.task == "evaluate" and run.evaluation_id is not None:
            self.store.update_evaluation(run.evaluation_id, **read_judgement(completion.text))

    def _score(self, run: Run, checks: tuple[float, ...]) -> None:
        if not checks:  # stopped or failed before the answer
            return
        run.scores = dimension_scores(checks)
        if run.idea_id is not None:
            status = self.engine.status()
            view = run.view()  # the words may have ended before the checks: they would not be written down again
            run.evaluation_id = self.store.add_evaluation(
                run.idea_id, checks=checks, scores=run.scores, model=status.model, adapter=self._adapter("evaluate"),
                strength=view.strength, risk=view.risk, next_step=view.next_step,
            ).id  # fmt: skip


def dimension_scores(checks: Sequence[float]) -> dict[str, float]:
    """Return a score of 1-5 for each dimension: the mean P(yes) of its two checks, stretched."""
    return {
        name: round(1 + 4 * sum(checks[i] for i in members) / len(members), 2)
        for name, members in prompts.DIMENSIONS.items()
    }


def _require(text: str, what: str) -> None:
    if not text.strip():
        raise InputError(f"Nothing was given where {what} belongs; write it and try again.")


def _seeded(sampling: Sampling, *, max_tokens: int) -> Sampling:
    """Fix the seed now, so that the log holds what was really used."""
    seed = secrets.randbelow(2**31) if sampling.seed is None else sampling.seed
    return replace(sampling, seed=seed, max_tokens=min(sampling.max_tokens, max_tokens))
