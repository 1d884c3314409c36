"""Merged weights are those that peft merges, whatever the adapter. pytest tests/finetune/test_merge.py"""

import json
from pathlib import Path

import pytest
import torch
from peft import LoKrConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

from finetune import merge
from finetune.exporting import tensors
from workbench.errors import InputError

from . import tiny_models


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.llama(tmp_path_factory.mktemp("base"))


def logits(model) -> torch.Tensor:
    with torch.no_grad():
        return model.eval()(input_ids=torch.arange(5, 25)[None]).logits


def load(folder: Path):
    return AutoModelForCausalLM.from_pretrained(folder, dtype="float32")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"method": "rslora"},
        {"method": "dora"},
        {"rank_pattern": {"v_proj": 2}, "alpha_pattern": {"down_proj": 3}},
        {"modules_to_save": ["lm_head"], "target_modules": ["q_proj"]},
        {"target_modules": ["embed_tokens", "q_proj"]},
    ],
    ids=["lora", "rslora", "dora", "patterns", "a whole layer", "embeddings"],
)
def test_a_merged_model_says_what_the_adapted_one_says(base: Path, tmp_path: Path, changes: dict) -> None:
    run = tiny_models.run(tmp_path / "run", base, **changes)
    merge.main(["--base", str(base), "--adapter", str(run / "adapter"), "--out", str(tmp_path / "merged")])
    expected = logits(PeftModel.from_pretrained(load(base), run / "adapter"))
    found, before = logits(load(tmp_path / "merged")), logits(load(base))
    assert (found - expected).abs().max() < 0.02 * (before - expected).abs().max()
    kinds = {entry.kind for entry in tensors.of_model(tmp_path / "merged").values() if len(entry.shape) > 1}
    assert kinds == {"F16"}


def test_adapters_that_are_no_lora_merge_too(base: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    made = get_peft_model(load(base), LoKrConfig(r=4, target_modules=["q_proj", "up_proj"], task_type="CAUSAL_LM"))
    with torch.no_grad():
        for name, weight in made.named_parameters():
            if "lokr" in name:
                weight.normal_(std=0.3)
    made.save_pretrained(tmp_path / "adapter")
    expected = logits(made)
    merge.merge(base, tmp_path / "adapter", tmp_path / "merged")
    found, before = logits(load(tmp_path / "merged")), logits(load(base))
    assert (found - expected).abs().max() < 0.02 * (before - expected).abs().max()


def test_an_adapter_of_another_shape_is_refused_and_nothing_is_left(base: Path, tmp_path: Path) -> None:
    run = tiny_models.run(tmp_path / "run", base)
    weights = {name: entry.read() for name, entry in tensors.of_file(run / "adapter/adapter_model.safetensors").items()}
    name = next(name for name in weights if "lora_A" in name)
    weights[name] = torch.zeros(4, 80)
    shapes = {key: ("F32", tuple(value.shape)) for key, value in weights.items()}
    tensors.write(run / "adapter/adapter_model.safetensors", shapes, weights.values())
    with pytest.raises(InputError, match="does not fit"):
        merge.merge(base, run / "adapter", tmp_path / "merged")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]


def test_a_weight_that_the_base_lacks_is_named(base: Path, tmp_path: Path) -> None:
    weights = {"base_model.model.model.layers.7.mlp.up_proj.lora_A.weight": ("F32", (4, 64))}
    tensors.write(tmp_path / "adapter_model.safetensors", weights, [torch.zeros(4, 64)])
    (tmp_path / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA"}))
    with pytest.raises(InputError, match=r"layers\.7\.mlp\.up_proj"):
        merge.merge(base, tmp_path, tmp_path / "merged")


def test_a_cut_off_base_is_refused(base: Path, tmp_path: Path) -> None:
    whole = (base / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(whole[:-100])
    with pytest.raises(InputError, match="cut off"):
        tensors.of_model(tmp_path)


def test_a_full_disk_is_noticed_before_anything_is_written(base: Path, tmp_path: Path, monkeypatch) -> None:
    from finetune.exporting import machine

    run = tiny_models.run(tmp_path / "run", base)
    monkeypatch.setattr(machine, "SPARE_DISK", 10**18)
    with pytest.raises(InputError, match="GB are free"):
        merge.merge(base, run / "adapter", tmp_path / "merged")
    assert not (tmp_path / "merged").exists()
