"""For every test: user data lies in the test's own folder, and the settings are read anew."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from workbench.settings import ROOT, Settings, settings

STARTER = ROOT / "data" / "models" / "starter"
REPORTED = ("streamlit", "sqlite-utils", "llama-cpp-python", "torch", "transformers", "trl", "peft")


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
    for name in [name for name in os.environ if name.startswith("WORKBENCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WORKBENCH_DB", str(tmp_path / "workbench.db"))
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture(scope="session")
def starter() -> Path:
    """Return the folder of the starter model that the project ships."""
    if not (STARTER / "manifest.json").is_file():
        pytest.fail(f"The starter model, which the project ships, is not at {STARTER}.")
    return STARTER
