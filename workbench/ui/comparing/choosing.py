"""What every part of the Compare page chooses from: prompt sets, models, and which comparison."""

from collections.abc import Callable, Sequence
from typing import ParamSpec

import streamlit as st

from workbench.assist import prompt_sets
from workbench.lab import compare
from workbench.records import Comparison, ComparisonKind, Contender, PromptSet
from workbench.settings import settings
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import counted, distinct, short, when

P = ParamSpec("P")
SERVERS, WHICH = "compare_servers", "comparison_id"
URL, NAME = "compare_server_url", "compare_server_model"


def sets() -> list[PromptSet]:
    """Return the sets there are: built in, the person's own, and the boards' questions."""
    store = desk().store
    found = [*prompt_sets.built_in(), *store.prompt_sets()]
    boards = store.list_boards()
    return [*found, prompt_sets.of_boards(boards)] if boards else found


def pick_set(key: str) -> PromptSet:
    """Draw the choice of a prompt set and return it."""
    found = sets()
    names = distinct({place: each.name for place, each in enumerate(found)})
    place = st.selectbox(
        "Prompt set", list(names), format_func=lambda at: names.get(at, ""), key=key, persist_state="session"
    )
    return found[place if place is not None and place < len(found) else 0]


def contenders() -> list[Contender]:
    """Return the models that can take part: those on this machine, and servers' that were named in this session."""
    return compare.distinct([*compare.installed(settings()), *st.session_state.get(SERVERS, ())])


def add_server(key: str) -> None:
    """Draw the way to name a server's model."""
    with st.popover("Add a server's model", icon=":material/dns:", type="tertiary", key=f"{key}_server"):
        st.caption("Prompts then go there. Its key, if it asks for one, is read from WORKBENCH_REMOTE_KEY.")
        with st.form(f"{key}_server_form", border=False):
            st.text_input("Address", key=f"{key}_{URL}", placeholder="http://localhost:8080/v1")
            st.text_input("Model, as the server calls it", key=f"{key}_{NAME}", placeholder="llama3.2")
            st.form_submit_button("Add", on_click=_add_server, args=(key,))


def pick_comparison(found: Sequence[Comparison], key: str, label: str = "Comparison") -> Comparison:
    """Draw the choice of a comparison, the same on every part of the page, and return it; at first the newest batch."""
    by_id = {each.id: each for each in found}
    first = next((each for each in found if each.kind is not ComparisonKind.LIVE), found[0])
    chosen = by_id.get(st.session_state.get(WHICH, 0), first)
    names = distinct({each.id: short(f"{each.title}, {when(each.created)}", 90) for each in found})
    st.session_state[key] = chosen.id
    st.selectbox(
        label, list(names), format_func=lambda number: names.get(number, ""), key=key, on_change=_remember, args=(key,)
    )
    st.session_state[WHICH] = chosen.id
    return chosen


def choose(comparison_id: int) -> None:
    """Make a comparison the one that every part shows."""
    st.session_state[WHICH] = comparison_id


def do(action: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Run one action of a click, as a widget's callback."""
    act(action, *args, **kwargs)


def answers_planned(prompts: int, models: int, repeats: int) -> str:
    """Return how much a batch asks for, in words."""
    return (
        f"{counted(prompts, 'prompt')} × {counted(models, 'model')} × {counted(repeats, 'repeat')} = "
        f"**{counted(prompts * models * repeats, 'answer')}**"
    )


def _add_server(key: str) -> None:
    def add() -> None:
        made = compare.on_server(st.session_state[f"{key}_{URL}"], st.session_state[f"{key}_{NAME}"])
        st.session_state[SERVERS] = (*st.session_state.get(SERVERS, ()), made)
        st.toast(f"Added {made.name}.", icon=":material/dns:")

    act(add)


def _remember(key: str) -> None:
    choose(st.session_state[key])
