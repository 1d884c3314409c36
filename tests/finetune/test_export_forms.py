"""Exports as a person starts them: every form, killed, refused. pytest tests/finetune/test_export_forms.py"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gguf import GGUFReader

from finetune import export, proof
from finetune.exporting import files, quantise, runs, stages
from workbench.errors import InputError
from workbench.models import read_model
from workbench.models.gguf import read_header

from . import tiny_models

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def arguments(base: Path, out: Path, *flags: str, **adapters: Path) -> list[str]:
    pairs = ",".join(f"{task}={run}" for task, run in adapters.items())
    return ["--base", str(base), "--adapters", pairs, "--out", str(out), "--name", "tiny", "--heldout", "4", *flags]


@pytest.fixture(scope="module")
def qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Qwen2 with an rsLoRA, which stays an adapter, and a DoRA, which has to be merged, in two quantisations."""
    folder = tmp_path_factory.mktemp("qwen")
    base = tiny_models.qwen(folder / "base")
    turned = {"target_modules": ["q_proj", "o_proj", "up_proj"]}
    scaled = tiny_models.run(folder / "scaled", base, method="rslora", **turned)
    decomposed = tiny_models.run(folder / "decomposed", base, method="dora", seed=2, **turned)
    out = folder / "out"
    flags = ("--quantise", "q8_0,q4_k_m", "--licence", "apache-2.0")
    export.main(arguments(base, out, *flags, scaled=scaled, decomposed=decomposed))
    return out


def test_each_model_of_an_export_loads_as_it_lies(qwen: Path) -> None:
    found = {path.parent.name: read_model(path.parent) for path in qwen.glob("*/manifest.json")}
    assert found.keys() == {"q8_0", "q4_k_m", "decomposed-q8_0", "decomposed-q4_k_m"}
    assert set(found["q4_k_m"].adapters) == {"scaled"} and not found["decomposed-q4_k_m"].adapters
    assert read_header(found["q4_k_m"].base).metadata["tokenizer.ggml.pre"] == "qwen2"
    kinds = quantise.about(found["decomposed-q4_k_m"].base)
    assert "Q4_K" in kinds and (qwen / "q4_k_m" / "records" / "scaled" / "run.json").is_file()


def test_it_was_proved_with_figures_for_every_quantisation(qwen: Path) -> None:
    found = json.loads((qwen / "proof.json").read_text())
    assert found["tokens"]["equal once normalised"] == ["joined marks"]
    for task in ("scaled", "decomposed"):
        figures = found[task]["quantised"]
        assert figures["f16"]["mean KL divergence"] < figures["q8_0"]["mean KL divergence"]
        assert figures["q8_0"]["mean KL divergence"] < figures["q4_k_m"]["mean KL divergence"]
        assert figures["q4_k_m"]["mean KL divergence"] < figures["q4_k_m"]["mean KL divergence to the base"]
        assert found[task]["perplexity"].keys() >= {"base", "tuned", "f16", "q8_0", "q4_k_m"}
    assert found["answers"]["decomposed-q4_k_m"]["decomposed"]["tokens"] > 0


def test_card_and_modelfile_say_what_it_is(qwen: Path) -> None:
    card = (qwen / "README.md").read_text()
    assert card.startswith("---\nlicense: apache-2.0\n") and "because it is a DoRA" in card
    assert "| decomposed | q4_k_m |" in card and "peak memory" in card and "data/ideas" in card
    model = (qwen / "q8_0" / "Modelfile").read_text()
    assert "FROM ./tiny-q8_0.gguf\nADAPTER ./tiny-scaled-lora-f16.gguf" in model and 'stop "<|im_end|>"' in model


def test_importance_was_measured_on_every_matrix_of_the_blocks(qwen: Path) -> None:
    made = json.loads((qwen / "stages.json").read_text())
    assert made["base-f16.imatrix.gguf"]["bytes"] > 0 and made["decomposed-merged"]["peak_memory_bytes"] > 1e7


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("llama")
    base = tiny_models.llama(folder / "base")
    return base, tiny_models.run(folder / "run", base)


def test_killed_at_any_stage_it_goes_on_and_never_leaves_half_an_export(llama, tmp_path: Path) -> None:
    base, run = llama
    out, work = tmp_path / "out", tmp_path / ".export-out"
    command = [sys.executable, "-m", "finetune.export", *arguments(base, out, ideas=run)]
    # Killed when a stage is done, so while the next is at work: the base's conversion, the adapter's, the proof.
    for done in ("base-f16.gguf.stage", "ideas-lora-f16.gguf.stage"):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            until = time.monotonic() + 1200
            while not (work / done).is_file() and process.poll() is None and time.monotonic() < until:
                time.sleep(0.02)
            assert (work / done).is_file(), f"{done} was not made; exit {process.poll()}"
            os.kill(process.pid, signal.SIGKILL)
        assert not out.exists()
    first = (work / "base-f16.gguf").stat().st_mtime_ns
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "base-f16.gguf: there already" in finished.stdout and first
    assert read_model(out).adapters.keys() == {"ideas"} and (out / "proof.json").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_a_file_that_changed_between_a_kill_and_the_next_run_is_caught_by_the_proof(llama, tmp_path: Path) -> None:
    base, run = llama
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text("{}")
    with stages.Work(out) as work:
        known = runs.read("ideas", run, base, merged=False, data_dir="")
        lora = files.convert_adapter(work, known, base, "tiny ideas", "other")
    reader = GGUFReader(lora, "r+")
    reader.fields["adapter.lora.alpha"].parts[-1][0] *= 3
    reader.data.flush()
    with pytest.raises(proof.ProofFailed, match="alpha"):
        export.main(arguments(base, out, ideas=run))
    assert not lora.exists()  # the next run makes it again
    assert [path.name for path in out.iterdir()] == ["manifest.json"]


def test_what_cannot_be_exported_is_refused_before_anything_is_made(llama, tmp_path: Path) -> None:
    base, run = llama
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    cases = {
        "no trained adapter": arguments(base, tmp_path / "out", ideas=tmp_path / "nowhere"),
        "no quantisation 'q3_x'": arguments(base, tmp_path / "out", "--quantise", "q3_x", ideas=run),
        "names no run": ["--base", str(base), "--adapters", "ideas", "--out", str(tmp_path / "out")],
        "is no export": arguments(base, tmp_path / "mine", ideas=run),
    }
    for words, given in cases.items():
        with pytest.raises(InputError, match=words):
            export.main(given)
    assert (tmp_path / "mine" / "thesis.txt").is_file() and not (tmp_path / "out").exists()


def test_a_kill_between_the_two_renames_is_mended(tmp_path: Path) -> None:
    out, old = tmp_path / "out", tmp_path / ".old-out"
    old.mkdir()
    (old / "manifest.json").write_text("{}")
    stages.recover(out)
    assert (out / "manifest.json").is_file() and not old.exists()


def test_a_stage_is_made_again_when_what_it_was_made_from_changed(tmp_path: Path) -> None:
    made: list[str] = []
    source = tmp_path / "source"
    for text, expected in (("one", 1), ("one", 1), ("other", 2)):
        source.write_text(text)
        os.utime(source, ns=(len(text), len(text)))
        with stages.Work(tmp_path / "out") as work:
            work.stage("file", {"source": source}, lambda aside: made.append(aside.write_text("x")))
        assert len(made) == expected
