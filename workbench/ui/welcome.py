"""The first minute: what this is, which model is at work, and a question to begin with."""

import streamlit as st

from workbench.records import Status
from workbench.ui import clicks, exchanging
from workbench.ui.faults import act
from workbench.ui.resources import desk, model_on_disk
from workbench.ui.words import parameters, plain

# Real questions that the library knows something about; each board opens with two ideas to decide on.
EXAMPLES = (
    "How might we bring people into the library on weekday evenings?",
    "How can a small café throw less food away?",
    "What could help newcomers on our street get to know their neighbours?",
)
FROM_LIBRARY = 2


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
    status, disk = desk().engine.status(), model_on_disk()
    if status.error:
        st.warning(plain(status.error), icon=":material/warning:")
    if status.error or status.server:  # the line under the title says where that is
        return
    title = disk.installed.title if disk.installed else status.model
    notes = disk.installed.notes if disk.installed else ""
    notes = notes or f"It has {parameters(status.parameters)} parameters."
    st.caption(
        f":material/neurology: At work: **{plain(title)}**. {plain(notes)} "
        "For better answers get Llama-3.2-1B-Instruct as a GGUF file (about 0.8 GB, 1.5 GB of memory) and start with "
        "`WORKBENCH_MODEL=path/to/it.gguf make run`."
    )


def _start_own() -> None:
    _start(st.session_state["welcome_question"], 0)


def _start(question: str, offered: int) -> None:
    act(_create, question, offered)


def _create(question: str, offered: int) -> None:
    board = desk().store.create_board(question)
    clicks.open_board(board.id)
    for found in desk().library.search(question, offered) if offered else ():
        clicks.take(board, found, Status.NEW)
