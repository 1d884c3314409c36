"""Text on the screen: literal, marked, short."""

import pytest

from workbench.ui.words import marked, plain, short, verdict, when


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


def test_marks_show_what_went_and_what_came():
    before, after = marked("serve soup at six", "serve lentil soup at six for 40")
    assert before == "serve soup at six"
    assert after == "serve :green-background[**lentil**] soup at six :green-background[**for 40**]"
    assert marked("a b", "a c") == ("a :red-background[~~b~~]", "a :green-background[**c**]")


def test_short_cuts_at_a_word():
    assert short("one two three", 9) == "one two …"
    assert short("one  two", 9) == "one two"


def test_unsure_is_an_answer():
    assert [verdict(p) for p in (0.1, 0.5, 0.9)] == ["no", "unsure", "yes"]


def test_when_of_no_time_is_nothing():
    assert when("") == ""
