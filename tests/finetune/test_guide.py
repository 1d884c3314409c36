"""Guidance toward the topic, taught to the adapter."""

import json

import pytest

from finetune import guide


def test_guidance_pushes_away_from_what_is_said_without_a_topic():
    import torch

    with_topic = torch.log_softmax(torch.tensor([[2.0, 2.0, 0.0, -9.0]]), -1)
    without = torch.log_softmax(torch.tensor([[2.0, 0.0, 0.0, -20.0]]), -1)
    found = guide.guided(with_topic, without, 2.0, 0.02).exp()[0]
    assert float(found.sum()) == pytest.approx(1)
    assert found[1] > 0.9  # as likely as the first under the topic, and much less without it
    assert found[3] < 1e-6  # unlikely under the topic: not dug up, though the topic makes it likelier still
    same = guide.guided(with_topic, without, 0.0, 1e-9).exp()[0]
    assert torch.allclose(same, with_topic.exp()[0], atol=1e-6)


def test_the_stage_comes_nearer_to_its_guided_self(toy):
    found = json.loads((toy / "brainstorm" / "guide.json").read_text(encoding="utf-8"))
    assert (toy / "brainstorm" / guide.BEFORE / "adapter_model.safetensors").is_file()
    alpha = [
        json.loads((toy / "brainstorm" / name / "adapter_config.json").read_text(encoding="utf-8"))["lora_alpha"]
        for name in (guide.BEFORE, "adapter")
    ]
    assert alpha[1] == found["config"]["kept"] * alpha[0]
    first, last = found["curve"][0]["heldout"], found["curve"][-1]["heldout"]
    assert 0 < last["kl"] < first["kl"]
