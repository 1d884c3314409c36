"""Start the app on this machine's own address and say where: `PORT=8600 make run` for another port.

    .venv/bin/python scripts/serve.py
"""

import os
import socket
import sys
from pathlib import Path

APP = Path(__file__).resolve().parent.parent / "app.py"
HOST = "127.0.0.1"


def main() -> None:
    port = read_port(os.environ.get("PORT") or "8501")
    if is_taken(port):
        sys.exit(f"Port {port} is in use on this machine: stop what uses it, or run `PORT={port + 1} make run`.")
    print(f"The workbench opens at http://{HOST}:{port} (Ctrl-C ends it).", flush=True)
    os.chdir(APP.parent)
    # Headless: no question for an e-mail address at the first start, no browser opened unasked.
    options = ["--server.address", HOST, "--server.port", str(port), "--server.headless", "true"]
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", "run", str(APP), *options])


def read_port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        sys.exit(f"PORT={text} is not a port: give a number from 1 to 65535.")
    return int(text)


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server itself does
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


if __name__ == "__main__":
    main()
