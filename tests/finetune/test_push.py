"""An upload lists what goes out, asks, and is one commit; against a local server. pytest tests/finetune/test_push.py"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune import push
from workbench.errors import HubError, InputError

from .upload_server import UploadHub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[UploadHub]:
    server = UploadHub()
    monkeypatch.setenv("HF_ENDPOINT", server.start())
    monkeypatch.setenv("HF_TOKEN", server.token)
    # The hub's chunked storage (Xet) is a protocol of its own; the server speaks Git LFS, which the hub takes too.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    yield server
    server.stop()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A folder as an export leaves it; the upload does not read what is in the GGUF."""
    folder = tmp_path / "export"
    (folder / "q4_0").mkdir(parents=True)
    (folder / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n# Tiny\n")
    (folder / "proof.json").write_text("{}")
    data = b"GGUF" + bytes(1000)
    (folder / "q4_0" / "tiny-q4_0.gguf").write_bytes(data)
    entry = {"file": "tiny-q4_0.gguf", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    (folder / "q4_0" / "manifest.json").write_text(json.dumps({"base": entry, "adapters": {}}))
    return folder


def test_everything_listed_arrives_in_one_commit(hub: UploadHub, export: Path, capsys) -> None:
    push.main([str(export), "--repo", "me/tiny", "--yes"])
    said = capsys.readouterr().out
    sent = {path.relative_to(export).as_posix(): path.read_bytes() for path in export.rglob("*") if path.is_file()}
    assert {name.removeprefix("me/tiny/"): data for name, data in hub.files.items()} == sent
    assert hub.commits == 1 and hub.repositories["me/tiny"]["visibility"] == "private"
    assert all(name in said for name in sent) and "licence cc-by-nc-4.0" in said and f"To {hub.address}/me/tiny" in said


def test_nothing_goes_out_before_a_yes(hub: UploadHub, export: Path, capsys) -> None:
    with pytest.raises(InputError, match="Nothing was uploaded"):
        push.main([str(export), "--repo", "me/tiny"])  # pytest's input is no terminal: nobody can answer
    assert "q4_0/tiny-q4_0.gguf" in capsys.readouterr().out
    assert not hub.repositories and not hub.large and not hub.commits


def test_a_token_that_may_not_write_gets_a_sentence(hub: UploadHub, export: Path, monkeypatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(HubError, match="set HF_TOKEN to a token that may"):
        push.push(export, "me/tiny", yes=True)
    assert not hub.commits


def test_an_upload_that_breaks_off_changes_nothing_there(hub: UploadHub, export: Path) -> None:
    hub.full = True
    with pytest.raises(HubError):
        push.push(export, "me/tiny", yes=True)
    assert not hub.files and not hub.commits


def test_an_export_that_was_not_proved_or_has_changed_stays_here(hub: UploadHub, export: Path) -> None:
    (export / "q4_0" / "tiny-q4_0.gguf").write_bytes(b"GGUF something else")
    with pytest.raises(InputError, match="is not the file that was proved"):
        push.push(export, "me/tiny", yes=True)
    (export / "proof.json").unlink()
    with pytest.raises(InputError, match="without its proof"):
        push.push(export, "me/tiny", yes=True)
    assert not hub.repositories
