"""Sequences and requests side by side do not disturb each other. python -m pytest tests/engine/test_batching.py"""

import threading
from collections.abc import Callable
from pathlib import Path

from asking import LONG, ask, ended_at, held, idle, texts

from workbench.engine.context import OK, Context
from workbench.engine.interface import Sampling
from workbench.engine.llama import Model
from workbench.engine.llama_engine import LlamaEngine


def test_sequences_side_by_side_write_what_each_writes_alone(engine: LlamaEngine) -> None:
    prompts = [f"an idea for the lens {i}" for i in range(16)]
    together = texts(engine.submit(ask(*prompts)).wait(120))
    alone = [texts(engine.submit(ask(prompt)).wait(120))[0] for prompt in prompts]
    assert together == alone
    idle(engine)


def test_logits_alone_and_in_a_batch_of_sixteen_agree(tiny: Path) -> None:
    """Stated tolerance: 0.02 of logits that spread over more than 10; the KV memory is f16."""
    model = Model(tiny / "base.gguf")
    context = Context(model, n_ctx=2048, n_seq=16, threads=1)
    prompts = [model.tokenize(f"number {i} is {'long ' * (i // 3)}", special=False) for i in range(16)]
    every = list(range(model.n_vocab))

    def logits(sequences: list[int]) -> list[list[float]]:
        context.clear()
        context.clear_batch()
        at = [context.add(prompts[i], 0, i, want_logits=True) for i in sequences]
        assert context.decode() == OK
        return [context.logits(index, every) for index in at]

    together = logits(list(range(16)))
    for i in range(16):
        (alone,) = logits([i])
        assert max(abs(a - b) for a, b in zip(alone, together[i], strict=True)) < 0.02
        assert max(alone) - min(alone) > 10
    context.close()
    model.close()


def test_a_second_request_joins_while_the_first_goes_on(engine: LlamaEngine) -> None:
    first, release = held(engine, ask("hello", sampling=LONG))
    second = engine.submit(ask("good day"))
    release.set()
    assert texts(first.wait(120)) and texts(second.wait(120))
    assert ended_at(second) < ended_at(first)


def test_a_job_wider_than_the_memory_goes_through_in_shifts(open_tiny: Callable[..., LlamaEngine]) -> None:
    engine = open_tiny(context=512)
    view = engine.submit(ask(*["hello"] * 16, sampling=Sampling(max_tokens=120))).wait(120)
    assert [sequence.tokens for sequence in view.sequences] == [120] * 16
    idle(engine)


def test_many_threads_submit_at_once(engine: LlamaEngine) -> None:
    wanted = {word: texts(engine.submit(ask(word)).wait(120)) for word in ("hello", "good day", "idea")}
    failures: list[str] = []

    def work(word: str) -> None:
        answers = [texts(engine.submit(ask(word)).wait(120)) for _ in range(6)]
        failures.extend(word for answer in answers if answer != wanted[word])

    threads = [threading.Thread(target=work, args=(word,)) for word in wanted for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    idle(engine)


def test_a_request_without_a_lane_waits_beside_one_with_another_adapter(open_tiny: Callable[..., LlamaEngine]) -> None:
    """Its first sequence has ended, and its second finds no room yet: there is nothing of it to decode in its turn."""
    engine, release = open_tiny(context=512), threading.Event()
    engine.call(lambda: release.wait(120))
    samplings = (Sampling(temperature=0, max_tokens=5), Sampling(temperature=0, max_tokens=250))
    shifts = engine.submit(ask("hello", "good day", samplings=samplings, adapter="refine"))
    beside = engine.submit(ask("hello", sampling=Sampling(temperature=0, max_tokens=220)))
    release.set()
    assert [sequence.tokens for sequence in shifts.wait(120).sequences] == [5, 250]
    assert [sequence.tokens for sequence in beside.wait(120).sequences] == [220]
    idle(engine)
