"""Time the app from its start to its first page, as a browser would see it; prints JSON.

    .venv/bin/python scripts/time_start.py
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 120  # seconds


def main() -> None:
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.sync.client import connect

    with tempfile.TemporaryDirectory(prefix="workbench-start-") as folder:
        port = free_port()
        env = os.environ | {"PORT": str(port), "WORKBENCH_DB": str(Path(folder) / "workbench.db")}
        began = time.monotonic()
        app = subprocess.Popen([sys.executable, str(ROOT / "scripts" / "serve.py")], env=env, stdout=subprocess.DEVNULL)
        try:
            await_answer(app, port, began)
            answered = time.monotonic() - began
            with connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as page:
                ask = BackMsg()
                ask.rerun_script.query_string = ""
                page.send(ask.SerializeToString())
                message = ForwardMsg()
                while message.WhichOneof("type") != "script_finished":
                    message = ForwardMsg.FromString(page.recv(timeout=LONGEST))
            drawn = time.monotonic() - began
        finally:
            app.terminate()
            app.wait(20)
    print(json.dumps({"answers_s": round(answered, 2), "first_page_s": round(drawn, 2)}))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_answer(app: subprocess.Popen, port: int, began: float) -> None:
    while time.monotonic() - began < LONGEST:
        if app.poll() is not None:
            sys.exit(f"The app ended with status {app.returncode} before it answered.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"The app did not answer within {LONGEST} s.")


if __name__ == "__main__":
    main()
