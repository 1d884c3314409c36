"""What goes wrong is one sentence, ends with 1, and leaves nothing half written."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from finetune import prepare, train
from tests.finetune import chats
from tests.finetune.conftest import tiny_model
from workbench.errors import InputError

DATA_CONFIG = """
out_dir: {out}
seed: 1
sources: [{{path: {path}}}]
splits: {splits}
group_by: null
min_chars: 5
max_chars: 5000
min_score: null
drop_refusals: true
languages: []
near_duplicates: null
preview: false
tokenizer: ""
"""
GOOD = json.dumps({"instruction": "Name a soup, number {n}.", "output": "Lentil soup, at {n} o'clock."})


def config(folder: Path, lines: list[str], splits: str = "{train: null, test: 0.2}") -> Path:
    (folder / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    path = folder / "data.yaml"
    path.write_text(DATA_CONFIG.format(out=folder / "out", path=folder / "rows.jsonl", splits=splits))
    return path


def rows(count: int) -> list[str]:
    return [GOOD.replace("{n}", str(n)) for n in range(count)]


def test_a_broken_line_is_named_and_ends_with_1(tmp_path: Path) -> None:
    lines = rows(6000)
    lines[5116] = lines[5116][:-9]
    done = subprocess.run(
        [sys.executable, "-m", "finetune.prepare", "--config", str(config(tmp_path, lines))],
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 1 and done.stdout == ""
    assert "rows.jsonl, line 5,117 is not valid JSON" in done.stderr and done.stderr.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.yaml", "rows.jsonl"]


@pytest.mark.parametrize(
    ("lines", "splits", "words"),
    [
        ([*rows(5), '{"instruction": "Name a soup."}'], "{train: null}", "line 6 has the columns instruction"),
        (rows(5), "{train: null, validation: 0.01}", "split validation would be empty"),
        (rows(5), "{train: null, test: 9}", "ask for 9 rows, 5 are left"),
    ],
)  # fmt: skip
def test_a_missing_column_or_an_empty_split(tmp_path: Path, lines: list[str], splits: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        prepare.main(["--config", str(config(tmp_path, lines, splits))])
    assert not (tmp_path / "out").exists() and not list(tmp_path.glob(".new*"))


@pytest.mark.slow
def test_an_unknown_base_ends_with_1(tmp_path: Path) -> None:
    data = chats.write(tmp_path / "data", "sft")
    done = subprocess.run(
        [sys.executable, "-m", "finetune.train", *chats.flags(Path("nobody/nothing"), data, tmp_path / "run")],
        env=os.environ | {"HF_HUB_OFFLINE": "1"}, capture_output=True, text=True, timeout=540,
    )  # fmt: skip
    assert done.returncode == 1 and "There is no base model at" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()


def test_a_folder_that_is_no_base(tmp_path: Path) -> None:
    data = chats.write(tmp_path / "data", "sft")
    with pytest.raises(InputError, match=r"There is no base model at .*nowhere"):
        train.main(chats.flags(tmp_path / "nowhere", data, tmp_path / "run"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"backend": "unsloth"}, "unsloth backend"),
        ({"backend": "magic"}, "no backend 'magic'"),
        ({"method": "qdora"}, "needs a GPU"),
        ({"method": "qlora", "device": "cuda"}, "finds no GPU"),
        ({"target_modules": "[wrong_proj]"}, "target modules"),
        ({"resume_adapter": "nowhere"}, "no adapter at nowhere"),
        ({"schedule": "zigzag"}, "no schedule 'zigzag'"),
    ],
)
def test_settings_that_cannot_be(tiny_base: Path, tmp_path: Path, changes: dict, words: str) -> None:
    import torch

    if torch.cuda.is_available() and changes.get("device") == "cuda":
        pytest.skip("there is a GPU")
    data = chats.write(tmp_path / "data", "sft")
    with pytest.raises(InputError, match=words) as refused:
        train.main(chats.flags(tiny_base, data, tmp_path / "run", **changes))
    assert "\n" not in str(refused.value) and not (tmp_path / "run" / "adapter").exists()


@pytest.fixture(scope="module")
def trained(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run on the tiny Llama."""
    folder = tmp_path_factory.mktemp("trained")
    train.main(chats.flags(tiny_base, chats.write(folder / "data", "sft"), folder / "run"))
    return folder


@pytest.mark.parametrize(
    ("kind", "width", "layers", "words"),
    [("qwen2", 32, 2, "a llama, and this is a qwen2"), ("llama", 48, 2, "wide here"), ("llama", 32, 1, "there is no")],
)  # fmt: skip
def test_an_adapter_of_another_model(
    trained: Path, tmp_path: Path, kind: str, width: int, layers: int, words: str
) -> None:
    other = tiny_model(tmp_path / "other", kind, width, layers)
    changes = {"resume_adapter": trained / "run" / "adapter"}
    with pytest.raises(InputError, match=words):
        train.main(chats.flags(other, trained / "data", tmp_path / "run", **changes))
    assert not (tmp_path / "run" / "adapter").exists()


def test_an_adapter_with_another_tokenizer(trained: Path, tmp_path: Path) -> None:
    other = tiny_model(tmp_path / "other")
    tokenizer = json.loads((other / "tokenizer.json").read_text(encoding="utf-8"))
    first, second = list(tokenizer["model"]["vocab"])[300:302]
    vocabulary = tokenizer["model"]["vocab"]
    vocabulary[first], vocabulary[second] = vocabulary[second], vocabulary[first]
    (other / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    with pytest.raises(InputError, match="another tokenizer"):
        train.main(
            chats.flags(other, trained / "data", tmp_path / "run", resume_adapter=trained / "run" / "adapter")
        )


def test_a_folder_of_another_config_is_left_alone(trained: Path, tiny_base: Path) -> None:
    before = (trained / "run" / "run.json").read_bytes()
    with pytest.raises(InputError, match="holds a run with rank 4, not 8"):
        train.main(chats.flags(tiny_base, trained / "data", trained / "run", rank=8))
    assert (trained / "run" / "run.json").read_bytes() == before


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let the system refuse to write any file beyond `size` bytes, as it does on a full disk."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def test_a_full_disk_at_a_checkpoint(tiny_base: Path, tmp_path: Path) -> None:
    data = chats.write(tmp_path / "data", "sft")
    flags = chats.flags(tiny_base, data, tmp_path / "run", method="full", learning_rate=1e-3)
    # The weights fit (0.9 MB), the optimizer's two states of each do not.
    with files_of_at_most(1_200_000), pytest.raises(InputError, match="no room to write in") as refused:
        train.main(flags)
    assert "begins anew" in str(refused.value) and "\n" not in str(refused.value)
    assert not list((tmp_path / "run").glob("checkpoint-*")) and not (tmp_path / "run" / "adapter").exists()
    assert "no room" in json.loads((tmp_path / "run" / "run.json").read_text())["failed"]["reason"]
    train.main(flags)  # there is room again
    made = json.loads((tmp_path / "run" / "run.json").read_text())
    assert made["finished"] and not made.get("failed") and (tmp_path / "run" / "adapter").is_dir()
