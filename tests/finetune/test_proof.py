"""The proof passes a true export and catches a false one, each a real file. pytest tests/finetune/test_proof.py"""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from finetune import proof
from finetune.exporting import files, runs
from finetune.exporting.stages import Work
from workbench.errors import InputError

from . import tiny_models

LICENCE = "cc-by-4.0"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def true(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A tiny base, an adapter that does a lot, and their export: f16 and q8_0."""
    from transformers import AutoTokenizer

    folder = tmp_path_factory.mktemp("true")
    base = tiny_models.llama(folder / "base")
    run = runs.read("ideas", tiny_models.run(folder / "run", base), base, merged=False, data_dir="")
    with Work(folder / "out") as work:
        f16 = files.convert_model(work, base, "base", "tiny", LICENCE)
        q8 = files.quantised(work, f16, "q8_0", None)
        lora = files.convert_adapter(work, run, base, "tiny ideas", LICENCE)
    return SimpleNamespace(
        base=base, run=run, f16=f16, q8=q8, lora=lora, tokenizer=AutoTokenizer.from_pretrained(base), folder=folder
    )


def prove(true: SimpleNamespace, tmp_path: Path, **changed: object) -> dict:
    made = SimpleNamespace(**vars(true) | changed)
    candidate = proof.Candidate(
        f16=(made.f16, made.lora), quantised={"q8_0": (made.q8, made.lora)}, tuned=(made.base, made.run.adapter),
        rows=[(list(range(5, 40)), list(range(5, 40)))],
    )  # fmt: skip
    return proof.prove(made.base, made.tokenizer, {"ideas": candidate}, tmp_path)


def test_a_true_export_is_far_nearer_to_the_tuned_model_than_to_the_base(true, tmp_path: Path) -> None:
    found = prove(true, tmp_path)
    for kind, times in (("f16", proof.FAR), ("q8_0", 1)):
        figures = found["ideas"]["quantised"][kind]
        assert figures["mean KL divergence"] * times < figures["mean KL divergence to the base"]
    assert found["tokens"]["texts equal"] == len(proof.AWKWARD_TEXTS)
    assert found["ideas"]["perplexity"]["tuned"] == pytest.approx(found["ideas"]["perplexity"]["f16"], rel=0.01)
    assert abs(found["ideas"]["cost of quantising"]["q8_0"]) < 0.05
    assert set(found["base"]["quantised"]) == {"f16", "q8_0"}


def patched(path: Path, out: Path, change) -> Path:
    """Return a copy of a GGUF with something in it changed in place."""
    from gguf import GGUFReader

    shutil.copyfile(path, out)
    reader = GGUFReader(out, "r+")
    change(reader)
    reader.data.flush()
    return out


def test_a_wrong_alpha(true, tmp_path: Path) -> None:
    def double(reader) -> None:
        reader.fields["adapter.lora.alpha"].parts[-1][0] *= 2

    lora = patched(true.lora, tmp_path / "lora.gguf", double)
    with pytest.raises(proof.ProofFailed, match="check its adapter, its alpha"):
        prove(true, tmp_path, lora=lora)


def test_a_missing_adapter(true, tmp_path: Path) -> None:
    with pytest.raises(proof.ProofFailed, match="check its adapter"):
        prove(true, tmp_path, lora=None)


def test_a_swapped_template(true, tmp_path: Path) -> None:
    def swap(reader) -> None:
        text = reader.fields["tokenizer.chat_template"].parts[-1]
        text[:] = list(bytes(text).replace(b"<|eot_id|>", b"<|eom_id|>"))

    f16 = patched(true.f16, tmp_path / "f16.gguf", swap)
    with pytest.raises(proof.ProofFailed, match="another chat template"):
        prove(true, tmp_path, f16=f16)


def test_a_truncated_file(true, tmp_path: Path) -> None:
    cut = tmp_path / "q8.gguf"
    cut.write_bytes(true.q8.read_bytes()[:-4096])
    with pytest.raises(proof.ProofFailed, match="cut off"):
        prove(true, tmp_path, q8=cut)


def test_another_base(true, tmp_path: Path) -> None:
    other = tiny_models.llama(tmp_path / "other", seed=5)
    with Work(tmp_path / "out") as work:
        f16 = files.convert_model(work, other, "base", "tiny", LICENCE)
    with pytest.raises(proof.ProofFailed, match="its base"):
        prove(true, tmp_path, f16=f16)
    with pytest.raises(InputError, match="was trained on another base"):  # and before anything is made
        runs.read("ideas", true.run.folder, other, merged=False, data_dir="")


def test_a_wrong_token_in_the_vocabulary(true, tmp_path: Path) -> None:
    def spell_otherwise(reader) -> None:
        tokens = reader.fields["tokenizer.ggml.tokens"]
        words = (tokens.parts[at] for at in tokens.data)
        word = next(word for word in words if len(word) == 2)
        word[:] = list(b"\x7e\x7e")

    q8 = patched(true.q8, tmp_path / "q8.gguf", spell_otherwise)
    with pytest.raises(proof.ProofFailed, match=r"in training and '~~'"):
        prove(true, tmp_path, q8=q8)


def test_training_that_changed_nothing(true, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    idle = tmp_path / "run"
    shutil.copytree(true.run.folder, idle)
    weights = load_file(idle / "adapter" / "adapter_model.safetensors")
    without = {name: weight * ("lora_B" not in name) for name, weight in weights.items()}
    save_file(without, idle / "adapter" / "adapter_model.safetensors")
    with pytest.raises(proof.ProofFailed, match="changed nothing"):
        prove(true, tmp_path, run=SimpleNamespace(adapter=idle / "adapter"))


def test_figures_beyond_a_types_bound() -> None:
    near = {"mean KL divergence": 1e-3, "mean KL divergence to the base": 5e-4, "equal first choices where sure": 1.0}
    with pytest.raises(proof.ProofFailed, match="no nearer to the tuned model"):
        proof.require_close("ideas", "q8_0", near)
    with pytest.raises(proof.ProofFailed, match="answers differently"):
        proof.require_close("ideas", "q8_0", near | {"mean KL divergence": float("nan")})


def test_what_a_gguf_adapter_cannot_hold_is_merged_and_said() -> None:
    assert "DoRA" in runs.must_merge({"use_dora": True})
    assert "LOKR" in runs.must_merge({"peft_type": "LOKR"})
    assert runs.must_merge({"use_rslora": True}) == ""
    assert "rank differs" in runs.must_merge({"use_rslora": True, "rank_pattern": {"q_proj": 2}})


def test_an_rslora_gets_the_alpha_that_llama_cpp_scales_right(true, tmp_path: Path) -> None:
    adapter, scratch = tmp_path / "adapter", tmp_path / "scratch"
    shutil.copytree(true.run.adapter, adapter)
    scratch.mkdir()
    settings = json.loads((adapter / "adapter_config.json").read_text()) | {"use_rslora": True}
    (adapter / "adapter_config.json").write_text(json.dumps(settings))
    made = json.loads((files.with_gguf_alpha(adapter, scratch) / "adapter_config.json").read_text())
    assert made["lora_alpha"] / settings["r"] == settings["lora_alpha"] / settings["r"] ** 0.5
