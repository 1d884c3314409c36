"""Prompt sets of the person's own: written here, or read from a file."""

import streamlit as st

from workbench.assist.prompt_sets import from_lines, set_of
from workbench.errors import BadFile
from workbench.ui.comparing import choosing
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import counted, label

NAME, TEXT, FILE = "own_set_name", "own_set_text", "own_set_file"
MOST = 20  # MB of a file


def show() -> None:
    """Draw the sets there are and the two ways to make one."""
    with st.popover("Own prompt sets", icon=":material/list_alt:", type="tertiary", key="own_sets"):
        for each in desk().store.prompt_sets():
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{label(each.name, 40)} :gray[{counted(len(each.prompts), 'prompt')}]", width="stretch")
                st.button(
                    "Remove", key=f"own_set_remove_{each.id}", icon=":material/delete:", type="tertiary",
                    on_click=choosing.do,
                    args=(desk().store.remove_prompt_set, each.id),
                )  # fmt: skip
        with st.form("own_set_form", border=False, clear_on_submit=False):
            st.text_input("Name", key=NAME, placeholder="My questions")
            st.text_area("Prompts, one a line", key=TEXT, height=110)
            st.file_uploader(
                "Or a file: JSON, or text with one prompt a line", ["json", "txt", "md"], key=FILE, max_upload_size=MOST
            )
            st.form_submit_button("Keep", on_click=_keep)


def _keep() -> None:
    def keep() -> None:
        file = st.session_state.get(FILE)
        name = st.session_state[NAME].strip()
        if file is not None:
            try:
                found = set_of(file.getvalue().decode("utf-8"), file.name)
            except UnicodeDecodeError as error:
                raise BadFile(f"{file.name} is not UTF-8 text. Save it as such and try again.") from error
            kept = desk().store.add_prompt_set(name or found.name, found.prompts, found.about)
        else:
            kept = desk().store.add_prompt_set(name, from_lines(st.session_state[TEXT]))
        st.toast(f"Kept: {label(kept.name, 40)}", icon=":material/check:")

    act(keep)
