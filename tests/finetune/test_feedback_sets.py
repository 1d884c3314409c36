"""Feedback goes round: out of the app, through load_dataset, into trl, and the same through finetune.prepare.

pytest tests/finetune/test_feedback_sets.py
"""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from finetune import plain_loss, prepare
from tests.lab.feedback import Told
from workbench.exchange.datasets import render, write
from workbench.lab.sets import KINDS, Chosen, build
from workbench.store import Store

TOKENIZER = "data/models/starter/tokenizer"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feedback") / "workbench.db"
    store = Store(path)
    told = Told(store)
    told.everything()
    told.everything()  # two of each: what repeats is left out by prepare, not by the export
    store.close()
    return path


@pytest.fixture(scope="module", params=["jsonl", "parquet"])
def exported(request: pytest.FixtureRequest, database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = Store(database)
    chosen = Chosen()
    sets = [build(store, kind, chosen) for kind in KINDS]
    store.close()
    return write(render(sets, chosen, request.param), tmp_path_factory.mktemp("out")).folder


def load(folder: Path, kind: str, cache: Path):
    from datasets import load_dataset

    (file,) = folder.glob(f"{kind}.*")
    builder = "json" if file.suffix == ".jsonl" else "parquet"
    return load_dataset(builder, data_files=str(file), split="train", cache_dir=str(cache))


@pytest.mark.parametrize("kind", KINDS)
def test_every_export_loads_as_it_was_written(exported: Path, database: Path, kind: str, tmp_path: Path) -> None:
    from datasets import load_dataset

    store = Store(database)
    rows = list(build(store, kind).rows)
    store.close()
    for found in (load(exported, kind, tmp_path), load_dataset(str(exported), kind, split="train", cache_dir=tmp_path)):
        assert found.num_rows == len(rows)
        for read, row in zip(found, rows, strict=True):
            assert {name: _bare(value) for name, value in read.items()} == {name: _bare(row[name]) for name in read}


def _bare(value: object) -> object:
    """Return a value without the fields that a table fills in with nothing."""
    if isinstance(value, dict):
        return {name: _bare(each) for name, each in value.items() if each is not None}
    return [_bare(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", ["sft", "kto", "dpo"])
def test_every_export_trains_a_step_in_its_trainer(exported: Path, kind: str, tmp_path: Path) -> None:
    import torch
    import trl
    from peft import LoraConfig, get_peft_model
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    if exported.joinpath(f"{kind}.parquet").exists() and kind != "sft":
        pytest.skip("the same rows as in JSON Lines: loading them is tested above")
    plain_loss.use_on_cpu()
    tokenizer = AutoTokenizer.from_pretrained(TOKENIZER)
    torch.manual_seed(0)
    shape = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id, **shape))
    lora = get_peft_model(model, LoraConfig(r=2, target_modules="all-linear"))  # its reference: the adapter off
    before = {name: part.clone() for name, part in lora.state_dict().items()}
    config, trainer = {
        "sft": (trl.SFTConfig, trl.SFTTrainer), "kto": (trl.KTOConfig, trl.KTOTrainer),
        "dpo": (trl.DPOConfig, trl.DPOTrainer),
    }[kind]  # fmt: skip
    arguments = config(
        output_dir=str(tmp_path), max_steps=1, per_device_train_batch_size=2, learning_rate=0.1, use_cpu=True,
        bf16=False, report_to="none", max_length=256, disable_tqdm=True, save_strategy="no",
        dataloader_pin_memory=False,
    )  # fmt: skip
    trainer(
        model=lora, args=arguments, processing_class=tokenizer, train_dataset=load(exported, kind, tmp_path / "cache")
    ).train()
    after = lora.state_dict()
    moved = [name for name, part in before.items() if not torch.equal(part, after[name])]
    assert moved and all(torch.isfinite(part).all() for part in after.values())


@pytest.mark.parametrize("kind", ["sft", "kto", "dpo"])
def test_prepare_gives_the_same_rows_from_the_database_and_from_the_export(
    exported: Path, database: Path, kind: str, tmp_path: Path
) -> None:
    (file,) = exported.glob(f"{kind}.*")
    sources = {"database": {"name": "feedback", "path": str(database), "as": kind}, "file": {"path": str(file)}}
    found = {}
    for name, source in sources.items():
        settings = SimpleNamespace(
            out_dir=str(tmp_path / name), seed=1, sources=[source], splits={"train": None}, group_by=None, min_chars=1,
            max_chars=9000, min_score=None, drop_refusals=True, languages=[], near_duplicates=None, preview=False,
            tokenizer="",
        )  # fmt: skip
        assert prepare.prepare(settings)["kind"] == kind
        lines = (tmp_path / name / "train.jsonl").read_text(encoding="utf-8").splitlines()
        found[name] = [{key: value for key, value in json.loads(line).items() if key != "source"} for line in lines]
    assert found["database"] == found["file"] and len(found["file"]) > 3


def test_people_can_be_left_out_of_what_prepare_reads(database: Path, tmp_path: Path) -> None:
    from finetune.rowdata import own

    source = {"name": "feedback", "path": str(database), "as": "dpo"}
    everyone = [row["source"] for _, row in own.feedback(source)]
    without = [row["source"] for _, row in own.feedback(source | {"without": ["Ada"], "tasks": ["brainstorm"]})]
    assert "corrected" in everyone and "corrected" not in without and "changes rejected" not in without
