"""For every test: user data lies in the test's own folder, and the settings are read anew."""

import os
import platform
import secrets
import signal
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from workbench.settings import STARTER, Settings, settings

# What the tests, and all that they start, open with: it is quick, and their figures are its own.
DEFAULT = {"WORKBENCH_DEFAULT_MODEL": str(STARTER)}
os.environ |= DEFAULT  # session fixtures come before own_data
REPORTED = ("streamlit", "sqlite-utils", "llama-cpp-python", "torch", "transformers", "trl", "peft")

# The same examples on every machine, however busy: a search for new ones is made by hand, with more of them.
hypothesis_settings.register_profile(
    "workbench", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("workbench")

# A shell that starts the tests in the background lets them, and all that they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> list[str]:
    """Name the versions a failure depends on."""
    found = []
    for name in REPORTED:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} (not installed)")
    return [f"workbench on {platform.machine()}, {os.cpu_count()} cores: " + ", ".join(found)]


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Move the database and the library's index into the test's folder; nothing of the person's `.env` is read."""
    for name in [name for name in os.environ if name.startswith("WORKBENCH_") and name not in DEFAULT]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WORKBENCH_DB", str(tmp_path / "workbench.db"))
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture(autouse=True)
def same_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let seeds that nobody gives be the same ones in each run of a test."""
    monkeypatch.setattr(secrets, "randbelow", Random(7).randrange)


@pytest.fixture(autouse=True)
def patient_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the trial of a model file five minutes: a busy test machine may take one to start its process."""
    monkeypatch.setattr("workbench.models.trial.SECONDS", 300.0)


@pytest.fixture(scope="session")
def starter() -> Path:
    """Return the folder of the starter model that the project ships."""
    if not (STARTER / "manifest.json").is_file():
        pytest.fail(f"The starter model, which the project ships, is not at {STARTER}.")
    return STARTER
