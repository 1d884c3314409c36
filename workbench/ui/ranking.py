"""The Evaluate page's ranking of a board: duels by the person, what they come to, and duels by the model."""

import streamlit as st

from workbench.lab import Agreement, BoardVotes, Figure, Ranking, position_bias, read
from workbench.records import Board
from workbench.ui import agreement, ranking_chart, ranking_duels, ranking_model
from workbench.ui.faults import show_fault
from workbench.ui.resources import desk
from workbench.ui.words import counted

LEAST_BIAS = 20  # votes before the share of one side says anything


def show(board: Board) -> None:
    """Draw the whole part: the next duel and the rankings are drawn anew at each answer, and nothing else is."""
    undecided = _undecided(_read(board))

    @st.fragment
    def duels() -> None:
        show_fault()
        votes = _read(board, undecided)
        if len(votes.ideas) < 2:
            st.markdown("A ranking needs two ideas at least. Write or keep another one.")
            return
        ranking_duels.next_duel(board, votes)
        _rankings(votes)

    duels()
    ranking_model.show(board, _read(board, undecided))


def _read(board: Board, undecided: bool = False) -> BoardVotes:
    sha256 = desk().engine.serving("evaluate").status().sha256
    return read(desk().store, board.id, undecided=undecided, model_sha256=sha256)


def _undecided(votes: BoardVotes) -> bool:
    """Draw whether undecided ideas take part, where that is a question."""
    if not votes.undecided:
        return False
    return st.toggle(f"Rank undecided ideas too ({votes.undecided})", key="ranking_undecided", persist_state="session")


def _rankings(votes: BoardVotes) -> None:
    """Draw the person's ranking, and the model's beside it, or folded while it agrees too little with the person."""
    person, model, found = votes.by_person, votes.by_model, votes.agreement()
    if person.standings:
        st.subheader("Your ranking, the model's beside it" if found.trusted else "Your ranking", anchor=False)
        if found.trusted:
            ranking_chart.show(votes.ideas, {ranking_chart.YOU: person, ranking_chart.MODEL: model}, key="ranking")
        else:
            ranking_chart.show(votes.ideas, {ranking_chart.YOU: person}, key="ranking")
        _caveats(person)
        n, share = position_bias(votes.person)
        if share is not None and n >= LEAST_BIAS:
            st.caption(f"You took the left card in {100 * share:.0f} % of {n} decided duels; sides are drawn by lot.")
    if not model.standings:
        return
    order = _order(*votes.order_agreement())
    if found.trusted:
        st.caption(f"The model {agreement.words(found)}{order}.", help=agreement.details(found))
        return
    folded = st.expander(
        f"The model's ranking, folded: {agreement.words(found)}{order}", icon=":material/neurology:",
        key="ranking_folded", on_change="rerun",
    )  # fmt: skip
    if folded.open:  # a closed one costs nothing at each answer
        with folded:
            _of_model(votes, found)


def _of_model(votes: BoardVotes, found: Agreement) -> None:
    ranking = votes.by_model
    st.caption(agreement.details(found))
    if ranking.ties == ranking.duels:
        st.markdown(f"It called each of {ranking.duels} duels a tie: it sees no order among these ideas.")
        return
    ranking_chart.show(votes.ideas, {ranking_chart.MODEL: ranking}, key="ranking_model")
    _caveats(ranking)


def _order(n: int, tau: Figure | None) -> str:
    """Return how alike the two orders are, in words."""
    if tau is None:
        return ""
    return f" · Kendall's tau of the two orders {agreement.figure(tau, '{:.2f}')}, {counted(n, 'idea')}"


def _caveats(ranking: Ranking[int]) -> None:
    """Say what the votes cannot tell."""
    if ranking.parts > 1:
        st.caption(
            f":material/link_off: {ranking.parts} groups of ideas that no chain of duels joins yet: "
            "within a group the order is measured, between two groups it is a guess."
        )
