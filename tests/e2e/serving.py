"""The real app in a process of its own, with a database of its own: what the browser journeys look at."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from shutil import which
from urllib.error import URLError
from urllib.request import urlopen

from tests.conftest import DEFAULT
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(which, ("chromium", "chromium-browser", "google-chrome"))), "/usr/bin/chromium")
BROWSER = {"executable_path": CHROMIUM, "args": ["--no-sandbox"]}  # root, as in a container, has no sandbox


class App:
    """`python -m streamlit run app.py` on a free port. `kill` is a power cut, `stop` a polite end."""

    def __init__(self, folder: Path, **environment: str):
        self.folder, self.environment = folder, environment
        self.url = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "App":
        """Start the app and wait until it answers."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_")}
        with (self.folder / "app.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)], cwd=ROOT,
                env=kept | DEFAULT | {"WORKBENCH_DB": str(self.folder / "workbench.db")} | self.environment,
                stdout=log, stderr=log,
            )  # fmt: skip
        until = time.monotonic() + 180
        while time.monotonic() < until:
            try:
                with urlopen(f"{self.url}/_stcore/health", timeout=30):
                    return self
            except (URLError, OSError):
                assert self.process.poll() is None, f"the app ended: {self.log()[-2000:]}"
                time.sleep(0.25)
        raise AssertionError(f"the app did not answer in three minutes: {self.log()[-2000:]}")

    def log(self) -> str:
        """Return what the app printed."""
        return (self.folder / "app.log").read_text(errors="replace")

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end."""
        self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(sign)
            self.process.wait(120)
            self.process = None
