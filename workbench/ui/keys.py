"""One hand on the keyboard: K, D, E and Z are Streamlit's own shortcuts; it takes neither R nor / nor ?."""

import streamlit as st

LISTED = (
    ("K", "keep the first undecided card"),
    ("D", "drop it"),
    ("M", "more like it"),
    ("R", "refine it"),
    ("E", "evaluate it"),
    ("Z", "undo; Shift Z redoes"),
    ("/", "search"),
    ("?", "this list"),
)
# A click or a focus on our own widgets by their key, and nothing else. Before Streamlit's own R (rerun the page).
SCRIPT = """
<script>
if (!window.workbenchKeys) {
  window.workbenchKeys = true
  const targets = {
    "/": ".st-key-ideas_search input",
    "?": ".st-key-keys button",
    r: "[class*='st-key-key_refine'] button",
    m: "[class*='st-key-key_more'] button",
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target.closest("input, textarea, select, [contenteditable=true]")) return
    const target = targets[event.key] && document.querySelector(targets[event.key])
    if (!target) return
    event.preventDefault()
    event.stopImmediatePropagation()
    target.tagName === "INPUT" ? target.focus() : target.click()
  }, true)
}
</script>
"""


def listing() -> None:
    """Draw the button that lists the keys."""
    with st.popover("Keys", icon=":material/keyboard:", type="tertiary", key="keys"):
        st.markdown("\n".join(f"- **{key}** {what}" for key, what in LISTED))


def listen() -> None:
    """Let the page hear the keys that Streamlit's buttons cannot take."""
    st.html(SCRIPT, unsafe_allow_javascript=True)
