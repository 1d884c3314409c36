"""The grid: cells, which are empty, and how dimensions are read or found without a model."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assist.grid import cell_of, edited, empty_cells, from_words, held, read_dimensions
from workbench.records import Dimension, Idea, Status, Value

WHO = Dimension("Who", (Value(1, "pupils"), Value(2, "nurses"), Value(3, "cooks")))
WHEN = Dimension("When", (Value(4, "at night"), Value(5, "at noon")))
HOW = Dimension("How", (Value(6, "a game"), Value(7, "a rule"), Value(8, "a thing")))
TEXT = st.text(max_size=300)
PUPILS = {"name": "Who", "values": ["pupils", "nurses"]}
A_OR_B = {"name": "When", "values": ["a", "b"]}


def idea(*cell: int, status: Status = Status.NEW, folded: int | None = None) -> Idea:
    return Idea(1, 1, "t", cell=cell, status=status, folded_into=folded)


def test_an_empty_grid_gives_cells_of_every_row_and_column_before_any_twice():
    cells = empty_cells([WHO, WHEN], [], 3)
    assert [cell.keys for cell in cells] == [(1, 4), (2, 5), (3, 4)]
    assert cells[0].label == "who: pupils; when: at night"
    assert len({cell.keys for cell in empty_cells([WHO, WHEN], [], 99)}) == 6


def test_only_cells_without_an_idea_are_given():
    taken = [idea(1, 4), idea(2, 5, status=Status.DROPPED), idea(3, 4, folded=9)]
    assert (1, 4) not in {cell.keys for cell in empty_cells([WHO, WHEN], taken, 99)}
    assert {(2, 5), (3, 4)} <= {cell.keys for cell in empty_cells([WHO, WHEN], taken, 99)}


def test_a_third_dimension_is_a_layer_or_goes_through_its_values():
    on_layer = empty_cells([WHO, WHEN, HOW], [idea(1, 4, 7)], 99, layer=HOW.values[0])
    assert len(on_layer) == 6 and all(6 in cell.keys for cell in on_layer)
    cycled = empty_cells([WHO, WHEN, HOW], [idea(1, 4, 7)], 99)
    assert len(cycled) == 5
    assert {key for cell in cycled for key in cell.keys} >= {6, 7, 8}


def test_one_dimension_is_a_row_of_cells():
    assert [cell.keys for cell in empty_cells([WHO], [idea(2)], 9)] == [(1,), (3,)]
    assert held([idea(1, 4), idea(2, 4)], [4, 1]) == [idea(1, 4)]


@given(st.sets(st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from([4, 5]))), st.integers(1, 9))
def test_filling_what_is_given_fills_the_grid(taken, n):
    ideas = [idea(*keys) for keys in taken]
    while cells := empty_cells([WHO, WHEN], ideas, n):
        assert len(cells) <= n
        ideas += [idea(*cell.keys) for cell in cells]
    assert len({tuple(each.cell) for each in ideas}) == len(ideas) == 6


def test_a_cell_says_what_it_is():
    assert cell_of([(WHEN, WHEN.values[1]), (WHO, WHO.values[0])]).keys == (1, 5)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"dimensions": [PUPILS, A_OR_B]}),
        'Sure! {"dimensions": [' + json.dumps(PUPILS) + ", " + json.dumps(A_OR_B) + ', {"na',
        "Who: pupils, nurses\n- **When**: a / b\nnothing here",
    ],
)  # fmt: skip
def test_dimensions_are_read_from_json_whole_or_cut_short_and_from_lines(text):
    found = read_dimensions(text)
    assert [(each.name, [value.name for value in each.values]) for each in found] == [
        ("Who", ["pupils", "nurses"]), ("When", ["a", "b"])
    ]  # fmt: skip
    assert {each.source for each in found} == {"model"}


@given(TEXT)
def test_whatever_comes_is_read_into_few_named_values(text):
    for each in read_dimensions(text):
        assert each.name and 2 <= len(each.values) <= 5
    assert len(read_dimensions(text)) <= 3


def test_a_dimension_named_twice_or_with_one_value_is_left_out():
    twice, one = {"name": "who", "values": ["c", "d"]}, {"name": "Where", "values": ["e", "e"]}
    text = json.dumps({"dimensions": [PUPILS, twice, one]})
    assert [each.name for each in read_dimensions(text)] == ["Who"]


def test_without_a_model_the_board_s_words_come_first():
    found = from_words("Our library is empty on weekday evenings", "pupils")
    assert [each.name for each in found] == ["For whom", "When", "By what means"]
    assert found[0].values[0].name == "pupils"
    assert [value.name for value in found[1].values][:2] == ["in the evening", "on a weekday"]
    assert all(each.source == "words" and 3 <= len(each.values) <= 5 for each in found)


def test_an_edited_dimension_keeps_the_keys_of_what_was_renamed_moved_or_left_alone():
    def keys(*names):
        return [(value.name, value.key) for value in edited(WHO, "Who", names).values]

    assert keys("pupils", "midwives", "cooks") == [("pupils", 1), ("midwives", 2), ("cooks", 3)]
    assert keys("cooks", "pupils", "nurses") == [("cooks", 3), ("pupils", 1), ("nurses", 2)]
    assert keys("pupils", "cooks") == [("pupils", 1), ("cooks", 3)]
    assert keys("pupils", "nurses", "cooks", " guests ", "")[3:] == [("guests", 0)]
    assert edited(None, " For  whom ", ["a"]) == Dimension("For whom", (Value(0, "a"),), "person")


@given(st.lists(st.sampled_from(["pupils", "nurses", "cooks", "guests", "x"]), max_size=5))
def test_no_two_values_share_a_key(names):
    keys = [value.key for value in edited(WHO, "Who", names).values if value.key]
    assert len(set(keys)) == len(keys)
