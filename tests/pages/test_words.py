"""Text on the screen: literal, short."""

import pytest

from workbench.ui.words import distinct, plain, short, verdict, when


@pytest.mark.parametrize(
    "text", ["$a$", "*b*", ":red[c]", "<b>", "[d](e)", "# f", "`g`", "~~h~~", "a_b_", "1. x", "&amp;"]
)
def test_no_character_of_a_text_is_read_as_markdown(text):
    unescaped = plain(text).replace("\\\\", "")
    for index, character in enumerate(unescaped):
        if character in "$*[]()<>#`~_.&:":
            assert unescaped[index - 1] == "\\", plain(text)


def test_a_shortcode_stays_text():
    assert ":tada:" not in plain(":tada:").replace("\\", "")


def test_lines_stay_lines():
    assert plain("a\n    b") == "a  \nb"


def test_short_cuts_at_a_word():
    assert short("one two three", 9) == "one two …"
    assert short("one  two", 9) == "one two"


def test_unsure_is_an_answer():
    assert [verdict(p) for p in (0.1, 0.5, 0.9)] == ["no", "unsure", "yes"]


def test_when_of_no_time_is_nothing():
    assert when("") == ""


def test_names_that_repeat_are_numbered():
    assert distinct({1: "Soup", 2: "Tea", 3: "Soup", 4: "Soup"}) == {1: "Soup", 2: "Tea", 3: "Soup (2)", 4: "Soup (3)"}
