"""The parts of an evaluation: each measures one thing on both sides and keeps what it found."""

import hashlib
import json
from pathlib import Path

from finetune import engines
from finetune.evaluation import answers, duels, harness, heldout, losses, quality, voting
from finetune.evaluation.kept import Kept
from finetune.evaluation.subject import SIDES, Models, Subject
from finetune.ledger import Ledger
from finetune.rowdata.manifest import sha256
from workbench.errors import InputError


class NotMeasured(Exception):
    """A part that has nothing to be measured on; `str()` says what it would need."""


def measure_losses(asked, compared: Subject, models: Models, learned: list, kept: Kept) -> dict:
    """Return the losses on what was learned and on what was not, and for preferences where the answers moved."""
    length, seed = compared.settings.max_length, asked.seed
    parts = [*learned, *heldout.others(compared.settings, asked.data, asked.rows)]
    rows = {part.name: heldout.tokenised(models.tokenizer, part, length) for part in parts}
    notes = [
        f"{len(part.rows) - len(rows[part.name])} of {len(part.rows)} rows of {part.name} are too long to be counted."
        for part in parts if len(rows[part.name]) < len(part.rows)
    ]  # fmt: skip
    file = heldout.general_file(compared.base, asked.general)
    rows[heldout.GENERAL] = heldout.general(models.tokenizer, file, length, seed)
    learned_names = [part.name for part in learned]
    found = []
    for name, scored in rows.items():
        if not scored:
            continue
        inputs = {"rows": _short([(row.ids, row.labels) for row in scored]), "seed": seed}
        part = kept.part(f"loss-{name}".replace(" ", "-"), inputs, lambda s=scored: losses.measure(models, s, seed))
        part.pop("by_row")  # stays in the kept file, for other comparisons
        found.append({"name": name, "learned": name in learned_names} | part)
    if not any(part["learned"] for part in found):
        raise InputError(f"No held-out row has an answer within {length} tokens. Evaluate with longer rows.")
    pairs = heldout.pairs(models.tokenizer, learned, length)
    moved = {name: losses.preferences(models, both) for name, both in pairs.items()}
    if changed := changed_data(compared, asked.data):
        notes.append(f"{', '.join(changed)} of the data set changed since the run was trained on it.")
    return {"parts": found, "preferences": moved, "general": str(file), "notes": notes}


def changed_data(compared: Subject, data: Path | None) -> list[str]:
    """Return the files of the data set that are others than those the run was trained on."""
    known = compared.record.get("data", {})
    files = sorted(data.glob("*.jsonl")) if data else []
    return [path.name for path in files if path.name in known and sha256(path) != known[path.name]]


def measure_tasks(asked, models: Models, kept: Kept) -> dict:
    tasks = harness.Tasks(asked.tasks, asked.tasks_path)
    return harness.measure(tasks, models, kept, batch_size=asked.batch_size, limit=asked.limit)


def measure_quality(asked, kept: Kept) -> dict:
    export = quality.export_of(asked.run, asked.export)
    if export is None:
        raise NotMeasured("there is no exported model; export the run and name its folder with --export.")
    inputs = {
        "manifest": sha256(export / "manifest.json"), "ideas": asked.ideas, "rows": asked.quality_rows,
        "seed": asked.seed, "topics": sha256(asked.topics) if asked.topics and asked.topics.is_file() else None,
    }  # fmt: skip
    sides = {}
    for side in SIDES:
        keep = kept.folder / f"quality-answers-{side}.jsonl"
        sides[side] = kept.part(
            f"quality-{side}", inputs,
            lambda side=side, keep=keep: quality.measure(
                export, side, keep, topics=asked.topics, ideas=asked.ideas, rows=asked.quality_rows, seed=asked.seed
            ),
        )  # fmt: skip
    return {"figures": quality.compared(**sides), "export": str(export)}


def measure_duels(asked, compared: Subject, models: Models, learned: list, kept: Kept) -> dict:
    n = asked.prompts or (60 if asked.judge else 0)
    if not n:
        raise NotMeasured("no judge was named; name one with --judge, or make pairs for people with --prompts 40.")
    found = answers.questions(learned, n, asked.seed)
    stamp = _short([kept.inputs, asked.seed])
    lines = Ledger(kept.folder / f"answers-{stamp}.jsonl")
    answers.answer(models, found, lines, seed=asked.seed, max_length=compared.settings.max_length)
    voting.write(kept.folder, found, lines, asked.seed)
    if not asked.judge:
        raise NotMeasured(f"no judge was named; {len(found)} pairs for people are in {kept.folder / 'pairs.csv'}.")
    engine = engines.open_model(asked.judge, asked.judge_model, context=duels.CONTEXT)
    try:
        who = engines.about(engine)
        verdicts = Ledger(kept.folder / f"verdicts-{stamp}-{_short(who)}.jsonl")
        duels.judge(duels.Judge(engine), found, lines, verdicts)
    finally:
        engine.close()
    rows = [verdicts.rows[one["id"]] for one in found]
    return duels.summary(rows, asked.seed) | {"judge": who}


def _short(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
