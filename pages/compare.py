"""Models side by side: one live, many unattended, in a table, in charts, and in blind votes."""

import streamlit as st

from workbench.ui import header
from workbench.ui.comparing.parts import PARTS
from workbench.ui.faults import failures

with failures():
    header.show("Compare")
    part = st.segmented_control(
        "What to do", list(PARTS), default="Try one", required=True, key="compare_part", persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip
    PARTS[part]()
