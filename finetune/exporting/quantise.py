"""Quantise a 16-bit GGUF with llama.cpp's own quantiser, with an importance matrix if there is one.

python -m finetune.exporting.quantise model-f16.gguf model-q4_k_m.gguf q4_k_m --importance model.imatrix.gguf
"""

import argparse
import ctypes
import sys
from pathlib import Path

from finetune.exporting import machine
from workbench.errors import InputError, WorkbenchError

# llama_ftype in llama.h, and bits a weight of a large model (llama.cpp's own tables)
KINDS = {
    "f16": (1, 16.0), "q8_0": (7, 8.5), "q5_k_m": (17, 5.7), "q4_k_m": (15, 4.9), "q4_1": (3, 5.1), "q4_0": (2, 4.6)
}  # fmt: skip
# Q8_0 and F16 round each weight to the nearest step and take no importance into account.
TAKES_IMPORTANCE = ("q5_k_m", "q4_k_m", "q4_1", "q4_0")


def main(argv: list[str] | None = None) -> None:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("source", type=Path, help="GGUF in 16 bits")
    made.add_argument("out", type=Path, help="file to write")
    made.add_argument("kind", choices=KINDS)
    made.add_argument("--importance", type=Path, help="importance matrix, GGUF")
    options = made.parse_args(argv)
    quantise(options.source, options.out, options.kind, options.importance)


def known(names: str) -> list[str]:
    """Return the kinds of a list with commas, as they are spelt here. Raises InputError."""
    found = list(dict.fromkeys(name.strip().lower() for name in names.split(",") if name.strip()))
    odd = next((name for name in found if name not in KINDS), None)
    if odd or not found:
        raise InputError(f"There is no quantisation {odd or names!r}. Choose among {', '.join(KINDS)}.")
    return found


def quantise(source: Path, out: Path, kind: str, importance: Path | None = None) -> None:
    """Write `out`. Raises InputError when llama.cpp cannot quantise the file."""
    import llama_cpp

    machine.require_disk(out, int(source.stat().st_size * KINDS[kind][1] / 16), f"Quantising to {kind}")
    params = llama_cpp.llama_model_quantize_default_params()
    params.nthread = machine.threads(source)
    params.ftype = KINDS[kind][0]
    keep = _importance(importance) if importance else None
    if keep:
        params.imatrix = ctypes.cast(keep[0], ctypes.POINTER(llama_cpp.llama_model_imatrix_data))
    silence = llama_cpp.llama_log_callback(lambda *_: None)
    llama_cpp.llama_log_set(silence, ctypes.c_void_p(0))
    failed = llama_cpp.llama_model_quantize(str(source).encode(), str(out).encode(), ctypes.byref(params))
    if failed:
        out.unlink(missing_ok=True)
        raise InputError(f"llama.cpp cannot quantise {source.name} to {kind}. Is the disk full, or the file damaged?")


def _importance(path: Path) -> tuple:
    """Return llama.cpp's array of (name, values), ended by an empty name, and what it points to."""
    import llama_cpp
    from gguf import GGUFReader

    found = {tensor.name: tensor.data for tensor in GGUFReader(path).tensors}
    names = [name.removesuffix(".in_sum2") for name in found if name.endswith(".in_sum2")]
    array = (llama_cpp.llama_model_imatrix_data * (len(names) + 1))()
    held = []
    for entry, name in zip(array, names, strict=False):
        values = (found[f"{name}.in_sum2"].reshape(-1) / found[f"{name}.counts"].reshape(-1)[0]).astype("float32")
        held.append(values)
        entry.name, entry.size = name.encode(), values.size
        entry.data = values.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    return array, held


def about(path: Path) -> str:
    """Return how many weights of a file are kept at which type: `q4_K 62 %, q6_K 38 %`, the largest first."""
    from gguf import GGUFReader

    sizes: dict[str, int] = {}
    for tensor in GGUFReader(path).tensors:
        name = tensor.tensor_type.name
        sizes[name] = sizes.get(name, 0) + int(tensor.n_elements)
    total = sum(sizes.values())
    ordered = sorted(sizes.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{name} {count / total:.0%}" for name, count in ordered if count / total >= 0.005)


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
