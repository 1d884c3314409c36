"""The fake engine keeps the interface's promises. python -m pytest tests/engine/test_fake.py"""

import time
from collections.abc import Iterator

import pytest

from workbench.assist import prompts
from workbench.engine import open_engine
from workbench.engine.admission import MAX_QUEUED
from workbench.engine.fake import FakeEngine
from workbench.engine.interface import Finish, Job, Request, Sampling, ScoreRequest, State
from workbench.errors import EngineBusy, EngineClosed, InputError
from workbench.settings import Settings

SEEDED = Sampling(seed=1)


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    engine = FakeEngine()
    yield engine
    engine.close()


def brainstorm(*lenses: str, sampling: Sampling = SEEDED, **more: object) -> Request:
    chats = tuple(prompts.one_idea("Queues at the baker", lens) for lens in lenses)
    return Request("brainstorm", chats, sampling, **more)  # type: ignore[arg-type]


def test_the_setting_opens_it() -> None:
    engine = open_engine(Settings(engine="fake"))
    assert engine.status().error is None
    engine.close()


def test_ideas_have_the_form_differ_and_are_the_same_again(engine: FakeEngine) -> None:
    first = [s.text for s in engine.submit(brainstorm("a", "b", "c")).wait(120).sequences]
    assert all(" — " in text for text in first)
    assert len(set(first)) == 3
    assert [s.text for s in engine.submit(brainstorm("a", "b", "c")).wait(120).sequences] == first


def test_a_list_is_as_long_as_asked_for(engine: FakeEngine) -> None:
    request = Request("brainstorm", (prompts.idea_list("Queues", 5),), SEEDED)
    assert len(engine.submit(request).wait(120).sequences[0].text.splitlines()) == 5


def test_queued_replies_come_first(engine: FakeEngine) -> None:
    engine.enqueue("Bread bus — It drives.", "Second — It goes.")
    view = engine.submit(brainstorm("a", "b")).wait(120)
    assert [s.text for s in view.sequences] == ["Bread bus — It drives.", "Second — It goes."]


def test_a_queued_exception_fails_its_job_only(engine: FakeEngine) -> None:
    engine.enqueue(ValueError("no more paper"))
    view = engine.submit(brainstorm("a")).wait(120)
    assert (view.state, view.error) == (State.FAILED, "no more paper")
    assert engine.submit(brainstorm("a")).wait(120).state == State.DONE


def test_it_streams_word_by_word(engine: FakeEngine) -> None:
    engine.delay = 0.03
    engine.enqueue("one two three four five six seven eight nine ten")
    seen: list[str] = []
    engine.submit(brainstorm("a"), lambda job: seen.append(job.view().sequences[0].text)).wait(120)
    assert len(set(seen)) > 2
    assert all("one two three four five six seven eight nine ten".startswith(text) for text in seen)


def test_stop_keeps_the_partial_text(engine: FakeEngine) -> None:
    engine.hold_after = 3
    job = engine.submit(brainstorm("a", "b"))
    while not job.view().sequences[0].text:
        time.sleep(0.005)
    job.stop()
    view = job.wait(120)
    assert view.state == State.STOPPED
    assert view.sequences[0].finish == Finish.STOPPED and view.sequences[0].text


def test_a_queued_job_can_be_stopped(engine: FakeEngine) -> None:
    engine.hold_after = 3
    running, queued = engine.submit(brainstorm("a")), engine.submit(brainstorm("b"))
    queued.stop()
    assert queued.wait(120).state == State.STOPPED
    assert not running.view().ended
    running.stop()


def test_caps_and_stop_strings(engine: FakeEngine) -> None:
    engine.enqueue("one two three four", "one two\nthree")
    view = engine.submit(brainstorm("a", "b", sampling=Sampling(max_tokens=3), stop=("\n",))).wait(120)
    assert [(s.text, s.finish) for s in view.sequences] == [("one two three", Finish.LENGTH), ("one two", Finish.STOP)]


def test_scores_are_rows_that_sum_to_one(engine: FakeEngine) -> None:
    checks = tuple(prompts.check("Queues", "Bread bus — It drives.", n) for n in range(1, 9))
    view = engine.submit(ScoreRequest("evaluate", checks)).wait(120)
    assert len(view.probabilities) == 8
    assert all(sum(row) == pytest.approx(1) for row in view.probabilities)
    assert engine.submit(ScoreRequest("evaluate", checks)).wait(120).probabilities == view.probabilities


def test_refine_and_evaluate_have_their_forms(engine: FakeEngine) -> None:
    refined = engine.submit(Request("refine", (prompts.refine("Queues", "Bus — It drives.", "shorter"),))).wait(120)
    assert refined.sequences[0].text.startswith("Bus — It drives")
    judged = engine.submit(Request("evaluate", (prompts.judgement("Queues", "Bus — It drives."),))).wait(120)
    assert [line.split(":")[0] for line in judged.sequences[0].text.splitlines()] == ["Strength", "Risk", "Next step"]


def test_it_refuses_what_the_real_one_refuses(engine: FakeEngine) -> None:
    with pytest.raises(InputError, match="no adapter"):
        engine.submit(brainstorm("a", adapter="poetry"))
    engine.hold_after = 0
    jobs: list[Job] = []
    with pytest.raises(EngineBusy):
        for _ in range(MAX_QUEUED + 2):
            jobs.append(engine.submit(brainstorm("a")))  # noqa: PERF401  the last one raises
    engine.close()
    assert all(job.wait(120).ended for job in jobs)
    with pytest.raises(EngineClosed):
        engine.submit(brainstorm("a"))
