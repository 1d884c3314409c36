"""--preview shows what the model is given, and what of it carries loss. pytest tests/finetune/test_preview.py"""

import json
from pathlib import Path

import pytest
import trl

from finetune import preview, train
from finetune import tokenizer as starter
from finetune.masking import answers_only
from tests.conftest import STARTER
from tests.finetune import chats

TEMPLATES = Path(trl.__file__).parent / "chat_templates"
END = {"llama3_2": "<|eot_id|>", "qwen2_5": "<|im_end|>", "starter": "<|eot_id|>"}


@pytest.fixture(scope="module", params=END)
def tokenizer(request: pytest.FixtureRequest):
    """The tokenizer with the template of Llama-3.2, of Qwen2.5, or of the starter, word for word."""
    made = starter.train(iter([chats.sentence(n) for n in range(200)]), 700)
    made.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    if request.param != "starter":
        made.chat_template = (TEMPLATES / f"{request.param}.jinja").read_text(encoding="utf-8")
    made.ending = END[request.param]
    return made


def test_a_chat_of_several_turns_is_marked_with_each_template(tokenizer) -> None:
    messages = chats.sft(3)["messages"]
    ids, labels = answers_only(tokenizer, messages)
    shown = preview.marked(tokenizer, ids, [label >= 0 for label in labels])
    assert shown.count("⟦") == 2
    for number in (3, 43):
        assert f"⟦{chats.sentence(number)}{tokenizer.ending}⟧" in shown
    assert shown.replace("⟦", "").replace("⟧", "") == tokenizer.decode(ids)
    assert "⟦" not in shown.partition("Think of idea 3")[0]


@pytest.mark.parametrize("kind", ["dpo", "kto"])
def test_preferences_are_marked_with_each_template(tokenizer, kind: str) -> None:
    for row in (chats.KINDS[kind](n) for n in (3, 4)):
        made = preview._with_ids(row, tokenizer)
        for name, ids, learned in preview._sequences(made, kind):
            text = chats.sentence(3) if "unwanted" not in name and "rejected" not in name else "No idea."
            if kind == "dpo" and row["prompt"] == chats.ask(4) and "chosen" in name:
                text = chats.sentence(4)
            shown = preview.marked(tokenizer, ids, learned)
            assert f"⟦{text}{tokenizer.ending}" in shown and shown.count("⟦") == 1


@pytest.mark.parametrize("kind", ["sft", "dpo", "kto"])
def test_train_shows_its_own_rows_and_trains_nothing(
    tiny_base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    data = chats.write(tmp_path / "data", kind)
    train.main([*chats.flags(tiny_base, data, tmp_path / "run"), "--preview"])
    shown = capsys.readouterr().out
    assert shown.count("--- row") == (6 if kind == "dpo" else 3)
    assert "--- row 1" in shown and shown.count("⟦") == (6 if kind != "kto" else 3)
    assert "<|begin_of_text|>" in shown and "<|eot_id|>⟧" in shown
    assert not (tmp_path / "run").exists()


def test_prepare_shows_what_train_will_show(
    tiny_base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = chats.write(tmp_path / "data", "dpo")
    train.main([*chats.flags(tiny_base, data, tmp_path / "run", chat_template="null"), "--preview"])
    of_train = [line for line in capsys.readouterr().out.splitlines() if "⟦" in line or "---" in line]
    preview.show_prepared(data, str(STARTER / "tokenizer"))
    assert [line for line in capsys.readouterr().out.splitlines() if "⟦" in line or "---" in line] == of_train
    assert json.loads((data / "manifest.json").read_text())["kind"] == "dpo"
