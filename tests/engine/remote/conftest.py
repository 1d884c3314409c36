"""Two real servers: llama-cpp-python's own on the tiny model, and one that does what a test tells it to."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.remote.wayward import Wayward
from tests.ports import free_port
from workbench.engine.remote.engine import RemoteEngine
from workbench.settings import Settings

PATIENT = 180  # seconds until the server is up, on a busy machine


@pytest.fixture(scope="session")
def llama_server(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of llama-cpp-python's server with the models "tiny" and "mute", which gives no logprobs."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    shared = {"model": str(tiny / "base.gguf"), "n_ctx": 2048, "n_threads": 1}
    models = [shared | {"model_alias": name, "logits_all": name == "tiny"} for name in ("tiny", "mute")]
    # It would otherwise cut an answer off as soon as another one is asked for.
    config = {"host": "127.0.0.1", "port": port, "interrupt_requests": False, "models": models}
    (folder / "config.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "llama_cpp.server", "--config_file", str(folder / "config.json")]
    # The server puts HOST and PORT of the environment above its own file, and `make` exports a PORT.
    environment = {name: value for name, value in os.environ.items() if name not in ("HOST", "PORT")}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/v1/models", server, folder / "log")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(120)


def _wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENT
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"llama-cpp-python's server did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture
def open_remote() -> Iterator[Callable[..., RemoteEngine]]:
    """Open engines on a server, and close them when the test is over."""
    opened: list[RemoteEngine] = []

    def open_one(url: str, **more: object) -> RemoteEngine:
        given = {"engine": "remote", "remote_url": url, "remote_model": "tiny"} | more
        opened.append(RemoteEngine(Settings(**given)))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.close()


@pytest.fixture
def remote(llama_server: str, open_remote: Callable[..., RemoteEngine]) -> RemoteEngine:
    """An engine on llama-cpp-python's server."""
    return open_remote(llama_server)


@pytest.fixture
def wayward() -> Iterator[Wayward]:
    """A server that does what it is told."""
    server = Wayward()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.release.set()
    server.shutdown()
    server.server_close()
    thread.join()
