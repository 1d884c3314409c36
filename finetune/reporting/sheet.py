"""Twenty topics to be read blind: the model's ideas and the written ones, mixed, and what a reader would keep."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random

from workbench.bench.quality.ideas import Group
from workbench.errors import InputError

TOPICS, IDEAS = 20, 8
LINE = re.compile(r"^- \[(?P<mark>[^\]]*)\] (?P<number>\d+)\. ")
INTRODUCTION = """\
# Ideas, blind

Write an x between the brackets of each idea that you would keep, `- [x]`, and leave the others as they are. Some were
written by people, some by a model; which ones stands in another file.
"""


def key_of(sheet: Path) -> Path:
    """Return where a sheet's key lies."""
    return sheet.with_suffix(".key.json")


def write(sheet: Path, said: Sequence[Group], written: Sequence[Group], about: dict, seed: int) -> Path:
    """Write the sheet and its key, the ideas of a topic in an order of their own; return the key's place.

    Raises InputError when there is one already: somebody may have begun to fill it in.
    """
    for path in (sheet, key_of(sheet)):
        if path.exists():
            raise InputError(f"{path} is there already. Name another file with --sheet, or remove it.")
    random, lines, whose = Random(seed), [INTRODUCTION], {}
    for place, ((topic, mine), (_, theirs)) in enumerate(zip(said, written, strict=True), 1):
        mixed = [*(("model", idea) for idea in mine), *(("written", idea) for idea in theirs)]
        random.shuffle(mixed)
        lines.append(f"\n## {place}. {topic}\n")
        for who, idea in mixed:
            whose[str(len(whose) + 1)] = who
            lines.append(f"- [ ] {len(whose)}. {' '.join(idea.split()) or '(nothing)'}")
    sheet.parent.mkdir(parents=True, exist_ok=True)
    sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    key_of(sheet).write_text(json.dumps({**about, "whose": whose}, ensure_ascii=False, indent=1), encoding="utf-8")
    return key_of(sheet)


def tally(sheet: Path, key: Path) -> str:
    """Return what was marked, in a sentence. Raises InputError for a sheet that does not belong to the key."""
    for path in (sheet, key):
        if not path.is_file():
            raise InputError(f"There is no file {path}.")
    whose = _whose(key)
    found = (LINE.match(line) for line in sheet.read_text(encoding="utf-8").splitlines())
    marks = {match["number"]: bool(match["mark"].strip()) for match in found if match}
    if marks.keys() != whose.keys():
        raise InputError(f"{sheet} has {len(marks)} ideas and {key} {len(whose)}: they do not belong together.")
    if not any(marks.values()):
        raise InputError(f"No line of {sheet} is marked. Put an x between the brackets of the ideas you would keep.")
    kept = {who: sum(marks[number] for number, of in whose.items() if of == who) for who in ("model", "written")}
    of = sum(who == "model" for who in whose.values())
    return f"One would keep {kept['model']} of {of} (written: {kept['written']})."


def _whose(key: Path) -> dict[str, str]:
    try:
        return json.loads(key.read_text(encoding="utf-8"))["whose"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{key} is no key of a sheet. Name the .key.json that was written with it.") from error
