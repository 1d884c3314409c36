import pytest

from finetune import tokenizer
from workbench.assist import prompts

TEXTS = [
    "Neighbours lend each other tools — and a board says who has what.",
    "Title — One sentence that says who does what.",
] * 20


@pytest.fixture(scope="module")
def tok():
    return tokenizer.train(iter(TEXTS), 600)


def test_special_tokens_come_last_and_are_single_tokens(tok):
    for name in tokenizer.SPECIAL_TOKENS:
        (found,) = tok(name, add_special_tokens=False)["input_ids"]
        assert found == tok.convert_tokens_to_ids(name) >= len(tok) - len(tokenizer.SPECIAL_TOKENS)


def test_any_text_comes_back(tok):
    for text in ("Łódź 🚀👍🏽 東京", "a  b\n\n\tc", "1234567.89", "e\u0301"):
        assert tok.decode(tok(text, add_special_tokens=False)["input_ids"]) == text


def test_a_chat_has_one_begin_of_text_and_ends_each_turn(tok):
    messages = prompts.refine("a topic", "Title — text.", "cheaper")
    row = {"prompt": messages, "completion": [{"role": "assistant", "content": "Title — cheaper."}]}
    ids, system, prompt = tokenizer.render(tok, row)
    assert ids[0] == tok.bos_token_id and ids.count(tok.bos_token_id) == 1
    assert ids.count(tok.convert_tokens_to_ids("<|eot_id|>")) == 3 and ids[-1] == tok.eos_token_id
    assert tok.decode(ids[prompt:]) == "Title — cheaper.<|eot_id|>"
    assert tok.decode(ids[system:prompt]).startswith("<|start_header_id|>user<|end_header_id|>\n\nTopic: a topic")


def test_the_template_prints_no_date(tok):
    assert "date" not in tok.chat_template.lower() and "strftime" not in tok.chat_template
