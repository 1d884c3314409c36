"""Pairs of answers made elsewhere, brought in to be voted on."""

import streamlit as st

from workbench.errors import BadFile, InputError
from workbench.lab import compare
from workbench.ui.comparing import choosing
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import counted

FILES = "outside_files"
MOST = 20  # MB of a file


def importing() -> None:
    """Draw the way to bring pairs in."""
    with st.popover("Import pairs", icon=":material/upload:", type="tertiary", key="outside"):
        st.caption("A JSON file of pairs, or pairs.jsonl with its pairs-key.json. The form: docs/compare.md.")
        files = st.file_uploader(
            "Files", ["json", "jsonl"], accept_multiple_files=True, key=FILES, max_upload_size=MOST
        )
        st.button("Import", key="outside_go", type="primary", disabled=not files, on_click=_bring)


def _bring() -> None:
    def bring() -> None:
        texts = {}
        for file in st.session_state[FILES]:
            try:
                texts[file.name] = file.getvalue().decode("utf-8")
            except UnicodeDecodeError as error:
                raise BadFile(f"{file.name} is not UTF-8 text. Save it as such and try again.") from error
        keys = [name for name in texts if "key" in name] if len(texts) > 1 else []
        pairs = [name for name in texts if name not in keys]
        if len(pairs) != 1:
            raise InputError("Give one file of pairs, and its key beside it where the pairs are in a .jsonl file.")
        made = compare.import_pairs(desk().store, texts[pairs[0]], pairs[0], texts[keys[0]] if keys else "")
        choosing.choose(made.id)
        count = len(compare.ballot(desk().store, made.id).pairs.real)
        st.toast(f"Imported: {counted(count, 'pair')} to vote on.", icon=":material/upload:")

    act(bring)
