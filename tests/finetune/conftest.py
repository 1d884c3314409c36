"""Training tests run the real scripts on toy sizes; the toy model is made once for all of them."""

import os
from pathlib import Path

import pytest

from tests.conftest import STARTER

# Set before torch is imported: toy matrices are slower with threads that wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the toy model, which is trained first, is slow."""
    for item in items:
        if "toy" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished `finetune.smoke` run: starter/, brainstorm/, refine/, export/."""
    from finetune import smoke

    folder = tmp_path_factory.mktemp("toy")
    smoke.run(folder)
    return folder


def tiny_model(folder: Path, kind: str = "llama", width: int = 32, layers: int = 2) -> Path:
    """Write a base of random weights with the starter's tokenizer; `kind` is llama or qwen2."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(STARTER / "tokenizer")
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": width, "intermediate_size": 2 * width, "num_hidden_layers": layers}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 512}
    config = AutoConfig.for_model(kind, vocab_size=len(tokenizer), tie_word_embeddings=True, **shape, **heads)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base of random weights, made in a second."""
    return tiny_model(tmp_path_factory.mktemp("base") / "model")
