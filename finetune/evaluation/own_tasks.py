"""The two lm-eval tasks over the project's own held-out data.

    python -m finetune.evaluation.own_tasks      # writes finetune/evaluation/tasks/*.jsonl.gz again

which_idea: a topic and four ideas, one written for it. which_rewrite: an idea and a goal; the rewrite, the idea as it
was, and the rewrite of another idea toward a goal of the same kind. Questions are the app's own prompts.
"""

import gzip
import json
from pathlib import Path
from random import Random

from finetune import ideas
from workbench.assist import prompts
from workbench.settings import ROOT

FOLDER = Path(__file__).with_name("tasks")
EACH = 2  # questions on each topic
CHOICES = 4


def build(folder: Path) -> dict[str, list[dict]]:
    """Return the rows of both tasks from the held-out part of the idea set in `folder`."""
    _, heldout = ideas.split(ideas.read(folder))
    return {
        "which_idea": which_idea(heldout["brainstorm"], Random(0)),
        "which_rewrite": which_rewrite(heldout["refine"], Random(0)),
    }


def which_idea(topics: list[dict], rng: Random) -> list[dict]:
    rows = []
    for topic in topics:
        for idea in rng.sample(topic["ideas"], min(EACH, len(topic["ideas"]))):
            others = rng.sample([other for other in topics if other is not topic], CHOICES - 1)
            wrong = [rng.choice(other["ideas"]) for other in others]
            question = prompts.one_idea(topic["topic"], idea["lens"])[-1]["content"]
            right = prompts.idea_line(idea["title"], idea["text"])
            rows.append(_row(question, right, [prompts.idea_line(one["title"], one["text"]) for one in wrong], rng))
    return rows


def which_rewrite(found: list[dict], rng: Random) -> list[dict]:
    rows = []
    for row in found:
        kind = row["goal"].partition(":")[0]
        alike = [o for o in found if o is not row and o["goal"].partition(":")[0] == kind]
        other = rng.choice(alike or [o for o in found if o is not row])
        question = prompts.refine(row["topic"], row["idea"], row["goal"])[-1]["content"]
        wrong = [prompts.clean(row["idea"]), prompts.clean(other["refined"])]
        rows.append(_row(question, prompts.clean(row["refined"]), wrong, rng))
    return rows


def _row(question: str, right: str, wrong: list[str], rng: Random) -> dict:
    choices = [right, *wrong]
    rng.shuffle(choices)
    return {"question": question, "choices": choices, "answer": choices.index(right)}


def write(folder: Path = FOLDER) -> None:
    """Write the rows; the same idea set gives the same bytes."""
    for name, rows in build(ROOT / "data" / "ideas").items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
        print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    write()
