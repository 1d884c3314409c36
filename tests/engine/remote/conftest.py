"""Two real servers: llama-cpp-python's own on the tiny model, and one that does what a test tells it to."""

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from workbench.engine.remote.engine import RemoteEngine
from workbench.settings import Settings

PATIENT = 60  # seconds until the server is up, on a busy machine


@pytest.fixture(scope="session")
def llama_server(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of llama-cpp-python's server with the models "tiny" and "mute", which gives no logprobs."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {"model": str(tiny / "base.gguf"), "n_ctx": 2048, "n_threads": 1}
    models = [shared | {"model_alias": name, "logits_all": name == "tiny"} for name in ("tiny", "mute")]
    # It would otherwise cut an answer off as soon as another one is asked for.
    config = {"host": "127.0.0.1", "port": port, "interrupt_requests": False, "models": models}
    (folder / "config.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "llama_cpp.server", "--config_file", str(folder / "config.json")]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/v1/models", server, folder / "log")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(20)


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


class Exchange(BaseHTTPRequestHandler):
    """One request to the wayward server, and the means to answer it."""

    server: "Wayward"
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.seen.append((dict(self.headers), self.asked))
            acts = self.server.acts
            act = acts.pop(0) if len(acts) > 1 else acts[0]
        try:
            act(self)
        except (BrokenPipeError, ConnectionResetError):
            self.server.hung_up.set()

    def say(self, status: int, words: object = "", **headers: str) -> None:
        """Answer with a status and a JSON body."""
        data = json.dumps(words).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def stream(self, *pieces: object, end: bool = True) -> None:
        """Answer with events, each at once; `end`: with the end mark, and the connection closed in good order."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (*pieces, *(["[DONE]"] if end else [])):
            self.event(piece if isinstance(piece, str) else json.dumps(piece))
        if end:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True

    def event(self, data: str) -> None:
        """Send one event."""
        line = f"data: {data}\n\n".encode()
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Wayward(ThreadingHTTPServer):
    """Answers each request with the next act; the last one stays."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.acts: list[Callable[[Exchange], None]] = []
        self.seen: list[tuple[dict[str, str], dict[str, object]]] = []
        self.lock, self.hung_up, self.release = threading.Lock(), threading.Event(), threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def does(self, *acts: Callable[[Exchange], None]) -> None:
        """Say how the next requests are answered."""
        self.acts = list(acts)

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


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


def words(text: str, finish: str | None = None) -> dict[str, object]:
    """Return a streamed piece."""
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}
