"""A thumb on an answer, and behind it the rest: reasons, a comment, the answer as it should have been.

Runs live in the desk, so giving feedback stops none. What is written waits in the browser until it is saved, however
often the page is drawn anew meanwhile.
"""

from dataclasses import replace

import streamlit as st

from workbench.lab.feedback import in_words, reasons_for
from workbench.records import ME, Said, Thumb
from workbench.settings import settings
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import plain

PERSON = "feedback_person"  # the name given on the Feedback page, for this session
WIDTH = 420  # pixels
THUMBS = (Thumb.DOWN, Thumb.UP)  # as st.feedback numbers them


def person() -> str:
    """Return who speaks: the name given on the Feedback page, else the owner that the settings name, else me."""
    return str(st.session_state.get(PERSON) or settings().owner or ME)


def thumbs(generation_id: int, task: str, *, growing: bool = False, place: str = "") -> None:
    """Draw an answer's thumbs, and once something was said the way to say more; not of an answer that still grows.

    `place`: tells two drawings of one answer apart. No fragment of its own: registering one takes 2 ms, and a page has
    dozens of cards.
    """
    said = desk().store.said_about(generation_id, person())
    # A growing one's key is its own: it may end, and be drawn as ended, while the same page run has drawn it growing.
    of = f"{'growing_' if growing else ''}{generation_id}{place}"
    st.session_state[f"thumb_{of}"] = THUMBS.index(said.thumb) if said.thumb else None
    st.feedback("thumbs", key=f"thumb_{of}", on_change=_thumbed, args=(generation_id, of), width="content")
    if said != Said() and not growing:
        more = st.popover(
            "Say why", key=f"feedback_more_{of}", type="tertiary", on_change="rerun", width="content",
        )  # fmt: skip
        if more.open:
            with more:
                form(generation_id, task, said, of)


def form(generation_id: int, task: str, said: Said, of: str, *, row: int | None = None) -> None:
    """Draw the rest as a form: it is written down whole when it is saved. `row`: of another person, to be mended."""
    known = reasons_for(task, said.thumb)
    keys = list(dict.fromkeys([*(reason.key for reason in known), *said.reasons]))
    with st.form(f"feedback_form_{of}", border=False, width=WIDTH):
        st.pills(
            "Why?", keys, selection_mode="multi", default=list(said.reasons), key=f"feedback_reasons_{of}",
            format_func=lambda key: in_words(task, key),
        )  # fmt: skip
        st.text_area("Comment", said.comment, key=f"feedback_comment_{of}", height=72, placeholder="In your own words")
        st.text_area(
            "Better answer", said.corrected, key=f"feedback_corrected_{of}", height=72,
            placeholder="The answer as it should have been: models can learn from it", help=_help(generation_id),
        )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.form_submit_button(
                "Save", key=f"feedback_save_{of}", type="primary", on_click=_save, args=(generation_id, of, row)
            )
            if row is None:
                st.caption(f"as {plain(person())}", help="The Feedback page changes the name.", width="content")


def _help(generation_id: int) -> str:
    return f"It was: {plain(desk().store.generation(generation_id).text.strip())[:600]}"


def _thumbed(generation_id: int, of: str) -> None:
    at, store = st.session_state[f"thumb_{of}"], desk().store
    said = replace(store.said_about(generation_id, person()), thumb=None if at is None else THUMBS[at])
    act(store.give_feedback, generation_id, person(), said)


def _save(generation_id: int, of: str, row: int | None) -> None:
    given = {name: st.session_state[f"feedback_{name}_{of}"] for name in ("reasons", "comment", "corrected")}
    given["reasons"], store = tuple(given["reasons"]), desk().store
    if row is not None:
        said = next(each.said for each in store.feedback(generation_id) if each.id == row)
        done = act(store.change_feedback, row, replace(said, **given))
    else:
        said = store.said_about(generation_id, person())
        done = act(store.give_feedback, generation_id, person(), replace(said, **given))
    if done:
        st.session_state[f"feedback_more_{of}"] = False  # closes it
        st.toast("Noted. Undo takes it back.", icon=":material/check:")
