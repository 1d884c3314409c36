"""A small server that speaks the part of the hub's API that an upload uses: a repository, large files, one commit."""

import base64
import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class UploadHub:
    """What was sent, and who may send."""

    token: str = "hf_right"
    large: dict[str, bytes] = field(default_factory=dict)  # sha256 -> content
    repositories: dict[str, dict] = field(default_factory=dict)  # name -> the request that made it
    files: dict[str, bytes] = field(default_factory=dict)  # what commits hold, "owner/name/path"
    commits: int = 0
    full: bool = False  # refuse large files

    def start(self) -> str:
        """Serve on a free port; return the address."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self.address

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers POST create, validate-yaml, preupload, LFS batch, commit; PUT of a large file."""

    hub: UploadHub

    def log_message(self, *_: object) -> None: ...

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.partition("?")[0]
        if self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            self._answer(401, {"error": "Invalid username or password."})
        elif path == "/api/repos/create":
            asked = json.loads(body)
            name = f"{asked.get('organization') or 'me'}/{asked['name']}"
            self.hub.repositories[name] = asked
            self._answer(200, {"url": f"{self.hub.address}/{name}"})
        elif path == "/api/validate-yaml":
            self._answer(200, {"errors": [], "warnings": []})
        elif "/preupload/" in path:
            files = [
                {"path": f["path"], "uploadMode": _mode(f["path"]), "shouldIgnore": False}
                for f in json.loads(body)["files"]
            ]
            self._answer(200, {"files": files})
        elif path.endswith("/info/lfs/objects/batch"):
            objects = [
                {**entry, "actions": {"upload": {"href": f"{self.hub.address}/large/{entry['oid']}"}}}
                for entry in json.loads(body)["objects"]
            ]
            self._answer(200, {"transfer": "basic", "objects": objects})
        elif "/commit/" in path:
            self._commit(path.removeprefix("/api/models/").partition("/commit/")[0], body)
        else:
            self._answer(404, {"error": "not here"})

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.hub.full:
            self._answer(507, {"error": "Insufficient Storage"})
            return
        self.hub.large[hashlib.sha256(data).hexdigest()] = data
        self._answer(200, {})

    def _commit(self, repository: str, body: bytes) -> None:
        for line in map(json.loads, body.splitlines()):
            value = line["value"]
            if line["key"] == "file":
                self.hub.files[f"{repository}/{value['path']}"] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                self.hub.files[f"{repository}/{value['path']}"] = self.hub.large[value["oid"]]
        self.hub.commits += 1
        address = f"{self.hub.address}/{repository}/commit/{'6' * 40}"
        self._answer(200, {"commitUrl": address, "commitOid": "6" * 40})

    def _answer(self, status: int, data: dict) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _mode(path: str) -> str:
    """As the hub's .gitattributes has it: GGUF files go the way of large files."""
    return "lfs" if path.endswith(".gguf") else "regular"
