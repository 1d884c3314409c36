"""models pull, add, try, remove as a shell runs them, against a server that speaks the hub's API.

    python -m pytest tests/cli/test_models.py
"""

import importlib.util
import json
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.models.hub_server import Hub
from workbench.models import read_model

REPOSITORY = "someone/Small-GGUF"


@pytest.fixture(scope="session")
def maker():
    """The writers of tests/engine/tiny_gguf.py."""
    path = Path(__file__).parent.parent / "engine" / "tiny_gguf.py"
    spec = importlib.util.spec_from_file_location("tiny_gguf", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["tiny_gguf"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def file(tmp_path, maker):
    return maker.write_base(tmp_path / "small.gguf")


@pytest.fixture
def server(file):
    hub = Hub({f"{REPOSITORY}/small.gguf": file.read_bytes()})
    hub.address = hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def own(tmp_path):
    """The person's own catalogue, with one entry."""
    entry = {
        "name": "small", "title": "Small", "parameters": 110_000, "repository": REPOSITORY,
        "files": {"Q8_0": {"file": "small.gguf", "bytes": 490_000}}, "licence": "MIT", "context": 4096,
        "kv_bytes_per_token": 256, "template": "llama-3", "good_for": "Tests.",
    }  # fmt: skip
    path = tmp_path / "own.json"
    path.write_text(json.dumps([entry]))
    return path


@pytest.fixture
def models(tmp_path, own, fake):
    """The models folder of a shell whose catalogue has the own entry."""
    fake.env |= {"WORKBENCH_MODELS": str(tmp_path / "models"), "WORKBENCH_CATALOGUE": str(own)}
    return tmp_path / "models"


def test_the_catalogue_has_the_persons_own_entries_and_asks_no_server(fake, models):
    entries = json.loads(fake("models", "catalogue", "--json", env={"HF_ENDPOINT": "http://127.0.0.1:9"}).stdout)
    assert entries[0]["name"] == "starter" and entries[-1]["name"] == "small"
    assert b"Small, MIT" in fake("models", "catalogue").stdout


def test_a_model_is_pulled_checked_tried_listed_and_removed(fake, models, server):
    at = {"HF_ENDPOINT": server.address}
    asked = fake("models", "pull", "small", env=at)
    assert asked.returncode == 1 and b"say --yes" in asked.stderr
    for words in (REPOSITORY.encode(), b"free in", b"4,096 tokens of context", b"MIT", b"Tests."):
        assert words in asked.stderr
    assert not any(line.startswith("GET") for line in server.asked)
    done = fake("models", "pull", "SMALL", "--yes", env=at)
    assert done.returncode == 0, done.stderr
    assert b"small-q8_0 is in place, size and hash as the hub says; tried:" in done.stdout
    assert read_model(models / "small-q8_0").title == "Small (Q8_0)"
    again = fake("models", "pull", "small", "--yes", env=at)
    assert again.returncode == 0 and b"here already, the very same file" in again.stdout
    [row] = [row for row in json.loads(fake("models", "--json").stdout) if row["name"] == "small-q8_0"]
    assert row["error"] is None and row["licence"] == "MIT"
    assert b"Nobody is here to be asked" in fake("models", "remove", "small-q8_0").stderr
    assert fake("models", "remove", "small-q8_0", "--yes").returncode == 0
    assert not (models / "small-q8_0").exists()


def test_ctrl_c_keeps_the_part_and_says_how_to_go_on(fake, models, server, file):
    """The server holds the rest back, so the download cannot have ended before Ctrl-C."""
    server.files[f"{REPOSITORY}/small.gguf"] += bytes(4 * 2**20)  # several of the client's pieces
    server.hold_after = 3 * 2**20
    fake.env["HF_ENDPOINT"] = server.address
    child = fake.start("models", "pull", "small", "--yes")
    deadline = time.monotonic() + 120
    while not any(part.stat().st_size >= 2**20 for part in models.glob(".downloads/*/*.part")):
        assert child.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    server.release.set()
    _, words = child.communicate(timeout=120)
    assert child.returncode == 130, words
    assert b"are kept. To go on: python -m workbench models pull small --quant Q8_0" in words
    server.hold_after = None
    done = fake("models", "pull", "small", "--yes")
    assert done.returncode == 0, done.stderr
    assert b"of it are here from an earlier try" in done.stderr and server.ranges


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("pull", "small", "--quant", "Q9"), b"Small is not offered as Q9; choose one of Q8_0"),
        (("pull", "starter"), b"nothing to download"),
        (("remove", "../small", "--yes"), b"is no model's name"),
    ],
)
def test_a_wrong_word_gets_a_sentence(fake, models, words, sentence):
    done = fake("models", *words)
    assert done.returncode == 1
    assert sentence in done.stderr and b"Traceback" not in done.stderr


def test_a_file_and_an_adapter_are_added_and_listed(fake, models, file, maker, tmp_path):
    done = fake("models", "add", str(file), "--name", "Mine")
    assert done.returncode == 0 and b"mine is in place: 0.1 M parameters" in done.stdout, done.stderr
    adapter = maker.write_adapter(tmp_path / "cheaper.gguf")
    done = fake("models", "add", str(adapter))
    assert done.returncode == 0 and b"cheaper is in place: an adapter of rank 4 for mine" in done.stdout, done.stderr
    assert b"adapter of rank 4 for mine" in fake("models").stdout


def test_a_trial_says_how_quick_it_is_and_what_suits_this_machine(fake, models, file):
    done = fake("models", "try", str(file), "--json")
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["tried"]["decode_per_s"] > 0 and record["measured"]["wide_per_s"] > 0
    to_be_had = [entry for entry in json.loads(fake("models", "catalogue", "--json").stdout) if entry["repository"]]
    assert len(record["advice"]) == len(to_be_had) > 1  # what is here already needs no advice
    assert sum(each["recommended"] for each in record["advice"]) <= 1
