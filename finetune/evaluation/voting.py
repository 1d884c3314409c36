"""The same pairs for people: a file that does not say whose answer is whose, the key to it, and the votes read back."""

import csv
import json
from collections import Counter
from pathlib import Path
from random import Random

from finetune import record
from finetune.evaluation.answers import asked
from finetune.evaluation.duels import bootstrap
from finetune.ledger import Ledger
from workbench.errors import InputError

COLUMNS = ("id", "prompt", "answer_a", "answer_b")
VALUES = {"a": 1.0, "b": 0.0, "tie": 0.5, "both_bad": 0.5}


def write(folder: Path, found: list[dict], answers: Ledger, seed: int) -> None:
    """Write pairs.jsonl and pairs.csv, with the sides drawn by lot, and pairs-key.json, which is to stay closed."""
    rows, key = [], {}
    for one in found:
        sides = Random(f"{seed} {one['id']}").sample(("tuned", "base"), 2)
        texts = [answers.rows[f"{side} {one['id']}"]["text"] for side in sides]
        rows.append(dict(zip(COLUMNS, (one["id"], asked(one["messages"]), *texts), strict=True)))
        key[one["id"]] = {"a": sides[0], "b": sides[1]}
    with (folder / "pairs.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    with (folder / "pairs.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, COLUMNS)
        table.writeheader()
        table.writerows(rows)
    record.write(folder / "pairs-key.json", key)


def read(votes: Path, key: Path, seed: int) -> dict:
    """Return how people voted: a CSV with the columns id and choice (a, b, tie, both_bad; skip counts for nothing)."""
    if not votes.is_file():
        raise InputError(f"There are no votes at {votes}. Give a CSV file with the columns id and choice.")
    if not key.is_file():
        raise InputError(f"There is no {key}: the votes are on other pairs. Name their folder with --out.")
    sides = json.loads(key.read_text(encoding="utf-8"))
    values, counts = [], Counter()
    with votes.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            pair, choice = row.get("id"), (row.get("choice") or "").strip().lower()
            if pair not in sides or choice not in (*VALUES, "skip"):
                raise InputError(
                    f"{votes.name}, line {number}: {choice!r} on pair {pair!r} is no vote on a pair of {key.parent}. "
                    f"Choices are {', '.join(VALUES)} and skip."
                )
            if choice == "skip":
                continue
            value = VALUES[choice] if sides[pair]["a"] == "tuned" else 1 - VALUES[choice]
            values.append(value)
            counts[{1.0: "wins", 0.0: "losses"}.get(value, "ties")] += 1
    if not values:
        raise InputError(f"{votes} holds no vote. Vote on some pairs first.")
    rate = round(sum(values) / len(values), 4)
    return {"pairs": len(values)} | counts | {"win_rate": rate, "interval": bootstrap(values, seed)}
