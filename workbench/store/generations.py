"""Generations: one row for each completion of a model, from the moment it is asked for."""

import json

from workbench.errors import InputError
from workbench.records import Generation
from workbench.store.actions import act_on_answer
from workbench.store.connection import Connection, Row, clean, insert, now, require, select
from workbench.store.process import is_alive, this_process

INTERRUPTED = "interrupted"
DOING = {"kept": "keeping", "dropped": "discarding", None: "bringing back"}


class Generations(Connection):
    """Reads and writes of model calls."""

    def start_generation(
        self, *, job_id: str, task: str, messages: list[dict[str, str]], model: str, model_sha256: str,
        adapter: str | None, adapter_sha256: str | None, sampling: dict[str, object], seed: int,
        board_id: int | None = None, idea_id: int | None = None, lens: str = "", prompts_version: int | None = None,
    ) -> int:  # fmt: skip
        """Log a completion that was just asked for and return its number."""
        pid, process = this_process()
        row = {
            "job_id": job_id, "task": task, "board_id": board_id, "idea_id": idea_id, "lens": clean(lens),
            "messages": json.dumps(messages), "model": model, "model_sha256": model_sha256,
            "adapter": adapter, "adapter_sha256": adapter_sha256, "sampling": json.dumps(sampling), "seed": seed,
            "pid": pid, "process": process, "created": now(), "prompts_version": prompts_version,
        }  # fmt: skip
        with self._writing() as db:
            if board_id is not None:
                require(db, "boards", board_id, "board")
            if idea_id is not None:
                require(db, "ideas", idea_id, "idea")
            return insert(db, "generations", row)

    def update_generation(self, gid: int, *, text: str, tokens: int) -> None:
        """Write down the text as far as it has come, so that a crash does not lose it."""
        self._update_generation(gid, {"text": clean(text), "tokens": tokens})

    def finish_generation(
        self, gid: int, *, text: str, prompt_tokens: int, tokens: int, first_token_s: float | None,
        seconds: float | None, finish: str, error: str | None = None,
    ) -> None:  # fmt: skip
        """Close the row of a completion that ended, however it ended."""
        changes = {
            "text": clean(text), "prompt_tokens": prompt_tokens, "tokens": tokens, "first_token_s": first_token_s,
            "seconds": seconds, "finish": finish, "error": error,
        }  # fmt: skip
        self._update_generation(gid, changes)

    def reopen_generation(self, gid: int, *, job_id: str) -> None:
        """Let a completion that was cut off grow on under a new job, in this process."""
        pid, process = this_process()
        changes = {"job_id": job_id, "finish": None, "error": None, "pid": pid, "process": process}
        self._update_generation(gid, changes)

    def generation(self, gid: int) -> Generation:
        """Return one completion. Raises NotFound."""
        with self._reading() as db:
            return generation_of(require(db, "generations", gid, "model answer"))

    def generations(
        self, *, board_id: int | None = None, idea_id: int | None = None, task: str | None = None,
        unlabelled: bool = False, limit: int = 50,
    ) -> list[Generation]:  # fmt: skip
        """Return completions newest first, those that match everything given."""
        given = {"board_id": board_id, "idea_id": idea_id, "task": task}
        filters = {f"{column} = ?": value for column, value in given.items() if value is not None}
        where = " and ".join([*filters, *(["label is null"] if unlabelled else [])]) or "true"
        sql = f"select * from generations where {where} order by id desc limit ?"
        with self._reading() as db:
            return [generation_of(row) for row in select(db, sql, [*filters.values(), limit])]

    def label_generation(self, gid: int, label: str | None) -> None:
        """Mark a completion as kept or dropped, or take the mark away; on a board that can be undone."""
        if label not in DOING:
            raise InputError(f"A model answer can be labelled kept or dropped, not {label!r}.")
        with self._writing() as db:
            answer = require(db, "generations", gid, "model answer")
            what = "rewrite" if answer["task"] == "refine" else "text that was cut off"
            act_on_answer(db, answer, f"{DOING[label]} of a {what}", label)

    def _update_generation(self, gid: int, changes: Row) -> None:
        with self._writing() as db:
            require(db, "generations", gid, "model answer")
            db.table("generations").update(gid, changes)

    def _mark_interrupted(self) -> None:
        """Close the rows whose process died (killed, power cut); what they had written stays."""
        with self._reading() as db:
            askers = select(db, "select distinct pid, process from generations where finish is null")
        dead = [asker for asker in askers if not is_alive(asker["pid"], asker["process"])]
        if not dead:
            return
        with self._writing() as db:
            for asker in dead:
                db.execute(
                    "update generations set finish = ? where finish is null and pid = ? and process = ?",
                    [INTERRUPTED, asker["pid"], asker["process"]],
                )


def generation_of(row: Row) -> Generation:
    """Return a table row as a Generation."""
    fields = {name: value for name, value in row.items() if name not in ("pid", "process")}
    return Generation(**fields | {"messages": json.loads(row["messages"]), "sampling": json.loads(row["sampling"])})
