"""python -m pytest tests/engine/test_prefixes.py"""

from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from workbench.engine.prefixes import shared_length
from workbench.engine.tasks import common_length

TOKENS = st.lists(st.integers(0, 2), max_size=30)


@given(TOKENS, TOKENS)
def test_shared_length_counts_the_common_beginning(a: list[int], b: list[int]) -> None:
    assert shared_length(a, b) == len(list(takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False))))


@given(TOKENS, st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=5), min_size=1, max_size=4))
def test_every_prompt_keeps_a_token_of_its_own(beginning: list[int], rests: list[list[int]]) -> None:
    prompts = [beginning + rest for rest in rests]
    shared = common_length(prompts)
    assert all(prompt[:shared] == prompts[0][:shared] and len(prompt) > shared for prompt in prompts)
    assert shared >= len(beginning)
