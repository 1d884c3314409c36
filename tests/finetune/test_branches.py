"""Rows that share their beginning, trained side by side, are the same rows one by one."""

import json
from random import Random

import pytest

from finetune import backend, branches, masking, record, rows, trees
from finetune.config import load
from workbench.settings import ROOT

TOPIC = {
    "topic": "waste less bread",
    "ideas": [
        {"lens": "persona: driver", "title": "Bread Bus", "text": "A driver collects rolls from five shops daily."},
        {"lens": "spark: tin", "title": "Dry Box", "text": "Each baker keeps the last three rolls in a tin."},
        {"lens": "", "title": "Late Price", "text": "At six the price falls by half, and a bell rings."},
    ],
}
OTHER = {"topic": "meet the neighbours", "ideas": [TOPIC["ideas"][0]]}
SMALL = ["--max_rows", "40", "--topics", "12", "--eval_rows", "4", "--rank", "4", "--batch_tokens", "600",
         "--logging_steps", "1", "--save_steps", "2", "--eval_steps", "3", "--ideas_dir", str(ROOT / "data" / "ideas"),
         "--threads", "1"]  # fmt: skip


def chats(*topics: dict) -> list[dict]:
    found = [rows.one_idea(topic["topic"], idea) for topic in topics for idea in topic["ideas"]]
    return [{"messages": [*row["prompt"], *row["completion"]]} for row in found]


def settings_for(base, out):
    flags = ["--config", str(ROOT / "finetune" / "configs" / "smollm2-brainstorm.yaml"), "--base", str(base)]
    return load("", [*flags, "--run_dir", str(out), *SMALL], branches.DEFAULTS)


@pytest.fixture(scope="module")
def net(tiny_base):
    found, tokenizer = backend.load(settings_for(tiny_base, "unused"))
    branches.freeze_halved(found)
    return found, tokenizer


def test_rows_of_one_topic_grow_on_one_prompt_and_every_answer_is_learned(net):
    tokenizer = net[1]
    grown = branches.grown(tokenizer, chats(TOPIC, OTHER), 8)
    assert sorted(len(tree.branches) for tree, _ in grown) == [1, 3]
    tree, labels = max(grown, key=lambda pair: len(pair[0].branches))
    assert TOPIC["topic"] in tokenizer.decode(tree.prompt)
    for idea, branch, wanted in zip(TOPIC["ideas"], tree.branches, labels, strict=True):
        learned = [token for token, label in zip(branch, wanted, strict=True) if label != masking.IGNORED]
        assert tokenizer.decode(learned, skip_special_tokens=True) == f"{idea['title']} — {idea['text']}"
        assert learned[-1] == tokenizer.eos_token_id
    assert sorted(len(tree.branches) for tree, _ in branches.grown(tokenizer, chats(TOPIC), 2)) == [1, 2]


def test_the_loss_of_a_tree_is_that_of_its_rows_one_by_one(net):
    import torch

    model, tokenizer = net
    together = branches.grown(tokenizer, chats(TOPIC, OTHER), 8)
    alone = branches.grown(tokenizer, chats(TOPIC, OTHER), 1)
    assert len(alone) == 4 and sum(len(t) for t, _ in together) < 0.8 * sum(len(t) for t, _ in alone)
    with torch.no_grad():
        whole = float(branches.answer_loss(model, together, tokenizer, "cpu", "sum"))
        parts = sum(float(branches.answer_loss(model, [pair], tokenizer, "cpu", "sum")) for pair in alone)
    assert whole == pytest.approx(parts, rel=2e-3)


def test_a_branch_is_blind_to_the_others(net):
    import torch

    model, tokenizer = net
    (tree, labels), *_ = branches.grown(tokenizer, chats(TOPIC), 8)
    other = trees.Tree(tree.prompt, [tree.branches[0], *([token + 1 for token in b] for b in tree.branches[1:])])
    nothing = [[masking.IGNORED] * len(branch) for branch in labels[1:]]
    with torch.no_grad():
        losses = [
            float(branches.answer_loss(model, [(each, [labels[0], *nothing])], tokenizer, "cpu", "sum"))
            for each in (tree, other)
        ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)


def test_batches_hold_like_lengths_and_every_tree_once(net):
    grown = branches.grown(net[1], chats(TOPIC, OTHER, TOPIC), 2)
    found = branches.batches(grown, 200, Random(0))
    assert sorted(len(t) for batch in found for t, _ in batch) == sorted(len(t) for t, _ in grown)
    assert all(len(batch) == 1 or len(batch) * max(len(t) for t, _ in batch) <= 200 for batch in found)


def test_a_run_that_was_killed_goes_on_to_the_same_end(tiny_base, tmp_path, monkeypatch):
    from safetensors.torch import load_file

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    losses = branches.train(settings_for(tiny_base, whole), whole)
    log, steps = record.log, json.loads((whole / "run.json").read_text(encoding="utf-8"))["steps"]
    assert steps > 4

    def killed(folder, **row):
        log(folder, **row)
        if row["step"] == 4 and "loss" in row:
            raise KeyboardInterrupt

    monkeypatch.setattr(record, "log", killed)
    with pytest.raises(KeyboardInterrupt):
        branches.train(settings_for(tiny_base, broken), broken)
    monkeypatch.setattr(record, "log", log)
    assert not (broken / "adapter").exists()
    assert branches.train(settings_for(tiny_base, broken), broken) == losses
    one, two = (load_file(folder / "adapter" / "adapter_model.safetensors") for folder in (whole, broken))
    assert one.keys() == two.keys() and all((one[name] == two[name]).all() for name in one)
    assert losses["one_idea"] < record.curve(whole)[0]["heldout"]["one_idea"]
