"""Blind votes: two answers to the same prompt, whose they are is told after the vote; keys A, B, T, N."""

import streamlit as st

from workbench.lab import compare
from workbench.records import Comparison, Judge, NewVote, Outcome, Vote, VoteKind
from workbench.ui import feedback
from workbench.ui.comparing import choosing, outside, verdicts
from workbench.ui.faults import act, show_fault
from workbench.ui.resources import desk
from workbench.ui.words import counted, plain

SIDES = (("A", Outcome.LEFT), ("B", Outcome.RIGHT))
REST = (("Tie", "T", Outcome.TIE), ("Both bad", "N", Outcome.BOTH_BAD), ("Skip", "S", Outcome.SKIP))
REASONS = (
    "clearer", "more concrete", "more original", "right", "does what was asked", "better length", "the other repeats",
    "the other is off topic", "the other is wrong",
)  # fmt: skip
WHY = "vote_reasons"
# Pixels: the buttons stand still from pair to pair of a comparison, and a long answer scrolls.
SHORT, CARD_HEIGHT, LONG_CARD_HEIGHT = 240, 130, 300
SAID = {
    Outcome.LEFT: "You took A", Outcome.RIGHT: "You took B", Outcome.TIE: "You called it a tie",
    Outcome.BOTH_BAD: "You called both bad", Outcome.SKIP: "You skipped it",
}  # fmt: skip


def show() -> None:
    """Draw the next pair of a comparison, and what the votes on it come to."""
    found = [each for each in desk().store.comparisons() if desk().store.trial_counts(each.id)[0] > 1]
    if not found:
        st.markdown(
            "Votes need two answers to the same prompt. Start a batch with two models, ask two models the same under "
            "Try one, or import pairs that were made elsewhere."
        )
        outside.importing()
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width="stretch"):
            made = choosing.pick_comparison(found, "vote_which")
        outside.importing()

    @st.fragment
    def votes() -> None:
        show_fault()
        ballot = compare.ballot(desk().store, made.id)
        _last(made, ballot)
        _pair(made, ballot)
        verdicts.show(ballot)

    votes()
    if compare.ballot(desk().store, made.id).pairs.real:
        verdicts.judge(made)


def _pair(made: Comparison, ballot: compare.Ballot) -> None:
    pair = ballot.next_pair(feedback.person())
    if not ballot.pairs.real:
        st.markdown(f"This comparison has no pair to vote on yet. {_left_out(ballot.pairs)}")
        return
    if pair is None:
        st.success(f"You have voted on all {counted(len(ballot.pairs.real), 'pair')}.", icon=":material/done_all:")
        return
    seed = ballot.seed(feedback.person())
    longest = max(len(entry.answer.text) for each in ballot.pairs.real for entry in (each.left, each.right))
    height = CARD_HEIGHT if longest <= SHORT else LONG_CARD_HEIGHT
    with st.container(key="vote_question", border=True):
        st.markdown(plain(compare.question(made, pair)))
    with st.grid(2, min_column_width=300):
        for (letter, outcome), entry in zip(SIDES, (pair.left, pair.right), strict=True):
            with st.container(key=f"vote_card_{letter}", gap="small"):
                with st.container(border=True, height=height):
                    st.markdown(plain(entry.answer.text.strip()) or ":gray[(nothing)]")
                _answer(pair, seed, outcome, f"{letter} is better", letter)
    with st.container(horizontal=True, horizontal_alignment="center"):
        for text, key, outcome in REST:
            _answer(pair, seed, outcome, text, key)
    st.pills(
        "Why? (optional, kept with the vote)", REASONS, selection_mode="multi",
        key=f"{WHY}_{pair.left.answer.id}_{pair.right.answer.id}",
    )  # fmt: skip
    done = len(ballot.people.votes)
    st.progress(
        min(1.0, done / len(ballot.pairs.real)),
        text=f"{counted(done, 'vote')} of {counted(len(ballot.pairs.real), 'pair')}",
    )
    if ballot.pairs.left_out:
        st.caption(_left_out(ballot.pairs))


def _answer(pair: compare.Pair, seed: int, outcome: Outcome, text: str, key: str) -> None:
    side = outcome in (Outcome.LEFT, Outcome.RIGHT)
    left, right = pair.left.answer.id, pair.right.answer.id
    # The pair is part of the key: a second press that comes before the next pair is drawn does not answer that one.
    st.button(
        text, key=f"vote_{outcome}_{left}_{right}", shortcut=key, width="stretch" if side else "content",
        type="secondary" if side else "tertiary", on_click=_write, args=(left, right, outcome, seed),
    )  # fmt: skip


def _write(left: int, right: int, outcome: Outcome, seed: int) -> None:
    reasons = st.session_state.get(f"{WHY}_{left}_{right}") or ()
    act(desk().store.add_vote, NewVote(
        kind=VoteKind.ANSWER, left_id=left, right_id=right, outcome=outcome, order_seed=seed, judge=Judge.PERSON,
        judge_name=feedback.person(), reason="; ".join(reasons),
    ))  # fmt: skip


def _last(made: Comparison, ballot: compare.Ballot) -> None:
    """Draw whose answers the last vote was on, and the way to take it back."""
    vote = ballot.last(feedback.person())
    if vote is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="vote_last"):
        st.caption(_told(vote, ballot), width="stretch")
        st.button(
            "Undo", key="vote_undo", icon=":material/undo:", type="tertiary", shortcut="Z", on_click=_take_back,
            args=(made.id,),
        )  # fmt: skip


def _take_back(comparison_id: int) -> None:
    act(desk().store.take_back_answer_vote, comparison_id, feedback.person())


def _told(vote: Vote, ballot: compare.Ballot) -> str:
    left, right = plain(ballot.name(vote.left_id)), plain(ballot.name(vote.right_id))
    return f"{SAID[vote.outcome]}. **A** was {left}, **B** was {right}."


def _left_out(pairs: compare.Pairs) -> str:
    told = [
        f"{count} {words}" for count, words in (
            (pairs.unfinished, "unfinished (cut at the token limit, stopped or failed)"),
            (pairs.identical, "identical"), (pairs.same_model, "of one and the same model"),
        ) if count
    ]  # fmt: skip
    return f"Left out, as no real pair: {', '.join(told)}." if told else ""
