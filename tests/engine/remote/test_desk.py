"""The three verbs over a real server. python -m pytest tests/engine/remote/test_desk.py"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.remote.wayward import Wayward, words
from workbench.assist import Desk
from workbench.engine.interface import State
from workbench.engine.remote.engine import RemoteEngine
from workbench.settings import Settings
from workbench.store import Library, Store

TOPIC = "How might we waste less bread?"
IDEA = "Bread bus — The baker drives the unsold loaves round the villages."


@pytest.fixture
def open_desk(open_remote: Callable[..., RemoteEngine], tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Open a desk on a server, with a database of the test's own."""
    opened: list[Desk] = []

    def open_one(url: str, **more: str) -> Desk:
        settings = Settings(db=tmp_path / "workbench.db")
        engine = open_remote(url, **more)
        opened.append(Desk(engine, Store(settings.db), Library(settings.library, settings.library_file)))
        return opened[-1]

    yield open_one
    for desk in opened:
        desk.close()


def test_ideas_come_from_the_server_and_are_logged_under_its_models(
    open_desk: Callable[..., Desk], wayward: Wayward
) -> None:
    wayward.does(lambda exchange: exchange.stream(words("Bread bus — The baker drives "), words("round.", "stop")))
    desk = open_desk(wayward.url, remote_model="big", remote_model_refine="small")
    board = desk.store.create_board(TOPIC)
    view = desk.brainstorm(TOPIC, n=4, board_id=board.id).wait(120)
    assert view.state == State.DONE and {item.title for item in view.items} == {"Bread bus"}
    idea = desk.store.add_idea(board.id, "Bread bus", "The baker drives.")
    assert desk.refine(TOPIC, IDEA, "cheaper", idea_id=idea.id).wait(120).state == State.DONE
    models = {row.task: row.model for row in desk.store.generations(board_id=board.id)}
    models |= {row.task: row.model for row in desk.store.generations(idea_id=idea.id)}
    assert models == {"brainstorm": "big", "refine": "small"}
    assert {body["model"] for _, body in wayward.seen} == {"big", "small"}


def test_a_judgement_by_a_real_server(open_desk: Callable[..., Desk], llama_server: str) -> None:
    view = open_desk(llama_server).evaluate(TOPIC, IDEA).wait(120)
    assert view.state == State.DONE, view.error
    assert len(view.checks) == 8 and all(0 <= check <= 1 for check in view.checks)
