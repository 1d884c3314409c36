"""Tracked changes: what they mark, and that any choice among them reads well."""

import gzip
import json
import re
import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.assist.changes import apply, changes, settle, tidy, track
from workbench.settings import ROOT

WORDS = ["soup", "Soup", "two", "the", "a", "of", "cook", "serve", "it's", "1,200", "6:00", "Tuesdays", "—", "(hot)"]
ENDS = ["", "", "", ",", ".", ".", "!", "?", "…", ";", '."']
spaces = st.sampled_from([" ", " ", " ", "  ", "\n", "\n\n", "\t"])
written = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(ENDS), spaces), max_size=30).map(
    lambda parts: "".join(word + end + space for word, end, space in parts)
)
texts = written | st.text(max_size=60)


WORD = re.compile(r"[.!?…]+|\w+|[^\w\s]")


def neighbours(text: str) -> set[tuple[str, str]]:
    return set(pairwise(WORD.findall(text)))


def marked(old: str, new: str) -> str:
    """Return the changes as text: [old|new]."""
    return "".join(f"[{piece.old}|{piece.new}]" if piece.changed else piece.old for piece in changes(old, new)).strip()


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Two cooks serve soup at six.", "Two cooks serve lentil soup.", "Two cooks serve[| lentil] soup[ at six|]."),
        ("Cooks serve a big soup.", "Pupils eat a cold soup.", "[ Cooks serve a big| Pupils eat a cold] soup."),
        ("Soup on Tuesdays.", "Soup on Tuesdays, with bread.", "Soup on Tuesdays[|, with bread]."),
        ("Soup.", "Soup. Bread comes too. Tea as well!", "Soup.[| Bread comes too.][| Tea as well!]"),
        ("Soup on Mondays.", "Soup on Fridays. Pupils eat. Go.", "Soup on[ Mondays| Fridays].[| Pupils eat.][| Go.]"),
        ("They sing. Cooks serve soup. All go.", "Cooks serve soup.", "[ They sing.|] Cooks serve soup.[ All go.|]"),
        ("Soup from St. Anna's.", "Soup for all. Tea.", "Soup[ from St. Anna's| for all].[| Tea.]"),
        ("The cook sings.", "The bus sings.", "The[ cook| bus] sings."),
        ("The cooks serve soup.", "The old bus of the baker goes round twice. Hi.",
         "[ The cooks serve soup| The old bus of the baker goes round twice].[| Hi.]"),
        ("It costs 1,200.", "It costs 1,300.", "It costs[ 1,200| 1,300]."),
        ("Same  here.", "Same here.", "Same here."),
        ("", "New.", "[| New.]"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_changes_are_few_and_make_sense(old, new, shown):
    assert marked(old, new) == shown


@given(texts, texts)
@example("0.", ". 0")
def test_accept_all_is_the_new_text_and_reject_all_the_old(old, new):
    pieces = changes(old, new)
    count = sum(piece.changed for piece in pieces)
    assert apply(pieces, [True] * count) == tidy(new)
    assert apply(pieces, [False] * count) == apply(pieces) == tidy(old)


@given(texts, texts, st.data())
@settings(max_examples=300)
def test_any_mix_is_well_formed(old, new, data):
    pieces = changes(old, new)
    count = sum(piece.changed for piece in pieces)
    mix = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    result = apply(pieces, mix)
    assert result == tidy(result), "no doubled, leading or trailing space"
    choice = iter(mix)
    sides = [(piece.new if next(choice) else piece.old) if piece.changed else piece.old for piece in pieces]
    assert WORD.findall(result) == [word for side in sides for word in WORD.findall(side)], "no two words glued"
    assert "".join(piece.old for piece in pieces).strip() == tidy(old), "the old text in order"
    assert "".join(piece.new for piece in pieces).strip() == tidy(new), "the new text in order"
    for left, right in neighbours(result) - neighbours(old) - neighbours(new):
        assert left[-1] in ".!?…\"'”’»)]", f"{left} {right} stand together in neither text, and no sentence ends"
    if tidy(old) and tidy(new):
        assert result


@given(texts, texts, texts, texts, st.data())
def test_a_title_is_empty_only_when_it_was_on_one_side(old_title, new_title, old_body, new_body, data):
    tracked = track((old_title, old_body), (new_title, new_body))
    decisions = {number: data.draw(st.booleans()) for number in range(len(tracked.changed))}
    title, body = settle(tracked, decisions)
    assert title or not (tidy(old_title) and tidy(new_title))
    assert body or not (tidy(old_body) and tidy(new_body))
    assert settle(tracked, dict.fromkeys(decisions, True)) == (tidy(new_title), tidy(new_body))
    assert settle(tracked, {}) == (tidy(old_title), tidy(old_body))


def test_written_rewrites_come_in_a_handful_of_changes():
    with gzip.open(ROOT / "data" / "ideas" / "refine.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    counts = sorted(len(track(*(row[side].split(" — ", 1) for side in ("idea", "refined"))).changed) for row in rows)
    assert counts[len(counts) // 2] <= 3 and counts[-1] <= 8, "median and most"


def test_long_texts_of_few_words_take_no_time():
    began = time.process_time()
    pieces = changes("ha " * 3000, "ha ho " * 1500)
    assert apply(pieces, [True] * len(pieces)) == ("ha ho " * 1500).strip()
    assert time.process_time() - began < 5  # of the processor
