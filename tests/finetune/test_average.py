"""Between two stages of one pretraining."""

import json

import pytest

from finetune import average
from tests.finetune.conftest import tiny_model
from workbench.errors import InputError


def test_every_weight_lies_between_the_two_by_the_share(tmp_path, tiny_base):
    import torch
    from safetensors.torch import load_file, save_file

    later = tiny_model(tmp_path / "later" / "model")
    weights = load_file(later / "model.safetensors")
    save_file({name: w + 1 for name, w in weights.items()}, later / "model.safetensors", metadata={"format": "pt"})
    out = tmp_path / "out" / "averaged"
    out.parent.mkdir()
    average.main(["--models", f"{tiny_base},{later}", "--last", "0.75", "--out", str(out)])
    before = load_file(tiny_base / "model.safetensors")
    for name, mean in load_file(out / "model.safetensors").items():
        assert torch.allclose(mean, before[name] + 0.75, atol=1e-6), name
    assert json.loads((out.parent / "average.json").read_text())["share of the last"] == 0.75


@pytest.mark.parametrize(("models", "last", "words"), [("A,B", "2", "share from 0 to 1"), ("A", "0.5", "two models")])
def test_what_cannot_be_averaged_is_refused_in_one_sentence(models, last, words, tmp_path):
    with pytest.raises(InputError, match=words):
        average.main(["--models", models, "--last", last, "--out", str(tmp_path)])


def test_models_of_two_shapes_have_nothing_between_them(tmp_path, tiny_base):
    wider = tiny_model(tmp_path / "wider", width=64)
    with pytest.raises(InputError, match="not of one shape"):
        average.average(tiny_base, wider, 0.5, tmp_path / "out")
    with pytest.raises(InputError, match=r"no model\.safetensors"):
        average.average(tiny_base, tmp_path / "none", 0.5, tmp_path / "out")
