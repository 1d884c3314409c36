"""The grid of a board: dimensions to propose and edit, the cells that hold ideas, the empty ones to fill."""

import re
from collections.abc import Sequence

import streamlit as st

from workbench.assist import Run, RunView
from workbench.assist.grid import DIMENSIONS, MOST_VALUES, Cell, cell_of, edited, empty_cells, held
from workbench.engine.interface import State
from workbench.records import Board, Dimension, Idea, Value
from workbench.ui import feedback, running, steering
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import counted, label, short

TABLE = "grid_table"
EACH = 0  # in place of one value of the third dimension
FROM = {"model": "proposed by the model", "words": "from the words of your question, not from a model", "person": ""}


def show(board: Board, ideas: Sequence[Idea], how: steering.Steering, *, ready: bool) -> None:
    """Draw the board's dimensions and its grid, closed until there are dimensions."""
    with st.expander("Grid: every combination once", icon=":material/grid_on:", key="grid", expanded=False):
        runs = desk().runs(board_id=board.id, task="dimensions")
        for run in running.at_hand(runs[:1]):
            if running.is_live(run):
                running.watch(run, _proposing)
            elif run.view().state is State.FAILED:
                _proposing(run, run.view())
            else:
                _proposed(run.view())
        if not board.dimensions:
            st.caption("Take two or three ways in which ideas can differ; then each combination gets an idea.")
        _suggest(board, ready=ready)
        if board.dimensions:
            _edit(board)
            _grid(board, [idea for idea in ideas if idea.cell], how, ready=ready)


def _proposed(view: RunView) -> None:
    """Draw the thumbs on what the model proposed last."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for item in view.items:
            if item.text.strip() and item.generation_id is not None:
                st.caption("The model's proposal:", width="content")
                feedback.thumbs(item.generation_id, "dimensions")


def _proposing(run: Run, view: RunView) -> None:
    running.progress(run, view, noun="proposal")


def _suggest(board: Board, *, ready: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if not desk().small:
            st.button(
                "Propose dimensions", key="grid_propose", icon=":material/bolt:", disabled=not ready,
                on_click=_propose, args=(board,),
            )  # fmt: skip
        st.button(
            "Take whom, when, by what means", key="grid_plain", on_click=_plain, args=(board,),
            help="Made of the words of your question and ordinary values, without a model.",
        )  # fmt: skip
        source = FROM[board.dimensions[0].source] if board.dimensions else ""
        st.caption(source)


def _propose(board: Board) -> None:
    act(
        desk().propose_dimensions, board.question, board_id=board.id, context=board.context,
        constraints=board.constraints, audience=board.audience,
    )  # fmt: skip


def _plain(board: Board) -> None:
    act(lambda: desk().store.set_dimensions(board.id, desk().plain_dimensions(board.question, board.audience)))


def _edit(board: Board) -> None:
    rows: list[Dimension | None] = [*board.dimensions, *[None] * (DIMENSIONS - len(board.dimensions))]
    with st.popover("Edit the dimensions", icon=":material/edit:", key="grid_edit"), st.form("grid_form", border=False):
        for number, each in enumerate(rows[:DIMENSIONS]):
            left, right = st.columns([1, 3])
            # The words are part of the key: an undo or a proposal must show, not what was typed before.
            version = f"{number}_{hash(each)}"
            left.text_input("Dimension", each.name if each else "", key=f"grid_name_{version}", placeholder="Where")
            right.text_input(
                "Values, by commas", ", ".join(value.name for value in each.values) if each else "",
                key=f"grid_values_{version}", placeholder="at school, in the yard, on the way home",
            )  # fmt: skip
        st.form_submit_button("Save", key="grid_save", type="primary", on_click=_save, args=(board, rows))


def _save(board: Board, rows: Sequence[Dimension | None]) -> None:
    found = []
    for number, each in enumerate(rows[:DIMENSIONS]):
        version = f"{number}_{hash(each)}"
        values = re.split(r"\s*[,;]\s*", st.session_state[f"grid_values_{version}"])
        found.append(edited(each, st.session_state[f"grid_name_{version}"], values[: 2 * MOST_VALUES]))
    act(desk().store.set_dimensions, board.id, found)


def _grid(board: Board, ideas: Sequence[Idea], how: steering.Steering, *, ready: bool) -> None:
    ordered, layer = _arranged(board.dimensions)
    rows, columns = ordered[0], ordered[1] if len(ordered) > 1 else None
    cells = [[cell_of(_pairs(rows, row, columns, column)) for column in (columns.values if columns else (None,))]
             for row in rows.values]  # fmt: skip
    on_layer = [idea for idea in ideas if layer is None or layer.key in idea.cell]
    covered = sum(bool(held(on_layer, cell.keys)) for row in cells for cell in row)
    total = sum(map(len, cells))
    empty = empty_cells(ordered, ideas, min(how.n, total), layer)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Fill {counted(len(empty), 'empty cell')}" if empty else "Every cell holds an idea", key="grid_fill",
            icon=":material/bolt:", disabled=not ready or not empty, on_click=steering.fill, args=(board, how, empty),
        )  # fmt: skip
        st.markdown(f"**{covered} of {counted(total, 'cell')}** covered")
    picked = _table(rows, columns, cells, on_layer)
    if picked:
        _cell(board, picked, on_layer, how, ready=ready)


def _pairs(
    rows: Dimension, row: Value, columns: Dimension | None, column: Value | None
) -> list[tuple[Dimension, Value]]:
    return [(rows, row), *([(columns, column)] if columns and column else [])]


def _arranged(dimensions: Sequence[Dimension]) -> tuple[list[Dimension], Value | None]:
    """Draw which dimensions are rows, columns and layer; return them in that order, and the layer's value."""
    places = list(range(len(dimensions)))
    if len(places) < 2:
        return list(dimensions), None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        row = _choose("Rows", places, dimensions, "grid_rows")
        column = _choose("Columns", [place for place in places if place != row], dimensions, "grid_columns")
        rest = [place for place in places if place not in (row, column)]
        ordered = [dimensions[place] for place in (row, column, *rest)]
        layer = _layer(dimensions[rest[0]]) if rest else None
    return ordered, layer


def _choose(title: str, places: list[int], dimensions: Sequence[Dimension], key: str) -> int:
    if st.session_state.get(key) not in places:
        st.session_state[key] = places[0]
    return st.selectbox(
        title, places, key=key, format_func=lambda place: dimensions[place].name, width=190, persist_state="session"
    )


def _layer(third: Dimension) -> Value | None:
    values = {value.key: value for value in third.values}
    if st.session_state.get("grid_layer") not in (EACH, *values):
        st.session_state["grid_layer"] = EACH
    key = st.selectbox(
        third.name, [EACH, *values], key="grid_layer", width=220, persist_state="session",
        format_func=lambda key: values[key].name if key else "each in turn",
        help="One of them: the grid shows that layer only. Each in turn: cells take its values one after the other.",
    )  # fmt: skip
    return values.get(key)


def _table(rows: Dimension, columns: Dimension | None, cells: list[list[Cell]], ideas: Sequence[Idea]) -> Cell | None:
    """Draw the grid and return the cell that was clicked."""
    heads = [value.name for value in columns.values] if columns else ["Ideas"]
    data: dict[str, list[str]] = {rows.name: [value.name for value in rows.values]}
    for place, head in enumerate(heads):
        data[head] = [_words(held(ideas, row[place].keys)) for row in cells]
    event = st.dataframe(
        data, key=TABLE, on_select="rerun", selection_mode="single-cell", hide_index=True, row_height=44,
        column_config={rows.name: st.column_config.TextColumn(pinned=True)},
        alt="Which combinations of the dimensions hold an idea",
    )  # fmt: skip
    found = event["selection"]["cells"]
    if not found:
        return None
    at, head = found[0]
    return cells[at][heads.index(head)] if head in heads and at < len(cells) else None


def _words(ideas: Sequence[Idea]) -> str:
    if not ideas:
        return "○ empty"
    more = f" +{len(ideas) - 1}" if len(ideas) > 1 else ""
    return f"● {short(ideas[0].title or ideas[0].body, 36)}{more}"


def _cell(board: Board, cell: Cell, ideas: Sequence[Idea], how: steering.Steering, *, ready: bool) -> None:
    """Draw what the clicked cell holds."""
    found = held(ideas, cell.keys)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{label(cell.label, 120)}**")
        st.button(
            "One more for this cell" if found else "Fill this cell", key="grid_one", icon=":material/bolt:",
            disabled=not ready, on_click=steering.fill, args=(board, how, [cell]),
        )  # fmt: skip
    for idea in found:
        st.markdown(f"- {label(f'{idea.title}: {idea.body}' if idea.body else idea.title, 400)}")
