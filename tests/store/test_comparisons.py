"""Comparisons: a plan and its answers, jobs by process, prompt sets, votes on answers and their undo."""

from dataclasses import replace

import pytest

from workbench.errors import InputError, NotFound
from workbench.records import (
    Comparison,
    ComparisonKind,
    Contender,
    JobKind,
    JobState,
    Judge,
    NewComparison,
    NewVote,
    Outcome,
    Prompt,
    VoteKind,
)
from workbench.store import Store, comparison_jobs

SKY, LIFE = (Prompt(text, ({"role": "user", "content": text},)) for text in ("Why is the sky blue?", "Life? é 🎉"))
SMALL, LARGE = Contender("small", "small.gguf"), Contender("large", "large.gguf", adapter="refine")
TAKEN_UP = """
import sys, time
from pathlib import Path
from workbench.store import Store, comparison_jobs
store = Store(Path(sys.argv[1]))
print(store.take_up(int(sys.argv[2])), store.may_run(int(sys.argv[2])), flush=True)
time.sleep(300)
"""
WAITING = """
import sys, time
from pathlib import Path
from workbench.store import Store
print(Store(Path(sys.argv[1])).take_up(int(sys.argv[2])), flush=True)
time.sleep(300)
"""


def make(store: Store, kind: ComparisonKind = ComparisonKind.BATCH) -> Comparison:
    new = NewComparison(
        title="Sizes", kind=kind, prompts=(SKY, LIFE), contenders=(SMALL, LARGE), sampling={"temperature": 0.0},
        repeats=2, seed=7, warm_up=({"role": "user", "content": "Hello."},), machine={"cores": 2},
    )  # fmt: skip
    return store.add_comparison(new, [(0, 0, 0), (1, 1, 0)])


@pytest.fixture
def made(store: Store) -> Comparison:
    return make(store)


def close(store: Store, gid: int, finish: str = "stop") -> None:
    store.finish_generation(
        gid, text="Because.", prompt_tokens=9, tokens=3, first_token_s=0.1, seconds=0.4, finish=finish
    )


def test_a_comparison_comes_back_as_it_was_planned(store, made):
    assert store.comparison(made.id) == made and store.comparisons() == [made]
    assert (made.prompts, made.contenders, made.sampling) == ((SKY, LIFE), (SMALL, LARGE), {"temperature": 0.0})
    trials = store.trials(made.id)
    assert [(t.prompt, t.contender, t.place) for t in trials] == [(0, 0, 0), (1, 1, 1)]
    assert all(trial.open for trial in trials)
    store.remove_comparison(made.id)
    assert store.comparisons() == [] and store.comparison(made.id) == made


def test_two_models_of_one_name_are_refused(store):
    twice = NewComparison(title="", kind=ComparisonKind.LIVE, prompts=(SKY,), contenders=(SMALL, SMALL))
    with pytest.raises(InputError, match="one name"):
        store.add_comparison(twice, [])


def test_an_answer_carries_its_text_times_and_memory(store, made, ask):
    trial = store.trials(made.id)[0]
    gid = ask()
    store.begin_trial(trial.id, gid)
    close(store, gid)
    store.end_trial(trial.id, memory_bytes=123, disturbed=True)
    found = store.trials(made.id)[0]
    assert found.generation == store.generation(gid) and found.generation is not None
    assert (found.memory_bytes, found.disturbed, found.generation.text, found.open) == (123, True, "Because.", False)


def test_only_what_was_cut_off_or_failed_is_asked_again(store, made, ask):
    for trial, finish in zip(store.trials(made.id), ("stop", "interrupted"), strict=True):
        gid = ask()
        store.begin_trial(trial.id, gid)
        close(store, gid, finish)
    store.reopen_trials(made.id)
    assert [trial.open for trial in store.trials(made.id)] == [False, True]
    store.fail_trial(store.trials(made.id)[1].id, "no such file")
    assert store.trials(made.id)[1].error == "no such file" and not store.trials(made.id)[1].open
    store.reopen_trials(made.id)
    assert store.trials(made.id)[1].open


def test_a_live_comparison_grows(store):
    made = make(store, ComparisonKind.LIVE)
    other = Contender("llama3.2", "llama3.2", server="http://localhost:11434/v1")
    store.extend_comparison(made.id, SKY, other)
    store.extend_comparison(made.id, SKY, other)
    assert store.comparison(made.id).contenders == (SMALL, LARGE, other)
    added = [(t.prompt, t.contender, t.repeat, t.place) for t in store.trials(made.id)[2:]]
    assert added == [(0, 2, 0, 2), (0, 2, 1, 3)]


def test_warm_ups_stand_apart(store, made, ask):
    store.add_warm_up(made.id, 1, ask())
    assert [trial.warm_up for trial in store.trials(made.id)] == [True, False, False]


def test_a_job_belongs_to_one_process_and_a_dead_one_leaves_it_interrupted(store, made, python):
    job = store.add_job(made.id, JobKind.ANSWERS)
    assert job is not None and job.state is JobState.WAITING and store.add_job(made.id, JobKind.ANSWERS) is None
    other = python(TAKEN_UP, store.path, job.id)
    assert other.stdout.readline().split() == ["True", "True"]
    assert store.job(job.id).state is JobState.RUNNING
    assert not store.take_up(job.id)
    other.kill()
    other.wait(120)
    assert store.job(job.id).state is JobState.INTERRUPTED
    again = store.add_job(made.id, JobKind.ANSWERS)
    assert again is not None and again.id != job.id
    assert store.take_up(again.id) and store.may_run(again.id)
    store.end_job(again.id, JobState.DONE)
    assert [each.state for each in store.jobs(made.id)] == [JobState.DONE, JobState.INTERRUPTED]


def test_one_batch_at_a_time_and_a_live_answer_goes_first(store, made, python):
    first, second, live = (store.add_job(each.id, JobKind.ANSWERS) for each in
                           (made, make(store), make(store, ComparisonKind.LIVE)))  # fmt: skip
    assert first and second and live
    assert store.take_up(first.id) and store.may_run(first.id)
    assert store.take_up(second.id) and not store.may_run(second.id)
    assert python(TAKEN_UP, store.path, live.id).stdout.readline().split() == ["True", "True"]
    assert not store.may_run(first.id)  # the live one has answers to give
    for trial in store.trials(live.comparison_id):
        store.fail_trial(trial.id, "gone")
    assert store.may_run(first.id)
    store.end_job(first.id, JobState.DONE)
    assert store.may_run(second.id)


def test_cancelling_is_asked_of_a_living_job_and_done_at_once_for_a_dead_one(store, made, python):
    job = store.add_job(made.id, JobKind.ANSWERS)
    assert job is not None
    other = python(TAKEN_UP, store.path, job.id)
    other.stdout.readline()
    store.cancel_job(job.id)
    assert store.cancel_asked(job.id) and store.job(job.id).state is JobState.RUNNING
    other.kill()
    other.wait(120)
    store.cancel_job(job.id)
    assert store.job(job.id).state is JobState.CANCELLED


def test_a_live_job_ends_only_when_nothing_is_left_to_ask(store, ask):
    made = make(store, ComparisonKind.LIVE)
    job = store.add_job(made.id, JobKind.ANSWERS)
    assert job is not None and not store.end_job_if_idle(job.id)
    for trial in store.trials(made.id):
        store.begin_trial(trial.id, ask())
    assert store.end_job_if_idle(job.id) and store.job(job.id).state is JobState.DONE


def test_a_judges_model_is_kept_with_its_job(store, made):
    judge = Contender("judge", "llama3.2", server="http://localhost:1/v1")
    job = store.add_job(made.id, JobKind.JUDGE, judge)
    assert job is not None and store.jobs(made.id, JobKind.JUDGE) == [job] and job.judge == judge
    assert store.jobs(made.id) == []


def test_prompt_sets_of_ones_own(store):
    kept = store.add_prompt_set(" Mine ", [SKY, LIFE], "two")
    assert (kept.name, kept.prompts, kept.about) == ("Mine", (SKY, LIFE), "two")
    assert store.prompt_sets() == [kept]
    assert kept.id is not None
    store.remove_prompt_set(kept.id)
    assert store.prompt_sets() == []
    with pytest.raises(InputError, match="one prompt at least"):
        store.add_prompt_set("Mine", [])
    with pytest.raises(NotFound):
        store.remove_prompt_set(99)


def test_votes_of_a_comparison_and_the_undo_of_the_last(store, made, ask):
    numbers = [ask(), ask(job_id="j2")]
    for trial, gid in zip(store.trials(made.id), numbers, strict=True):
        store.begin_trial(trial.id, gid)
    one, other = numbers
    vote = NewVote(kind=VoteKind.ANSWER, left_id=one, right_id=other, outcome=Outcome.BOTH_BAD, order_seed=1)
    elsewhere = replace(vote, left_id=ask(), right_id=ask())
    kept = store.add_vote(vote)
    store.add_vote(elsewhere)
    by_model = replace(vote, judge=Judge.MODEL, judge_name="judge")
    store.add_votes([by_model])
    assert store.answer_votes(made.id, Judge.PERSON) == [kept] and len(store.answer_votes(made.id)) == 2
    assert store.take_back_answer_vote(made.id, "") == kept
    assert store.take_back_answer_vote(made.id, "") is None
    assert [each.judge for each in store.answer_votes(made.id)] == [Judge.MODEL]
    assert store.add_vote(vote).outcome is Outcome.BOTH_BAD  # the same pair can be voted on anew


def test_a_job_whose_process_never_came_up_does_not_stand_in_the_way(store, made, monkeypatch):
    first = store.add_job(made.id, JobKind.ANSWERS)
    monkeypatch.setattr(comparison_jobs, "STARTING_S", -1)
    assert store.job(first.id).state is JobState.INTERRUPTED
    second = store.add_job(made.id, JobKind.ANSWERS)
    assert second is not None and store.job(first.id).state is JobState.FAILED
    assert not store.take_up(first.id) and store.take_up(second.id)


def test_batches_take_their_turns_in_the_order_in_which_they_were_started(store, made, python):
    first, second = (store.add_job(each.id, JobKind.ANSWERS) for each in (made, make(store)))
    assert python(WAITING, store.path, first.id).stdout.readline().split() == ["True"]
    assert store.take_up(second.id) and not store.may_run(second.id)
