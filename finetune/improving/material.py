"""What people decided, as training sets: is there enough, which trainers can use it, and the prepared folders."""

from pathlib import Path
from types import SimpleNamespace

from finetune import prepare
from finetune.improving.plan import Improvement
from finetune.improving.served import whole
from workbench.lab.sets import Chosen, DataSet, build, enough
from workbench.store import Store

REHEARSED = 3.0  # rows of the idea set for each row of feedback: what the adapter knows is not to be forgotten
KINDS = ("sft", "dpo", "kto")
SPLITS = {"train": None, "validation": 0.1, "test": 0.1}


def collect(store: Store, made: Improvement, task: str, *, anyway: bool) -> list[str]:
    """Return the kinds to train on, in order, after writing down whether there is enough of each.

    Kept and corrected answers first (SFT); then what was preferred to what (DPO), or else what was wanted and what not
    (KTO). `anyway` takes a set that is too small, as long as its parts can be held apart.
    """
    sets = {kind: build(store, kind, Chosen(tasks=(task,))) for kind in KINDS}
    said = {kind: enough(data) for kind, data in sets.items()}
    counts = {kind: {"rows": each.n, "topics": each.topics, "words": each.words} for kind, each in said.items()}
    made.note(enough=counts)
    usable = {kind for kind in KINDS if said[kind].enough or (anyway and _splits(sets[kind]))}
    return [kind for kind in ("sft", "dpo" if "dpo" in usable else "kto") if kind in usable]


def _splits(data: DataSet) -> bool:
    return data.topics >= len(SPLITS) and len(data.rows) >= 10 * len(SPLITS)


def prepared(store: Store, made: Improvement, task: str, kind: str, ideas_dir: Path, seed: int) -> Path:
    """Return the folder of a prepared set; SFT rows are mixed with rows of the idea set for the same task."""
    sources: list[dict] = [{"name": "feedback", "path": str(store.path), "as": kind, "tasks": [task]}]
    if kind == "sft":
        take = round(REHEARSED * made.facts["enough"]["sft"]["rows"])
        sources.append({"name": "ideas", "path": str(ideas_dir), "tasks": [task], "take": take})

    def write(aside: Path) -> None:
        prepare.prepare(
            SimpleNamespace(
                out_dir=str(aside), seed=seed, sources=sources, splits=SPLITS, group_by=None, min_chars=1,
                max_chars=20_000, min_score=None, drop_refusals=True, languages=[], near_duplicates=None, preview=False,
                tokenizer="",
            )
        )  # fmt: skip

    return whole(made.folder / f"data-{kind}", write)
