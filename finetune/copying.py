"""Refinement rows made of written ideas: the idea stays word for word, and one sentence is added or taken away.

A small model that has read only free rewrites loses what it should keep: names, numbers, the idea itself. In these rows
the answer begins with the idea as it was asked, so that copying is learned, and ends with one sentence of
`additions.jsonl.gz` for the goal. For `shorter` it is the other way about: a draft with padding, or with a clause too
many, and the idea without it.
"""

import gzip
import json
import re
from collections import defaultdict
from pathlib import Path
from random import Random

from workbench.assist import prompts
from workbench.errors import InputError

PADDING = "padding"
# A clause at the end that says why or what else: it can go without the idea going.
JOINED_BY = "so|and|which|because|while|where|until|letting|giving|making"
CLAUSE = re.compile(rf"^(?P<core>[^,;]{{30,}}), (?:{JOINED_BY}) (?P<rest>.+)\.$")
FEW_WORDS, MOST_WORDS = 6, 17
FACT = re.compile(r"\d|\b[A-Z]")  # a number or a name


def additions(folder: Path) -> dict[str, list[str]]:
    """Return the sentences to add for each goal, and those to take away under `padding`."""
    path = Path(folder) / "additions.jsonl.gz"
    if not path.is_file():
        raise InputError(f"The idea set has no {path}. Give its folder with --ideas_dir.")
    found = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            found[row["goal"]].append(row["text"])
    return dict(found)


def refinements(topics: list[dict], sentences: dict[str, list[str]], rng: Random, most: int) -> list[dict]:
    """Return at most `most` refinement rows, one for an idea, its goal drawn at random; a third are `shorter`.

    Half of the ideas are those with a number or a name in them, as far as they go: these are what gets lost.
    """
    goals = sorted(goal for goal in sentences if goal != PADDING)
    ideas = [(topic["topic"], idea) for topic in topics for idea in topic["ideas"]]
    ideas = rng.sample(ideas, len(ideas))
    told = [at for at, (_, idea) in enumerate(ideas) if FACT.search(idea["text"][1:])][: most // 2]
    rows = []
    for topic, idea in map(ideas.__getitem__, [*told, *sorted(set(range(len(ideas))) - set(told))]):
        if len(rows) >= most:
            break
        line = prompts.idea_line(idea["title"], idea["text"])
        if rng.random() < 1 / 3:
            goal, made = "shorter", shortened(idea, sentences[PADDING], rng)
        else:
            goal = rng.choice(goals)
            made = line, f"{line} {rng.choice(sentences[goal])}"
        if made:
            rows.append({"topic": topic, "idea": made[0], "goal": goal, "refined": made[1]})
    return rows


def shortened(idea: dict, padding: list[str], rng: Random) -> tuple[str, str] | None:
    """Return (a longer draft, the shorter idea), or None where the idea itself is too long for one."""
    clause = CLAUSE.match(idea["text"])
    if clause and not FACT.search(clause["rest"]) and _short(clause["core"]):
        return prompts.idea_line(idea["title"], idea["text"]), prompts.idea_line(idea["title"], f"{clause['core']}.")
    if not _short(idea["text"]):
        return None
    line = prompts.idea_line(idea["title"], idea["text"])
    return f"{line} {' '.join(rng.sample(padding, rng.randint(1, 2)))}", line


def _short(text: str) -> bool:
    return FEW_WORDS <= len(text.split()) <= MOST_WORDS
