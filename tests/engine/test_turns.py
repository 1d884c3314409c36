"""python -m pytest tests/engine/test_turns.py"""

from hypothesis import given
from hypothesis import strategies as st

from workbench.engine.turns import TURN_SECONDS, Turns

STEP = 0.1


def test_one_adapter_keeps_its_turn_while_nobody_waits() -> None:
    turns = Turns()
    assert [turns.choose(["a"], now) for now in (0, 10, 20)] == ["a", "a", "a"]


def test_two_adapters_alternate_after_a_turn_each() -> None:
    turns = Turns()
    order = [turns.choose(["a", "b"], i * STEP) for i in range(20)]
    assert order[:5] == ["a"] * 5
    assert order[5:10] == ["b"] * 5
    assert order[10:15] == ["a"] * 5


def test_the_bare_base_takes_turns_like_an_adapter() -> None:
    turns = Turns()
    assert {turns.choose([None, "a"], i * STEP) for i in range(12)} == {None, "a"}


@given(st.lists(st.permutations("abc"), min_size=60, max_size=60), st.integers(0, 2))
def test_nobody_waits_longer_than_the_stated_bound(orders: list[list[str]], _: int) -> None:
    turns, last = Turns(), dict.fromkeys("abc", 0.0)
    for i, order in enumerate(orders):
        now = i * STEP
        last[str(turns.choose(order, now))] = now
        for name, served in last.items():
            assert now - served <= 2 * (TURN_SECONDS + STEP) + 1e-9, name
