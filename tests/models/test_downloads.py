"""Pull, stop, resume and verify, from a server that speaks the hub's API. pytest tests/models/test_downloads.py"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.models.hub_server import Hub
from workbench.errors import HubError, ModelDamaged
from workbench.models import hub as door
from workbench.models.catalogue import Entry, File
from workbench.models.downloads import Download, Offer, offer, unfinished
from workbench.models.gguf import sha256
from workbench.models.installed import read_model

REPOSITORY = "someone/Small-GGUF"
ENTRY = Entry(
    name="small", title="Small", parameters=1, repository=REPOSITORY, files={"Q8_0": File(file="small.gguf", bytes=1)},
    licence="MIT", context=512, kv_bytes_per_token=1, template="llama-3", good_for="tests",
)  # fmt: skip


@pytest.fixture
def whole(base: Path) -> bytes:
    """A real GGUF, of many chunks."""
    return base.read_bytes()


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def server(whole: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub({f"{REPOSITORY}/small.gguf": whole})
    monkeypatch.setenv("HF_ENDPOINT", hub.start())
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 64 * 1024)
    yield hub
    hub.stop()


def offered(models: Path) -> Offer:
    return offer(models, ENTRY, "Q8_0")


def test_looking_says_size_and_hash_and_fetches_nothing(server: Hub, models: Path, whole: bytes) -> None:
    found = offered(models)
    assert (found.remote.bytes, found.missing) == (len(whole), len(whole))
    assert not any(line.startswith("GET") for line in server.asked)
    assert not found.folder.exists()


def test_a_pulled_model_is_whole_and_can_be_read(server: Hub, models: Path, whole: bytes) -> None:
    folder = Download(offered(models)).run()
    model = read_model(folder)
    assert (model.title, model.licence, model.base.read_bytes()) == ("Small (Q8_0)", "MIT", whole)
    assert unfinished(models) == []
    assert sorted(path.name for path in models.iterdir()) == [".downloads", ".lock", "small-q8_0"]


def test_a_stopped_download_goes_on_where_it_ended(server: Hub, models: Path, whole: bytes) -> None:
    server.hold_after = len(whole) // 2  # so it cannot have ended before it is stopped
    first = Download(offered(models))
    first.start()
    while first.step().bytes < len(whole) // 4:
        assert not first.step().ended
        time.sleep(0.005)
    assert first.step().rate > 0
    first.stop()
    server.release.set()
    step = first.wait(120)
    assert step.words == "stopped" and unfinished(models) == ["small-q8_0"]
    again = offered(models)
    assert 0 < again.so_far < len(whole)
    assert read_model(Download(again).run()).base.read_bytes() == whole
    assert server.ranges == [f"bytes={again.so_far}-"]


def test_a_killed_download_goes_on_where_it_ended(server: Hub, models: Path, whole: bytes) -> None:
    server.hold_after = len(whole) // 2
    script = (
        "import sys; from pathlib import Path; import huggingface_hub.constants as c; c.DOWNLOAD_CHUNK_SIZE = 65536\n"
        "from tests.models.test_downloads import ENTRY; from workbench.models.downloads import Download, offer\n"
        "Download(offer(Path(sys.argv[1]), ENTRY, 'Q8_0')).run()"
    )
    child = subprocess.Popen([sys.executable, "-c", script, str(models)], env=os.environ | {"PYTHONPATH": "."})
    parts = models / ".downloads"
    deadline = time.monotonic() + 120
    while sum(p.stat().st_size for p in parts.rglob("*.part")) < len(whole) // 4:
        assert child.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    server.release.set()
    again = offered(models)
    assert 0 < again.so_far < len(whole)
    assert read_model(Download(again).run()).base.read_bytes() == whole
    assert server.ranges


def test_two_processes_do_not_write_into_one_part(server: Hub, models: Path) -> None:
    server.hold_after = 64 * 1024
    first, second = Download(offered(models)), Download(offered(models))
    first.start()
    while first.step().bytes < 64 * 1024:
        assert not first.step().ended
        time.sleep(0.005)
    with pytest.raises(HubError, match="by another process"):
        second.run()
    first.stop()
    server.release.set()
    assert first.wait(120).words == "stopped"


def test_a_connection_cut_in_the_middle_is_taken_up_again(server: Hub, models: Path, whole: bytes) -> None:
    server.cut_after = len(whole) // 2
    assert read_model(Download(offered(models)).run()).base.read_bytes() == whole
    assert server.ranges


def test_a_corrupt_byte_is_noticed_and_nothing_is_offered(server: Hub, models: Path) -> None:
    server.corrupt = True
    with pytest.raises(HubError, match=r"arrived damaged.*Start the download again"):
        Download(offered(models)).run()
    assert not (models / "small-q8_0").exists()
    server.corrupt = False
    assert read_model(Download(offered(models)).run()).name == "small-q8_0"


def test_a_file_that_is_no_gguf_is_not_offered(server: Hub, models: Path) -> None:
    server.files[f"{REPOSITORY}/small.gguf"] = b"<html>not a model</html>" * 100
    with pytest.raises(ModelDamaged):
        Download(offered(models)).run()
    assert not (models / "small-q8_0").exists()


@pytest.mark.parametrize(
    ("repository", "file", "words"),
    [
        ("nobody/Nothing", "small.gguf", "There is no nobody/Nothing"),
        (REPOSITORY, "other.gguf", "has no file other.gguf"),
    ],
)
def test_what_is_not_there_is_said(server: Hub, repository: str, file: str, words: str) -> None:
    with pytest.raises(HubError, match=words):
        door.look(repository, file)


def test_a_gated_model_asks_for_a_token_and_takes_it(server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    server.gated.add(REPOSITORY)
    with pytest.raises(HubError, match="is gated: accept its licence"):
        door.look(REPOSITORY, "small.gguf")
    monkeypatch.setenv("HF_TOKEN", "hf_right")
    assert door.look(REPOSITORY, "small.gguf").bytes


def test_offline_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(HubError, match=r"127\.0\.0\.1:9 cannot be reached"):
        door.look(REPOSITORY, "small.gguf")


def test_too_little_room_is_said_before_anything_is_fetched(server: Hub, models: Path) -> None:
    found = offered(models)
    small = Offer(found.entry, found.quantisation, found.remote, found.folder, 0, disk_free=1000)
    with pytest.raises(HubError, match="Make room"):
        Download(small).run()
    assert not any(line.startswith("GET") for line in server.asked)


def test_a_disk_that_fills_up_meanwhile_is_said(server: Hub, models: Path) -> None:
    """The part is a link to /dev/full, which has no room for anything."""
    found = offered(models)
    part = models / ".downloads" / "small-q8_0" / f"{found.remote.sha256}.part"
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")
    download = Download(found)
    download.start()
    step = download.wait(120)
    assert (step.words, step.error[:17]) == ("failed", "The disk is full:")
    assert not found.folder.exists()


def test_the_hash_is_that_of_the_file(server: Hub, base: Path) -> None:
    assert door.look(REPOSITORY, "small.gguf").sha256 == sha256(base)
