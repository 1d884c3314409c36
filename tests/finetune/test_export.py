"""The whole pipeline on toy sizes, and a proof that notices what is wrong."""

import json
import shutil

import pytest

from finetune import converter, export, ideas, proof
from finetune.model import word_vectors
from workbench.assist import prompts
from workbench.errors import AdapterMismatch, InputError
from workbench.models import read_model
from workbench.models.gguf import read_header

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_app_loads_what_the_four_scripts_made(toy):
    model = read_model(toy / "export")
    assert set(model.adapters) == {"brainstorm", "refine"} and model.prompts_version == prompts.VERSION
    assert "openstax" not in (toy / "export" / "README.md").read_text().lower()  # the card names only what was read
    findings = json.loads((toy / "export" / "proof.json").read_text())
    assert findings["tokens"]["texts equal"] == len(proof.AWKWARD_TEXTS)


def test_the_runs_left_records_and_kept_held_out_topics_out(toy):
    manifest = json.loads((toy / "starter" / "data" / "manifest.json").read_text())
    _, heldout = ideas.split(ideas.read(export.Path("data/ideas")))
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
    base = toy / "starter" / "pretrain" / "model"
    other = export.convert_adapter(toy / "refine" / "adapter", base, mixed / "other.gguf", "other", "0" * 64)
    entry = {"file": other.name, "sha256": export.sha256(other), "bytes": other.stat().st_size}
    manifest["adapters"]["refine"] = entry
    (mixed / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(AdapterMismatch, match="was trained on the base 000000000000"):
        read_model(mixed)


@pytest.fixture(scope="module")
def parts(toy, tmp_path_factory):
    """What `proof.prove` takes, for one adapter that does a lot: the toy's own, enlarged."""
    from safetensors.torch import load_file, save_file

    work = tmp_path_factory.mktemp("parts")
    base, adapter = toy / "starter" / "pretrain" / "model", work / "adapter"
    shutil.copytree(toy / "refine" / "adapter", adapter)
    weights = load_file(adapter / "adapter_model.safetensors")
    save_file({name: tensor * 4 for name, tensor in weights.items()}, adapter / "adapter_model.safetensors")
    f16 = export.convert_base(base, work / "base-f16.gguf", "f16", "toy")
    q8 = export.convert_base(base, work / "base-q8_0.gguf", "q8_0", "toy")
    lora = export.convert_adapter(adapter, base, work / "lora.gguf", "toy refine", export.sha256(q8))
    return {"base": base, "adapter": adapter, "f16": f16, "q8": q8, "lora": lora, "work": work}


def prove(parts, lora):
    f16 = {"base": parts["f16"]} | ({"refine": lora} if lora else {})
    return proof.prove(parts["base"], {"refine": parts["adapter"]}, f16, f16 | {"base": parts["q8"]})


def test_the_proof_passes_the_true_adapter(parts):
    assert prove(parts, parts["lora"])["refine"]["shipped"]["equal first choices"] > 0.95


def test_the_proof_notices_a_wrong_alpha(parts):
    wrong = parts["work"] / "wrong-alpha"
    shutil.copytree(parts["adapter"], wrong)
    settings = json.loads((wrong / "adapter_config.json").read_text())
    (wrong / "adapter_config.json").write_text(json.dumps(settings | {"lora_alpha": settings["lora_alpha"] * 2}))
    lora = export.convert_adapter(wrong, parts["base"], parts["work"] / "wrong.gguf", "wrong", "0" * 64)
    with pytest.raises(proof.ProofFailed):
        prove(parts, lora)


def test_the_proof_notices_a_missing_adapter(parts):
    with pytest.raises(proof.ProofFailed):
        prove(parts, None)


def test_the_proof_notices_another_tokenizer(parts, toy):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(parts["base"])
    tokenizer.chat_template = "{{ messages }}"
    with pytest.raises(proof.ProofFailed, match="another chat template"):
        proof.compare_tokens(tokenizer, parts["q8"])


@pytest.mark.parametrize(("key", "word"), [("use_dora", "DoRA"), ("use_rslora", "rsLoRA")])
def test_adapters_that_gguf_cannot_hold_are_refused(tmp_path, key, word):
    (tmp_path / "adapter_config.json").write_text(json.dumps({key: True}))
    with pytest.raises(InputError, match=word):
        export.check_adapter("refine", tmp_path)


def test_a_damaged_source_package_is_refused(tmp_path):
    (tmp_path / "package.tar.gz").write_bytes(b"not it")
    with pytest.raises(InputError, match="has the hash"):
        converter.unpack(tmp_path / "package.tar.gz", tmp_path / "out")


def test_the_gguf_names_its_pre_tokenizer_and_prompts(parts):
    metadata = read_header(parts["q8"]).metadata
    assert metadata["tokenizer.ggml.pre"] == "llama-bpe" and metadata["workbench.prompts_version"] == prompts.VERSION
    assert read_header(parts["lora"]).metadata["workbench.base_sha256"] == export.sha256(parts["q8"])


def test_related_words_start_close_together(toy):
    import torch
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(toy / "starter" / "data" / "tokenizer")
    vectors = torch.nn.functional.normalize(word_vectors(tokenizer, 384), dim=1)
    week, month, the = (
        vectors[tokenizer(w, add_special_tokens=False)["input_ids"][0]] for w in (" week", " day", " by")
    )
    assert week @ month > week @ the
