"""Safetensors files one tensor at a time, so that a model of any size passes through the memory of its largest tensor.

The library maps whole files, whose pages then count as this process's memory; here a tensor is read when it is wanted.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from pathlib import Path

from workbench.errors import InputError

BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
TORCH = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
    "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip


@dataclass(frozen=True)
class Stored:
    """Where a tensor lies."""

    file: Path
    kind: str  # as safetensors names it: F32, BF16 ...
    shape: tuple[int, ...]
    start: int  # byte in the file

    @property
    def elements(self) -> int:
        return prod(self.shape)

    def read(self):
        """Return it as a torch tensor of its own memory."""
        import torch

        data = bytearray(self.elements * BYTES[self.kind])
        with self.file.open("rb") as file:
            file.seek(self.start)
            if file.readinto(data) != len(data):
                raise InputError(f"{self.file} is cut off. Copy the model again.")
        return torch.frombuffer(data, dtype=getattr(torch, TORCH[self.kind])).reshape(self.shape)


def of_model(folder: Path) -> dict[str, Stored]:
    """Return every tensor of a model's folder, one file or several with an index. Raises InputError."""
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        files = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    else:
        files = ["model.safetensors"]
    found: dict[str, Stored] = {}
    for name in files:
        if not (folder / name).is_file():
            raise InputError(f"There is no trained model at {folder}: {name} is missing. Name another folder.")
        found |= of_file(folder / name)
    return found


def of_file(path: Path) -> dict[str, Stored]:
    """Return every tensor of one file, in the file's order. Raises InputError when it is cut off or something else."""
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if 8 + length <= size else None
        found = {
            name: Stored(path, entry["dtype"], tuple(entry["shape"]), 8 + length + entry["data_offsets"][0])
            for name, entry in header.items()
            if name != "__metadata__"
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is not a safetensors file, or is cut off. Copy the model again.") from error
    if odd := {stored.kind for stored in found.values()} - BYTES.keys():
        raise InputError(f"{path} holds tensors of the type {odd.pop()}. Name the model in 16 or 32 bits.")
    if max((s.start + s.elements * BYTES[s.kind] for s in found.values()), default=0) > size:
        raise InputError(f"{path} is cut off: it has {size:,} bytes. Copy the model again.")
    return dict(sorted(found.items(), key=lambda pair: pair[1].start))


def write(path: Path, shapes: dict[str, tuple[str, tuple[int, ...]]], tensors: Iterable) -> None:
    """Write a file whose tensors come one by one, in the order of `shapes` (name -> type, shape)."""
    header: dict = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, (kind, shape) in shapes.items():
        end = at + prod(shape) * BYTES[kind]
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for (name, (kind, shape)), tensor in zip(shapes.items(), tensors, strict=True):
            assert tuple(tensor.shape) == shape, f"{name}: {tuple(tensor.shape)} instead of {shape}"
            file.write(_bytes(tensor, kind))


def _bytes(tensor, kind: str) -> memoryview:
    import torch

    made = tensor.to(getattr(torch, TORCH[kind])).contiguous()
    return memoryview(made.view(torch.uint8).numpy()) if made.ndim else memoryview(made[None].view(torch.uint8).numpy())
