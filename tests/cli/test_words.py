"""What the command line accepts, refuses and explains; around the model, not of it.

    python -m pytest tests/cli/test_words.py
"""

import json
import signal
import subprocess
import sys
import time

import pytest

from workbench.settings import ROOT
from workbench.store import Store

TOPIC = "Rain on market day"
IDEA = "Umbrella Row — Stallholders lend umbrellas against a coin, so that shoppers stay."
VERBS = {
    "brainstorm": [TOPIC],
    "refine": [IDEA, "--topic", TOPIC, "--goal", "bolder"],
    "evaluate": [IDEA, "--topic", TOPIC],
}
FIELDS = {
    "brainstorm": ["topic", "n", "ideas", "different", "model", "seed", "seconds"],
    "refine": ["topic", "idea", "goal", "refined", "rewrites", "model", "seed", "seconds"],
    "evaluate": [
        "topic", "idea", "rubric", "checks", "answers", "scores", "intervals", "ways", "bias", "strength", "risk",
        "next_step", "model", "seed", "seconds",
    ],
}


@pytest.mark.parametrize("verb", VERBS)
def test_json_has_exactly_the_promised_fields(fake, verb):
    done = fake(verb, *VERBS[verb], "--json")
    assert done.returncode == 0, done.stderr.decode()
    assert list(json.loads(done.stdout)) == FIELDS[verb]


@pytest.mark.parametrize("verb", VERBS)
def test_help_explains_every_field_with_an_example(fake, verb):
    words = fake(verb, "--help").stdout.decode()
    for field in FIELDS[verb]:
        assert any(line.startswith(f"  {field}") or f", {field}" in line for line in words.splitlines()), field
    example = next(line for line in words.splitlines() if "example:" in line).partition("example:")[2]
    [record] = fake.lines(verb, rows=[json.loads(example)])
    assert "error" not in record


@pytest.mark.parametrize("verb", VERBS)
def test_plain_text_is_not_json(fake, verb):
    done = fake(verb, *VERBS[verb], "--seed", "7")
    assert done.returncode == 0
    assert "seed 7" in done.stdout.decode()
    with pytest.raises(ValueError, match=r"Expecting|Extra data"):
        json.loads(done.stdout)


def test_options_can_say_what_words_say(fake):
    done = fake("evaluate", "--idea", IDEA, "--topic", TOPIC, "--json")
    assert json.loads(done.stdout)["idea"] == IDEA


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["brainstorm"], "brainstorm needs topic"),
        (["brainstorm", "  "], "Nothing was given"),
        (["brainstorm", TOPIC, "--n", "0"], "n=0"),
        (["brainstorm", TOPIC, "--n", "1000"], "1000 ideas"),
        (["brainstorm", TOPIC, "--temperature", "-1"], "temperature=-1"),
        (["brainstorm", TOPIC, "--temperature", "nan"], "temperature=nan"),
        (["brainstorm", TOPIC, "--seed", "-1"], "seed=-1"),
        (["refine", IDEA, "--topic", TOPIC], "refine needs goal"),
        (["evaluate", IDEA], "where a topic or question belongs"),
        (["evaluate", IDEA, "--idea", IDEA, "--topic", TOPIC], "given twice"),
        (["evaluate", "--input", "/nonexistent.jsonl"], "There is no file /nonexistent.jsonl"),
        (["library", " "], "Nothing was given"),
        (["library", "rain", "--n", "0"], "--n 0"),
    ],
)
def test_a_wrong_word_gets_one_sentence(fake, words, said):
    done = fake(*words)
    assert done.returncode == 1
    assert done.stdout == b""
    assert said in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_words_that_are_no_text_get_one_sentence(fake):
    done = fake("brainstorm", b"half a character: \xff")
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)
    assert b"topic=" in done.stderr
    assert fake("library", b"smoke alarm \xff").returncode == 0


def test_a_setting_that_cannot_be_used_gets_one_sentence(fake):
    done = fake("brainstorm", TOPIC, env={"WORKBENCH_CONTEXT": "many"})
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"WORKBENCH_CONTEXT" in done.stderr


def test_a_model_that_is_not_there_gets_one_sentence(fake):
    done = fake("brainstorm", TOPIC, "--json", "--model", "/nonexistent.gguf", env={"WORKBENCH_ENGINE": "llama"})
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"nonexistent.gguf" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_unknown_options_are_a_usage_error(fake):
    assert fake("brainstorm", TOPIC, "--colour", "red").returncode == 2


def test_a_file_gives_one_line_for_each_line_in_the_same_order(fake):
    rows = [{"topic": f"Topic number {i}", "n": i, "id": f"row {i}", "note": "left alone"} for i in (1, 2, 3)]
    records = fake.lines("brainstorm", "--seed", "5", rows=rows)
    assert [(record["topic"], len(record["ideas"]), record["id"], record["seed"]) for record in records] == [
        (row["topic"], row["n"], row["id"], 5) for row in rows
    ]
    assert not any("note" in record for record in records)


def test_a_line_s_own_fields_win_over_the_options(fake):
    rows = [{"topic": "A", "seed": 9}, {"topic": "B", "n": 1}]
    records = fake.lines("brainstorm", "--seed", "5", "--n", "2", rows=rows)
    assert [(record["seed"], record["n"]) for record in records] == [(9, 2), (5, 1)]


def test_lenses_are_taken_in_turn(fake):
    done = fake("brainstorm", TOPIC, "--n", "3", "--lens", "combine", "--lens", "persona: bus driver", "--json")
    assert [idea["lens"] for idea in json.loads(done.stdout)["ideas"]] == ["combine", "persona: bus driver", "combine"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"not json", "not JSON"),
        (b"", "not JSON"),
        (b'"text"', "not an object"),
        (b'{"idea": "x"}', "needs topic"),
        (b'{"topic": 7}', "topic=7"),
        (b'{"topic": "x", "n": "many"}', "n='many'"),
        (b'{"topic": "x", "n": NaN}', "n=nan"),
        (b'{"topic": "\xff\xfe"}', "not JSON"),
        (b'{"topic": "half a character: \\ud800", "id": "\\ud800"}', "topic="),
    ],
)
def test_a_bad_line_is_said_and_the_rest_goes_on(fake, bad, said):
    good = json.dumps({"topic": TOPIC, "n": 1}).encode()
    done = fake("brainstorm", "--input", "-", stdin=good + b"\n" + bad + b"\n" + good)
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1
    assert "error" not in first | third
    assert second["line"] == 2
    assert said in second["error"]
    assert "Line 2" in done.stderr.decode()


def test_a_line_comes_out_before_the_next_goes_in(fake):
    process = fake.start("brainstorm", "--n", "1", "--input", "-", stdin=subprocess.PIPE)
    for topic in ("First", "Second"):
        process.stdin.write(json.dumps({"topic": topic}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["topic"] == topic  # the test's timeout would end a wait
    process.stdin.close()
    assert process.wait(120) == 0


def test_text_is_utf_8_whatever_the_locale(fake):
    topic = "Königsberger Klöpse — 夏 🌧"
    done = fake("brainstorm", topic, "--n", "1", "--json", env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout.decode("utf-8"))["topic"] == topic


def test_a_closed_pipe_ends_it_without_a_word(fake):
    rows = fake.folder / "rows.jsonl"
    rows.write_text('{"topic": "Rain", "n": 1}\n' * 2000)  # more than a pipe holds
    process = fake.start("brainstorm", "--input", str(rows))
    assert json.loads(process.stdout.readline())
    process.stdout.close()
    assert process.wait(120) == 1
    assert process.stderr.read() == b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_what_is_there(endless, number):
    process = endless.start("brainstorm", TOPIC, "--n", "4", "--json")
    store = Store(endless.folder / "workbench.db")
    while not any(row.text for row in store.generations()) and process.poll() is None:
        time.sleep(0.05)
    store.close()
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert err == b""
    record = json.loads(out)
    assert record["stopped"] is True
    assert record["ideas"]


def test_ctrl_c_keeps_the_lines_before(fake):
    process = fake.start("brainstorm", "--n", "1", "--input", "-", stdin=subprocess.PIPE)
    process.stdin.write(b'{"topic": "First"}\n')
    process.stdin.flush()
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert json.loads(first)["topic"] == "First"
    assert (rest, err) == (b"", b"")


def test_the_library_answers_without_a_model(fake):
    for _ in range(5):  # a busy machine may take longer now and then
        done = fake("library", "smoke alarm battery", "--n", "4", "--json", env={"WORKBENCH_MODEL": "/nonexistent"})
        record = json.loads(done.stdout)
        if record["seconds"] < 0.5:
            break
    assert len(record["ideas"]) == 4
    assert set(record["ideas"][0]) == {"id", "domain", "topic", "lens", "title", "text"}
    assert record["seconds"] < 0.5


def test_models_says_what_is_wrong_with_one(fake):
    [row] = [
        row for row in json.loads(fake("models", "--json", "--model", "/nonexistent.gguf").stdout) if row["used"]
    ]
    assert "nonexistent.gguf" in row["error"]


REMOTE = {"WORKBENCH_ENGINE": "remote", "WORKBENCH_REMOTE_URL": "https://gpu-box/v1", "WORKBENCH_REMOTE_MODEL": "big"}


def test_models_says_where_prompts_go_when_a_server_is_used(fake):
    done = fake("models", "--json", env=REMOTE | {"WORKBENCH_REMOTE_KEY": "sk-secret-7"})
    [row] = [row for row in json.loads(done.stdout) if row["used"]]
    assert (row["name"], row["path"]) == ("big", "https://gpu-box")
    assert row["notes"] == "Prompts leave this computer: big at https://gpu-box answers them."
    assert b"sk-secret" not in done.stdout + done.stderr
    assert b"Prompts leave this computer" in fake("models", env=REMOTE).stdout


def test_a_server_that_is_not_there_is_one_sentence(fake):
    done = fake("brainstorm", TOPIC, env=REMOTE | {"WORKBENCH_REMOTE_URL": "http://127.0.0.1:9"})
    assert done.returncode == 1 and not done.stdout.strip()
    assert b"The server at http://127.0.0.1:9 cannot be reached" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_was_generated_is_logged(fake):
    assert fake("brainstorm", TOPIC, "--n", "2", "--seed", "11", "--json").returncode == 0
    store = Store(fake.folder / "workbench.db")
    assert sorted(row.seed for row in store.generations(task="brainstorm")) == [11, 12]
    store.close()


def test_a_python_without_the_packages_gets_one_sentence(fake):
    command = [sys.executable, "-S", "-m", "workbench", "models"]  # -S: no site-packages
    done = subprocess.run(command, cwd=ROOT, env=fake.env, capture_output=True, timeout=240)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)
    assert b"make setup" in done.stderr
