"""Turn a trained base and its adapters into the GGUF files that the app loads, and prove that they are the same.

    python -m finetune.export --base runs/starter-cpu/pretrain/model \
        --adapters brainstorm=runs/brainstorm,refine=runs/refine --out data/models/starter

Writes base and adapters (.gguf), tokenizer/, records/ of the runs, manifest.json, proof.json and the model card.
Exits with 1, and leaves `--out` as it was, when the proof fails.
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

from finetune import card, converter, proof, record
from workbench.assist import prompts
from workbench.errors import InputError, WorkbenchError

NOTES = (
    "A small model trained from scratch: it keeps to the form of an idea and runs offline at once, "
    "but its ideas are often dream-like or off topic, its judgements are weak, and it knows no facts."
)


def main(argv: list[str] | None = None) -> None:
    options = parser().parse_args(argv)
    runs = dict(pair.split("=", 1) for pair in options.adapters.split(",") if "=" in pair)
    export(options.base, {task: Path(run) for task, run in runs.items()}, options.out, options.name)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument(
        "--base", type=Path, required=True, help="folder of the trained base (config, weights, tokenizer)"
    )
    made.add_argument("--adapters", required=True, help="TASK=RUN pairs with commas; RUN holds adapter/")
    made.add_argument("--out", type=Path, required=True, help="folder to write to")
    made.add_argument("--name", default="starter", help="the model's name, also of its base file")
    return made


def export(base: Path, runs: dict[str, Path], out: Path, name: str = "starter") -> dict:
    """Convert, prove, and only then put the files into `out`. Return the proof's findings."""
    if not (base / "model.safetensors").is_file():
        raise InputError(f"There is no trained model at {base}. Run finetune.pretrain first, or name another --base.")
    adapters = {task: run / "adapter" for task, run in runs.items()}
    for task, folder in adapters.items():
        check_adapter(task, folder)
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        f16 = {"base": convert_base(base, work / "f16.gguf", "f16", name)}
        shipped = {"base": convert_base(base, work / f"{name}-q8_0.gguf", "q8_0", name)}
        base_sha256 = sha256(shipped["base"])
        for task, folder in adapters.items():
            path = work / f"{name}-{task}-lora-f16.gguf"
            shipped[task] = f16[task] = convert_adapter(folder, base, path, f"{name} {task}", base_sha256)
        findings = proof.prove(base, adapters, f16, shipped)
        manifest = describe(name, base, shipped)
        out.mkdir(parents=True, exist_ok=True)
        for stale in out.glob("*.gguf"):
            stale.unlink()
        for path in shipped.values():
            shutil.copyfile(path, out / path.name)
    copy_tokenizer(base, out / "tokenizer")
    copy_records({"pretrain": base.parent, **runs}, out / "records")
    record.write(out / "proof.json", {"made": record.now(), "commit": record.commit()} | findings)
    record.write(out / "manifest.json", manifest)
    (out / "README.md").write_text(card.write(manifest, findings, base.parent, runs), encoding="utf-8")
    print(json.dumps(findings, indent=1))
    return findings


def check_adapter(task: str, folder: Path) -> None:
    """Refuse the adapters whose effect a GGUF adapter file cannot hold."""
    if not (folder / "adapter_config.json").is_file():
        raise InputError(f"There is no trained adapter at {folder}. Run finetune.train for {task} first.")
    settings = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    if settings.get("use_dora"):
        raise InputError(f"The {task} adapter is a DoRA, which has no GGUF adapter form. Merge it into its base first.")
    if settings.get("use_rslora"):
        # The converter writes alpha as it is and llama.cpp scales by alpha / rank, rsLoRA by alpha / sqrt(rank).
        raise InputError(
            f"The {task} adapter is an rsLoRA, which the converter would scale wrongly. Train a plain LoRA."
        )


def convert_base(base: Path, path: Path, kind: str, name: str) -> Path:
    metadata = {
        "general.name": f"{name} base",
        "general.license": "cc-by-4.0",
        "workbench.prompts_version": prompts.VERSION,
    }
    converter.convert("convert_hf_to_gguf.py", [str(base), "--outtype", kind, "--outfile", str(path)], metadata)
    return path


def convert_adapter(folder: Path, base: Path, path: Path, title: str, base_sha256: str) -> Path:
    """Convert an adapter and note in it which base file it belongs to, so that another one is refused."""
    metadata = {
        "general.name": title,
        "general.license": "cc-by-4.0",
        "workbench.base_sha256": base_sha256,
        "workbench.prompts_version": prompts.VERSION,
    }
    arguments = ["--base", str(base), "--outtype", "f16", "--outfile", str(path), str(folder)]
    converter.convert("convert_lora_to_gguf.py", arguments, metadata)
    return path


def copy_tokenizer(base: Path, folder: Path) -> None:
    """Keep the trained tokenizer beside its export, so that the two can be compared again at any time."""
    folder.mkdir(exist_ok=True)
    for file in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copyfile(base / file, folder / file)


def copy_records(runs: dict[str, Path], folder: Path) -> None:
    """Keep each run's settings, versions and curve beside what came of it."""
    for name, run in runs.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for file in ("run.json", "curve.jsonl", "checks.json"):
            if (run / file).is_file():
                shutil.copyfile(run / file, folder / name / file)


def describe(name: str, base: Path, shipped: dict[str, Path]) -> dict:
    """Return the manifest that the app reads."""
    pretraining = json.loads((base.parent / "run.json").read_text(encoding="utf-8"))
    entries = {
        task: {"file": path.name, "sha256": sha256(path), "bytes": path.stat().st_size}
        for task, path in shipped.items()
    }
    return {
        "name": name,
        "title": f"{name.capitalize()} ({pretraining['parameters'] / 1e6:.0f} M parameters, trained from scratch)",
        "base": entries.pop("base"),
        "adapters": entries,
        "parameters": pretraining["parameters"],
        "licence": "CC BY 4.0",
        "prompts_version": prompts.VERSION,
        "notes": NOTES,
    }


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
