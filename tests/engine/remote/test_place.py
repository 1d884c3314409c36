"""Where prompts go, in words. python -m pytest tests/engine/remote/test_place.py"""

from collections.abc import Callable

import pytest

from workbench.engine.fake import FakeEngine
from workbench.engine.remote.engine import RemoteEngine
from workbench.engine.remote.place import prompts_go


@pytest.mark.parametrize(
    ("url", "server", "here", "open_to_others"),
    [
        ("http://localhost:11434", "http://localhost:11434", True, False),
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080", True, False),
        ("http://[::1]:8080/v1", "http://[::1]:8080", True, False),
        ("http://192.168.1.7:8080/v1/chat/completions", "http://192.168.1.7:8080", False, True),
        ("https://models.example.org/api/v1", "https://models.example.org", False, False),
        ("http://localhost.example.org", "http://localhost.example.org", False, True),
    ],
)
def test_a_server_here_and_elsewhere(
    open_remote: Callable[..., RemoteEngine], url: str, server: str, here: bool, open_to_others: bool
) -> None:
    sentence = prompts_go(open_remote(url, remote_model_refine="small").status())
    assert f"tiny (small for refine) at {server} answers them." in sentence
    assert ("on this computer" in sentence) is here and ("leave this computer" in sentence) is not here
    assert ("not encrypted" in sentence) is open_to_others


def test_a_model_of_this_process_needs_no_words() -> None:
    engine = FakeEngine()
    assert prompts_go(engine.status()) == ""
    engine.close()


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://box:8000", "http://box:8000/v1"),
        ("http://box:8000/v1/", "http://box:8000/v1"),
        ("https://box/api/v3/chat/completions", "https://box/api/v3"),
    ],
)
def test_the_address_that_is_asked(open_remote: Callable[..., RemoteEngine], url: str, asked: str) -> None:
    assert open_remote(url)._target.url == asked
