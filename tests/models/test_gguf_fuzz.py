"""Hostile and broken headers: always a sentence, never another exception, and never much memory.

    python -m pytest tests/models/test_gguf_fuzz.py
"""

import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import gguf
import numpy as np
import psutil
import pytest

from workbench.engine.footprint import estimate
from workbench.errors import ModelDamaged, WorkbenchError
from workbench.models.ggml_types import BLOCKS
from workbench.models.gguf import Header, read_header

ROUNDS = 3000
# Numbers that lengths, counts and offsets go wrong with.
EDGES = [0, 1, 2, 31, 255, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**62, 2**63 - 1, 2**63, 2**64 - 1]


def flip(data: bytearray, draw: random.Random) -> None:
    for _ in range(draw.randint(1, 8)):
        data[draw.randrange(4, len(data))] ^= 1 << draw.randrange(8)


def number(data: bytearray, draw: random.Random) -> None:
    form = draw.choice(["<Q", "<I"])
    at = draw.randrange(4, len(data) - 8)
    struct.pack_into(form, data, at, draw.choice(EDGES) % 2 ** (8 * struct.calcsize(form)))


def counts(data: bytearray, draw: random.Random) -> None:
    """Wrong numbers of tensors and keys, and a wrong version."""
    struct.pack_into("<IQQ", data, 4, draw.choice([1, 2, 3, 4]), draw.choice(EDGES), draw.choice(EDGES))


def kind(data: bytearray, draw: random.Random) -> None:
    """Another type behind a key: a text where a number stood, a list of lists."""
    key = draw.choice([b"llama.block_count", b"general.alignment", b"tokenizer.ggml.tokens", b"llama.embedding_length"])
    at = data.find(key)
    if at >= 0:
        struct.pack_into("<I", data, at + len(key), draw.randrange(16))


def insert(data: bytearray, draw: random.Random) -> None:
    at = draw.randrange(4, len(data))
    data[at:at] = draw.randbytes(draw.randint(1, 16))


def delete(data: bytearray, draw: random.Random) -> None:
    at = draw.randrange(4, len(data) - 64)
    del data[at : at + draw.randint(1, 64)]


def repeat(data: bytearray, draw: random.Random) -> None:
    """A piece of the header again in another place: keys and tensors twice."""
    at, to = draw.randrange(4, len(data) - 256), draw.randrange(4, len(data) - 256)
    data[to : to + 256] = data[at : at + 256]


def cut(data: bytearray, draw: random.Random) -> None:
    del data[draw.randrange(len(data)) :]


MUTATIONS: list[Callable[[bytearray, random.Random], None]] = [
    flip, number, counts, kind, insert, delete, repeat, cut,
]  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, gguf_maker: ModuleType) -> tuple[bytes, int]:
    """The header of a whole model, with the size of its file."""
    path = gguf_maker.write_base(tmp_path_factory.mktemp("whole") / "base.gguf")
    with path.open("rb") as file:
        start = min(int(tensor.data_offset) for tensor in gguf.GGUFReader(path).tensors)
        return file.read(start), path.stat().st_size


def write(path: Path, data: bytes, size: int) -> Path:
    """Write a file that is as long as the model; what follows the header is a hole."""
    path.write_bytes(data)
    with path.open("r+b") as file:
        file.truncate(size)
    return path


def mutants(whole: tuple[bytes, int], path: Path) -> Iterator[tuple[int, Path]]:
    data, size = whole
    for seed in range(ROUNDS):
        draw = random.Random(seed)
        changed = bytearray(data)
        mutation = MUTATIONS[seed % len(MUTATIONS)]
        mutation(changed, draw)
        yield seed, write(path, bytes(changed), len(changed) if mutation is cut else size)


def read(path: Path) -> Header | str:
    """Do what the app does with a header before it trusts the file; return it, or the sentence."""
    try:
        header = read_header(path)
        estimate(header, 0, 4096, 48)
    except WorkbenchError as error:
        return str(error)
    return header


def test_thousands_of_broken_headers_are_read_or_refused_in_a_sentence(
    whole: tuple[bytes, int], tmp_path: Path
) -> None:
    before, refused = psutil.Process().memory_info().rss, 0
    for seed, path in mutants(whole, tmp_path / "mutant.gguf"):
        found = read(path)
        if isinstance(found, str):
            refused += 1
            assert "mutant.gguf" in found and found.endswith("."), (seed, found)
    assert ROUNDS // 2 < refused < ROUNDS  # a changed letter in a text leaves a readable file
    assert psutil.Process().memory_info().rss - before < 200 * 2**20


def test_a_header_is_read_whole_or_refused_wherever_it_is_cut(whole: tuple[bytes, int], tmp_path: Path) -> None:
    data, size = whole
    for kept in range(0, len(data) - 64, 13):  # the last tensor's offset may end in zeros
        for length in (kept, size):  # cut off, or gone on with nothing
            found = read(write(tmp_path / "cut.gguf", data[:kept], length))
            assert isinstance(found, str) and found.endswith("."), (kept, length)


@pytest.mark.parametrize("n_tensors, n_values", [(0, 2**40), (2**40, 0), (65_536, 0), (0, 65_536)])
def test_counts_that_the_file_cannot_hold_cost_nothing(tmp_path: Path, n_tensors: int, n_values: int) -> None:
    """A file of holes reads as zeros: gigabytes of empty keys, if one believed its counts."""
    path = tmp_path / "holes.gguf"
    write(path, b"GGUF" + struct.pack("<IQQ", 3, n_tensors, n_values), 20 * 2**30)
    with pytest.raises(ModelDamaged):
        read_header(path)


def test_a_list_of_a_billion_empty_texts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "holes.gguf"
    key = b"tokenizer.ggml.tokens"
    listed = struct.pack("<Q", len(key)) + key + struct.pack("<IIQ", 9, 8, 10**8)
    write(path, b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + listed, 20 * 2**30)
    with pytest.raises(ModelDamaged, match="damaged or cut off"):
        read_header(path)


def test_a_text_where_a_number_belongs_is_said(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "odd.gguf", "llama")
    writer.add_string("llama.embedding_length", "wide")
    writer.add_tensor("output.weight", np.zeros((1, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ModelDamaged, match="embedding_length = 'wide', which is no usable number"):
        estimate(read_header(tmp_path / "odd.gguf"), 0, 512, 1)


def test_the_sizes_of_types_are_ggmls() -> None:
    theirs = {int(kind): size for kind, size in gguf.GGML_QUANT_SIZES.items()}
    assert {kind: theirs[kind] for kind in BLOCKS} == BLOCKS
