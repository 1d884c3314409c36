from pathlib import Path

import pytest

from finetune import config
from workbench.errors import InputError

# What varies a training config, reads data or asks a teacher has no learning rate of its own.
OTHERS = {path for name in ("data-*", "sweep-*", "distill*") for path in Path("finetune/configs").glob(f"{name}.yaml")}
TRAINING = sorted(set(Path("finetune/configs").glob("*.yaml")) - OTHERS)
BRAINSTORM = Path("finetune/configs/brainstorm.yaml")


def test_flags_override_the_file():
    settings = config.load("", ["--config", str(BRAINSTORM), "--learning_rate", "1e-4", "--run_dir", "runs/other"])
    assert (settings.learning_rate, settings.run_dir, settings.rank) == (1e-4, "runs/other", 16)


@pytest.mark.parametrize("flags", [["--learning-rat", "1"], ["--rank"], ["rank", "3"]])
def test_a_misspelt_or_empty_flag_is_refused_in_one_sentence(flags):
    with pytest.raises(InputError, match=r"has no setting|needs a value"):
        config.load("", ["--config", str(BRAINSTORM), *flags])


def test_a_missing_file_is_named():
    with pytest.raises(InputError, match=r"no config at nowhere\.yaml"):
        config.load("", ["--config", "nowhere.yaml"])


@pytest.mark.parametrize("path", sorted(Path("finetune/configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_config_reads(path):
    settings = config.read(path)
    assert settings.get("run_dir", settings.get("out_dir")).startswith("runs/")


@pytest.mark.parametrize("path", TRAINING, ids=lambda path: path.stem)
def test_every_training_config_has_a_learning_rate(path):
    settings = config.read(path)
    assert isinstance(settings.get("muon_lr", settings.get("learning_rate")), float)


@pytest.mark.parametrize(("text", "words"), [("a: [", "is not valid YAML"), ("- a", "no settings"), ("", "no set")])
def test_a_file_that_is_no_config_is_refused_in_one_sentence(tmp_path, text, words):
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        config.read(path)
