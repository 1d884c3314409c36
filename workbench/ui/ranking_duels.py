"""A duel on the screen: two cards, two keys, and how far the ranking has come."""

import streamlit as st

from workbench.lab import BoardVotes, settles_at
from workbench.records import Board, Idea, Judge, NewVote, Outcome
from workbench.settings import settings
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import counted, plain

CARD_HEIGHT = 148  # pixels: the buttons stand still from duel to duel, and a long idea scrolls
SIDES = (("A", Outcome.LEFT), ("B", Outcome.RIGHT))


def next_duel(board: Board, votes: BoardVotes) -> None:
    """Draw the duel that tells most, with its keys."""
    pair = votes.next_pair()
    done, enough = votes.by_person.duels, settles_at(len(votes.ideas))
    if pair is None:
        st.success("You have compared every pair there is. New ideas bring new duels.", icon=":material/done_all:")
        return
    st.subheader("Which is the better idea?", anchor=False)
    with st.grid(2, min_column_width=280):
        for (letter, outcome), idea in zip(SIDES, pair, strict=True):
            with st.container(key=f"duel_card_{letter}", gap="small"):
                _card(idea)
                _answer(board, votes, pair, outcome, "This one", letter)
    with st.container(horizontal=True, horizontal_alignment="center"):
        _answer(board, votes, pair, Outcome.TIE, "Tie", "T")
        _answer(board, votes, pair, Outcome.SKIP, "Skip", "S")
    settled = "settled by now; more make it finer" if done >= enough else f"the ranking settles at about {enough}"
    st.progress(min(1.0, done / enough), text=f"{counted(done, 'duel')} · {settled}")


def _card(idea: Idea) -> None:
    with st.container(border=True, height=CARD_HEIGHT):
        st.markdown(f"**{plain(idea.title)}**  \n{plain(idea.body)}" if idea.title else plain(idea.body))


def _answer(
    board: Board, votes: BoardVotes, pair: tuple[Idea, Idea], outcome: Outcome, text: str, key: str
) -> None:  # fmt: skip
    left, right = pair
    vote = NewVote(
        left_id=left.id, right_id=right.id, outcome=outcome, order_seed=votes.seed, judge=Judge.PERSON,
        judge_name=settings().owner, board_id=board.id,
    )  # fmt: skip
    side = outcome in (Outcome.LEFT, Outcome.RIGHT)
    # The pair is part of the key: a second press that comes before the next pair is drawn does not answer that one.
    st.button(
        text, key=f"duel_{outcome}_{left.id}_{right.id}", shortcut=key, width="stretch" if side else "content",
        type="secondary" if side else "tertiary", on_click=_write, args=(vote,),
    )  # fmt: skip


def _write(vote: NewVote) -> None:
    act(desk().store.add_vote, vote)
