"""A toy run against its toy base, for real: losses, tasks, duels, resuming. pytest tests/finetune/test_evaluate.py"""

import json
import math
import shutil
from pathlib import Path

import pytest

from finetune import evaluate
from finetune.evaluation import duels, harness, heldout, losses, own_tasks, report, subject, voting
from finetune.evaluation.heldout import Scored
from finetune.ledger import Ledger
from tests.engine.tiny_gguf import write_base
from workbench.errors import InputError
from workbench.settings import ROOT


@pytest.fixture(autouse=True)
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that refuses at once, whatever the machine's network is."""
    import datasets.config
    import huggingface_hub.constants

    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    for module in (huggingface_hub.constants, datasets.config):  # put back afterwards, whatever the script sets
        monkeypatch.setattr(module, "HF_HUB_OFFLINE", module.HF_HUB_OFFLINE)


@pytest.fixture(scope="module")
def base(toy: Path) -> Path:
    return toy / "starter" / "pretrain" / "model"


@pytest.fixture
def run(toy: Path, base: Path, tmp_path: Path) -> Path:
    """The toy brainstorm run, copied, its adapter made strong enough to matter."""
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "run"
    shutil.copytree(toy / "brainstorm", folder)
    weights = load_file(folder / "adapter" / "adapter_model.safetensors")
    strong = {name: tensor * (200 if "lora_B" in name else 1) for name, tensor in weights.items()}
    save_file(strong, folder / "adapter" / "adapter_model.safetensors", metadata={"format": "pt"})
    return folder


def evaluated(run: Path, *flags: object) -> dict:
    given = ["--rows", "4", "--threads", "1", "--limit", "4", "--batch_size", "4", *map(str, flags)]
    return evaluate.evaluate(evaluate.parser().parse_args([str(run), *given]))


def test_losses_gain_and_forgetting_are_in_one_table(run: Path, base: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    found = evaluated(run, "--parts", "losses")
    parts = {part["name"]: part for part in found["losses"]["parts"]}
    assert {name for name, part in parts.items() if part["learned"]} == {"one_idea", "idea_list", "transfer"}
    others = {name for name, part in parts.items() if not part["learned"]}
    assert others == {"refine", "judgement", "check", "general text"}
    assert found["losses"]["general"].endswith("heldout_general.npz")
    for part in parts.values():
        assert part["difference"] == pytest.approx(part["tuned"] - part["base"], abs=2e-5) and part["difference"] != 0
        assert part["base_perplexity"] == pytest.approx(math.exp(part["base"]), rel=1e-3)
        assert part["interval"][0] <= part["difference"] <= part["interval"][1]
    # the base's loss, once more by transformers' own sum over the same labels
    model, tokenizer = AutoModelForCausalLM.from_pretrained(base, dtype="float32"), AutoTokenizer.from_pretrained(base)
    settings = subject.find(run, None).settings
    rows = next(part for part in heldout.learned(settings, None, 4) if part.name == "transfer")
    total = tokens = 0.0
    for row in heldout.tokenised(tokenizer, rows, settings.max_length):
        n = sum(label >= 0 for label in row.labels[1:])
        with torch.no_grad():
            total += float(model(input_ids=torch.tensor([row.ids]), labels=torch.tensor([row.labels])).loss) * n
        tokens += n
    assert parts["transfer"]["tokens"] == tokens
    assert parts["transfer"]["base"] == pytest.approx(total / tokens, abs=1e-4)
    text = (run / "report.md").read_text()
    assert text.count("| learned |") == 3 and text.count("| not trained on |") == 4 and "**Learned.**" in text
    assert json.loads((run / "report.json").read_text())["losses"] == found["losses"]


def test_what_was_measured_is_not_measured_again(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = losses.measure
    asked: list[int] = []

    def cut_short(*given: object) -> dict:
        """Die as a kill would, at the third part."""
        asked.append(1)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(losses, "measure", cut_short)
    with pytest.raises(KeyboardInterrupt):
        evaluated(run, "--parts", "losses")
    capsys.readouterr()
    first = evaluated(run, "--parts", "losses")
    assert capsys.readouterr().out.count("measured before") == 2
    again = evaluated(run, "--parts", "losses")
    assert capsys.readouterr().out.count("measured before") == 7 and again["losses"] == first["losses"]
    (run / "adapter" / "adapter_config.json").write_text((run / "adapter" / "adapter_config.json").read_text() + "\n")
    evaluated(run, "--parts", "losses")
    assert "measured before" not in capsys.readouterr().out  # another adapter


LOCAL = """task: soups
dataset_path: json
dataset_kwargs: {data_files: {test: soups.jsonl}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{question}}"
doc_to_choice: "{{choices}}"
doc_to_target: "{{answer}}"
metric_list: [{metric: acc, aggregation: mean, higher_is_better: true}]
"""


def test_tasks_of_the_project_and_local_ones_need_no_network(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tasks"
    folder.mkdir()
    (folder / "soups.yaml").write_text(LOCAL)
    rows = [{"question": f"Soup {n} is", "choices": ["hot", "cold"], "answer": n % 2} for n in range(6)]
    (folder / "soups.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = evaluated(run, "--parts", "tasks", "--tasks", "which_rewrite,soups", "--tasks_path", folder)["tasks"]
    assert set(found["tasks"]) == {"which_rewrite", "soups"} and not found["missing"]
    for metrics in found["tasks"].values():
        for one in metrics.values():
            assert one["rows"] == 4 and one["improvement"][0] == pytest.approx(one["tuned"][0] - one["base"][0])
    text = (run / "report.md").read_text()
    assert "| Task | Metric | Base | Tuned | Improvement |" in text and "| soups | acc | 0." in text and " ± " in text


def test_a_choice_is_scored_as_the_losses_are(run: Path) -> None:
    """lm-eval's likelihood of the right answer is ours of the same tokens: one template, one begin-of-text."""
    models = subject.Models(subject.find(run, None), "cpu")
    found = harness.Tasks(["which_rewrite"], None).run("which_rewrite", models, "tuned", batch_size=4, limit=3)
    from workbench.assist.prompts import REFINE_SYSTEM

    rows = own_tasks.build(ROOT / "data" / "ideas")["which_rewrite"][:3]
    hits = []
    for row in rows:
        scored = [
            heldout.tokenised(models.tokenizer, heldout.Part("", True, [{"messages": [
                {"role": "system", "content": REFINE_SYSTEM}, {"role": "user", "content": row["question"]},
                {"role": "assistant", "content": choice},
            ]}]), 512)[0]
            for choice in row["choices"]
        ]  # fmt: skip
        without_end = [Scored(one.ids[:-1], one.labels[:-1], "") for one in scored]
        sums = losses.negative_log_likelihoods(models, "tuned", without_end)
        hits.append(float(sums.index(min(sums)) == row["answer"]))
    assert found["samples"]["acc"] == hits


def test_without_the_hub_one_sentence_names_the_tasks(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = [str(run), "--rows", "6", "--threads", "1", "--parts", "tasks", "--tasks", "arc_challenge,hellaswag"]
    assert evaluate.main(flags) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("tasks: not measured. The data of arc_challenge, hellaswag cannot be read from the hub")
    assert "arc_challenge, hellaswag" in (run / "report.md").read_text()


def test_the_projects_tasks_are_what_their_script_makes(tmp_path: Path) -> None:
    own_tasks.write(tmp_path)
    for path in tmp_path.iterdir():
        shipped = (own_tasks.FOLDER / path.name).read_bytes()
        assert own_tasks.gzip.decompress(path.read_bytes()) == own_tasks.gzip.decompress(shipped), path.name
    for row in own_tasks.build(ROOT / "data" / "ideas")["which_idea"]:
        assert len(set(row["choices"])) == 4


def test_a_judge_sees_both_orders_and_people_get_blind_pairs(run: Path, tmp_path: Path) -> None:
    judge = write_base(tmp_path / "judge.gguf")
    flags = ("--parts", "duels", "--prompts", 4)
    without = evaluated(run, *flags)
    assert "pairs.csv" in without["not_measured"]["duels"]
    kept = run / "evaluation"
    answers = next(kept.glob("answers-*.jsonl"))
    before = answers.read_bytes()
    found = evaluated(run, *flags, "--judge", judge)
    assert answers.read_bytes() == before  # asked once
    duel = found["duels"]
    assert duel["pairs"] == duel["wins"] + duel["ties"] + duel["losses"] == 4 and duel["judge"]["model"] == "judge"
    assert duel["interval"][0] <= duel["win_rate"] <= duel["interval"][1]
    pairs = [json.loads(line) for line in (kept / "pairs.jsonl").read_text().splitlines()]
    key = json.loads((kept / "pairs-key.json").read_text())
    said = Ledger(answers).rows
    for pair in pairs:
        assert set(pair) == {"id", "prompt", "answer_a", "answer_b"} and pair["prompt"]
        for side in ("a", "b"):
            assert pair[f"answer_{side}"] == said[f"{key[pair['id']][side]} {pair['id']}"]["text"]
    votes = tmp_path / "votes.csv"
    choices = ["a" if key[pair["id"]]["a"] == "tuned" else "b" for pair in pairs]
    votes.write_text("id,choice\n" + "".join(f"{p['id']},{c}\n" for p, c in zip(pairs, choices, strict=True)))
    people = evaluated(run, *flags, "--votes", votes)["people"]
    assert (people["win_rate"], people["wins"]) == (1.0, 4)
    text = (run / "report.md").read_text()
    assert "| Tuned wins | Ties | Base wins | Win rate [95 %] |" in text and "People: 4 votes, win rate 100.0%" in text


def test_the_pairs_can_be_voted_on_in_the_app(run: Path, tmp_path: Path) -> None:
    from workbench.lab.compare import outside
    from workbench.store import Store

    evaluated(run, "--parts", "duels", "--prompts", 2)
    store = Store(tmp_path / "votes.db")
    try:
        made = outside.import_file(store, run / "evaluation" / "pairs.jsonl")
        assert len(made.prompts) == 2 and {one.name for one in made.contenders} == {"tuned", "base"}
    finally:
        store.close()


def test_a_whole_model_is_held_against_its_base(base: Path, tmp_path: Path) -> None:
    data = data_set(tmp_path / "data")
    found = evaluated(base, "--base", base, "--out", tmp_path, "--parts", "losses", "--data", data)
    parts = {part["name"]: part for part in found["losses"]["parts"]}
    assert parts["validation"]["learned"] and parts["test"]["learned"] and not parts["one_idea"]["learned"]
    assert all(part["difference"] == 0 for part in parts.values())
    assert "no clear change" in "".join(report.verdict(found)) and "better" not in "".join(report.verdict(found))


def data_set(folder: Path, kind: str = "sft") -> Path:
    folder.mkdir()

    def chat(n: int, answer: str) -> dict:
        return {"role": "assistant", "content": f"{answer} {n}"}

    for name in ("train", "validation", "test"):
        asked = [[{"role": "user", "content": f"Ask {name} {n}"}] for n in range(4)]
        rows = [{"messages": [*ask, chat(n, "An answer")]} for n, ask in enumerate(asked)]
        if kind == "dpo":
            rows = [
                {"prompt": ask, "chosen": [chat(n, "Yes, gladly,")], "rejected": [chat(n, "No")]}
                if n else {"prompt": [{"role": "user", "content": "long " * 600}]} | {
                    "chosen": [chat(n, "Cut off")], "rejected": [chat(n, "Cut off too")],
                }
                for n, ask in enumerate(asked)
            ]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "manifest.json").write_text(json.dumps({"kind": kind}))
    return folder


def test_general_text_is_read_from_any_of_its_forms(base: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    plain, rows = tmp_path / "plain.txt", tmp_path / "rows.jsonl"
    text = "\n".join(f"The baker rings bell {n} when the bread of street {n} is free to take." for n in range(40))
    plain.write_text(text)
    rows.write_text(json.dumps({"text": text}) + "\n")
    found = {path: heldout.general(tokenizer, path, 64, 1) for path in (plain, rows)}
    assert [one.ids for one in found[plain]] == [one.ids for one in found[rows]] and len(found[plain]) > 5
    assert all(len(one.ids) <= 64 and one.labels == [-100, *one.ids[1:]] for one in found[plain])
    assert heldout.general(tokenizer, ROOT / "docs", 64, 1)  # what there is without a starter's run
    rows.write_text('{"title": "no text"}\n')
    with pytest.raises(InputError, match="line 1 has no `text`"):
        heldout.general(tokenizer, rows, 64, 1)


def test_preferences_say_where_the_answers_moved(run: Path, tmp_path: Path) -> None:
    found = evaluated(run, "--parts", "losses", "--data", data_set(tmp_path / "data", "dpo"))
    names = {part["name"] for part in found["losses"]["parts"]}
    assert {"validation, chosen", "validation, rejected", "test, chosen"} <= names
    moved = found["losses"]["preferences"]["validation"]
    assert moved["rows"] == 3 and 0 <= moved["moved_to_chosen"] <= 1
    assert "moved toward the chosen answer" in (run / "report.md").read_text()


def test_the_apps_own_figures_are_taken_with_and_without_adapters(run: Path, toy: Path) -> None:
    (run / "topics.txt").write_text("The bus is late\nToo much bread is thrown away\n")
    few = ("--ideas", 2, "--quality_rows", 2, "--topics", run / "topics.txt")
    found = evaluated(run, "--parts", "quality", "--export", toy / "export", *few)
    figures = found["quality"]["figures"]
    assert "valid form" in figures and all(set(sides) == {"base", "tuned"} for sides in figures.values())
    assert "| valid form |" in (run / "report.md").read_text()


def test_the_interval_is_of_the_paired_difference_over_topics() -> None:
    groups = [f"topic {n // 4}" for n in range(400)]
    tokens, base = [10] * 400, [30.0 + n % 7 for n in range(400)]
    better = [one - 1.0 for one in base]
    assert losses.paired_interval(tokens, base, better, groups, 1) == pytest.approx([-0.1, -0.1])
    by_topic = [one + (2.0 if n // 4 % 2 else -2.0) for n, one in enumerate(base)]
    low, high = losses.paired_interval(tokens, base, by_topic, groups, 1) or (0, 0)
    alone = losses.paired_interval(tokens, base, by_topic, [str(n) for n in range(400)], 1) or (0, 0)
    assert low < 0 < high and high - low > 1.7 * (alone[1] - alone[0])  # rows of a topic are not so many witnesses
    assert losses.paired_interval(tokens, base, better, ["one"] * 400, 1) is None


def test_a_split_between_the_orders_is_a_tie() -> None:
    def row(tuned_first: float | None, base_first: float | None) -> dict:
        return {"tuned_first": tuned_first, "base_first": base_first}

    rows = [row(0.9, 0.2), row(0.9, 0.8), row(0.1, 0.3), row(0.3, 0.7), row(0.8, 0.1), row(None, 0.5)]
    found = duels.summary(rows, 1)
    assert (found["wins"], found["ties"], found["losses"], found["no_answer"]) == (2, 2, 1, 1)
    assert found["win_rate"] == 0.6 and found["first_preferred"] == 0.5
    assert duels._said(" **A**.") == 1 and duels._said("B: it is clearer") == 0 and duels._said("Neither") is None
    assert losses.wilson(5, 10) == pytest.approx([0.2366, 0.7634], abs=1e-4)


def test_bad_votes_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "pairs-key.json").write_text(json.dumps({"x": {"a": "tuned", "b": "base"}}))
    votes = tmp_path / "votes.csv"
    for rows, words in (("x,maybe\n", "line 2: 'maybe'"), ("y,a\n", "pair 'y'"), ("", "no vote")):
        votes.write_text(f"id,choice\n{rows}")
        with pytest.raises(InputError, match=words):
            voting.read(votes, tmp_path / "pairs-key.json", 1)


def test_two_evaluations_of_one_run_do_not_mix(run: Path) -> None:
    from finetune.sweeping.locks import hold

    held = hold(run / "evaluation" / ".lock")
    assert held is not None
    with held, pytest.raises(InputError, match="another process"):
        evaluated(run, "--parts", "losses")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--parts", "losses,singing"), "no part 'singing'"),
        (("--rows", "0"), "measures nothing"),
        (("--base", "nowhere"), "no base model at nowhere"),
        (("--data", "nowhere"), "no data set at nowhere"),
        (("--general", "nowhere.txt", "--parts", "losses"), "no general text at nowhere.txt"),
        (("--tasks", "sing_along", "--parts", "tasks"), "no task 'sing_along'"),
        (("--export", "nowhere", "--parts", "quality"), "no exported model at nowhere"),
        (("--judge", "nowhere.gguf", "--parts", "duels", "--prompts", "1"), "no model at nowhere.gguf"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(run: Path, flags: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputError, match=words) as fault:
        evaluated(run, *flags)
    assert "\n" not in str(fault.value)


def test_what_is_no_run_is_refused(tmp_path: Path, base: Path) -> None:
    with pytest.raises(InputError, match="no trained run, adapter or model"):
        evaluated(tmp_path, "--out", tmp_path / "out")
    with pytest.raises(InputError, match="does not say which base"):
        evaluated(base, "--out", tmp_path / "out")
    with pytest.raises(InputError, match="Say with --out"):
        evaluated(base, "--base", base)
