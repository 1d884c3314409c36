"""From the trained adapter to the file that the app would serve, on the very base that it serves now."""

import tempfile
from pathlib import Path

from finetune import proof, record
from finetune.exporting import files, quantise, runs
from finetune.exporting.files import stamp
from finetune.exporting.runs import Run
from finetune.exporting.stages import Work
from finetune.improving.plan import Improvement
from finetune.improving.served import whole
from finetune.proving.generation import generate
from workbench.models.gguf import read_header, sha256

HELDOUT = 64  # rows for perplexity


def export(made: Improvement, base: Path, run: Path, task: str) -> Path:
    """Return the folder with base, new adapter and manifest.json, as the app loads it. Raises ProofFailed.

    The strict half of the proof is on 16 bits of the base; the served base itself is held to its quantisation's bound.
    """
    facts = made.facts

    def write(aside: Path) -> None:
        from transformers import AutoTokenizer

        aside.mkdir()
        trained = runs.read(task, run, base, merged=False, data_dir="")
        tokenizer = AutoTokenizer.from_pretrained(base)
        with Work(made.folder / "export") as work:
            licence = facts["base"]["licence"]
            f16 = files.convert_model(work, base, "base", facts["base"]["name"], licence)
            title = f"{facts['base']['name']} {task} {facts['number']}"
            loose = files.convert_adapter(work, trained, base, title, licence)
            served = files.place(Path(facts["base"]["path"]), aside / "base.gguf")
            adapter = stamp(loose, aside / f"{task}.gguf", facts["base"]["sha256"])
            findings = _prove(task, trained, base, tokenizer, f16, loose, served, adapter)
            _manifest(aside, made, task)
            findings["answers"] = generate(aside, {task: task})
            record.write(aside / "proof.json", {"made": record.now(), "commit": record.commit()} | findings)
            work.finish()

    return whole(made.folder / "model", write)


def _prove(task: str, run: Run, base: Path, tokenizer, f16: Path, loose: Path, served: Path, adapter: Path) -> dict:
    rows, _ = runs.rows(run, tokenizer, HELDOUT, 0)
    kind = _kind(served)
    candidate = proof.Candidate(
        f16=(f16, loose), quantised={kind: (served, adapter)}, tuned=(base, run.adapter), rows=rows,
        restored=True,
    )
    with tempfile.TemporaryDirectory() as scratch:
        return proof.prove(base, tokenizer, {task: candidate}, Path(scratch))


def _kind(served: Path) -> str:
    """Return the quantisation of a file; the one with the widest bound where it is none that the proof knows."""
    number = read_header(served).metadata.get("general.file_type")
    return next((name for name, (known, _) in quantise.KINDS.items() if known == number), "q4_0")


def _manifest(folder: Path, made: Improvement, task: str) -> None:
    def entry(path: Path) -> dict:
        return {"file": path.name, "sha256": sha256(path), "bytes": path.stat().st_size}

    base = made.facts["base"]
    manifest = {
        "name": f"{base['name']}-{task}-new", "title": f"{base['name']}, {task} improved, round {made.facts['number']}",
        "base": entry(folder / "base.gguf"), "adapters": {task: entry(folder / f"{task}.gguf")},
        "licence": base["licence"],
    }  # fmt: skip
    record.write(folder / "manifest.json", manifest)
