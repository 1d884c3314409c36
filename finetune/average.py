"""Average the weights of two stages of one pretraining: often better than either on what neither has seen.

    python -m finetune.average --models runs/starter-cpu-3/pretrain/model,runs/starter-cpu-4/pretrain/model \\
        --last 0.75 --out runs/starter-cpu-4/pretrain/averaged

The last stage leans to its own rows, the one before it less so; between them the loss is lower as long as both lie
in one valley (Wortsman et al., 2022, "Robust fine-tuning of zero-shot models"; Izmailov et al., 2018, on averaging
within a run). Writes the model, and average.json beside its folder with the share and what was averaged.
"""

import argparse
import shutil
import sys
from pathlib import Path

from finetune import record
from workbench.errors import InputError, WorkbenchError


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", required=True, help="two model folders, the earlier first: A,B")
    parser.add_argument("--last", type=float, required=True, help="the share of the later one, 0 to 1")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    options = parser.parse_args(argv)
    folders = [Path(name) for name in options.models.split(",")]
    if len(folders) != 2 or not 0 <= options.last <= 1:
        raise InputError(f"Give two models and a share from 0 to 1, not {options.models} and {options.last}.")
    average(folders[0], folders[1], options.last, options.out)


def average(before: Path, after: Path, last: float, out: Path) -> None:
    """Write (1 - last) * before + last * after. Raises InputError where their tensors differ in name or shape."""
    from safetensors.torch import load_file, save_file

    for folder in (before, after):
        if not (folder / "model.safetensors").is_file():
            raise InputError(f"There is no model.safetensors in {folder}. Name the folder of a trained model.")
    first, second = (load_file(folder / "model.safetensors") for folder in (before, after))
    shapes = [{name: tensor.shape for name, tensor in found.items()} for found in (first, second)]
    if shapes[0] != shapes[1]:
        raise InputError(f"{before} and {after} are not of one shape, so there is nothing between them.")
    shutil.copytree(after, out, dirs_exist_ok=True)
    mean = {name: (1 - last) * first[name] + last * second[name] for name in first}
    save_file(mean, out / "model.safetensors", metadata={"format": "pt"})
    record.write(out.parent / "average.json", {"before": str(before), "after": str(after), "share of the last": last})


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
