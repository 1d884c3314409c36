"""Read a GGUF file's header and check that the file is whole, before llama.cpp maps it.

An own bounded reader rather than the gguf package: that one builds a Python object for each of 128k vocabulary
entries, fails on truncated files with whatever error comes first, and is otherwise needed by training only.
"""

import hashlib
import mmap
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from pathlib import Path

from workbench.errors import ModelDamaged, ModelMissing

Value = str | int | float | bool
SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
STRING, ARRAY = 8, 9
MAX_NAME = 65_536  # bytes of a metadata key or tensor name; a longer one is garbage
MAX_TEXT = 16 * 2**20  # bytes of a metadata string (chat templates are the longest, a few kB)
# ggml type -> (elements per block, bytes per block), from ggml.c's type_traits. Of others only the start is checked.
BLOCKS = {
    0: (1, 4),
    1: (1, 2),
    2: (32, 18),
    3: (32, 20),
    6: (32, 22),
    7: (32, 24),
    8: (32, 34),
    9: (32, 36),
    10: (256, 84),
    11: (256, 110),
    12: (256, 144),
    13: (256, 176),
    14: (256, 210),
    15: (256, 292),
    24: (1, 1),
    25: (1, 2),
    26: (1, 4),
    27: (1, 8),
    28: (1, 8),
    30: (1, 2),
}


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor's place in the file. `shape` is as GGUF has it: the row length first."""

    shape: tuple[int, ...]
    kind: int
    offset: int

    @property
    def bytes(self) -> int:
        """Size in the file; 0 for a type this reader does not know."""
        elements, size = BLOCKS.get(self.kind, (1, 0))
        return prod(self.shape) // elements * size


@dataclass(frozen=True, slots=True)
class Header:
    """The metadata (arrays only by their length) and the tensors of a GGUF file."""

    path: Path
    bytes: int
    metadata: dict[str, Value] = field(repr=False)
    tensors: dict[str, Tensor] = field(repr=False)

    @property
    def architecture(self) -> str:
        """For instance `llama`."""
        return str(self.metadata.get("general.architecture", ""))

    @property
    def parameters(self) -> int:
        """Weights in all tensors."""
        return sum(prod(tensor.shape) for tensor in self.tensors.values())

    def number(self, key: str, default: int = 0) -> int:
        """Return `{architecture}.{key}` as a number."""
        return int(self.metadata.get(f"{self.architecture}.{key}", default))


class _Reader:
    """A cursor over the mapped file that never reads past its end."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data, self.at = data, 0

    def scalar(self, form: str) -> Value:
        (value,) = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return value  # type: ignore[no-any-return]  # struct cannot say which

    def count(self, limit: int) -> int:
        value = int(self.scalar("<Q"))
        if value > limit:
            raise ValueError(f"a length of {value} where at most {limit} is possible")
        return value

    def text(self, limit: int) -> str:
        length = self.count(min(limit, len(self.data) - self.at))
        self.at += length
        return self.data[self.at - length : self.at].decode("utf-8", "replace")

    def value(self, kind: int) -> Value:
        if kind == STRING:
            return self.text(MAX_TEXT)
        if kind != ARRAY:
            return self.scalar(SCALARS[kind])
        item, length = int(self.scalar("<I")), self.count(len(self.data))
        if item == STRING:
            for _ in range(length):
                self.at += 8 + struct.unpack_from("<Q", self.data, self.at)[0]
        else:
            self.at += length * struct.calcsize(SCALARS[item])
        return length


def read_header(path: Path) -> Header:
    """Return the header of a GGUF file that is all there. Raises ModelMissing, ModelDamaged."""
    if not path.is_file():
        raise ModelMissing(f"There is no model file at {path}. Put one there, or set WORKBENCH_MODEL to where it is.")
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ModelDamaged(f"{path.name} is not a GGUF file. Convert the model to GGUF, or pick another file.")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                return _parse(_Reader(data), path, size)
            except (struct.error, ValueError, KeyError, IndexError, OverflowError) as error:
                raise ModelDamaged(
                    f"{path.name} ({size:,} bytes) is damaged or cut off. Copy or download it again."
                ) from error


def _parse(reader: _Reader, path: Path, size: int) -> Header:
    reader.at = 4
    version = reader.scalar("<I")
    if version not in (2, 3):
        raise ModelDamaged(f"{path.name} is GGUF version {version}; this program reads 2 and 3. Convert it anew.")
    n_tensors, n_values = reader.count(size), reader.count(size)
    metadata = {}
    for _ in range(n_values):
        key = reader.text(MAX_NAME)
        metadata[key] = reader.value(int(reader.scalar("<I")))
    tensors = dict(_tensor(reader) for _ in range(n_tensors))
    alignment = int(metadata.get("general.alignment", 32))
    start = -(-reader.at // alignment) * alignment
    end = max((start + tensor.offset + tensor.bytes for tensor in tensors.values()), default=start)
    if end > size:
        raise ModelDamaged(
            f"{path.name} is cut off: it has {size:,} bytes and its tensors need {end:,}. Copy or download it again."
        )
    return Header(path, size, metadata, tensors)


def _tensor(reader: _Reader) -> tuple[str, Tensor]:
    name = reader.text(MAX_NAME)
    dimensions = int(reader.scalar("<I"))
    if dimensions > 4:
        raise ValueError(f"tensor {name} has {dimensions} dimensions")
    shape = tuple(int(reader.scalar("<Q")) for _ in range(dimensions))
    kind, offset = int(reader.scalar("<I")), int(reader.scalar("<Q"))
    return name, Tensor(shape, kind, offset)


def sha256(path: Path) -> str:
    """Return the file's hash; computed once per path, size and modification time."""
    stat = path.stat()
    return _sha256(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=64)
def _sha256(path: Path, size: int, modified: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
