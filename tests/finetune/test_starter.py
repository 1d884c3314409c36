"""The shipped starter is what its own tokenizer and proof say."""

import json
from pathlib import Path

import pytest

from finetune import proof
from finetune.proving.texts import CONVERSATIONS
from workbench.assist import prompts
from workbench.models import read_model

STARTER = Path("data/models/starter")
pytestmark = pytest.mark.model


def test_token_ids_are_equal_in_training_and_serving():
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(STARTER / "tokenizer")
    found = proof.compare_tokens(tokenizer, read_model(STARTER).base)
    assert found == {"texts equal": len(proof.AWKWARD_TEXTS), "chats equal": len(proof.PROMPTS) + len(CONVERSATIONS)}


def test_its_adapters_were_trained_on_the_prompts_of_today():
    assert read_model(STARTER).prompts_version == prompts.VERSION


def test_its_proof_is_stored_and_within_bounds():
    found = json.loads((STARTER / "proof.json").read_text())
    for part in ("base", "brainstorm", "refine"):
        assert found[part]["f16"]["rms logit difference"] <= proof.F16_LOGITS
        assert found[part]["shipped"]["mean KL divergence"] <= proof.QUANTISED_KL


def test_it_stays_small_enough_for_git():
    assert sum(path.stat().st_size for path in STARTER.rglob("*") if path.is_file()) < 40e6


def test_its_card_names_books_licences_and_limits():
    card = (STARTER / "README.md").read_text(encoding="utf-8")
    for words in ("Introduction to Business", "CC BY 4.0", "Apache-2.0", "held out", "cannot"):
        assert words in card
