"""The first minute: what this is, which model is at work, and a question to begin with."""

import streamlit as st

from workbench.records import Status
from workbench.settings import settings
from workbench.ui import clicks, exchanging
from workbench.ui.faults import act
from workbench.ui.resources import at_work, desk
from workbench.ui.words import parameters, plain

# Real questions that the library knows something about; each board opens with two ideas to decide on.
EXAMPLES = (
    "How might we bring people into the library on weekday evenings?",
    "How can a small café throw less food away?",
    "What could help newcomers on our street get to know their neighbours?",
)
FROM_LIBRARY = 2
SMALL = 300_000_000  # bytes of a model that a better one should be offered beside


def show() -> None:
    """Draw the welcome, shown while there is no board."""
    st.subheader("What do you want ideas for?", anchor=False)
    here = not desk().engine.status().server
    st.markdown(
        "Write a question down. A library of written ideas answers at once, "
        f"a language model {'on this computer ' if here else ''}adds its own, and you keep what is good."
        f"{' Nothing leaves the machine.' if here else ''}"
    )
    with (
        st.form("welcome_form", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input("Your question", key="welcome_question", placeholder=EXAMPLES[0])
        st.form_submit_button("Start", key="welcome_start", type="primary", on_click=_start_own)
    st.caption("Or try one of these")
    for number, question in enumerate(EXAMPLES):
        st.button(
            question, key=f"welcome_example_{number}", icon=":material/lightbulb:", wrap=True, on_click=_start,
            args=(question, FROM_LIBRARY),
        )  # fmt: skip
    exchanging.import_button()
    exchanging.import_panel(None)
    about_model()


def about_model() -> None:
    """Draw one line on the model at work: what it is, what it can and cannot do, and how to get a bigger one."""
    status, model = desk().engine.status(), at_work()
    if status.error:
        st.warning(plain(status.error), icon=":material/warning:")
    if status.error or status.server:  # the line under the title says where that is
        return
    title = model.title if model else status.model
    notes = (model.notes if model else "") or f"It has {parameters(status.parameters)} parameters."
    st.caption(f":material/neurology: At work: **{plain(title)}**. {plain(notes)}")
    if model and model.path == str(settings().model) and settings().lacking:
        st.caption(f":material/info: A better one belongs here: {plain(settings().lacking)}")
    if status.bytes < SMALL:
        st.button(
            "Get a better model: about 0.8 GB to download, 1.1 GB of memory", key="welcome_models", type="tertiary",
            icon=":material/memory:", on_click=clicks.go, args=("models",),
        )  # fmt: skip


def _start_own() -> None:
    _start(st.session_state["welcome_question"], 0)


def _start(question: str, offered: int) -> None:
    act(_create, question, offered)


def _create(question: str, offered: int) -> None:
    board = desk().store.create_board(question)
    clicks.open_board(board.id)
    for found in desk().library.search(question, offered) if offered else ():
        clicks.take(board, found, Status.NEW)
