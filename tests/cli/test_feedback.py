"""python -m workbench feedback: list, enough, out as data sets, to a hub after asking, people, forget."""

import io
import json
import sys

import pytest

from tests.lab.feedback import Told
from tests.models.hub_writing import TOKEN, WritableHub
from workbench.cli.parser import parser
from workbench.errors import HubError, InputError
from workbench.store import Store


@pytest.fixture
def folder(own_data):
    """The folder of a database in which people said something."""
    store = Store(own_data / "workbench.db")
    Told(store).everything()
    store.close()
    return own_data


@pytest.fixture
def said(folder, monkeypatch):
    """Return a function that runs `feedback ...` in this process, with an answer on standard input; its output."""

    def run(*words, answer="", status=0):
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        arguments, out = parser().parse_args(["feedback", *words]), io.StringIO()
        assert arguments.run(arguments, out) == status
        return out.getvalue()

    return run


@pytest.fixture
def hub(folder, monkeypatch):
    hub = WritableHub()
    monkeypatch.setenv("HF_ENDPOINT", hub.start())
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    yield hub
    hub.stop()


def test_what_was_said_is_listed_and_counted(said):
    shown = said("list", "--person", "Ada")
    assert "too vague" in shown and "A secret word." in shown and "1 of 3" in shown
    rows = [json.loads(line) for line in said("list", "--json").splitlines()]
    assert [row["said"]["thumb"] for row in rows] == ["up", "down", "up"] and rows[0]["messages"][0]["role"] == "system"
    enough = json.loads(said("enough", "--json"))
    assert {(row["task"], row["kind"]): row["n"] for row in enough}["brainstorm", "dpo"] == 3
    assert not any(row["enough"] for row in enough)


def test_versions_lie_side_by_side_and_the_same_content_is_not_written_twice(said, folder):
    out = folder / "sets"
    first = json.loads(said("export", "--out", str(out), "--json"))
    assert first["new"] and sorted(file.name for file in (out / "v1").iterdir()) == [
        "README.md", "dpo.jsonl", "kto.jsonl", "manifest.json", "raw.jsonl", "sft.jsonl",
    ]  # fmt: skip
    assert "Nothing new since version 1" in said("export", "--out", str(out)) and not (out / "v2").exists()
    said("export", "--out", str(out), "--kind", "sft", "--form", "parquet", "--without", "Ada")
    manifest = json.loads((out / "v2" / "manifest.json").read_text())
    assert list(manifest["files"]) == ["sft.parquet"] and manifest["people_left_out"] == 1
    assert "Ada" not in (out / "v2" / "manifest.json").read_text()
    with pytest.raises(InputError, match="Nothing to write"):
        said("export", "--out", str(out), "--until", "1999-01-01")


def test_a_set_goes_to_a_hub_only_after_a_yes(said, hub, folder):
    words = ("export", "--out", str(folder / "sets"), "--push", "ada/said")
    for answer in ("no\n", "", "y\n"):
        shown = said(*words, answer=answer)
        assert "Nothing was sent." in shown
    assert "sft.jsonl" in shown and "how might we waste less bread" in shown and "without people's names" in shown
    assert (hub.made, hub.files) == ([], {})
    assert "Sent: http://127.0.0.1" in said(*words, answer="yes\n")
    assert hub.made[0]["type"] == "dataset" and hub.made[0]["visibility"] == "private"
    written = folder / "sets" / "v1"
    assert hub.files == {f"ada/said/{file.name}": file.read_bytes() for file in written.iterdir()}


def test_a_hub_that_refuses_or_cannot_be_reached_is_one_sentence(said, hub, folder, monkeypatch):
    words = ("export", "--out", str(folder / "sets"), "--push", "ada/said", "--yes")
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(HubError, match=r"does not let you write to ada/said \(401\)\. Set HF_TOKEN"):
        said(*words)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(HubError, match=r"127\.0\.0\.1:9 cannot be reached"):
        said(*words)
    assert (hub.made, hub.files) == ([], {})


def test_a_person_is_forgotten_after_a_yes_and_gone_from_the_file(said, folder, fake):
    people = json.loads(said("people", "--json"))
    assert people == [{"person": "Ada", "feedback": 1, "votes": 1}, {"person": "me", "feedback": 2, "votes": 2}]
    assert "Nothing was deleted." in said("forget", "Ada", answer="no\n")
    assert b"A secret word." in bytes_of(folder)
    done = fake("feedback", "forget", "Ada", stdin=b"yes\n")
    assert done.returncode == 0 and b"feedback on 1 answer, 1 vote" in done.stdout
    assert b"A secret word." not in bytes_of(folder) and b"Ada" not in bytes_of(folder)
    with pytest.raises(InputError, match="There is: me"):
        said("forget", "Ada", "--yes")


def bytes_of(folder):
    return b"".join(file.read_bytes() for file in folder.glob("workbench.db*"))
