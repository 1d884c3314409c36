"""The loss is on the answers only, for any template and any number of turns. pytest tests/finetune/test_masking.py"""

from pathlib import Path

import pytest

from finetune import tokenizer as starter
from finetune.masking import IGNORED, answers_only

CHAT = [
    {"role": "system", "content": "You help."},
    {"role": "user", "content": "What is for supper?"},
    {"role": "assistant", "content": "Lentil soup, at six."},
    {"role": "user", "content": "And after that?"},
    {"role": "assistant", "content": "A walk — by the river."},
]
# Qwen2.5's shape: another end token, and a newline after it that no model generates.
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.fixture(scope="module")
def tokenizer():
    texts = [message["content"] for message in CHAT] * 50
    made = starter.train(iter(texts), 600)
    made.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    return made


def learned(tokenizer, messages: list[dict]) -> list[str]:
    """Return the texts that carry loss."""
    ids, labels = answers_only(tokenizer, messages)
    assert len(ids) == len(labels)
    parts: list[list[int]] = [[]]
    for token, label in zip(ids, labels, strict=True):
        if label == IGNORED:
            parts.append([])
        else:
            assert label == token
            parts[-1].append(token)
    return [tokenizer.decode(part) for part in parts if part]


def test_each_answer_with_its_end_of_turn_and_nothing_else(tokenizer) -> None:
    expected = ["Lentil soup, at six.<|eot_id|>", "A walk — by the river.<|eot_id|>"]
    assert learned(tokenizer, CHAT) == expected


def test_a_template_with_other_marks(tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenizer, "chat_template", CHATML)
    assert learned(tokenizer, CHAT) == ["Lentil soup, at six.<|im_end|>", "A walk — by the river.<|im_end|>"]


def test_a_template_that_forgets_earlier_turns_is_refused(tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    forgetful = "{% for m in messages[-2:] %}{{ m['content'] }}{% endfor %}"
    monkeypatch.setattr(tokenizer, "chat_template", forgetful)
    with pytest.raises(ValueError, match="renders answer 2 otherwise"):
        answers_only(tokenizer, CHAT)


def test_the_ids_are_those_that_serving_sends(tokenizer) -> None:
    ids, _ = answers_only(tokenizer, CHAT)
    assert ids == tokenizer(tokenizer.apply_chat_template(CHAT, tokenize=False), add_special_tokens=False)["input_ids"]


@pytest.mark.model
def test_the_starters_own_tokenizer() -> None:
    from transformers import AutoTokenizer

    folder = Path("data/models/starter/tokenizer")
    assert learned(AutoTokenizer.from_pretrained(folder), CHAT)[0].startswith("Lentil soup")
