"""Comparisons on a tiny real model with two adapters, and on a server that does as it is told."""

import json
import threading
from contextlib import closing
from hashlib import sha256

import pytest

from tests.engine import tiny_gguf
from tests.engine.remote.wayward import Wayward, answers
from workbench.assist.prompts.comparing import WARM_UP
from workbench.lab import compare
from workbench.records import ComparisonKind, Contender, NewComparison, Prompt
from workbench.settings import Settings
from workbench.store import Store

SKY, LIFE, BREAD = (Prompt(text, ({"role": "user", "content": text},)) for text in ("Sky?", "Life?", "Bread?"))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """The folder of a tiny base with an adapter; another adapter lies beside the folder."""
    folder = tmp_path_factory.mktemp("compared") / "tiny"
    folder.mkdir()
    base = tiny_gguf.write_base(folder / "base.gguf", endless=False)
    hashed = sha256(base.read_bytes()).hexdigest()
    adapter = tiny_gguf.write_adapter(folder / "refine.gguf", base_sha256=hashed)
    tiny_gguf.write_adapter(folder.parent / "loose.gguf", seed=5, base_sha256=hashed)
    tiny_gguf.write_base(folder.parent / "other.gguf", seed=3)

    def entry(path):
        return {"file": path.name, "sha256": sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}

    manifest = {"name": "tiny", "base": entry(base), "adapters": {"refine": entry(adapter)}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def path(tmp_path):
    return tmp_path / "workbench.db"


@pytest.fixture
def store(path):
    with closing(Store(path)) as opened:
        yield opened


@pytest.fixture
def chosen(tiny, path):
    """Settings of the test's own: one thread, as what else runs on the machine would stall two."""
    return Settings(db=path, model=tiny, models=tiny.parent, threads=1, context=512)


@pytest.fixture
def server():
    """A server that answers `Bread bus` at once until it is told otherwise."""
    made = Wayward()
    made.does(answers)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.release.set()
    made.shutdown()
    made.server_close()


@pytest.fixture
def bakery(server):
    """The server's model."""
    return compare.on_server(server.url, "bakery")


@pytest.fixture
def plan(store):
    """Return a function that writes a batch down."""

    def made(contenders, prompts=(SKY, LIFE), **given):
        fields = {"title": "Test", "kind": ComparisonKind.BATCH, "sampling": {"max_tokens": 12}, "warm_up": WARM_UP}
        return compare.plan(store, NewComparison(
            **(fields | {"prompts": tuple(prompts), "contenders": tuple(contenders)} | given)
        ))  # fmt: skip

    return made


@pytest.fixture
def answered(store):
    """Return a function that writes a comparison whose answers are there: {model: [text for each prompt]}."""

    def made(texts, prompts=(SKY, LIFE), finishes=None):
        new = NewComparison(
            title="Answered", kind=ComparisonKind.BATCH, prompts=tuple(prompts),
            contenders=tuple(Contender(name, f"{name}.gguf") for name in texts), sampling={"max_tokens": 9},
        )  # fmt: skip
        order = [
            ((at, place, 0), said[at]) for at in range(len(prompts)) for place, said in enumerate(texts.values())
        ]  # fmt: skip
        kept = store.add_answered(new, order)
        for trial, finish in zip(store.trials(kept.id), finishes or [], strict=False):
            answer = trial.generation
            store.finish_generation(
                answer.id, text=answer.text, prompt_tokens=9, tokens=11, first_token_s=0.5, seconds=1.5, finish=finish
            )
        return kept

    return made
