"""A comparison's job on tiny real models and a server: all answers with figures; killed, cancelled, resumed.

    python -m pytest tests/lab/compare
"""

import os
import signal
import sqlite3
import threading
import time
from contextlib import closing

import pytest

from tests.engine.remote.wayward import answers, hang, says, words
from tests.lab.compare.conftest import BREAD, LIFE, SKY
from workbench.assist.prompts.comparing import WARM_UP, which_answer
from workbench.lab import compare
from workbench.records import ComparisonKind, Contender, JobKind, JobState, Judge, NewComparison, Outcome

PATIENT = 240  # seconds; a small machine may be busy


def until(found, what):
    """Wait for a condition."""
    deadline = time.monotonic() + PATIENT
    while not found():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def do(store, chosen, made, judge=None):
    """Do a job in this process."""
    job = store.add_job(made.id, JobKind.JUDGE if judge else JobKind.ANSWERS, judge)
    return compare.work(store, job.id, chosen, which_answer)


def ended(store, made):
    return [trial for trial in store.trials(made.id) if not trial.warm_up and trial.generation]


def test_every_answer_is_there_with_its_figures_asked_alike(store, chosen, plan, tiny):
    loose = Contender("tiny + loose", str(tiny), str(tiny.parent / "loose.gguf"))
    contenders = [Contender("tiny", str(tiny)), Contender("tiny + refine", str(tiny), "refine"), loose,
                  Contender("other", str(tiny.parent / "other.gguf"))]  # fmt: skip
    made = plan(contenders, repeats=2, seed=11)
    assert do(store, chosen, made).state is JobState.DONE
    found = ended(store, made)
    assert len(found) == 16 and not any(trial.open for trial in store.trials(made.id))
    for trial in found:
        answer = trial.generation
        assert answer.finish in ("stop", "length") and answer.seconds >= answer.first_token_s > 0
        assert answer.seed == answer.sampling["seed"] == 11 + trial.repeat
        assert answer.messages == list(made.prompts[trial.prompt].messages)
        assert answer.prompt_tokens > 4 and trial.memory_bytes > 0 and not trial.disturbed
    weights = {(trial.contender, trial.generation.model_sha256, trial.generation.adapter_sha256) for trial in found}
    assert len(weights) == 4 and len({each[1:] for each in weights}) == 4
    assert len({each[1] for each in weights}) == 2
    warm = [trial for trial in store.trials(made.id) if trial.warm_up]
    assert len(warm) == 8  # each model after each load: two repeats
    assert all(trial.generation.messages == list(WARM_UP) for trial in warm)


def test_what_cannot_be_loaded_is_noted_and_the_rest_goes_on(store, chosen, plan, tiny):
    misfit = Contender("tiny + misfit", str(tiny), "no-such-adapter")
    gone = Contender("gone", str(tiny.parent / "gone.gguf"))
    made = plan([gone, Contender("tiny", str(tiny)), misfit])
    assert do(store, chosen, made).state is JobState.DONE
    trials = [trial for trial in store.trials(made.id) if not trial.warm_up]
    assert {trial.contender for trial in trials if trial.error} == {0, 2}
    assert all(trial.generation.finish for trial in trials if trial.contender == 1)
    assert store.trial_counts(made.id) == (6, 4, 6)
    assert compare.results(made, store.trials(made.id)).rows[0].failed == 2


def test_a_server_takes_part_without_a_figure_of_memory(store, chosen, plan, bakery):
    made = plan([bakery])
    do(store, chosen, made)
    for trial in ended(store, made):
        assert (trial.generation.text, trial.generation.finish, trial.memory_bytes) == ("Bread bus", "stop", None)
        assert "bakery at http://127.0.0.1" in trial.generation.model


def test_a_server_that_is_down_is_given_up_and_asked_again_on_resume(store, chosen, plan, server, bakery):
    server.does(says(404, "no such model"))
    made = plan([bakery], prompts=[SKY, LIFE, BREAD], repeats=3)
    assert do(store, chosen, made).state is JobState.DONE
    trials = [trial for trial in store.trials(made.id) if not trial.warm_up]
    # Three failures in a row are enough; each repeat begins with one try, as the server may be there again.
    assert [trial.generation is not None for trial in trials] == [True] * 4 + [False] * 2 + [True] + [False] * 2
    assert all("bakery" in (trial.error or trial.generation.error) for trial in trials)
    server.does(answers)
    do(store, chosen, made)
    assert store.trial_counts(made.id) == (9, 0, 9)


def test_a_kill_loses_one_answer_and_the_next_process_goes_on(store, plan, server, bakery):
    server.does(answers, answers, hang)  # the warm-up and an answer; the second answer never ends
    made = plan([bakery], prompts=[SKY, LIFE, BREAD])
    job = compare.start(store, made.id)
    until(lambda: any(trial.generation.text == "Bread" for trial in ended(store, made)), "the answer that hangs")
    first = [trial for trial in ended(store, made) if trial.generation.finish]
    assert len(first) == 1 and compare.start(store, made.id) is None  # one process at a time
    os.kill(pid_of(store, job), signal.SIGKILL)
    until(lambda: store.job(job.id).state is JobState.INTERRUPTED, "the kill")

    server.does(answers)
    again = compare.start(store, made.id)
    until(lambda: not store.job(again.id).live, "the end")
    assert store.job(again.id).state is JobState.DONE
    assert [trial.generation.finish for trial in ended(store, made)] == ["stop"] * 3
    assert first[0] in store.trials(made.id)
    cut = [each for each in store.generations(task="compare") if each.finish == "interrupted"]
    assert [each.text for each in cut] == ["Bread"]


def test_cancel_stops_the_answer_at_work_and_keeps_what_is_there(store, plan, server, bakery):
    server.does(answers, hang)
    made = plan([bakery])
    job = compare.start(store, made.id)
    until(lambda: any(trial.generation.text for trial in ended(store, made)), "the answer that hangs")
    store.cancel_job(job.id)
    until(lambda: not store.job(job.id).live, "the cancel")
    assert store.job(job.id).state is JobState.CANCELLED
    assert [(trial.generation.text, trial.generation.finish) for trial in ended(store, made)] == [("Bread", "stopped")]
    assert server.hung_up.wait(PATIENT)
    assert sum(trial.open for trial in store.trials(made.id)) == 1


def pid_of(store, job):
    with closing(sqlite3.connect(store.path)) as db:
        return db.execute("select pid from comparison_jobs where id = ?", [job.id]).fetchone()[0]


def test_live_questions_join_one_table_and_a_stop_drops_those_that_wait(store, chosen, server, bakery):
    made = store.add_comparison(NewComparison(
        title="Live", kind=ComparisonKind.LIVE, prompts=(), contenders=(), sampling={"max_tokens": 9}, warm_up=WARM_UP,
    ), ())  # fmt: skip
    for prompt in (SKY, LIFE):
        store.extend_comparison(made.id, prompt, bakery)
    server.does(answers, hang)
    job = store.add_job(made.id, JobKind.ANSWERS)
    working = threading.Thread(target=compare.work, args=(store, job.id, chosen, which_answer))
    working.start()
    until(lambda: any(trial.generation.text for trial in ended(store, made)), "the answer that hangs")
    store.cancel_job(job.id)
    working.join(PATIENT)
    assert store.job(job.id).state is JobState.CANCELLED
    one, other = [trial for trial in store.trials(made.id) if not trial.warm_up]
    assert (one.generation.finish, other.error) == ("stopped", "stopped by you")


@pytest.mark.parametrize("leaning", ["A", "B"])
def test_a_judge_that_always_takes_one_side_calls_all_ties(store, chosen, answered, server, bakery, leaning):
    def takes(exchange):
        listed = [{"token": letter, "logprob": -0.1 if letter == leaning else -3.0} for letter in "AB"]
        exchange.say(200, {"choices": [{"logprobs": {"content": [{"top_logprobs": listed}]}}]})

    server.does(takes)
    made = answered({"one": ["a", "b"], "two": ["c", "d"], "three": ["e", "f"]})
    assert do(store, chosen, made, bakery).state is JobState.DONE
    votes = store.answer_votes(made.id, Judge.MODEL)
    assert [vote.outcome for vote in votes] == [Outcome.TIE] * 6
    (judge,) = compare.ballot(store, made.id).judges
    assert judge.bias == (12, 1.0 if leaning == "A" else 0.0)
    assert do(store, chosen, made, bakery).state is JobState.DONE
    assert len(store.answer_votes(made.id)) == 6  # each pair once


def test_a_judge_that_knows_what_is_good_ranks_it_first_in_both_orders(store, chosen, answered, server, bakery):
    def likes_bread(exchange):
        text = exchange.asked["messages"][-1]["content"]
        first = text.index("A: Bread") if "A: Bread" in text else -1
        listed = [{"token": letter, "logprob": -0.1 if (letter == "A") == (first >= 0) else -3.0} for letter in "AB"]
        exchange.say(200, {"choices": [{"logprobs": {"content": [{"top_logprobs": listed}]}}]})

    server.does(likes_bread)
    made = answered({"poor": ["Mud.", "Dust."], "good": ["Bread.", "Bread and soup."]})
    do(store, chosen, made, bakery)
    (judge,) = compare.ballot(store, made.id).judges
    assert [made.contenders[each.item].name for each in judge.ranking.standings] == ["good", "poor"]
    assert judge.bias == (4, 0.5)


def test_a_server_without_logprobs_writes_its_letter(store, chosen, answered, server, bakery):
    def writes(exchange):
        if exchange.asked.get("logprobs"):
            return exchange.say(400, {"error": {"message": "logprobs are not supported"}})
        text = exchange.asked["messages"][-1]["content"]
        letter = "neither" if "Dust" in text else "A" if "A: Bread" in text else "B"
        return exchange.stream(words(f"**{letter}", "stop"))

    server.does(writes)
    made = answered({"poor": ["Mud.", "Dust."], "good": ["Bread.", "Bread and soup."]})
    assert do(store, chosen, made, bakery).state is JobState.DONE
    sides = {vote.outcome: vote.p_first for vote in store.answer_votes(made.id)}
    assert sides == {Outcome.RIGHT: 0.0, Outcome.TIE: None}
    assert compare.ballot(store, made.id).judges[0].bias == (2, 0.5)


def test_a_judge_on_the_tiny_model_votes_and_a_failing_one_says_why(store, chosen, answered, tiny, server, bakery):
    made = answered({"one": ["a", "b"], "two": ["c", "d"]})
    assert do(store, chosen, made, Contender("tiny", str(tiny))).state is JobState.DONE
    assert all(0 <= vote.p_first <= 1 and vote.judge_sha256 for vote in store.answer_votes(made.id))
    server.does(says(400, "no logprobs here"))
    job = do(store, chosen, made, bakery)
    assert job.state is JobState.FAILED and "logprobs" in job.error
