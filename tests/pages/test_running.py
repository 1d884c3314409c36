"""What a live run says of its wait. python -m pytest tests/pages/test_running.py"""

import pytest

from workbench.assist import RunView
from workbench.engine.interface import State
from workbench.ui.running import _so_far


@pytest.mark.parametrize(
    ("position", "wait_s", "words"),
    [
        (2, 7.4, "waiting, 2 runs ahead · about 7 s"),
        (3, 179.0, "waiting, 3 runs ahead · about 3 min"),
        (1, None, "waiting, 1 run ahead"),
        (0, 0.2, "starting · about 1 s"),
        (0, None, "starting"),
    ],
)
def test_a_waiting_run_says_who_is_ahead_and_for_how_long(position: int, wait_s: float | None, words: str) -> None:
    view = RunView(State.QUEUED, (), position, None, (), None, wait_s=wait_s)
    assert _so_far(view, 1) == words
