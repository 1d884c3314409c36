"""python -m pytest tests/engine/test_text.py"""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workbench.engine.text import TextStream

TEXTS = st.text(alphabet=st.sampled_from("ab\n é—🌱👩‍🌾"), max_size=40)
STOPS = st.lists(st.text(alphabet=st.sampled_from("ab\n —"), min_size=1, max_size=4), max_size=3)


def pieces(text: str, cuts: list[int]) -> list[bytes]:
    data = text.encode()
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in pairwise(places)]


def expected(text: str, stops: list[str]) -> str:
    """Return the text before the stop string that is complete first."""
    for end in range(len(text) + 1):
        if met := [stop for stop in stops if text[:end].endswith(stop)]:
            return text[: end - max(map(len, met))]
    return text


@given(text=TEXTS, cuts=st.lists(st.integers(0, 200), max_size=40))
def test_characters_are_never_broken_wherever_tokens_end(text: str, cuts: list[int]) -> None:
    stream = TextStream()
    for piece in pieces(text, cuts):
        stream.push(piece)
        assert text.startswith(stream.text)
    assert stream.end() == text


@given(text=TEXTS, stops=STOPS, cuts=st.lists(st.integers(0, 200), max_size=60))
def test_a_stop_string_never_shows_and_ends_the_text(text: str, stops: list[str], cuts: list[int]) -> None:
    stream, wanted, shown = TextStream(stops), expected(text, stops), ""
    for byte in (bytes([b]) for piece in pieces(text, cuts) for b in piece):  # a stop is met at its last byte
        met = stream.push(byte)
        assert stream.text.startswith(shown), "what was shown is taken back"
        shown = stream.text
        assert wanted.startswith(shown)
        if met:
            break
    assert stream.end() == wanted


def test_bytes_that_are_no_character_are_left_out() -> None:
    stream = TextStream()
    for piece in (b"a\xff", b"\xc3", b"b", "é".encode(), b"\xf0\x9f"):
        stream.push(piece)
    assert stream.end() == "abé"


def test_several_stops_in_one_piece_end_at_the_first() -> None:
    stream = TextStream(("\n", "two"))
    assert stream.push(b"one two\nthree")
    assert stream.end() == "one "
