"""The eight checks in one pass are the eight checks one by one."""

import json

import pytest

from finetune import checks, ideas
from workbench.assist import prompts
from workbench.settings import ROOT

from . import tiny_models


@pytest.fixture(scope="module")
def random_base(tmp_path_factory):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = tiny_models.llama(tmp_path_factory.mktemp("base") / "model")
    return AutoModelForCausalLM.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)


class Bare:
    """What `answers` asks of a peft model."""

    def __init__(self, model):
        self.model = model

    def get_base_model(self):
        return self.model


def test_each_answer_in_the_tree_is_that_of_its_own_prompt(random_base):
    import torch

    model, tokenizer = random_base
    held = ideas.split(ideas.read(ROOT / "data" / "ideas"))[1]["evaluate"][:3]
    with torch.no_grad():
        asked = [checks.tree(tokenizer, row) for row in held]
        together = checks.answers(Bare(model), asked, tokenizer, "cpu").unflatten(0, (3, 8))
        for at, row in enumerate(held):
            for number in range(1, 9):
                chat = prompts.check(row["topic"], row["idea"], number)
                text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
                ids = tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"]
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    alone = model(ids).logits[0, -1].float()
                spread = float(alone.std())
                assert float((together[at, number - 1] - alone).abs().max()) < 0.1 * spread + 0.05, (at, number)
        answers = together[0].argsort(-1)[:, -20:]
    assert len({tuple(row.tolist()) for row in answers}) > 1  # the eight questions are not all answered alike


def test_the_stage_keeps_the_adapter_from_before_and_says_what_it_brought(toy):
    found = json.loads((toy / "refine" / "checks.json").read_text(encoding="utf-8"))
    assert (toy / "refine" / "adapter-before-checks" / "adapter_model.safetensors").is_file()
    assert len(found["kept"]["auc"]) == 8
    assert found["curve"][0]["step"] == 0 and found["curve"][-1]["step"] == 4
    assert found["kept"]["auc_mean"] == max(row["auc_mean"] for row in found["curve"])


def test_every_idea_comes_once_before_any_comes_again():
    from random import Random

    picked = [i for batch in checks.batches(6, 2, 6, Random(0)) for i in batch]
    assert sorted(picked[:6]) == sorted(picked[6:]) == list(range(6))
