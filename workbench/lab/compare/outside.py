"""Pairs of answers made elsewhere, to be voted on blind: a file of them becomes a comparison without times.

One JSON object, which says whose answers they are (the page shows that after each vote):
{"format": "workbench-pairs", "version": 1, "title": "...", "pairs": [
    {"prompt": "text, or a list of messages", "a": {"model": "...", "text": "..."}, "b": {...}}]}
Or what `finetune.evaluate` writes: pairs.jsonl, {"id", "prompt", "answer_a", "answer_b"} a line, with pairs-key.json,
{id: {"a": model, "b": model}}.
"""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from workbench.errors import BadFile
from workbench.records import Comparison, ComparisonKind, Contender, NewComparison, Prompt
from workbench.store import Store

KEY_FILE = "pairs-key.json"
TITLE = 80
MOST = 5_000
SEE = "docs/compare.md has the form."


class _Open(BaseModel):
    model_config = ConfigDict(extra="ignore")  # a writer may add what only it needs


class _Turn(_Open):
    role: Literal["system", "user", "assistant"]
    content: str


class _Answer(_Open):
    model: str = Field(min_length=1)
    text: str


class _Pair(_Open):
    prompt: str | list[_Turn]
    a: _Answer
    b: _Answer


class _File(_Open):
    format: Literal["workbench-pairs"]
    version: Literal[1]
    title: str = ""
    pairs: list[_Pair] = Field(min_length=1, max_length=MOST)


class _Line(_Open):
    id: str | int
    prompt: str
    answer_a: str
    answer_b: str


_KEY = TypeAdapter(dict[str, dict[Literal["a", "b"], str]])


def import_file(store: Store, path: Path) -> Comparison:
    """Import the pairs of a file; the key of a .jsonl file lies beside it. Raises BadFile."""
    key = path.with_name(KEY_FILE)
    try:
        text = path.read_text(encoding="utf-8")
        return import_pairs(store, text, path.name, key.read_text(encoding="utf-8") if key.is_file() else "")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path.name} cannot be read as UTF-8 text: {error}.") from error


def import_pairs(store: Store, text: str, name: str, key: str = "") -> Comparison:
    """Write pairs down as a comparison to vote on. Raises BadFile; then nothing was taken."""
    try:
        found = _lines(text, name, key) if name.endswith(".jsonl") else _File.model_validate(json.loads(text))
    except ValueError as error:  # pydantic's ValidationError is one
        raise BadFile(f"{name} does not hold pairs to vote on: {_reason(error)}. {SEE}") from error
    prompts: dict[str, Prompt] = {}
    models: dict[str, int] = {}
    again: dict[str, int] = {}
    answers = []
    for pair in found.pairs:
        asked, prompt = _prompt(pair.prompt)
        prompts.setdefault(asked, prompt)
        # Each pair of a prompt is a repeat of its own: only the two of a pair are ever shown together.
        again[asked] = again.get(asked, -1) + 1
        for answer in (pair.a, pair.b):
            place = models.setdefault(answer.model, len(models))
            answers.append(((list(prompts).index(asked), place, again[asked]), answer.text))
    new = NewComparison(
        title=found.title or Path(name).stem, kind=ComparisonKind.OUTSIDE, prompts=tuple(prompts.values()),
        contenders=tuple(Contender(model, "") for model in models),
    )  # fmt: skip
    return store.add_answered(new, answers)


def _lines(text: str, name: str, key: str) -> _File:
    """Return the pairs of a file with a line for each, whose models stand in the key."""
    if not key:
        raise BadFile(f"{name} does not say whose answers they are: its key, {KEY_FILE}, is missing. Give both files.")
    models = _KEY.validate_json(key)
    pairs = []
    for line in filter(str.strip, text.splitlines()):
        row = _Line.model_validate_json(line)
        whose = models.get(str(row.id), {})
        if set(whose) != {"a", "b"}:
            raise BadFile(f"{name}: {KEY_FILE} has no models for the pair {row.id}. Give the key of this very file.")
        a, b = _Answer(model=whose["a"], text=row.answer_a), _Answer(model=whose["b"], text=row.answer_b)
        pairs.append(_Pair(prompt=row.prompt, a=a, b=b))
    return _File(format="workbench-pairs", version=1, pairs=pairs)


def _prompt(given: str | list[_Turn]) -> tuple[str, Prompt]:
    turns = [{"role": "user", "content": given}] if isinstance(given, str) else [turn.model_dump() for turn in given]
    words = " ".join(turns[-1]["content"].split()) if turns else ""
    title = words if len(words) <= TITLE else words[: TITLE - 2].rsplit(" ", 1)[0] + " …"
    return json.dumps(turns, sort_keys=True), Prompt(title, tuple(turns))


def _reason(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first: Any = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'it'}: {first['msg']}"
    return str(error)
