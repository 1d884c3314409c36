"""Rows from a teacher: asked, killed, asked again, filtered. pytest tests/finetune/test_distill.py"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from finetune import config, distill, prepare
from finetune.distilling import reading
from finetune.distilling.asks import Ask
from finetune.distilling.pace import Pace
from finetune.ledger import Ledger
from finetune.rowdata.forms import Unusable

# Fixtures of the remote engine's tests: llama-cpp-python's own server, and one that does what it is told.
from tests.engine.remote.conftest import llama_server as llama_server
from tests.engine.remote.conftest import wayward as wayward
from tests.engine.remote.wayward import Exchange, Wayward, says, words
from tests.engine.tiny_gguf import write_base
from workbench.assist import prompts
from workbench.errors import EngineError, InputError

PATIENT = 240  # seconds, on a busy machine
NAMES = ("Lamp", "River", "Bell", "Queue", "Soup", "Shelf", "Ladder", "Radio", "Button", "Kite", "Stamp", "Mirror")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny GGUF, for the server and as a local teacher."""
    folder = tmp_path_factory.mktemp("teacher")
    write_base(folder / "base.gguf", endless=False)
    return folder


def idea(seed: int) -> str:
    """An idea that shares few words with another seed's."""
    one, two, three = (NAMES[(seed * k + k) % len(NAMES)] for k in (1, 5, 7))
    verbs = ("paints", "lends", "counts", "hides", "trades", "mends", "sings to", "maps", "wraps", "swaps", "buries")
    return f"{one} {seed} — {two} keeper {seed} {verbs[seed % 11]} {seed % 97} {three.lower()}s in street {seed % 89}."


def teaches(exchange: Exchange) -> None:
    """Answer as a good teacher would, the same question always alike."""
    asked = exchange.asked
    question, seed = asked["messages"][-1]["content"], int(asked.get("seed", 0))
    if asked.get("logprobs"):
        yes = {"token": "yes", "logprob": -0.05}
        exchange.say(200, {
            "choices": [{"logprobs": {"content": [{"top_logprobs": [yes, {"token": "no", "logprob": -3.0}]}]}}],
            "usage": {"prompt_tokens": 11, "completion_tokens": 1},
        })  # fmt: skip
        return
    if "ideas, one on each line" in question:
        text = "\n".join(f"{n}. {idea(seed % 1000 + 13 * n)}" for n in range(1, 5))
    elif "Goal:" in question:
        text = question.split("Idea: ")[1].split("\n")[0].replace(".", f", every Monday at {seed % 9 + 1} sharp.")
    elif "Strength" in question:
        text = f"Strength: It is {seed % 1000} new.\nRisk: It may cost {seed % 77} coins.\nNext step: Ask {seed % 55}."
    else:
        text = f"**{idea(seed % 1000)}**"
    usage = {"prompt_tokens": 20, "completion_tokens": 10}
    exchange.stream(words(text), words("", "stop"), {"choices": [], "usage": usage})


@pytest.fixture
def teacher(wayward: Wayward) -> Wayward:
    """A server that teaches."""
    wayward.does(teaches)
    return wayward


@pytest.fixture
def topics(tmp_path: Path) -> Path:
    path = tmp_path / "topics.txt"
    path.write_text("The bus is late each morning\n\nToo much bread is thrown away\n")
    return path


def arguments(url: str, topic_file: Path, out: Path, **changes: object) -> list[str]:
    flags = {
        "teacher": url, "teacher_model": "tiny", "licence": "CC0-1.0", "out_dir": out, "topics": topic_file,
        "lenses": 2, "list_size": 4, "ideas_per_topic": 1, "goals": 1, "concurrency": 2, "languages": "[]",
    }  # fmt: skip
    pairs = (flags | changes).items()
    return ["finetune/configs/distill.yaml", *(part for key, value in pairs for part in (f"--{key}", str(value)))]


def settings(url: str, topic_file: Path, out: Path, **changes: object) -> SimpleNamespace:
    return config.load("", ["--config", *arguments(url, topic_file, out, **changes)], distill.DEFAULTS)


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def without_time(path: Path) -> list[dict]:
    return [{key: value for key, value in row.items() if key != "time"} for row in lines(path)]


def test_a_teacher_answers_topics_rewrites_and_judges(teacher: Wayward, topics: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = distill.distill(settings(teacher.url, topics, out, price_prompt=2, price_completion=4))
    rows, checks, judged = (lines(out / f"{name}.jsonl") for name in ("rows", "checks", "judged"))
    # two topics: two lens rows and a list each; then one idea each with a rewrite and a judgement
    tasks = ("one_idea",) * 4 + ("idea_list",) * 2 + ("refine",) * 2 + ("judgement",) * 2
    assert sorted(row["task"] for row in rows) == sorted(tasks)
    for row in rows:
        assert row["teacher"] == {"model": "tiny", "server": teacher.url.removesuffix("/v1")} and row["time"]
        assert row["teacher_prompt"][0]["content"].startswith(row["messages"][0]["content"])
        assert row["sampling"]["seed"] is not None and row["sampling"]["temperature"] == 0.8
        assert row["messages"][-1]["role"] == "assistant" and "**" not in row["messages"][-1]["content"]
    assert len(checks) == 2 * 8 and {row["messages"][-1]["content"] for row in checks} == {"yes"}
    assert all(min(row["p_yes"]) > 0.9 and row["checks"] == [1] * 8 and all(row["sure"]) for row in judged)
    assert all(row["strength"] and row["next_step"] for row in judged)
    assert made["licence"] == "CC0-1.0" and made["complete"] and made["counts"]["check"]["asked"] == 2
    # 10 written answers of 20 + 10 tokens, 32 probabilities of 11 + 1
    assert made["tokens"] == {"prompt": 10 * 20 + 32 * 11, "completion": 10 * 10 + 32, "answers_uncounted": 0}
    assert made["cost"] == pytest.approx((552 * 2 + 132 * 4) / 1e6, abs=1e-4)
    feeds_prepare(out, tmp_path)


def feeds_prepare(out: Path, tmp_path: Path) -> None:
    common = {
        "seed": 1, "splits": {"train": None, "validation": 0.5}, "group_by": None, "min_chars": 5, "max_chars": 9000,
        "min_score": None, "drop_refusals": True, "languages": [],
    }  # fmt: skip
    for name, near, kept in (("rows", 0.8, 10), ("checks", None, 16)):
        source = {"path": str(out / f"{name}.jsonl"), "licence": "CC0-1.0"}
        folder = str(tmp_path / name)
        made = prepare.prepare(SimpleNamespace(**common, out_dir=folder, sources=[source], near_duplicates=near))
        assert made["kind"] == "sft" and sum(made["counts"]["splits"].values()) == kept
        assert set(made["licences"].values()) == {"CC0-1.0"}


@pytest.mark.slow
def test_a_killed_run_goes_on_and_no_row_is_lost_or_doubled(teacher: Wayward, topics: Path, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    fewer = {"tasks": "[one_idea, idea_list, judgement]"}
    distill.distill(settings(teacher.url, topics, whole, **fewer))
    asked_once = len(teacher.seen)
    let_go: list[int] = []

    def up_to_five(exchange: Exchange) -> None:
        """Answer five, then leave the others waiting: the kill comes in the middle of requests."""
        with exchange.server.lock:
            let_go.append(1)
            mine = len(let_go)
        if mine > 5:
            exchange.server.release.wait(PATIENT)
        teaches(exchange)

    teacher.does(up_to_five)
    command = [sys.executable, "-m", "finetune.distill", *arguments(teacher.url, topics, killed, **fewer)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENT
    while not ((killed / "answers.jsonl").is_file() and len(lines_so_far(killed / "answers.jsonl")) == 5):
        assert child.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait(PATIENT)
    teacher.release.set()
    with (killed / "answers.jsonl").open("ab") as file:
        file.write(b'{"key": "cut off in the mid')  # what a kill within a write leaves
    teacher.does(teaches)
    before = len(teacher.seen)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=PATIENT)
    keys = [row["key"] for row in lines(killed / "answers.jsonl")]
    assert len(keys) == len(set(keys)) and set(keys) == {row["key"] for row in lines(whole / "answers.jsonl")}
    assert len(teacher.seen) - before == asked_once - 5  # what was answered is not asked again
    for name in ("rows", "checks", "judged", "left_out"):
        assert without_time(killed / f"{name}.jsonl") == without_time(whole / f"{name}.jsonl"), name


def lines_so_far(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n")[:-1] if line]


def test_a_busy_server_is_asked_again_and_its_wait_is_kept(teacher: Wayward, topics: Path, tmp_path: Path) -> None:
    teacher.does(teaches, says(429, "slow down", Retry_After="1"), says(503, "loading"), teaches)
    began = time.monotonic()
    made = distill.distill(settings(teacher.url, topics, tmp_path / "out", tasks="[idea_list]", concurrency=1))
    assert made["complete"] and made["counts"]["idea_list"]["answered"] == 2
    assert time.monotonic() - began >= 1  # Retry-After
    assert len(teacher.seen) == 2 + 2


def test_a_fault_of_the_engine_is_waited_out_longer_and_longer(
    teacher: Wayward, topics: Path, tmp_path: Path
) -> None:
    from finetune.distilling.teacher import Teacher

    chosen, waits = settings(teacher.url, topics, tmp_path / "out", retries=3), []
    teacher.does(teaches, says(400, "odd"), says(400, "odd"), teaches)
    asked = Teacher(chosen, wait=waits.append)
    try:
        ask = ask_of("one_idea", prompts.one_idea("bread"))
        asked.answer([ask])
        assert asked.answer([ask])[0]["text"]
        assert len(waits) == 2 and 1.6 <= waits[0] <= 2.4 and 3.2 <= waits[1] <= 4.8
        teacher.does(says(400, "odd"))
        with pytest.raises(EngineError, match="refused the request with 400"):
            asked.answer([ask])
        assert len(waits) == 2 + 3
    finally:
        asked.close()


def test_what_came_before_a_fault_is_kept(
    teacher: Wayward, topics: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    teacher.does(teaches, teaches, says(401))
    fewer = {"tasks": "[one_idea, idea_list]", "retries": 0, "concurrency": 1}
    flags = arguments(teacher.url, topics, tmp_path / "out", **fewer)
    assert distill.main(flags) == 1
    said = capsys.readouterr().err
    assert "asks for a key" in said and "goes on from there" in said and said.count("\n") == 1
    made = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert not made["complete"] and made["counts"]["written"]["rows"] == 2
    teacher.does(teaches)
    assert distill.main(flags) == 0
    assert len(lines(tmp_path / "out" / "rows.jsonl")) == 6


def test_a_server_that_never_answered_is_not_waited_for(topics: Path, tmp_path: Path) -> None:
    made = distill.distill(settings("http://127.0.0.1:9/v1", topics, tmp_path / "out", concurrency=1))
    assert "cannot be reached" in made["fault"] and made["counts"]["written"]["rows"] == 0


def test_a_real_server_and_a_local_file_teach(llama_server: str, tiny: Path, topics: Path, tmp_path: Path) -> None:
    """The tiny model says nothing of use: every answer is refused with its reason, and counted."""
    for name, where in (("server", llama_server), ("file", str(tiny / "base.gguf"))):
        out = tmp_path / name
        chosen = settings(where, topics, out, max_topics=1, max_tokens=8, tasks="[one_idea, idea_list]", min_chars=1)
        made = distill.distill(chosen)
        assert made["complete"] and made["counts"]["one_idea"]["answered"] == 2, name
        assert (made["tokens"]["answers_uncounted"] == 0) == (name == "file")
        refused = sum(sum(made["counts"][task]["left_out"].values()) for task in ("one_idea", "idea_list"))
        assert refused == made["counts"]["written"]["left_out"] == 3 - made["counts"]["written"]["rows"]
        assert len(lines(out / "answers.jsonl")) == 3
        answered = Ledger(out / "answers.jsonl")
        assert distill.distill(chosen)["counts"] == made["counts"] and len(answered.rows) == 3


def ask_of(task: str, *chats: list[dict], **facts: object) -> Ask:
    return Ask(task, "bread", chats, chats, 1, facts)


GOOD = "Bread Bell — The baker rings a bell when yesterday's bread is free to take."


@pytest.mark.parametrize(
    ("task", "text", "facts", "reason"),
    [
        ("one_idea", "Sure! Here are some ideas", {}, "not in the form"),
        ("one_idea", f"{GOOD}\n{GOOD}", {}, "more than the one line"),
        ("one_idea", "  \n", {}, "no answer"),
        ("idea_list", f"{GOOD}\nno\nno", {"n": 3}, "fewer than 3"),
        ("idea_list", f"{GOOD}\n{GOOD}\n{GOOD}", {"n": 3}, "repeat each other"),
        ("refine", GOOD, {"idea": GOOD}, "the idea as it was"),
        ("refine", GOOD, {"idea": "Bread Bell — On Fridays at 5 the baker Amadou rings a bell."}, "is gone"),
        ("judgement", "Strength: good.\nRisk: none.", {}, "is missing"),
    ],
)
def test_answers_of_no_use_are_refused_with_a_reason(task: str, text: str, facts: dict, reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        reading.read(ask_of(task, prompts.one_idea("bread"), **facts), {"text": text, "cut_off": False})


def test_a_list_of_fewer_ideas_is_one_of_that_number() -> None:
    text = "\n".join(["Here you go:", f"1. {GOOD}", f"- {idea(3)}", f"* {idea(7)}"])
    ask = ask_of("idea_list", prompts.idea_list("bread", 6), n=6)
    chat, answer = reading.read(ask, {"text": text, "cut_off": False})
    assert chat == prompts.idea_list("bread", 3) and answer.split("\n")[0] == GOOD


def test_a_check_counts_when_both_orders_agree_surely() -> None:
    chats = [prompts.check("bread", GOOD, n, 0, order) for n in range(1, 9) for order in (0, 1)]
    p_yes = [0.9, 0.8, 0.9, 0.4, 0.55, 0.6, 0.1, 0.2, *[0.5] * 8]
    found = reading.checks(ask_of("check", *chats), {"p_yes": p_yes}, 0.7)
    assert [check["sure"] for check in found] == [True, False, False, True, False, False, False, False]


def test_the_pace_is_kept() -> None:
    at, waits = [0.0], []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        at[0] += seconds

    pace = Pace(30, now=lambda: at[0], wait=wait)
    for _ in range(3):
        pace.take()
    assert waits == pytest.approx([2, 2])
    pace.take(16)  # a group goes when the place of its last one has come
    pace.take()
    assert sum(waits) == pytest.approx(4 + 32 + 2)


def test_a_full_disk_leaves_the_ledger_whole(tmp_path: Path) -> None:
    """A file of one page in a process that may write no more than that stands for a full disk."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from finetune.ledger import Ledger\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "ledger = Ledger(Path(sys.argv[1]))\n"
        "try:\n"
        "    for n in range(9): ledger.add({'key': str(n), 'text': 'x' * 1000})\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    path = tmp_path / "answers.jsonl"
    command = [sys.executable, "-c", code, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=PATIENT).stdout
    assert said.startswith("InputError") and "cannot be written to" in said and said.count("\n") == 1
    assert [row["key"] for row in lines(path)] == ["0", "1", "2"]


def test_the_ledger_takes_a_key_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a" / "b.jsonl")
    ledger.add({"key": "x", "text": "é\n"})
    ledger.add({"key": "x", "text": "another"})
    assert lines(tmp_path / "a" / "b.jsonl") == [{"key": "x", "text": "é\n"}]
    (tmp_path / "a" / "b.jsonl").open("ab").write(b'{"key": "y"')
    again = Ledger(tmp_path / "a" / "b.jsonl")
    again.add({"key": "z"})
    assert [row["key"] for row in lines(tmp_path / "a" / "b.jsonl")] == ["x", "z"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"licence": "null"}, "names no licence"),
        ({"tasks": "[one_idea, sing]"}, "no task 'sing'"),
        ({"tasks": "[refine]"}, "teacher's own ideas"),
        ({"teacher": "nowhere.gguf"}, "no model at nowhere.gguf"),
        ({"teacher_model": ""}, "Name the one to ask"),
        ({"topics": "nowhere.txt"}, "no topics at nowhere.txt"),
        ({"requests_per_minute": 0}, "never asks"),
        ({"max_topics": 0}, "asks for nothing"),
    ],
)
def test_bad_settings_are_one_sentence(topics: Path, tmp_path: Path, changes: dict, words: str) -> None:
    with pytest.raises(InputError, match=words) as fault:
        distill.distill(settings("http://127.0.0.1:9/v1", topics, tmp_path / "out", **changes))
    assert "\n" not in str(fault.value) and not (tmp_path / "out" / "rows.jsonl").exists()


def test_topics_that_figures_are_measured_on_are_never_asked(tmp_path: Path) -> None:
    from finetune import ideas
    from finetune.distilling import asks

    _, heldout = ideas.split(ideas.read(Path("data/ideas")))
    held_out = heldout["brainstorm"][0]["topic"]
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"topic": held_out}) + "\n" + json.dumps({"topic": "Our own topic"}) + "\n")
    found = asks.ground(settings("x", path, tmp_path))
    assert (found.topics, found.held_out) == (["Our own topic"], 1)


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The config and the idea set are named from the project's root."""
    monkeypatch.chdir(Path(__file__).parents[2])
    yield
