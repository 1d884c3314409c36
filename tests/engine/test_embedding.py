"""Texts to vectors, on the tiny model and on a real one. python -m pytest tests/engine/test_embedding.py"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import gguf
import numpy as np
import pytest

from workbench.assist import Desk, split_line
from workbench.engine import Embedder, footprint, open_embedder
from workbench.engine.embedding import LlamaEmbedder
from workbench.engine.fake import FakeEngine
from workbench.engine.interface import Request, Sampling, State
from workbench.engine.llama_engine import LlamaEngine
from workbench.errors import EngineClosed, ModelDamaged, ModelMissing, ModelTooLarge
from workbench.settings import Settings
from workbench.store import Library, Store

IDEAS = [f"Bread bus no. {i} — The baker drives {'slowly ' * (i % 9)}round the villages." for i in range(40)]


@pytest.fixture
def open_on(tiny: Path) -> Iterator[Callable[..., Embedder]]:
    """Open embedders beside an engine, the tiny model unless another is given; close them when the test is over."""
    opened: list[Embedder] = []

    def open_one(engine: object, path: Path = tiny / "base.gguf") -> Embedder:
        embedder = open_embedder(Settings(embedding_model=path), engine)  # type: ignore[arg-type]
        assert embedder is not None
        opened.append(embedder)
        return embedder

    yield open_one
    for embedder in opened:
        embedder.close()


@pytest.fixture
def alone(open_on: Callable[..., Embedder]) -> Embedder:
    """An embedder with a thread of its own."""
    return open_on(FakeEngine())


def test_without_the_setting_there_is_none() -> None:
    assert open_embedder(Settings(), FakeEngine()) is None


def test_each_text_gets_a_row_of_length_one_in_its_place(alone: Embedder) -> None:
    rows = alone.embed(IDEAS)
    assert (rows.shape, rows.dtype) == ((40, alone.width), np.float32)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.allclose(alone.embed(IDEAS[::-1]), rows[::-1])
    assert alone.embed([]).shape == (0, alone.width)


def test_a_row_does_not_depend_on_what_else_is_in_the_batch(open_on: Callable[..., Embedder]) -> None:
    together = open_on(FakeEngine()).embed(IDEAS)
    one = open_on(FakeEngine())
    singly = np.concatenate([one.embed([idea]) for idea in IDEAS])
    assert (together * singly).sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert (together @ together.T).min() < 0.99


def test_blank_texts_are_zeros_and_long_or_odd_ones_are_taken(alone: Embedder) -> None:
    rows = alone.embed(["", " \n", "word " * 3000, "é 漢字 🎉 \ud800", "<|eot_id|>"])
    assert not rows[:2].any()
    assert np.linalg.norm(rows[2:], axis=1) == pytest.approx(1, abs=1e-5)


def test_what_is_known_is_not_computed_again(alone: Embedder) -> None:
    assert isinstance(alone, LlamaEmbedder)
    counted: list[int] = []
    decode = alone._model.decode
    alone._model.decode = lambda batch: counted.append(len(batch)) or decode(batch)  # type: ignore[method-assign,func-returns-value]
    first = alone.embed(["a", "b", "a"])
    again = alone.embed(["b", "c", "a"])
    assert sum(counted) == 3
    assert np.array_equal(first[[1, 0]], again[[0, 2]])


def test_the_memory_of_texts_is_bounded(alone: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(alone, LlamaEmbedder)
    monkeypatch.setattr("workbench.engine.embedding.CACHE_BYTES", 4 * alone.width * 10)
    alone.embed(IDEAS)
    assert list(alone._known) == IDEAS[-10:]
    alone.embed([IDEAS[30], "new"])
    assert len(alone._known) == 10 and {IDEAS[30], "new"} < alone._known.keys()


def test_it_runs_on_the_engines_thread_while_that_generates(
    engine: LlamaEngine, open_on: Callable[..., Embedder]
) -> None:
    embedder = open_on(engine)
    assert isinstance(embedder, LlamaEmbedder)
    threads: set[threading.Thread] = set()
    decode = embedder._model.decode
    embedder._model.decode = lambda batch: threads.add(threading.current_thread()) or decode(batch)  # type: ignore[method-assign,func-returns-value]
    request = Request("test", ([{"role": "user", "content": "hello"}],) * 16, Sampling(temperature=0, max_tokens=100))
    wanted = engine.submit(request).wait(120)
    job = engine.submit(request)
    rows = embedder.embed(IDEAS)
    assert {thread.name for thread in threads} == {"llama-engine"}
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    view = job.wait(120)
    assert view.state == State.DONE and [s.text for s in view.sequences] == [s.text for s in wanted.sequences]


def test_many_threads_at_once(engine: LlamaEngine, open_on: Callable[..., Embedder]) -> None:
    embedder, wanted, failed = open_on(engine), open_on(engine).embed(IDEAS), []

    def work(start: int) -> None:
        rows = embedder.embed(IDEAS[start:] + IDEAS[:start])
        if not np.allclose(rows, np.concatenate([wanted[start:], wanted[:start]]), atol=1e-3):
            failed.append(start)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 40, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def test_closing_before_and_after_the_engine(engine: LlamaEngine, open_on: Callable[..., Embedder]) -> None:
    first, second = open_on(engine), open_on(engine)
    first.close()
    with pytest.raises(EngineClosed, match="was closed"):
        first.embed(["a"])
    engine.close()
    with pytest.raises(EngineClosed, match="was closed"):
        second.embed(["a"])
    second.close()
    second.close()


def test_closing_in_the_middle_of_a_run_loses_no_idea(
    engine: LlamaEngine, open_on: Callable[..., Embedder], tmp_path: Path
) -> None:
    settings = Settings(db=tmp_path / "workbench.db")
    desk = Desk(engine, Store(settings.db), Library(settings.library, settings.library_file), open_on(engine))
    board = desk.store.create_board("How might we waste less bread?")
    run = desk.brainstorm(board.question, n=16, board_id=board.id)
    while not any(item.text for item in run.view().items):
        time.sleep(0.001)
    desk.close()
    assert run.fault is None
    with closing(Store(settings.db)) as store:
        written = [row for row in store.generations(board_id=board.id) if any(split_line(row.text))]
        assert len(store.list_ideas(board.id)) == len(written) > 0


def test_a_file_that_cannot_be_used_is_a_sentence(
    tmp_path: Path, open_on: Callable[..., Embedder], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelMissing, match=r"no embedding model at .*WORKBENCH_EMBEDDING_MODEL"):
        open_on(FakeEngine(), tmp_path / "none.gguf")
    (tmp_path / "text.gguf").write_text("not a model")
    with pytest.raises(ModelDamaged, match="not a GGUF file"):
        open_on(FakeEngine(), tmp_path / "text.gguf")
    (tmp_path / "limit").write_text("1000000")
    (tmp_path / "use").write_text("900000")
    monkeypatch.setattr(footprint, "GROUP_LIMIT", tmp_path / "limit")
    monkeypatch.setattr(footprint, "GROUP_USE", tmp_path / "use")
    with pytest.raises(ModelTooLarge, match=r"embedding model base.gguf needs about .* and 0.0 GB are free"):
        open_on(FakeEngine())


def test_a_model_that_ranks_is_refused(
    tmp_path: Path, gguf_maker: ModuleType, open_on: Callable[..., Embedder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        gguf.GGUFWriter, "add_file_type", lambda writer, _: writer.add_pooling_type(gguf.PoolingType.RANK)
    )
    path = gguf_maker.write_base(tmp_path / "ranker.gguf")
    with pytest.raises(ModelDamaged, match="ranks texts and gives no vectors"):
        open_on(FakeEngine(), path)


@pytest.fixture(scope="module")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """all-MiniLM-L6-v2 as the project's own script makes it, and its closeness to the trained model."""
    from finetune import embedding_gguf

    path = tmp_path_factory.mktemp("embedding") / "all-minilm-l6-v2.gguf"
    return path, embedding_gguf.make(path)


@pytest.mark.slow
def test_minilm_is_the_trained_model_and_knows_what_is_alike(
    minilm: tuple[Path, float], engine: LlamaEngine, open_on: Callable[..., Embedder]
) -> None:
    path, closeness = minilm
    assert closeness > 0.999
    embedder = open_on(engine, path)
    assert (embedder.name, embedder.width) == ("all-minilm-l6-v2", 384)
    rows = embedder.embed([
        "Bread bus — The baker drives the unsold loaves round the villages.",
        "Loaf van — What the bakery could not sell is brought to small towns.",
        "Chess evening — Strangers meet over a board in the library.",
    ])  # fmt: skip
    alike, different = rows[0] @ rows[1], rows[0] @ rows[2]
    assert alike > 0.5 > different + 0.2
