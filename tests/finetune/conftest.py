"""Training tests run the real scripts on toy sizes; the toy model is made once for all of them."""

import os
from pathlib import Path

import pytest

# Set before torch is imported: toy matrices are slower with threads that wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished `finetune.smoke` run: starter/, brainstorm/, refine/, export/."""
    from finetune import smoke

    folder = tmp_path_factory.mktemp("toy")
    smoke.run(folder)
    return folder
