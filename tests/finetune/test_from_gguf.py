"""A base restored from the file that is served. pytest tests/finetune/test_from_gguf.py"""

import json
from pathlib import Path

import pytest

from finetune import from_gguf
from finetune.exporting import files, licences, served
from finetune.exporting.stages import Work
from workbench.errors import InputError
from workbench.models.gguf import Header, sha256

from . import tiny_models

TEXTS = ("Title: one sentence.", "DON'T  walk 3 dogs\n\n12 tools", " {k: v}<|eot_id|>", "naïve — “wrong” 🚀")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A tiny Llama as transformers has it, and its GGUF in 16 bits."""
    folder = tmp_path_factory.mktemp("tiny")
    base = tiny_models.llama(folder / "base")
    with Work(folder / "out") as work:
        return base, files.convert_model(work, base, "base", "tiny", "apache-2.0")


@pytest.fixture(scope="module")
def restored(tiny: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("restored") / "base"
    from_gguf.main(["--gguf", str(tiny[1]), "--out", str(out)])
    return out


@pytest.mark.slow
def test_logits_are_those_of_the_file_and_token_ids_are_equal(tiny: tuple[Path, Path], restored: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    before, after = (AutoTokenizer.from_pretrained(folder) for folder in (tiny[0], restored))
    for text in TEXTS:
        assert after(text)["input_ids"] == before(text)["input_ids"]  # begin-of-text included
        assert after.decode(after(text, add_special_tokens=False)["input_ids"]) == text
    assert after.special_tokens_map == before.special_tokens_map and after.chat_template == before.chat_template
    ids = torch.tensor([before(TEXTS[0])["input_ids"]])
    ours, theirs = (AutoModelForCausalLM.from_pretrained(folder, dtype="float32") for folder in (restored, tiny[0]))
    with torch.no_grad():
        assert (ours(ids).logits - theirs(ids).logits).abs().max() < 0.01 * theirs(ids).logits.std()
    assert ours.config.eos_token_id == before.eos_token_id and ours.config.pad_token_id == before.pad_token_id


@pytest.mark.slow
def test_the_folder_says_which_file_it_was_and_can_be_restored_again(tiny: tuple[Path, Path], restored: Path) -> None:
    known = json.loads((restored / "source.json").read_text())
    assert known["sha256"] == sha256(tiny[1]) and known["file"] == tiny[1].name
    assert known["licence"] == licences.of_base(restored) == "apache-2.0"
    weights = sha256(restored / "model.safetensors")
    from_gguf.main(["--gguf", str(tiny[1]), "--out", str(restored)])
    assert sha256(restored / "model.safetensors") == weights
    assert [path.name for path in restored.parent.iterdir()] == ["base"]


@pytest.mark.slow
def test_peft_trains_on_what_was_restored_and_the_run_knows_its_base(restored: Path, tmp_path: Path) -> None:
    run = tiny_models.run(tmp_path / "run", restored, target_modules="all-linear")
    assert (run / "adapter" / "adapter_model.safetensors").stat().st_size > 1000


def header(**values: object) -> Header:
    named = {f"tokenizer.ggml.{key}": value for key, value in values.items()}
    return Header(Path("x.gguf"), 1, named | {"general.architecture": "llama", "llama.context_length": 64}, {})


def bpe():
    from tokenizers import Tokenizer, models

    words = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "a"]
    made = Tokenizer(models.BPE(vocab={word: at for at, word in enumerate(words)}, merges=[]))
    made.add_special_tokens(words[:3])
    return made


def test_digits_and_the_space_before_them_are_cut_as_llama_cpp_cuts_them() -> None:
    made = from_gguf.tokenizer_of(bpe(), header(pre="smollm", bos_token_id=1, eos_token_id=2))
    cut = made.backend_tokenizer.pre_tokenizer.pre_tokenize_str("one\n\n25  a")
    assert [piece for piece, _ in cut] == ["one", "ĊĊ", "2", "5", "Ġ", "Ġa"]


def test_padding_is_never_the_end_of_an_answer() -> None:
    ids = {"bos_token_id": 1, "eos_token_id": 2, "unknown_token_id": 0}
    assert from_gguf.special(bpe(), header(**ids, padding_token_id=2))["pad_token"] == "<|endoftext|>"
    assert from_gguf.special(bpe(), header(**ids, padding_token_id=1))["pad_token"] == "<|im_start|>"
    assert from_gguf.special(bpe(), header(eos_token_id=2)) == {"eos_token": "<|im_end|>", "pad_token": "<|im_end|>"}


def written(path: Path, **values: object) -> Path:
    """A GGUF of one tensor and these values, `__` for a dot."""
    import gguf
    import numpy as np

    writer = gguf.GGUFWriter(path, str(values.pop("architecture", "llama")))
    for key, value in values.items():
        add = writer.add_uint32 if isinstance(value, int) else writer.add_string
        add(key.replace("__", "."), value)
    writer.add_token_list(["a", "b"])
    writer.add_tensor("output.weight", np.zeros((2, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


SHAPE = {"block_count": 1, "embedding_length": 32}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"general__type": "adapter"}, "is an adapter. Name the file of its base"),
        ({f"llama__{key}": value for key, value in SHAPE.items()}, "carries no chat template"),
        (
            {"architecture": "strange", "tokenizer__chat_template": "{{ x }}"}
            | {f"strange__{key}": value for key, value in SHAPE.items()},
            "transformers cannot read odd.gguf, of the architecture 'strange'",
        ),
    ],
)
def test_what_cannot_be_trained_on_is_one_sentence(values: dict, words: str, tmp_path: Path) -> None:
    path = written(tmp_path / "odd.gguf", tokenizer__ggml__model="gpt2", **values)
    with pytest.raises(InputError, match=words):
        from_gguf.main(["--gguf", str(path), "--out", str(tmp_path / "base")])
    assert [one.name for one in tmp_path.iterdir()] == ["odd.gguf"]


def test_what_is_no_gguf_or_not_there_or_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    text = tmp_path / "notes.gguf"
    text.write_text("years of work")
    (tmp_path / "mine").mkdir()
    for given, out, words in (
        (text, "base", "is not a GGUF file"),
        ("nowhere/x.gguf", "base", "There is no file nowhere/x.gguf, nor a Python package"),
        (text, "mine", "was not restored from a GGUF"),
    ):
        with pytest.raises(InputError, match=words):
            from_gguf.main(["--gguf", str(given), "--out", str(tmp_path / out)])
    assert (tmp_path / "mine").is_dir()


def test_a_file_is_found_in_an_installed_package_that_is_never_imported(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "weights_of_tiny"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    written(folder / "tiny.gguf", general__file_type=3)
    with pytest.raises(InputError, match="was not installed by pip"):
        served.find("weights_of_tiny/tiny.gguf")
    install(tmp_path)
    found = served.find("weights_of_tiny/tiny.gguf")
    assert found.kind == "q4_1" and found.laid(tmp_path / "copy.gguf") == folder / "tiny.gguf"
    assert found.entry() == {
        "package": "weights_of_tiny", "requirement": "weights-of-tiny==1.2", "file": "tiny.gguf",
        "sha256": sha256(folder / "tiny.gguf"), "bytes": (folder / "tiny.gguf").stat().st_size,
    }  # fmt: skip


def install(site: Path) -> None:
    """Leave beside a package what pip leaves there."""
    about = site / "weights_of_tiny-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: weights-of-tiny\nVersion: 1.2\n")
    (about / "top_level.txt").write_text("weights_of_tiny\n")
