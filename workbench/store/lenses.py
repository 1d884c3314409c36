"""Lenses of the person's own: a name and what it asks, used like those that come with the workbench."""

from workbench.errors import InputError
from workbench.records import OwnLens
from workbench.store.connection import Connection, clean, insert, now, require, select

COLUMNS = "id, kind, label, name, instruction, example"


class Lenses(Connection):
    """Reads and writes of own lenses."""

    def add_lens(self, *, kind: str, label: str, name: str, instruction: str = "", example: str = "") -> OwnLens:
        """Add a lens, or bring back the one with this label. Raises InputError for one without a name."""
        given = {"kind": kind, "label": label, "name": name, "instruction": instruction, "example": example}
        row = {column: " ".join(clean(text).split()) for column, text in given.items()}
        if not row["name"] or not row["label"]:
            raise InputError("A lens needs a name. Write one, such as: my grandmother.")
        with self._writing() as db:
            same = select(db, "select id from lenses where label = ?", [row["label"]])
            if same:
                db.table("lenses").update(same[0]["id"], row | {"removed": 0})
            lens_id = same[0]["id"] if same else insert(db, "lenses", row | {"created": now()})
            return OwnLens(**select(db, f"select {COLUMNS} from lenses where id = ?", [lens_id])[0])

    def own_lenses(self) -> list[OwnLens]:
        """Return the person's lenses, oldest first."""
        with self._reading() as db:
            found = select(db, f"select {COLUMNS} from lenses where not removed order by id")
            return [OwnLens(**row) for row in found]

    def remove_lens(self, lens_id: int) -> None:
        """Take a lens off the list; ideas that came through it keep its words."""
        with self._writing() as db:
            require(db, "lenses", lens_id, "lens")
            db.table("lenses").update(lens_id, {"removed": 1})
