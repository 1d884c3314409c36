"""What a hub, a network and a disk can do to a download: each gets one sentence, and nothing half made is offered.

    python -m pytest tests/models/test_download_faults.py
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from huggingface_hub.utils import close_session

from tests.models.hub_server import Hub
from workbench.errors import DownloadStopped, HubError, InputError, ModelDamaged
from workbench.models.catalogue import Entry, File, read_catalogue
from workbench.models.downloads import Download, Offer, forget, offer, put_in_place, unfinished
from workbench.models.installed import places, read_model

REPOSITORY = "someone/Small-GGUF"
ENTRY = Entry(
    name="small", title="Small", parameters=1, repository=REPOSITORY, files={"Q8_0": File(file="small.gguf", bytes=1)},
    licence="MIT", context=512, kv_bytes_per_token=1, template="llama-3", good_for="tests",
)  # fmt: skip


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def server(base: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub({f"{REPOSITORY}/small.gguf": base.read_bytes()})
    hub.address = hub.start()  # type: ignore[attr-defined]
    monkeypatch.setenv("HF_ENDPOINT", hub.address)  # type: ignore[attr-defined]
    monkeypatch.delenv("HF_TOKEN", raising=False)
    yield hub
    hub.stop()


def offered(models: Path) -> Offer:
    return offer(models, ENTRY, "Q8_0")


def test_a_gated_model_comes_with_the_token_and_the_token_goes_with_every_request(
    server: Hub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.gated.add(REPOSITORY)
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(HubError, match="is gated: accept its licence"):
        offered(models)
    server.tokens.clear()
    monkeypatch.setenv("HF_TOKEN", "hf_right")
    assert read_model(Download(offered(models)).run()).name == "small-q8_0"
    assert set(server.tokens) == {"Bearer hf_right"}


def test_a_token_that_ends_in_the_middle_keeps_the_part(
    server: Hub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = offered(models)
    server.gated.add(REPOSITORY)
    with pytest.raises(HubError, match="is gated"):
        Download(found).run()
    assert places(models) == []


def test_a_proxy_is_used_where_one_is_set(server: Hub, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's name leads nowhere; only the proxy can answer for it."""
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    monkeypatch.setenv("HTTP_PROXY", server.address)  # type: ignore[attr-defined]
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    close_session()  # the client reads the variables when it is made
    try:
        assert offered(models).remote.bytes
        assert server.asked[0].startswith("HEAD http://hub.invalid/someone/")
    finally:
        close_session()


def test_the_bytes_may_lie_elsewhere_and_the_token_does_not_go_there(
    server: Hub, models: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the real hub does it: it names size and hash, and sends the client to another host; a part goes on there."""
    monkeypatch.setenv("HF_TOKEN", "hf_right")
    store = Hub(dict(server.files))
    server.elsewhere = store.start().replace("127.0.0.1", "localhost")
    try:
        found = offered(models)
        assert found.remote.bytes == base.stat().st_size and store.asked == []
        part = models / ".downloads" / "small-q8_0" / f"{found.remote.sha256}.part"
        part.parent.mkdir(parents=True)
        part.write_bytes(base.read_bytes()[:1000])
        assert read_model(Download(offered(models)).run()).base.read_bytes() == base.read_bytes()
        assert store.ranges == ["bytes=1000-"] and set(store.tokens) == {""}
        assert set(server.tokens) == {"Bearer hf_right"}
    finally:
        store.stop()


@pytest.mark.parametrize("status", [500, 503])
def test_a_broken_server_is_said(server: Hub, models: Path, status: int) -> None:
    found = offered(models)
    server.status = status
    with pytest.raises(HubError, match=f"answered {status} for small.gguf. Try again later"):
        Download(found).run()


def test_offline_mode_is_said(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    close_session()
    try:
        with pytest.raises(HubError, match="cannot be reached"):
            offered(models)
    finally:
        close_session()


def test_a_hub_that_does_not_give_a_hash_is_not_trusted(server: Hub, models: Path) -> None:
    server.no_hash = True
    with pytest.raises(HubError, match="gives no size and SHA-256"):
        offered(models)


def test_a_model_that_cannot_answer_is_not_offered_and_leaves_nothing(
    server: Hub, models: Path, tmp_path: Path, gguf_maker: ModuleType
) -> None:
    plain = gguf_maker.write_base(tmp_path / "plain.gguf", template=None)
    server.files[f"{REPOSITORY}/small.gguf"] = plain.read_bytes()
    with pytest.raises(ModelDamaged, match="carries no chat template"):
        Download(offered(models)).run()
    assert places(models) == [] and unfinished(models) == []


def test_what_was_verified_is_kept_when_its_trial_is_stopped(server: Hub, models: Path, base: Path) -> None:
    found = offered(models)
    part = models / ".downloads" / "small-q8_0" / f"{found.remote.sha256}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(base.read_bytes())

    def stop(_words: str, _share: float) -> None:
        raise DownloadStopped("stopped")

    with pytest.raises(DownloadStopped):
        put_in_place(part, found, stop)
    assert part.read_bytes() == base.read_bytes() and places(models) == []
    assert unfinished(models) == ["small-q8_0"]


def test_a_kill_during_the_trial_keeps_what_was_verified(server: Hub, models: Path, base: Path) -> None:
    found = offered(models)
    part = models / ".downloads" / "small-q8_0" / f"{found.remote.sha256}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(base.read_bytes())
    script = (
        "import sys, time; from pathlib import Path; from tests.models.test_download_faults import offered\n"
        "from workbench.models.downloads import put_in_place\n"
        "def progress(words, share): print('there', flush=True); time.sleep(600)\n"
        "put_in_place(Path(sys.argv[2]), offered(Path(sys.argv[1])), progress)"
    )
    command = [sys.executable, "-c", script, str(models), str(part)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."})
    assert child.stdout is not None and child.stdout.readline() == b"there\n"
    child.kill()
    child.wait()
    assert places(models) == [] and offered(models).missing == 0
    server.asked.clear()
    assert read_model(Download(offered(models)).run()).base.read_bytes() == base.read_bytes()
    assert not any(line.startswith("GET") for line in server.asked)


def test_a_disk_without_room_for_the_folder_is_said(server: Hub, tmp_path: Path) -> None:
    """The models folder lies where no folder can be made: below a file."""
    (tmp_path / "file").touch()
    with pytest.raises((HubError, InputError), match=r"models.*cannot be used"):
        offered(tmp_path / "file" / "models")


def test_an_unfinished_download_can_be_forgotten(server: Hub, models: Path) -> None:
    found = offered(models)
    part = models / ".downloads" / "small-q8_0" / f"{found.remote.sha256}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"GGUF")
    assert unfinished(models) == ["small-q8_0"] and offered(models).so_far == 4
    forget(models, "small-q8_0")
    assert unfinished(models) == [] and offered(models).so_far == 0


def test_a_part_that_is_longer_than_the_file_begins_anew(server: Hub, models: Path, base: Path) -> None:
    found = offered(models)
    part = models / ".downloads" / "small-q8_0" / f"{found.remote.sha256}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(base.read_bytes() + b"more")
    assert read_model(Download(offered(models)).run()).base.read_bytes() == base.read_bytes()


def test_own_entries_are_added_and_take_the_place_of_shipped_ones(tmp_path: Path) -> None:
    shipped = read_catalogue(tmp_path / "none.json")
    own = ENTRY.model_dump(mode="json")
    (tmp_path / "own.json").write_text(json.dumps([own, own | {"name": "gemma-3-1b-it", "title": "Mine"}]))
    found = read_catalogue(tmp_path / "own.json")
    assert len(found.entries) == len(shipped.entries) + 1
    assert found.find("small").licence == "MIT" and found.find("gemma-3-1b-it").title == "Mine"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{", "cannot be read as JSON"), ("[{}]", "entry 0.name"), ('[{"name": "x", "surprise": 1}]', "cannot be used")],
)
def test_a_broken_own_catalogue_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "own.json").write_text(text)
    with pytest.raises(InputError, match=rf"own\.json.*{sentence}"):
        read_catalogue(tmp_path / "own.json")
