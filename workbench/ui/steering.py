"""How a brainstorm looks: what to start from, how many, how wild, through which lenses, set off by what."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from workbench.assist.grid import Cell
from workbench.assist.lenses import KINDS, Lens, catalogue, in_turn, label_of, lens_kind, of_kind
from workbench.assist.stimulus import BEST, Stimulus
from workbench.engine.interface import PRESETS
from workbench.records import Board, Idea
from workbench.settings import settings
from workbench.ui.choice import IDEA, choose
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import counted, distinct, label, short

MOST = 16
N, WILD, LENSES, ELSEWHERE = "brainstorm_n", "brainstorm_wild", "brainstorm_lenses", "brainstorm_stimulus"
ADD, SEED = "brainstorm_add_lenses", "brainstorm_seed"
SEEDS = 200  # ideas to start from in the list, the newest; any other by More on its card
QUESTION = 0  # in place of an idea to start from
WILDNESS = {"focused": "Focused", "balanced": "Balanced", "wild": "Wild"}
FROM = {Stimulus.NONE: "Nothing", Stimulus.NEAR: "A near topic", Stimulus.FAR: "A far topic"}
AT_A_TIME = {"scamper": 7, "hat": 6}  # lenses that a kind adds at one click
OWN_KINDS = ("persona", "own", "constraint", "analogy", "spark", "audience", "flip")


@dataclass(frozen=True, slots=True)
class Steering:
    """What the person set."""

    n: int
    lenses: tuple[str, ...]
    wild: str
    stimulus: Stimulus
    parent: Idea | None


def show(board: Board, ideas: list[Idea], chosen: Idea | None) -> Steering:
    """Draw the settings of a brainstorm and return them."""
    st.session_state.setdefault(N, 8)
    left, right = st.columns([2, 1], vertical_alignment="bottom", gap="medium")
    with left:
        parent = _seed(ideas, chosen)
    with right:
        n = st.slider("How many", 1, MOST, key=N, persist_state="session")
    with st.container(horizontal=True, gap="medium"):
        wild = st.segmented_control(
            "How wild", list(PRESETS), default="balanced", required=True, format_func=lambda name: WILDNESS[name],
            key=WILD, persist_state="session", width="content",
        )  # fmt: skip
        where = st.segmented_control(
            "Set off by", list(FROM), default=BEST, required=True, format_func=lambda name: FROM[name],
            key=ELSEWHERE, persist_state="session", width="content",
            help="Each idea can be given a written idea of the library to be set off by, from a topic near your "
            "question or far from it.",
        )  # fmt: skip
    return Steering(n, tuple(_lenses(board, n)), wild or "balanced", where or BEST, parent)


def _seed(ideas: list[Idea], chosen: Idea | None) -> Idea | None:
    """Draw what to start from: the board's question, or one of its ideas."""
    by_id = {idea.id: idea for idea in [*ideas[:SEEDS], *([chosen] if chosen else [])]}
    names = distinct({QUESTION: "the question itself"} | {i: short(idea.title, 70) for i, idea in by_id.items()})
    st.session_state[SEED] = chosen.id if chosen else QUESTION
    st.selectbox(
        "Start from", list(names), key=SEED, format_func=lambda row_id: names.get(row_id, ""),
        on_change=lambda: choose(IDEA, st.session_state[SEED] or None),
    )  # fmt: skip
    return chosen


def _lenses(board: Board, n: int) -> list[str]:
    found = catalogue(desk().store.own_lenses(), settings().lenses)
    left, right = st.columns([2.6, 1], vertical_alignment="bottom")  # one under the other on a phone
    with left:
        picked = st.multiselect(
            "Lenses: a different way of looking for each idea",
            [*found, *(each for each in st.session_state.get(LENSES, ()) if each not in found)],
            format_func=lambda each: _option(found, each), key=LENSES, persist_state="session",
            accept_new_options=True, wrap=True,
            placeholder="A mix of all kinds; pick some, or write one: persona: my grandmother",
        )  # fmt: skip
    with right, st.container(horizontal=True, gap="xsmall"):
        kinds = [kind for kind in KINDS if kind != "own" or any(lens.id for lens in found.values())]
        st.menu_button(
            "Add", kinds, key=ADD, icon=":material/add:", format_func=lambda kind: KINDS[kind].name,
            on_click=_add, args=(board, tuple(found.values())), help="Add the lenses of a kind",
        )  # fmt: skip
        with st.popover("Yours", icon=":material/edit:", key="brainstorm_own", help="Lenses of your own"):
            _own(tuple(lens for lens in found.values() if lens.id))
    picked = list(dict.fromkeys(picked))
    if len(picked) > n:
        st.caption(f"More lenses than ideas: the first {n} get one each.")
    for each in picked[:1] if len(picked) == 1 else ():
        lens = found.get(each)
        if lens:
            st.caption(_about(lens))
    return picked


def _option(found: dict[str, Lens], each: str) -> str:
    lens = found.get(each)
    if lens is None:
        return each  # as it was typed: Streamlit hands back what it shows
    return f"{lens.name} ({KINDS[lens.kind].name.lower()})" if lens.kind == "spark" else lens.name


def _about(lens: Lens) -> str:
    example = f" For example: {label(lens.example, 200)}" if lens.example else ""
    source = f" :small[{label(lens.source, 80)}]" if lens.source else ""
    return f"{label(lens.instruction, 200)}{example}{source}"


def _add(board: Board, lenses: Sequence[Lens]) -> None:
    """Add lenses of a kind: all of a small fixed set, four at random of a long list, personas by how they fit."""
    kind = st.session_state[ADD]
    n = AT_A_TIME.get(kind, 4)
    here = list(st.session_state.get(LENSES, ()))
    if kind == "persona":
        labels = desk().fitting(board.question, n + len(here))
    else:
        labels = of_kind(kind, n + len(here), len(here) + board.id, lenses)
    st.session_state[LENSES] = [*here, *[each for each in labels if each not in here][:n]]


def _own(lenses: Sequence[Lens]) -> None:
    """Draw the person's own lenses and the form for a new one."""
    for lens in lenses:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{label(lens.name, 40)}**  \n:small[{_about(lens) or KINDS[lens.kind].name}]")
            st.button(
                "Remove", key=f"lens_remove_{lens.id}", type="tertiary", on_click=_remove_lens, args=(lens.id,)
            )  # fmt: skip
    with st.form("brainstorm_lens_form", border=False, clear_on_submit=True):
        st.selectbox("Kind", OWN_KINDS, key="lens_kind", format_func=lambda kind: KINDS[kind].name)
        st.text_input("Name", key="lens_name", placeholder="my grandmother", max_chars=80)
        st.text_input("What it asks", key="lens_instruction", placeholder="What would she say to it?", max_chars=300)
        st.text_input("Example", key="lens_example", max_chars=300)
        st.form_submit_button("Add lens", key="lens_add", type="primary", on_click=_save_lens)


def _save_lens() -> None:
    fields = ("kind", "name", "instruction", "example")
    kind, name, asks, example = (st.session_state[f"lens_{field}"] for field in fields)
    named = label_of(kind, " ".join(name.split()), " ".join(asks.split())) if name.strip() else ""
    act(desk().store.add_lens, kind=kind, label=named, name=name, instruction=asks, example=example)


def _remove_lens(lens_id: int | None) -> None:
    if lens_id is not None:
        act(desk().store.remove_lens, lens_id)


def start(board: Board, steering: Steering) -> None:
    """Start a brainstorm on the board, or from one of its ideas."""
    _start(board, steering, n=steering.n, lenses=steering.lenses, parent=steering.parent)


def fill(board: Board, steering: Steering, cells: Sequence[Cell]) -> None:
    """Start one idea for each of the cells."""
    _start(board, steering, cells=cells)


def through(board: Board, steering: Steering, kind: str) -> None:
    """Start a brainstorm through lenses of one kind."""
    labels = desk().fitting(board.question, steering.n) if kind == "persona" else in_turn(kind, steering.n, board.id)
    _start(board, steering, n=steering.n, lenses=labels, parent=steering.parent)


def _start(board: Board, steering: Steering, **what: object) -> None:
    act(
        desk().brainstorm, board.question, board_id=board.id, context=board.context, constraints=board.constraints,
        audience=board.audience, stimulus=steering.stimulus, sampling=PRESETS[steering.wild], **what,  # type: ignore[arg-type]
    )  # fmt: skip


def another_kind(ideas: Sequence[Idea]) -> str:
    """Return the kind of lens that this board has used least, those never used first."""
    used = [lens_kind(idea.lens) for idea in ideas if idea.lens]
    kinds: list[str] = [kind for kind in KINDS if kind not in ("free", "own")]
    return min(kinds, key=used.count)


def offer(board: Board, steering: Steering, ideas: Sequence[Idea], *, ready: bool) -> None:
    """Draw the offer of another kind of lens, for a well that runs dry."""
    kind = another_kind(ideas)
    with st.container(horizontal=True, vertical_alignment="center", key="dry"):
        st.markdown(
            f":material/water_drop: **The well runs dry**: fewer than half of the last ideas were new. "
            f"Another way of looking may help: *{KINDS[kind].name.lower()}*. {KINDS[kind].about}"
        )
        st.button(
            f"{counted(steering.n, 'idea')} through “{KINDS[kind].name}”", key="dry_try", disabled=not ready,
            on_click=through, args=(board, steering, kind),
        )  # fmt: skip
