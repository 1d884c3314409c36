"""The entry file: page settings and the way through. `make run` starts it."""

import streamlit as st

from workbench.ui import ICON, entry

entry.keep_to_the_page_asked_for()
st.set_page_config(page_title="Brainstorming workbench", page_icon=str(ICON), layout="wide", initial_sidebar_state=230)

page = st.navigation(
    [
        st.Page("pages/ideas.py", title="Ideas", icon=":material/lightbulb:", help="Boards and what is on them."),
        st.Page("pages/brainstorm.py", title="Brainstorm", icon=":material/bolt:", help="Many ideas, fast."),
        st.Page("pages/refine.py", title="Refine", icon=":material/edit_note:", help="One idea, toward one goal."),
        st.Page("pages/evaluate.py", title="Evaluate", icon=":material/balance:", help="Eight checks, with doubt."),
        st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:", help="Models side by side."),
        st.Page("pages/feedback.py", title="Feedback", icon=":material/thumbs_up_down:", help="What was said."),
        st.Page("pages/models.py", title="Models", icon=":material/memory:", help="What is loaded."),
        st.Page("pages/training.py", title="Training", icon=":material/model_training:", help="Models as they learn."),
    ]
)
with st.container(horizontal_alignment="center"), st.container(width=1120, key="page"):
    page.run()
