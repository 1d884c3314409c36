"""The figures of speed, each against the plain way or a bare loop; pairs are taken in turns, so that noise hits both.

Rates are in tokens a second.
"""

import statistics
import time

from workbench.engine.interface import Completion, ScoreRequest, View
from workbench.engine.measuring.subject import Subject, with_line

Figures = dict[str, float]
PAIRS = 5


def rate(sequences: tuple[Completion, ...]) -> float:
    """Return the tokens a second from the first token to the last."""
    first = min(s.first_token_s for s in sequences if s.first_token_s is not None)
    return (sum(s.tokens for s in sequences) - 1) / (max(s.seconds for s in sequences) - first)


def streams(subject: Subject) -> Figures:
    """One stream against a bare loop, and sixteen against one."""
    bare, one, wide = [], [], []
    for _ in range(PAIRS):
        bare.append(subject.bare_rate())
        one.append(rate(subject.run([subject.chat(64)], 64).sequences))
        shared = subject.chat(64)
        wide.append(rate(subject.run([with_line(shared, f"Lens: {i}") for i in range(16)], 32).sequences))
    return {
        "one_stream_ratio": median_ratio(one, bare),
        "wide_ratio": median_ratio(wide, one),
        "bare_tokens_per_s": statistics.median(bare),
        "one_stream_tokens_per_s": statistics.median(one),
        "wide_tokens_per_s": statistics.median(wide),
    }


def ideas(subject: Subject) -> Figures:
    """Ideas of 25 tokens on a cold 250-token prompt, side by side, against a list of them in one stream."""
    figures: Figures = {}
    for n in (16, 10):
        asked = subject.plain(subject.chat(250), 25 * n)
        per_token = asked.seconds * 25 * n / max(asked.tokens, 1)  # should the model have ended early
        shared = subject.chat(250)
        view = subject.run([with_line(shared, f"Lens: {i}") for i in range(n)], 25)
        mine = max(s.seconds for s in view.sequences)
        mine *= 25 * n / max(sum(s.tokens for s in view.sequences), 1)
        figures |= {f"ideas{n}_ratio": mine / per_token, f"ideas{n}_s": mine, f"ideas{n}_plain_s": per_token}
    return figures


def first_token(subject: Subject) -> Figures:
    """The first token on a prompt whose 300-token beginning is in the cache, against cold."""
    cold, cached = [], []
    for _ in range(3):
        shared = subject.chat(300)
        cold.append(first_of(subject.run([with_line(shared, "Goal: shorter")], 2)))
        cached.append(first_of(subject.run([with_line(shared, "Goal: bolder")], 2)))
    a, b = statistics.median(cached), statistics.median(cold)
    return {"cached_first_token_ratio": a / b, "cached_first_token_s": a, "cold_first_token_s": b}


def checks(subject: Subject) -> Figures:
    """Eight checks of a 60-token idea by their logits, against eight answers as text from a cold prompt.

    The rubric is in the cache, and a check's own part is its number and the template's end of turn.
    """
    mine, plain = [], []
    rubric = subject.chat(1, fresh=False, system=200)[:-1]
    score(subject, [*rubric, {"role": "user", "content": "Warm up"}])
    for _ in range(PAIRS):
        idea = subject.chat(60)[-1]["content"]
        started = time.monotonic()
        score(subject, *([*rubric, {"role": "user", "content": f"{idea}\nYes or no, check {i}"}] for i in range(1, 9)))
        mine.append(time.monotonic() - started)
        asked = subject.chat(60, "Answer each check with yes or no.", system=200)
        answer = subject.plain(asked, 8 * 4)  # a line is `1. yes` and its end
        plain.append(answer.seconds)
    return {
        "checks_ratio": median_ratio(mine, plain),
        "checks_s": statistics.median(mine),
        "checks_plain_s": statistics.median(plain),
    }


def score(subject: Subject, *chats: list[dict[str, str]]) -> View:
    """Ask for P(yes) after each chat."""
    return subject.engine.submit(ScoreRequest("measuring", chats, adapter=subject.names[0])).wait(600)


def stops_and_swaps(subject: Subject) -> Figures:
    """The slowest stop during a long prompt, and the call that swaps adapters."""
    stops = []
    for _ in range(3):
        job = subject.submit([subject.chat(2000)], 8)
        time.sleep(0.5 if subject.base.stat().st_size > 10**8 else 0.01)
        started = time.monotonic()
        job.stop()
        job.wait(10)
        stops.append(time.monotonic() - started)
    context, swaps = subject.engine._runner.context, []
    for i in range(20):  # the engine is idle, so its thread leaves the context alone
        started = time.perf_counter()
        context.use_adapter(subject.names[i % len(subject.names)])
        swaps.append(time.perf_counter() - started)
    context.use_adapter(subject.engine._runner.active_adapter)
    return {"cancel_ms": max(stops) * 1e3, "swap_ms": statistics.median(swaps) * 1e3}


def two_people(subject: Subject) -> Figures:
    """A second person asks while the first one's eight sequences go on; both share the system prompt.

    Their tokens a second together are held against sixteen sequences of one request, measured in turns with them.
    """
    together, wide, waits = [], [], []
    for _ in range(2):
        shared = subject.chat(64)
        wide.append(rate(subject.run([with_line(shared, f"Lens: {i}") for i in range(16)], 32).sequences))
        a, b = one_joins_another(subject)
        together.append(a)
        waits.append(b)
    return {
        "second_person_first_token_s": max(waits),
        "two_people_ratio": median_ratio(together, wide),
        "two_people_tokens_per_s": statistics.median(together),
    }


def one_joins_another(subject: Subject) -> tuple[float, float]:
    """Return the tokens a second of both while both are at work, and the second one's wait for its first token."""
    subject.run([subject.chat(1, fresh=False, system=100)], 1)
    first = subject.submit([subject.chat(20, str(i), fresh=False, system=100) for i in range(8)], 100)
    while min((s.tokens for s in first.view().sequences), default=0) < 5:
        time.sleep(0.005)
    second = subject.submit([subject.chat(30, str(i), fresh=False, system=100) for i in range(8)], 60)
    while not second.view().sequences or not min(s.tokens for s in second.view().sequences):
        time.sleep(0.005)
    began, before = time.monotonic(), tokens_of(second.view()) + tokens_of(first.view())
    while not (first.view().ended or second.view().ended):
        time.sleep(0.005)
    rate_of_both = (tokens_of(first.view()) + tokens_of(second.view()) - before) / (time.monotonic() - began)
    wait = min(s.first_token_s for s in second.wait(600).sequences if s.first_token_s is not None)
    first.wait(600)
    return rate_of_both, wait


def median_ratio(mine: list[float], other: list[float]) -> float:
    """Return the median of the ratios of pairs taken one after the other."""
    return statistics.median(a / b for a, b in zip(mine, other, strict=True))


def first_of(view: View) -> float:
    """Return the seconds to the first token."""
    seconds = view.sequences[0].first_token_s
    return view.sequences[0].seconds if seconds is None else seconds


def tokens_of(view: View) -> int:
    """Return the tokens so far, of all sequences."""
    return sum(sequence.tokens for sequence in view.sequences)
