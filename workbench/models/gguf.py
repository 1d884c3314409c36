"""Read a GGUF file's header and check that the file is whole, before llama.cpp maps it.

An own bounded reader rather than the gguf package: that one builds a Python object for each of 128k vocabulary
entries, fails on truncated files with whatever error comes first, and is otherwise needed by training only. The file
may be hostile: every length is bounded, so that time and memory are too, and all that is wrong becomes one sentence.
It reads the file rather than mapping it: a mapped file that somebody cuts off meanwhile ends the process.
"""

import hashlib
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import BinaryIO

from workbench.errors import ModelDamaged, ModelMissing
from workbench.models.ggml_types import BLOCKS

Value = str | int | float | bool
SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
STRING, ARRAY = 8, 9
MAX_HEADER = 128 * 2**20  # bytes before the tensors' data; a vocabulary of 262k pieces with merges takes 16 MB
MAX_ENTRIES = 65_536  # metadata keys, and tensors; the largest models have some thousand
MAX_NAME = 65_536  # bytes of a metadata key or tensor name; a longer one is garbage
MAX_TEXT = 2**20  # bytes of a metadata string (chat templates are the longest, a few kB)
MAX_STRINGS = 3_000_000  # in all arrays: a vocabulary and its merges, several times over
MAX_SIDE = 2**40  # elements along one dimension of a tensor
AT_ONCE = 2**18  # bytes of a read


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

    def text(self, key: str) -> str:
        """Return a metadata value as text, "" when there is none."""
        return str(self.metadata.get(key, ""))

    def number(self, key: str, default: int = 0) -> int:
        """Return `{architecture}.{key}` as a number. Raises ModelDamaged when it is none."""
        value = self.metadata.get(f"{self.architecture}.{key}", default)
        if isinstance(value, str) or value != value or abs(value) > MAX_SIDE:  # NaN
            raise ModelDamaged(
                f"{self.path.name} says {key} = {str(value)[:40]!r}, which is no usable number. Get it anew."
            )
        return int(value)


class _Reader:
    """A cursor over the file's beginning that never reads past its end, nor past MAX_HEADER."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file, self.limit = file, min(size, MAX_HEADER)
        self.data, self.at, self.strings = bytearray(), 0, 0

    def need(self, length: int) -> None:
        """Have `length` more bytes at hand."""
        end = self.at + length
        if end > self.limit:
            raise ValueError("the header goes on past the file's end")
        if end > len(self.data):
            self.data += self.file.read(max(end - len(self.data), AT_ONCE))
            if end > len(self.data):
                raise ValueError("the file has become shorter")

    def scalar(self, form: str) -> Value:
        length = struct.calcsize(form)
        self.need(length)
        (value,) = struct.unpack_from(form, self.data, self.at)
        self.at += length
        return value  # type: ignore[no-any-return]  # struct cannot say which

    def count(self, limit: int) -> int:
        value = int(self.scalar("<Q"))
        if value > limit:
            raise ValueError(f"a length of {value} where at most {limit} is possible")
        return value

    def skip(self, length: int) -> None:
        self.need(length)
        self.at += length

    def text(self, limit: int) -> str:
        length = self.count(limit)
        self.skip(length)
        return self.data[self.at - length : self.at].decode("utf-8", "replace")

    def value(self, kind: int) -> Value:
        if kind == STRING:
            return self.text(MAX_TEXT)
        if kind != ARRAY:
            return self.scalar(SCALARS[kind])
        item, length = int(self.scalar("<I")), self.count(self.limit)
        if item != STRING:
            self.skip(length * struct.calcsize(SCALARS[item]))
            return length
        self.strings += length
        if self.strings > MAX_STRINGS:
            raise ValueError(f"{self.strings} texts in its lists")
        for _ in range(length):
            self.need(8)
            self.skip(8 + struct.unpack_from("<Q", self.data, self.at)[0])
        return length


def read_header(path: Path) -> Header:
    """Return the header of a GGUF file that is all there. Raises ModelMissing, ModelDamaged."""
    if not path.is_file():
        raise ModelMissing(f"There is no model file at {path}. Put one there, or set WORKBENCH_MODEL to where it is.")
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            reader = _Reader(file, size)
            if size < 4 or reader.scalar("<I") != int.from_bytes(b"GGUF", "little"):
                raise ModelDamaged(f"{path.name} is not a GGUF file. Convert the model to GGUF, or pick another file.")
            return _parse(reader, path, size)
    except OSError as error:
        raise ModelMissing(f"{path} cannot be read ({error.strerror}). Check its permissions, or copy it.") from error
    except (ValueError, KeyError, OverflowError) as error:
        raise ModelDamaged(f"{path.name} ({size:,} bytes) is damaged or cut off. Copy or download it again.") from error


def _parse(reader: _Reader, path: Path, size: int) -> Header:
    version = reader.scalar("<I")
    if version not in (2, 3):
        raise ModelDamaged(f"{path.name} is GGUF version {version}; this program reads 2 and 3. Convert it anew.")
    n_tensors, n_values = reader.count(MAX_ENTRIES), reader.count(MAX_ENTRIES)
    metadata = {}
    for _ in range(n_values):
        key = reader.text(MAX_NAME)
        metadata[key] = reader.value(int(reader.scalar("<I")))
    tensors = dict(_tensor(reader) for _ in range(n_tensors))
    if len(metadata) < n_values or len(tensors) < n_tensors:
        raise ValueError("two keys or two tensors have the same name")
    alignment = int(metadata.get("general.alignment", 32))
    if alignment < 1:
        raise ValueError(f"an alignment of {alignment}")
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
    if not 1 <= dimensions <= 4:
        raise ValueError(f"tensor {name} has {dimensions} dimensions")
    shape = tuple(reader.count(MAX_SIDE) for _ in range(dimensions))
    kind, offset = int(reader.scalar("<I")), int(reader.scalar("<Q"))
    if shape[0] % BLOCKS.get(kind, (1, 0))[0]:
        raise ValueError(f"tensor {name} has rows of {shape[0]}, which its type cannot pack")
    return name, Tensor(shape, kind, offset)


def sha256(path: Path) -> str:
    """Return the file's hash; computed once per path, size and modification time."""
    stat = path.stat()
    return _sha256(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=64)
def _sha256(path: Path, size: int, modified: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
