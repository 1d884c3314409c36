"""A small server that speaks the part of the hub's API that a download uses, with faults on demand."""

import hashlib
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COMMIT = "5" * 40
CHUNK = 64 * 1024


@dataclass
class Hub:
    """What the server holds and how it misbehaves."""

    files: dict[str, bytes] = field(default_factory=dict)  # "owner/name/file.gguf"
    gated: set[str] = field(default_factory=set)  # "owner/name"
    token: str = "hf_right"
    status: int | None = None  # every answer's, where the server itself is broken
    tokens: list[str] = field(default_factory=list)  # Authorization headers seen
    elsewhere: str = ""  # address of the server that holds the bytes, as the real hub has one
    no_hash: bool = False  # the file is no large one of the hub's: its ETag is a git hash
    corrupt: bool = False  # one byte of what is sent is wrong
    cut_after: int | None = None  # bytes of a response before the connection is cut, once
    slow: float = 0.0  # seconds between chunks
    hold_after: int | None = None  # bytes of a response after which it waits for `release`
    release: threading.Event = field(default_factory=threading.Event)
    ranges: list[str] = field(default_factory=list)  # Range headers seen
    asked: list[str] = field(default_factory=list)  # "GET path"

    def start(self) -> str:
        """Serve on a free port; return the address."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers /owner/name/resolve/revision/file."""

    hub: Hub

    def log_message(self, *_: object) -> None: ...

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        hub = self.hub
        hub.asked.append(f"{self.command} {self.path}")
        hub.tokens.append(self.headers.get("Authorization", ""))
        path = urlsplit(self.path).path  # a proxy is asked by whole addresses
        owner, name, _, _, file = path.lstrip("/").split("/", 4)
        repository = f"{owner}/{name}"
        data = hub.files.get(f"{repository}/{file}")
        if hub.status is not None:
            self._refuse(hub.status, "")
        elif repository in hub.gated and self.headers.get("Authorization") != f"Bearer {hub.token}":
            self._refuse(403, "GatedRepo")
        elif data is None:
            known = any(key.startswith(repository + "/") for key in hub.files)
            self._refuse(404, "EntryNotFound" if known else "RepoNotFound")
        elif hub.elsewhere:
            self._point(data)
        else:
            self._give(data, body=body)

    def _point(self, data: bytes) -> None:
        """Say what the file is and where its bytes are."""
        self.send_response(302)
        self.send_header("Location", f"{self.hub.elsewhere}{self.path}")
        self.send_header("X-Linked-ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        self.send_header("X-Linked-Size", str(len(data)))
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _give(self, data: bytes, *, body: bool) -> None:
        start = 0
        if wanted := self.headers.get("Range"):
            self.hub.ranges.append(wanted)
            start = int(wanted.removeprefix("bytes=").split("-")[0])
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - start))
        tag = hashlib.sha1(data) if self.hub.no_hash else hashlib.sha256(data)
        self.send_header("ETag", f'"{tag.hexdigest()}"')
        self.send_header("X-Linked-Size", str(len(data)))
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if body:
            self._send(data[start:])

    def _send(self, data: bytes) -> None:
        hub = self.hub
        if hub.corrupt:
            middle = len(data) // 2
            data = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        cut, hub.cut_after = hub.cut_after, None
        for at in range(0, len(data), CHUNK):
            if hub.hold_after is not None and at >= hub.hold_after:
                hub.release.wait(300)
            if cut is not None and at >= cut:
                self.close_connection = True
                self.connection.close()
                return
            try:
                self.wfile.write(data[at : at + CHUNK])
            except OSError:
                return
            time.sleep(hub.slow)

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
            self.send_header("X-Error-Message", code)
        self.send_header("Content-Length", "0")
        self.end_headers()
