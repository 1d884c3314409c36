"""The figures of a large board, on a small one."""

from workbench.bench import boards
from workbench.settings import ROOT


def test_every_figure_is_measured_on_a_board_of_the_librarys_ideas():
    found = boards.measure(ROOT / "data" / "ideas" / "brainstorm.jsonl.gz", ideas=200)
    assert found.pop("board_ideas") == 200
    assert set(found) == {
        "board_list_ms", "board_search_ms", "board_map_ms", "board_first_map_ms", "board_import_ms",
        "board_export_and_read_ms", "board_drop_all_ms", "board_undo_all_ms",
    }  # fmt: skip
    assert all(milliseconds > 0 for milliseconds in found.values())
