"""llama.cpp's own converters, taken from the very source package that llama-cpp-python is built from.

Fetched once with pip into a cache folder (`.cache/`, or LLAMA_CPP_SOURCE), checked by hash; nothing is built.
Each conversion runs in a process of its own: `python finetune/converter.py FOLDER SCRIPT METADATA ARGUMENTS...`
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # inside the process of its own this project is not on the path yet
    from finetune.exporting.machine import Took

VERSION = "0.3.36"
SHA256 = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e"
WANTED = ("convert_hf_to_gguf.py", "convert_lora_to_gguf.py", "conversion/", "gguf-py/")


def folder() -> Path:
    """Return the folder that holds the converters, fetching them the first time (77 MB)."""
    default = Path(__file__).resolve().parent.parent / ".cache" / f"llama.cpp-{VERSION}"
    place = Path(os.environ.get("LLAMA_CPP_SOURCE", default))
    if not (place / "complete").is_file():
        with tempfile.TemporaryDirectory() as scratch:
            unpack(fetch(Path(scratch)), place)
    return place


def fetch(scratch: Path) -> Path:
    """Download the source package with pip."""
    from workbench.errors import InputError

    print(f"Fetching the converters of llama-cpp-python {VERSION} (77 MB, once) ...", flush=True)
    name = "llama-cpp-python"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name]
    done = subprocess.run([*pip, "--dest", str(scratch), f"{name}=={VERSION}"], capture_output=True, text=True)
    found = list(scratch.glob("*.tar.gz"))
    if not found:
        reason = done.stderr.strip().splitlines()[-1:] or ["pip gave no reason"]
        raise InputError(
            f"The source package of {name} {VERSION} could not be fetched ({reason[0]}). "
            "Go online once, or unpack its vendor/llama.cpp and name that folder in LLAMA_CPP_SOURCE, "
            "with an empty file `complete` in it."
        )
    return found[0]


def unpack(package: Path, place: Path) -> None:
    """Unpack the converters out of the source package after checking its hash."""
    from workbench.errors import InputError
    from workbench.models.gguf import sha256

    digest = sha256(package)
    if digest != SHA256:
        raise InputError(f"{package.name} has the hash {digest[:12]}, expected {SHA256[:12]}. Delete it and try again.")
    place.mkdir(parents=True, exist_ok=True)
    with tarfile.open(package) as archive:
        for member in archive:
            inner = member.name.partition("/vendor/llama.cpp/")[2]
            if inner.startswith(WANTED) and member.isfile():
                member.name = inner
                archive.extract(member, place, filter="data")
    (place / "complete").touch()


def convert(script: str, arguments: list[str], metadata: dict[str, str | int]) -> "Took":
    """Run a converter, with `metadata` added to what it writes. Raises InputError for a model it does not know."""
    from finetune.exporting import machine
    from workbench.errors import InputError

    command = [sys.executable, __file__, str(folder()), script, json.dumps(metadata), *arguments]
    try:
        return machine.run(command, script)
    except RuntimeError as error:
        if "is not supported" in str(error) or "NotImplementedError" in str(error):
            reason = str(error).strip().splitlines()[-1]
            raise InputError(f"llama.cpp's converter does not know this model ({reason}). Pick another.") from error
        raise


def _run(place: str, script: str, metadata: str, *arguments: str) -> None:
    """Inside the process of its own: patch three things, then run the script as it is."""
    import runpy

    here = Path(__file__).resolve().parent
    # This folder's own modules (config, model ...) must not stand in front of anybody else's.
    sys.path[:] = [
        place,
        f"{place}/gguf-py",
        *(p for p in sys.path if Path(p or ".").resolve() != here),
        str(here.parent),
    ]
    import gguf
    from conversion import base

    from finetune.tokenizer import LLAMA3_PATTERN, QWEN2_PATTERN

    known, sentencepiece = base.TextModel.get_vocab_base_pre, base.TextModel._set_vocab_sentencepiece

    def pre_tokenizer(self, tokenizer) -> str:
        # The converter knows tokenizers by a hash of their output. One trained anew has another, but cuts text by a
        # pattern that llama.cpp knows.
        own = tokenizer.backend_tokenizer.to_str()
        for pattern, name in ((LLAMA3_PATTERN, "llama-bpe"), (QWEN2_PATTERN, "qwen2")):
            if json.dumps(pattern, ensure_ascii=False) in own:
                return name
        return known(self, tokenizer)

    def sentencepiece_if_there(self, *arguments) -> None:
        # The script imports the package before it looks whether the model has such a tokenizer.
        if not (self.dir_model / "tokenizer.model").is_file():
            raise FileNotFoundError(self.dir_model / "tokenizer.model")
        sentencepiece(self, *arguments)

    def write_header(self, *args, **kwargs):
        for key, value in json.loads(metadata).items():
            kind = gguf.GGUFValueType.STRING if isinstance(value, str) else gguf.GGUFValueType.UINT32
            self.kv_data[0][key] = gguf.gguf_writer.GGUFValue(value=value, type=kind)
        return plain_write_header(self, *args, **kwargs)

    plain_write_header = gguf.GGUFWriter.write_header_to_file
    gguf.GGUFWriter.write_header_to_file = write_header
    base.TextModel.get_vocab_base_pre = pre_tokenizer
    base.TextModel._set_vocab_sentencepiece = sentencepiece_if_there
    sys.argv = [script, *arguments]
    runpy.run_path(f"{place}/{script}", run_name="__main__")


if __name__ == "__main__":
    _run(*sys.argv[1:])
