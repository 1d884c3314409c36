"""A server that does what a test tells it to, and the words to tell it."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from workbench.engine.interface import Job, Request, Sampling, State, View


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

    def do_GET(self) -> None:
        self.say(200, {"data": [{"id": name} for name in self.server.names]})

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
        self.names: list[str] = []
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


def words(text: str, finish: str | None = None) -> dict[str, object]:
    """Return a streamed piece."""
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}


HELLO = ({"role": "user", "content": "hello"},)
WHOLE = (words("Bread "), words("bus", "stop"), {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 5}})


def ask(n: int = 1, **more: Any) -> Request:
    return Request("brainstorm", (HELLO,) * n, more.pop("sampling", Sampling(seed=7)), **more)


def answers(exchange: Exchange) -> None:
    exchange.stream(*WHOLE)


def says(status: int, message: str = "", **headers: str) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.say(status, {"error": {"message": message}}, **headers)


def error_of(view: View) -> str:
    assert view.state == State.FAILED and view.error is not None, view
    assert view.error.endswith(".") and "\n" not in view.error
    return view.error


def hang(exchange: Exchange) -> None:
    """Stream a word, then wait until the test is over or the other side hangs up."""
    exchange.send_response(200)
    exchange.send_header("Content-Type", "text/event-stream")
    exchange.end_headers()
    exchange.wfile.write(b'data: {"choices": [{"delta": {"content": "Bread"}}]}\n\n')
    exchange.wfile.flush()
    while not exchange.server.release.wait(0.02):
        exchange.wfile.write(b": still here\n\n")
        exchange.wfile.flush()


def until_it_writes(job: Job) -> None:
    while not job.view().sequences[0].tokens:
        assert not job.view().ended, job.view()
        time.sleep(0.001)
