"""Which model does which task: each switch is a row of history, and rolling back is one more."""

from collections.abc import Mapping

from sqlite_utils import Database

from workbench.errors import InputError
from workbench.records import Binding, Switch
from workbench.store.connection import Connection, Row, now, require, select
from workbench.store.models import model_of

BEGINNING = 0  # the number of the state before any switch
Choice = tuple[int, int | None]  # a base's number, and an adapter's


class Bindings(Connection):
    """Reads and writes of bindings. A switch is one transaction: a kill leaves the old state or the new one."""

    def bind(self, choices: Mapping[str, Choice], words: str) -> Switch:
        """Let these tasks be done by these models from now on; the other tasks stay as they are. Raises NotFound."""
        with self._writing() as db:
            for base_id, adapter_id in choices.values():
                require(db, "models", base_id, "model")
                if adapter_id is not None:
                    require(db, "models", adapter_id, "adapter")
            before = _state_id(db)
            kept = {task: (row["base_id"], row["adapter_id"]) for task, row in _rows(db, before).items()}
            return _switch(db, words, kept | dict(choices), before=before)

    def roll_back(self, to: int | None = None) -> Switch:
        """Let the state of switch `to` hold again; None: the one before the present. Raises InputError, NotFound."""
        with self._writing() as db:
            before = _state_id(db)
            if to is None:
                if before == BEGINNING:
                    raise InputError("There is nothing to roll back: nothing was switched yet.")
                to = int(require(db, "switches", before, "switch")["before_id"])
            if to != BEGINNING:
                found = require(db, "switches", to, "switch")
                to = to if found["restores_id"] is None else int(found["restores_id"])
            if to == before:
                raise InputError("That is what is in use already.")
            words = f"Rolled back to switch {to}" if to else "Rolled back to the beginning"
            choices = {task: (row["base_id"], row["adapter_id"]) for task, row in _rows(db, to).items()}
            return _switch(db, words, choices, before=before, restores=to)

    def switch_id(self) -> int:
        """Return the number of the last switch; it grows with each one, whichever process made it."""
        with self._reading() as db:
            return _last_id(db)

    def in_use(self) -> Switch:
        """Return the state that holds now."""
        with self._reading() as db:
            last = _last_id(db)
            return _read(db, last) if last else Switch(BEGINNING, "", "")

    def switches(self, most: int = 50) -> list[Switch]:
        """Return the history, newest first."""
        with self._reading() as db:
            found = select(db, "select id from switches order by id desc limit ?", [most])
            return [_read(db, row["id"]) for row in found]


def _last_id(db: Database) -> int:
    return int(db.conn.execute("select coalesce(max(id), 0) from switches").fetchone()[0])


def _state_id(db: Database) -> int:
    """Return the switch whose state holds: the last one, or the one that it brought back."""
    last = _last_id(db)
    if last == BEGINNING:
        return BEGINNING
    row = require(db, "switches", last, "switch")
    return last if row["restores_id"] is None else int(row["restores_id"])


def _rows(db: Database, switch_id: int) -> dict[str, Row]:
    return {row["task"]: row for row in select(db, "select * from bindings where switch_id = ?", [switch_id])}


def _switch(
    db: Database, words: str, choices: Mapping[str, Choice], *, before: int, restores: int | None = None
) -> Switch:
    row = {"words": words, "before_id": before, "restores_id": restores, "created": now()}
    switch_id = int(db.table("switches").insert(row).last_pk or 0)
    for task, (base_id, adapter_id) in choices.items():
        db.conn.execute("insert into bindings values (?, ?, ?, ?)", [switch_id, task, base_id, adapter_id])
    return _read(db, switch_id)


def _read(db: Database, switch_id: int) -> Switch:
    row = require(db, "switches", switch_id, "switch")
    models = {each["id"]: each for each in select(db, "select * from models")}
    of = {
        task: Binding(
            model_of(models[each["base_id"]]),
            model_of(models[each["adapter_id"]]) if each["adapter_id"] is not None else None,
        )
        for task, each in sorted(_rows(db, switch_id).items())
    }
    return Switch(switch_id, row["words"], row["created"], of, row["restores_id"], row["before_id"])
