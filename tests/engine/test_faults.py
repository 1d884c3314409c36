"""What goes wrong ends its own job with a reason; the engine goes on. python -m pytest tests/engine/test_faults.py"""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from workbench.engine import open_engine
from workbench.engine.interface import Finish, Job, Request, Sampling, State
from workbench.engine.llama_engine import LlamaEngine
from workbench.errors import EngineClosed, ModelTooLarge
from workbench.settings import Settings

GREEDY = Sampling(temperature=0, max_tokens=24)
LONG = Sampling(temperature=0, max_tokens=700)


def ask(text: str = "hello", sampling: Sampling = GREEDY, adapter: str | None = None, n: int = 1) -> Request:
    return Request("test", ([{"role": "user", "content": text}],) * n, sampling, adapter)


def long_one() -> Request:
    """Return a request that goes on for seconds, in shifts."""
    return ask(sampling=Sampling(temperature=0, max_tokens=400), n=16)


def serves(engine: LlamaEngine) -> bool:
    return engine.submit(ask()).wait(120).state == State.DONE


def until_it_writes(job: Job) -> None:
    while not job.view().sequences[0].tokens:
        time.sleep(0.001)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_thread_fails_its_jobs_and_is_replaced_at_the_next_submit(engine: LlamaEngine) -> None:
    def kill(job: Job) -> None:
        raise SystemExit  # no Exception: nothing in the engine catches it

    other = engine.submit(long_one())
    until_it_writes(other)
    killer = engine.submit(ask("good day"), kill)
    for job in (other, killer):
        view = job.wait(120)
        assert view.state == State.FAILED
        assert view.error is not None and "stopped unexpectedly" in view.error
    assert other.view().sequences[0].text
    assert Finish.FAILED in {sequence.finish for sequence in other.view().sequences}
    dead = engine._owner.thread
    dead.join(120)
    assert serves(engine)
    assert engine._owner.thread is not dead
    assert serves(engine)


def test_a_failed_decode_ends_the_jobs_in_the_batch_and_no_others(
    engine: LlamaEngine, caplog: pytest.LogCaptureFixture
) -> None:
    """Cells taken away behind the engine's back leave positions that llama.cpp refuses with -1."""

    def tamper(job: Job) -> None:
        lanes = [lane for lane in engine._runner.lanes if lane.task.job is job and lane.tokens > 3]
        if lanes:
            engine._runner.context.remove(lanes[0].sequence, 5)

    bystander = engine.submit(ask(sampling=LONG, adapter="refine"))
    view = engine.submit(long_one(), tamper).wait(120)
    assert view.state == State.FAILED
    assert view.error is not None and "could not process the batch (code -1)" in view.error
    assert view.sequences[0].text
    assert bystander.wait(120).state == State.DONE
    assert serves(engine)
    assert "could not process" in caplog.text


def test_a_sampling_that_makes_no_sense_fails_its_job_only(engine: LlamaEngine) -> None:
    view = engine.submit(ask(sampling=Sampling(temperature="hot"))).wait(120)  # type: ignore[arg-type]
    assert view.state == State.FAILED
    assert view.error is not None and "could not be started" in view.error
    assert serves(engine)


def test_a_fault_of_the_engine_itself_fails_what_is_at_work(engine: LlamaEngine) -> None:
    job = engine.submit(long_one())
    until_it_writes(job)
    engine._runner._decoder._turns = None  # type: ignore[assignment]
    view = job.wait(120)
    assert view.state == State.FAILED
    assert view.error is not None and "met a fault" in view.error
    assert view.sequences[0].text
    from workbench.engine.turns import Turns

    engine._runner._decoder._turns = Turns()
    assert serves(engine)
    assert engine._runner.memory.used == sum(len(p.tokens) for p in engine._runner.cache._prefixes)


def test_foreign_cells_in_the_way_fail_the_job_and_not_the_engine(open_tiny: Callable[..., LlamaEngine]) -> None:
    """NO_SLOT: the books say there is room, the memory says there is none."""
    engine = open_tiny(context=256)
    context = engine._runner.context
    context.clear_batch()
    context.add([5] * 240, 0, 0, want_logits=False)
    assert context.decode() == 0
    context.copy(0, 40, 240)
    context.remove(0)
    view = engine.submit(ask(sampling=Sampling(max_tokens=60))).wait(120)
    assert view.state == State.FAILED
    assert view.error is not None and "code 1" in view.error
    context.remove(40)
    assert serves(engine)


def test_llama_cpp_writes_nothing_to_the_console(
    engine: LlamaEngine, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    job = engine.submit(long_one())
    until_it_writes(job)
    with caplog.at_level(logging.WARNING):
        job.stop()
        job.wait(120)
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def broken(tmp_path: Path, gguf_maker: ModuleType, kind: str) -> Path:
    path = gguf_maker.write_base(tmp_path / "model.gguf", template=None if kind == "no template" else "x")
    if kind == "cut":
        path.write_bytes(path.read_bytes()[:-5000])
    if kind == "other format":
        path.write_bytes(b"\x80\x02pickle")
    if kind == "missing":
        path.unlink()
    return path


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "no model file"),
        ("cut", "cut off"),
        ("other format", "not a GGUF file"),
        ("no template", "no chat template"),
    ],
)
def test_a_model_that_cannot_be_used_leaves_an_engine_that_says_why(
    tmp_path: Path, gguf_maker: ModuleType, kind: str, words: str
) -> None:
    engine = open_engine(Settings(model=broken(tmp_path, gguf_maker, kind)))
    reason = engine.status().error
    assert reason is not None and words in reason
    with pytest.raises(EngineClosed, match=words):
        engine.submit(ask())
    engine.close()


def test_what_llama_cpp_itself_refuses_is_a_sentence_too(tmp_path: Path, gguf_maker: ModuleType) -> None:
    path = gguf_maker.write_base(tmp_path / "model.gguf")
    path.write_bytes(path.read_bytes().replace(b"blk.1.ffn_up.weight", b"blk.1.ffn_UP.weight"))
    reason = open_engine(Settings(model=path)).status().error
    assert reason is not None and "cannot load model.gguf" in reason


def test_a_model_that_does_not_fit_is_refused_before_it_is_loaded(tiny: Path) -> None:
    with pytest.raises(ModelTooLarge, match=r"needs about [\d.]+ GB and [\d.]+ GB are free"):
        LlamaEngine(Settings(model=tiny, context=2_000_000_000))
