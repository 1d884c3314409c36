"""An importance matrix: how strongly each input of each matrix is used on the run's own rows, as llama.cpp's imatrix.

    python -m finetune.exporting.importance model-f16.gguf rows.json model.imatrix.gguf

The mean square of every input (in_sum2 over counts), caught by llama.cpp's evaluation callback while it reads the rows.
The file is what llama.cpp's llama-imatrix writes, and llama-quantize takes it too.
"""

import argparse
import ctypes
import json
import sys
from pathlib import Path

import numpy as np

from finetune.exporting import machine
from workbench.errors import InputError, WorkbenchError

MOST = 512  # tokens of a row
F32 = 0  # ggml_type
LEAST = 16  # rows of a matrix product: shorter ones say little (llama-imatrix leaves them out too)


class Tensor(ctypes.Structure):
    """struct ggml_tensor of ggml.h at llama-cpp-python 0.3.36; its size is compared before it is used."""


Tensor._fields_ = [
    ("type", ctypes.c_int), ("buffer", ctypes.c_void_p), ("ne", ctypes.c_int64 * 4), ("nb", ctypes.c_size_t * 4),
    ("op", ctypes.c_int), ("op_params", ctypes.c_int32 * 16), ("flags", ctypes.c_int32),
    ("src", ctypes.POINTER(Tensor) * 10), ("view_src", ctypes.c_void_p), ("view_offs", ctypes.c_size_t),
    ("data", ctypes.c_void_p), ("name", ctypes.c_char * 64), ("extra", ctypes.c_void_p), ("padding", ctypes.c_char * 8),
]  # fmt: skip


class Sums:
    """Sums of squares by matrix, filled by the callback."""

    def __init__(self) -> None:
        self.squares: dict[str, np.ndarray] = {}
        self.counts: dict[str, int] = {}
        self._product = _operation("MUL_MAT")

    def __call__(self, address: int, ask: bool, _: object) -> bool:
        tensor = ctypes.cast(address, ctypes.POINTER(Tensor)).contents
        if tensor.op != self._product:
            return not ask
        inputs = tensor.src[1].contents
        name = tensor.src[0].contents.name.decode()
        if not name.startswith("blk.") or inputs.type != F32 or inputs.ne[1] < LEAST:
            return not ask
        if not ask:
            columns, rows = inputs.ne[0], inputs.ne[1] * inputs.ne[2] * inputs.ne[3]
            values = np.ctypeslib.as_array(ctypes.cast(inputs.data, ctypes.POINTER(ctypes.c_float)), (rows, columns))
            self.squares[name] = self.squares.get(name, 0) + np.square(values, dtype=np.float64).sum(axis=0)
            self.counts[name] = self.counts.get(name, 0) + rows
        return True


def main(argv: list[str] | None = None) -> None:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("source", type=Path, help="GGUF in 16 bits")
    made.add_argument("rows", type=Path, help="JSON list of lists of token ids")
    made.add_argument("out", type=Path, help="file to write")
    options = made.parse_args(argv)
    write(options.out, collect(options.source, json.loads(options.rows.read_text(encoding="utf-8"))), options.rows.name)


def collect(source: Path, rows: list[list[int]]) -> Sums:
    """Return the sums over all rows."""
    import llama_cpp as c

    sums = Sums()
    callback = c.ggml_backend_sched_eval_callback(sums)
    silence = c.llama_log_callback(lambda *_: None)
    c.llama_log_set(silence, ctypes.c_void_p(0))
    model = c.llama_model_load_from_file(str(source).encode(), c.llama_model_default_params())
    if not model:
        raise InputError(f"llama.cpp cannot load {source.name}. Convert it again.")
    params = c.llama_context_default_params()
    params.n_ctx = params.n_batch = params.n_ubatch = MOST
    params.n_threads = params.n_threads_batch = machine.threads(source)
    params.cb_eval = callback
    context = c.llama_init_from_model(model, params)
    try:
        for row in rows:
            ids = (ctypes.c_int32 * len(row[:MOST]))(*row[:MOST])
            c.llama_memory_clear(c.llama_get_memory(context), True)
            if c.llama_decode(context, c.llama_batch_get_one(ids, len(ids))):
                raise InputError(f"llama.cpp cannot read a row of {len(ids)} tokens with {source.name}.")
    finally:
        c.llama_free(context)
        c.llama_model_free(model)
    if not sums.counts:
        raise InputError(f"No row has {LEAST} tokens, so nothing was measured. Name more rows with --heldout.")
    return sums


def write(out: Path, sums: Sums, rows: str) -> None:
    from gguf import GGUFWriter

    writer = GGUFWriter(out, arch="")
    writer.add_string("general.type", "imatrix")
    writer.add_array("imatrix.datasets", [rows])
    writer.add_uint32("imatrix.chunk_count", max(sums.counts.values()) // MOST + 1)
    writer.add_uint32("imatrix.chunk_size", MOST)
    for name in sorted(sums.squares):
        writer.add_tensor(f"{name}.in_sum2", sums.squares[name].astype(np.float32)[None])
        writer.add_tensor(f"{name}.counts", np.array([[sums.counts[name]]], dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _operation(name: str) -> int:
    """Return the number of a ggml operation, after checking that `Tensor` is this library's tensor."""
    library = ctypes.CDLL(str(_library()))
    library.ggml_tensor_overhead.restype = ctypes.c_size_t
    library.ggml_op_name.restype = ctypes.c_char_p
    object_header = 32  # GGML_OBJECT_SIZE
    if library.ggml_tensor_overhead() - object_header != ctypes.sizeof(Tensor):
        raise InputError(
            "The installed llama.cpp lays out its tensors otherwise than 0.3.36, so no importance matrix can be "
            "measured. Export with --importance never."
        )
    return next(number for number in range(200) if library.ggml_op_name(number) == name.encode())


def _library() -> Path:
    import llama_cpp

    folder = Path(llama_cpp.__file__).parent / "lib"
    names = ("libggml-base.so", "libggml-base.dylib", "ggml-base.dll")
    return next(folder / name for name in names if (folder / name).is_file())


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
