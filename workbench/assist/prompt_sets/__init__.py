"""Prompt sets for comparing models: built in as data beside this file, from a person's file, or a board's questions.

A prompt is a plain question, a chat, or what one of the verbs asks: {"brainstorm": {"topic", "lens"}} and
{"refine": {"topic", "idea", "goal"}} become the very messages that the pages send.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from workbench.assist import prompts
from workbench.errors import BadFile, InputError
from workbench.records import Board, Prompt, PromptSet

BUILT_IN = ("original-study", "plain-questions", "brainstorm", "refine")
MOST = 200  # prompts in a set
TITLE = 80  # letters of a prompt in tables


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Brainstorm(_Strict):
    topic: str = Field(min_length=1)
    lens: str = ""


class _Refine(_Strict):
    topic: str = ""
    idea: str = Field(min_length=1)
    goal: str = Field(min_length=1)


class _Turn(_Strict):
    role: Literal["system", "user", "assistant"]
    content: str = Field(min_length=1)


class _Asked(_Strict):
    title: str = ""
    messages: list[_Turn] | None = None
    brainstorm: _Brainstorm | None = None
    refine: _Refine | None = None


class _Set(_Strict):
    name: str = ""
    about: str = ""
    prompts: list[str | _Asked] = Field(min_length=1, max_length=MOST)


def built_in() -> list[PromptSet]:
    """Return the sets that come with the workbench."""
    return [read_set(Path(__file__).with_name(f"{name}.json")) for name in BUILT_IN]


def read_set(path: Path) -> PromptSet:
    """Return the prompts of a file: JSON as the built-in sets have it, a JSON list, or text with one a line."""
    try:
        return set_of(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path.name} cannot be read as UTF-8 text: {error}. Save it as text or JSON.") from error


def set_of(text: str, name: str) -> PromptSet:
    """Return the prompts in the text of a file of this name. Raises BadFile with the sentence to show."""
    stem = Path(name).stem
    if Path(name).suffix.lower() != ".json":
        return PromptSet(stem, from_lines(text))
    try:
        parsed = json.loads(text)
        found = TypeAdapter(_Set).validate_python({"prompts": parsed} if isinstance(parsed, list) else parsed)
    except ValueError as error:  # pydantic's ValidationError is one
        raise BadFile(f"{name} does not hold prompts: {_reason(error)}. See docs/compare.md for the form.") from error
    return PromptSet(found.name or stem, tuple(_prompt(each) for each in found.prompts), found.about)


def from_lines(text: str) -> tuple[Prompt, ...]:
    """Return one plain question for each line that says something. Raises InputError."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise InputError("There is no prompt in the text. Write one a line and try again.")
    if len(lines) > MOST:
        raise InputError(f"There are {len(lines)} prompts, a set takes {MOST}. Leave some out.")
    return tuple(_prompt(line) for line in lines)


def of_boards(boards: Sequence[Board]) -> PromptSet:
    """Return a set that asks for one idea for the question of each board."""
    asked = (
        Prompt(_title(board.question), tuple(prompts.one_idea(
            board.question, context=prompts.for_whom(board.context, board.audience), constraints=board.constraints,
        )))
        for board in boards[:MOST]
    )  # fmt: skip
    return PromptSet("Questions of the boards", tuple(asked), "One idea for each board's question, as Brainstorm asks.")


def _prompt(given: str | _Asked) -> Prompt:
    if isinstance(given, str):
        return Prompt(_title(given), ({"role": "user", "content": given.strip()},))
    if given.brainstorm:
        topic = given.brainstorm.topic
        lens = f" ({given.brainstorm.lens})" if given.brainstorm.lens else ""
        return Prompt(given.title or _title(topic + lens), tuple(prompts.one_idea(topic, given.brainstorm.lens)))
    if given.refine:
        asked = given.refine
        title = given.title or _title(f"{asked.idea.split(' — ')[0]}, {asked.goal}")
        return Prompt(title, tuple(prompts.refine(asked.topic, asked.idea, asked.goal)))
    if given.messages and given.messages[-1].role == "user":
        turns = tuple({"role": turn.role, "content": turn.content} for turn in given.messages)
        return Prompt(given.title or _title(turns[-1]["content"]), turns)
    raise BadFile("A prompt is a text, or has messages that end with the user's, or brainstorm, or refine.")


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE else line[: TITLE - 2].rsplit(" ", 1)[0] + " …"


def _reason(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first: Any = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'it'}: {first['msg']}"
    return str(error)
