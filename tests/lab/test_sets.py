"""Feedback as training rows: what counts as what, what is left out and why, and whose."""

import pytest

from tests.lab.feedback import QUESTIONS, Told
from workbench.assist import prompts
from workbench.errors import InputError
from workbench.lab.sets import LEAST, Chosen, DataSet, build, enough
from workbench.records import Outcome, Status, Thumb
from workbench.store import Store


@pytest.fixture
def told(tmp_path):
    store = Store(tmp_path / "workbench.db")
    yield Told(store)
    store.close()


def completions(data):
    """Return (source, what is learned) of each row."""
    part = {"sft": lambda row: row["messages"][-1:], "kto": lambda row: row["completion"]}[data.kind]
    return [(row["source"], part(row)[0]["content"]) for row in data.rows]


def pairs(data):
    return [(row["source"], row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in data.rows]


def test_sft_learns_what_was_kept_and_corrected_each_with_the_prompt_that_was_served(told):
    data = build(told.everything().store, "sft")
    assert completions(data) == [
        ("kept", "Bread bus — It drives."),
        ("kept", "Bread van — It rings twice at six."),
        ("corrected", "Bread hat — The baker wears it at the gate."),
        ("kept", "Bread bus — It drives at six."),
        ("thumb up", "Strength: Warm.\nRisk: Cost.\nNext step: Ask."),
    ]
    assert data.rows[1]["messages"][:2] == prompts.one_idea(QUESTIONS[0], "reverse")
    assert data.rows[3]["messages"][:2] == prompts.refine(QUESTIONS[0], "Bread bus — It drives.", "cheaper")
    assert data.left_out == {"not kept": 3}


def test_kto_goes_by_thumbs_and_else_by_what_was_kept_and_dropped(told):
    data = build(told.everything().store, "kto")
    assert [(row["label"], *pair) for row, pair in zip(data.rows, completions(data), strict=True)] == [
        (True, "kept", "Bread bus — It drives."),
        (True, "kept", "Bread van — It rings."),
        (False, "dropped", "Cake bus — Cake."),
        (True, "thumb up", "Bread map — It shows."),
        (False, "thumb down", "Bread hat — It sits."),
        (False, "dropped", "Bus — Bus."),
        (True, "thumb up", "Strength: Warm.\nRisk: Cost.\nNext step: Ask."),
    ]
    assert data.left_out == {"accepted in part": 1}


def test_dpo_sets_the_better_against_what_the_model_gave(told):
    data = build(told.everything().store, "dpo")
    assert pairs(data) == [
        ("edited", "Bread van — It rings twice at six.", "Bread van — It rings."),
        ("corrected", "Bread hat — The baker wears it at the gate.", "Bread hat — It sits."),
        ("changes rejected", "Bread bus — It drives at six.", "Bread bus — It drives at six and sings."),
        ("vote", "Bread bus — It drives.", "Bread van — It rings twice at six."),
        ("vote", "It scatters.", "Because."),
    ]
    assert data.rows[3]["prompt"] == prompts.one_idea(QUESTIONS[0]), "two lenses: asked freely"
    assert data.rows[4]["prompt"] == [{"role": "user", "content": "Why is the sky blue?"}]
    assert data.left_out["a tie, both bad or skipped"] == 1


def test_ideas_of_one_prompt_keep_it_and_a_boards_words_are_in_the_free_one(told):
    told.store.update_board(told.boards[0].id, context="Berlin.", constraints="No money", audience="bakers")
    (_, one), (_, other), (_, third) = (
        told.idea(text, lens=lens) for text, lens in (("A — B.", "reverse"), ("C — D.", "reverse"), ("E — F.", ""))
    )
    told.vote(one, other, Outcome.LEFT)
    told.vote(third, one, Outcome.RIGHT)
    same, free = build(told.store, "dpo").rows
    assert same["prompt"] == prompts.one_idea(QUESTIONS[0], "reverse")
    assert free["prompt"][1]["content"].splitlines() == [
        f"Topic: {QUESTIONS[0]}", "Context: Berlin. It is for bakers", "Constraints: No money", "One idea. Lens: free",
    ]  # fmt: skip


def test_an_answer_that_was_cut_off_teaches_nothing_unless_it_was_corrected(told):
    told.idea("Bread bus — It dri", Status.KEPT, finish="stopped")
    told.say(told.answer("Bread van — It", finish="interrupted"), thumb=Thumb.DOWN)
    gid = told.say(told.answer("Bread hat —", finish="length"), thumb=Thumb.DOWN, corrected="Bread hat — It sits.")
    assert build(told.store, "kto").left_out == {"cut off before its end": 3}
    sft = build(told.store, "sft")
    assert completions(sft) == [("corrected", "Bread hat — It sits.")] and sft.left_out["cut off before its end"] == 1
    assert len(told.store.feedback(gid)) == 1


def test_a_thumb_outranks_keeping_and_people_who_disagree_are_left_out(told):
    gid, _ = told.idea("Bread bus — It drives.", Status.KEPT)
    told.say(gid, "Ada", thumb=Thumb.DOWN)
    assert build(told.store, "sft").left_out == {"kept, but thumbed down": 1}
    assert [row["label"] for row in build(told.store, "kto").rows] == [False]
    told.say(gid, "Ben", thumb=Thumb.UP)
    assert build(told.store, "kto").left_out == {"people disagree": 1}
    told.say(gid, "Cleo", thumb=Thumb.UP)
    assert [row["label"] for row in build(told.store, "kto").rows] == [True]


def test_votes_go_by_majority_and_even_ones_are_left_out(told):
    (_, one), (_, other) = told.idea("A — B."), told.idea("C — D.")
    told.vote(one, other, Outcome.LEFT, "Ada")
    told.vote(other, one, Outcome.LEFT, "Ben")
    assert build(told.store, "dpo").rows == () and build(told.store, "dpo").left_out == {"people disagree": 2}
    told.vote(one, other, Outcome.LEFT, "Cleo")
    assert pairs(build(told.store, "dpo")) == [("vote", "A — B.", "C — D.")]


def test_answers_to_two_prompts_are_no_preference(told):
    first, second = told.answer("A — B."), told.answer("C — D.", at=1)
    told.vote(first, second, Outcome.LEFT, answers=True)
    assert build(told.store, "dpo").left_out == {"answers to two prompts": 1}


def test_a_rewrite_written_on_before_it_was_kept_is_better_than_the_models(told):
    told.rewrite("Bread bus — It drives at six.", kept=("Bread bus", "It drives at seven."))
    told.rewrite("Bread bus — It sings.", True, kept=("Bread bus", "It sings."))
    told.rewrite("Bread bus — It rings and sings.", True, None, kept=("Bread bus", "It rings."))
    assert pairs(build(told.store, "dpo")) == [
        ("edited", "Bread bus — It drives at seven.", "Bread bus — It drives at six.")
    ]


def test_names_and_comments_stay_out_unless_asked_for_and_a_person_can_be_left_out(told):
    store = told.everything().store
    for kind in ("sft", "kto", "dpo", "raw"):
        plain = str(build(store, kind).rows)
        assert "Ada" not in plain and "secret" not in plain and "warmer" not in plain
    asked = build(store, "raw", Chosen(names=True, comments=True))
    assert "A secret word." in str(asked.rows) and "Ada" in str(asked.rows)
    assert build(store, "sft", Chosen(names=True)).rows[2]["people"] == ["Ada"]
    without = build(store, "dpo", Chosen(without=("Ada",)))
    assert [source for source, *_ in pairs(without)] == ["edited", "changes rejected", "vote"]
    assert "corrected" not in build(store, "sft", Chosen(without=("Ada",))).sources
    assert len(build(store, "dpo", Chosen(without=("me",))).rows) == 4, "a vote without a name is mine"


def test_a_set_can_be_of_one_task_model_board_or_time(told):
    store = told.everything().store
    assert build(store, "sft", Chosen(tasks=("refine",))).sources == {"kept": 1}
    assert build(store, "kto", Chosen(boards=(told.boards[1].id,))).sources == {"dropped": 1, "thumb up": 1}
    assert build(store, "raw", Chosen(models=("llama",))).rows == ()
    assert build(store, "raw", Chosen(since="2999-01-01")).rows == ()
    assert build(store, "dpo", Chosen(until="1999-01-01")).rows == ()
    today = build(store, "raw").rows[0]["created"][:10]
    assert build(store, "raw", Chosen(since=today, until=today)).rows == build(store, "raw").rows


def test_the_same_store_gives_the_same_set_and_undo_takes_rows_out(told):
    gid, _ = told.idea("Bread bus — It drives.", Status.KEPT)
    before = build(told.store, "kto")
    told.say(gid, thumb=Thumb.DOWN)
    assert build(told.store, "kto").sha256 != before.sha256
    told.store.undo(told.boards[0].id)
    assert build(told.store, "kto").sha256 == before.sha256
    with pytest.raises(InputError, match="sft, kto, dpo, raw"):
        build(told.store, "ppo")


@pytest.mark.parametrize(
    ("n", "topics", "wanted", "said"),
    [
        (LEAST - 1, 9, 50, "Not enough: 99 answers with a verdict on 9 topics; 100 are the least, 1 more are needed."),
        (LEAST, 4, 50, "5 topics are the least"),
        (LEAST, 5, 5, "only 5 on one side; 10 % of each are the least"),
        (LEAST, 5, 10, "Enough to try"),
        (1000, 50, 400, "Plenty: 1,000 answers with a verdict on 50 topics."),
    ],
)
def test_whether_there_is_enough_is_said_honestly(n, topics, wanted, said):
    rows = tuple({"group": f"t{number % topics}", "label": number < wanted, "source": ""} for number in range(n))
    found = enough(DataSet("kto", rows))
    assert said in found.words and found.enough == (not found.words.startswith("Not"))
    assert (found.n, found.topics) == (n, topics)
