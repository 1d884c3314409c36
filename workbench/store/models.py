"""The registry: which base models and adapters lie on this machine, as they were last seen."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from workbench.errors import NotFound
from workbench.records import Kind, RegisteredModel
from workbench.store.connection import Connection, Row, insert, now, require, select, update

JSON = ("run", "figures")


class Models(Connection):
    """Reads and writes of registered models. A row stays when its file goes: history and answers name it."""

    def save_model(self, model: RegisteredModel) -> RegisteredModel:
        """Write down what lies at a path, in place of what lay there; `id` and `added` of the argument do not count."""
        row = {name: value for name, value in asdict(model).items() if name not in ("id", "added")}
        row |= {name: json.dumps(dict(row[name]), ensure_ascii=False) for name in JSON}
        with self._writing() as db:
            same = select(db, "select id from models where path = ?", [model.path])
            if same:
                update(db, "models", same[0]["id"], row)
            row_id = same[0]["id"] if same else insert(db, "models", row | {"added": now()})
            return model_of(require(db, "models", row_id, "model"))

    def registered(self, *, kind: Kind | None = None, removed: bool = False) -> list[RegisteredModel]:
        """Return the models, oldest first; `removed`: those too whose file is gone."""
        sql = "select * from models where (? or not removed) and (? is null or kind = ?) order by id"
        with self._reading() as db:
            return [model_of(row) for row in select(db, sql, [removed, kind, kind])]

    def model_at(self, path: str) -> RegisteredModel | None:
        """Return what was last seen at a path."""
        with self._reading() as db:
            found = select(db, "select * from models where path = ?", [path])
            return model_of(found[0]) if found else None

    def mark_removed(self, model_id: int, removed: bool = True) -> None:
        """Note that a model's file is gone, or there again. Raises NotFound."""
        with self._writing() as db:
            require(db, "models", model_id, "model")
            update(db, "models", model_id, {"removed": int(removed)})

    def add_figures(self, model_id: int, figures: Mapping[str, float]) -> RegisteredModel:
        """Add figures to a model's, the newer in place of the older. Raises NotFound."""
        with self._writing() as db:
            row = require(db, "models", model_id, "model")
            update(db, "models", model_id, {"figures": json.dumps(json.loads(row["figures"]) | dict(figures))})
            return model_of(require(db, "models", model_id, "model"))


def model_of(row: Row) -> RegisteredModel:
    """Return a table row as a RegisteredModel. Raises NotFound for none."""
    if not row:
        raise NotFound("There is no such model. Reload the page to see what there is.")
    read = {name: json.loads(row[name]) for name in JSON}
    return RegisteredModel(**row | read | {"kind": Kind(row["kind"]), "removed": bool(row["removed"])})
