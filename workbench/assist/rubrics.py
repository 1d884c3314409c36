"""Rubrics as people write and share them: a few lines for each dimension, or a JSON file."""

import json
from collections.abc import Mapping, Sequence

from workbench.assist import prompts
from workbench.errors import BadFile, InputError
from workbench.records import Check, Rubric

KIND = "brainstorming-workbench/rubric"
MOST = 16  # checks: each is asked in six ways
LONGEST = 300  # characters of a check


def from_lines(name: str, lines: Mapping[str, str], *, of: Rubric | None = None) -> Rubric:
    """Return the rubric that text fields hold: one check a line, a field for each dimension.

    Checks that `of` holds too keep their question. Raises InputError for none, too many, or one that is there twice.
    """
    questions = {check.text: check.question for check in of.checks} if of else {}
    checks = [
        Check(text, dimension, questions.get(text, ""))
        for dimension, field in lines.items() for line in field.splitlines() if (text := " ".join(line.split()))
    ]  # fmt: skip
    fault = _fault(name, checks)
    if fault:
        raise InputError(f"{fault} Change it and save again.")
    return Rubric(of.id if of else None, name.strip(), tuple(checks))


def to_lines(rubric: Rubric) -> dict[str, str]:
    """Return the text fields of a rubric, by dimension."""
    return {
        dimension: "\n".join(check.text for check in rubric.checks if check.dimension == dimension)
        for dimension in prompts.DIMENSIONS
    }


def to_file(rubric: Rubric) -> str:
    """Return a rubric as a file to share."""
    checks = [{"text": each.text, "dimension": each.dimension, "question": each.question} for each in rubric.checks]
    kept = {"kind": KIND, "version": 1, "name": rubric.name, "checks": checks}
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def from_file(content: bytes, file: str) -> Rubric:
    """Return the rubric in a file. Raises BadFile that names the file, the fault and what a check needs."""
    try:
        kept = json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise BadFile(f"{file} is not JSON ({error}). Pick a file that was saved from a rubric.") from error
    if not isinstance(kept, dict) or not isinstance(kept.get("name"), str) or not isinstance(kept.get("checks"), list):
        raise BadFile(f'{file} is no rubric: it needs a "name" and a list "checks". Pick a file saved from a rubric.')
    checks = [_check(number, each, file) for number, each in enumerate(kept["checks"], 1)]
    fault = _fault(kept["name"], checks)
    if fault:
        raise BadFile(f"{file} cannot be used: {fault} Change the file and pick it again.")
    return Rubric(None, " ".join(kept["name"].split()), tuple(checks))


def _check(number: int, kept: object, file: str) -> Check:
    if not isinstance(kept, dict) or not isinstance(kept.get("text"), str):
        raise BadFile(f'{file}: check {number} needs a "text" in words. Add it and pick the file again.')
    question = kept.get("question", "")
    if kept.get("dimension") not in prompts.DIMENSIONS or not isinstance(question, str):
        known = ", ".join(prompts.DIMENSIONS)
        raise BadFile(
            f'{file}: check {number} has the dimension {kept.get("dimension")!r}; it must be one of {known}, and its '
            '"question", if any, a text. Change it and pick the file again.'
        )
    return Check(" ".join(kept["text"].split()), kept["dimension"], " ".join(question.split()))


def _fault(name: str, checks: Sequence[Check]) -> str:
    """Return what is wrong with a rubric, as a sentence; empty: nothing."""
    texts = [check.text.casefold() for check in checks]
    if not name.strip():
        return "The rubric has no name."
    if not 1 <= len(checks) <= MOST:
        return f"A rubric has 1 to {MOST} checks; this one has {len(checks)}."
    if "" in texts or len(set(texts)) < len(texts):
        return "A check is empty or there twice."
    if any(len(text) > LONGEST for text in (name, *texts)):
        return f"A name or a check is longer than {LONGEST} characters."
    return ""
