"""A small server that speaks the part of the hub's API that sending a data set uses."""

import base64
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_right"


@dataclass
class WritableHub:
    """What was made and written there."""

    made: list[dict[str, Any]] = field(default_factory=list)  # repositories, as asked for
    files: dict[str, bytes] = field(default_factory=dict)  # "owner/name/file"

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
    """Answers create, preupload and commit; every file is small enough to come within the commit."""

    hub: WritableHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        self._say(404, {"error": "not found"})

    def do_POST(self) -> None:
        asked, here = self._body(), f"http://{self.headers['Host']}/datasets/ada/said"
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._say(401, {"error": "Invalid credentials"})
        elif self.path == "/api/repos/create":
            self.hub.made.append(json.loads(asked))
            self._say(200, {"url": here, "name": "ada/said"})
        elif self.path.endswith("/preupload/main"):
            wanted = json.loads(asked)["files"]
            self._say(200, {"files": [
                {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False, "oid": None} for file in wanted
            ]})  # fmt: skip
        elif self.path.endswith("/commit/main"):
            repository = "/".join(self.path.split("/")[3:5])
            for line in asked.decode().splitlines():
                change = json.loads(line)
                if change["key"] == "file":
                    name = f"{repository}/{change['value']['path']}"
                    self.hub.files[name] = base64.b64decode(change["value"]["content"])
            self._say(200, {"commitUrl": f"{here}/commit/{'5' * 40}", "commitOid": "5" * 40})
        else:
            self._say(200, {})

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _say(self, status: int, words: object) -> None:
        data = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
