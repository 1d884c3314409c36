"""Prompt sets of the person's own; the built-in ones are data files."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from workbench.errors import InputError
from workbench.records import Prompt, PromptSet
from workbench.store.connection import Connection, clean, insert, now, require, select, update


class PromptSets(Connection):
    """Reads and writes of prompt sets."""

    def add_prompt_set(self, name: str, prompts: Sequence[Prompt], about: str = "") -> PromptSet:
        """Keep a set. Raises InputError for one without a name or a prompt."""
        if not name.strip() or not prompts:
            raise InputError("A prompt set needs a name and one prompt at least. Write them and try again.")
        row = {"name": clean(name.strip()), "about": clean(about), "prompts": packed(prompts), "created": now()}
        with self._writing() as db:
            return _set_of(require(db, "prompt_sets", insert(db, "prompt_sets", row), "prompt set"))

    def prompt_sets(self) -> list[PromptSet]:
        """Return the sets, oldest first, removed ones left out."""
        with self._reading() as db:
            return [_set_of(row) for row in select(db, "select * from prompt_sets where not removed order by id")]

    def remove_prompt_set(self, set_id: int) -> None:
        """Take a set off the list; comparisons keep the prompts they were made with."""
        with self._writing() as db:
            require(db, "prompt_sets", set_id, "prompt set")
            update(db, "prompt_sets", set_id, {"removed": 1})


def packed(prompts: Sequence[Prompt]) -> str:
    """Return prompts as the JSON that the tables keep."""
    return clean(json.dumps([asdict(prompt) for prompt in prompts], ensure_ascii=False))


def unpacked(text: str) -> tuple[Prompt, ...]:
    """Return the prompts that `packed` wrote."""
    return tuple(Prompt(each["title"], tuple(each["messages"])) for each in json.loads(text))


def _set_of(row: dict[str, object]) -> PromptSet:
    return PromptSet(str(row["name"]), unpacked(str(row["prompts"])), str(row["about"]), int(str(row["id"])))
