"""Ideas: a tree on each board, every wording kept as a revision, every change by the person an action."""

import json
from collections.abc import Collection, Iterable
from functools import lru_cache

from sqlite_utils import Database

from workbench.errors import InputError, NotFound
from workbench.records import Idea, Origin, Revision, Status
from workbench.store.actions import LABEL, act
from workbench.store.connection import Connection, Row, clean, insert, marks, now, require, select

ON_THE_TABLE = (Status.NEW, Status.KEPT)  # what is shown when no status is asked for
NOUNS = {Status.NEW: "reopening", Status.KEPT: "keep", Status.DROPPED: "drop", Status.ARCHIVED: "archiving"}

# A parent whose adding was undone is hidden: its children then stand at the top of the tree.
COLUMNS = """
    ideas.id, ideas.board_id, revisions.title, revisions.body,
    case when parents.removed = 0 then ideas.parent_id end as parent_id,
    ideas.status, ideas.origin, ideas.owner, ideas.lens, ideas.tags, ideas.generation_id, ideas.library_id,
    ideas.revision_id, ideas.created, ideas.updated,
    case when heads.removed = 0 then ideas.folded_into end as folded_into, ideas.cell, ideas.stimulus,
    case when others.removed = 0 then ideas.second_parent_id end as second_parent_id"""
TABLES = """
    ideas join revisions on revisions.id = ideas.revision_id
    left join ideas parents on parents.id = ideas.parent_id
    left join ideas heads on heads.id = ideas.folded_into
    left join ideas others on others.id = ideas.second_parent_id"""


class Ideas(Connection):
    """Reads and writes of ideas and their revisions."""

    def add_idea(
        self, board_id: int, title: str, body: str = "", *, parent_id: int | None = None,
        status: Status = Status.KEPT, origin: Origin = Origin.PERSON, owner: str = "", lens: str = "",
        tags: Iterable[str] = (), generation_id: int | None = None, library_id: str | None = None,
        source: str = "person", folded_into: int | None = None, cell: Iterable[int] = (), stimulus: str = "",
        second_parent_id: int | None = None,
    ) -> Idea:  # fmt: skip
        """Add an idea with its first revision. One offered (status new) is no action of the person: undo passes it."""
        title, body = wording(title, body)
        stamp = now()
        row = {
            "board_id": board_id, "parent_id": parent_id, "status": status, "origin": origin, "owner": clean(owner),
            "lens": clean(lens), "tags": tags_text(tags), "generation_id": generation_id, "library_id": library_id,
            "removed": int(status != Status.NEW), "created": stamp, "updated": stamp,
            "folded_into": folded_into, "cell": json.dumps(sorted(cell)), "stimulus": clean(stimulus),
            "second_parent_id": second_parent_id,
        }  # fmt: skip
        with self._writing() as db:
            require(db, "boards", board_id, "board")
            for relative in (parent_id, second_parent_id, folded_into):
                if relative is not None:
                    _require_same_board(db, board_id, relative)
            if generation_id is not None:
                require(db, "generations", generation_id, "model answer")
            idea_id = insert(db, "ideas", row)
            revision_id = _add_revision(db, idea_id, title, body, source=source)
            db.table("ideas").update(idea_id, {"revision_id": revision_id})
            if status != Status.NEW:  # written as hidden above, so that showing it is what undo takes back
                changes = {"removed": 0} | _label(status, generation_id)
                act(db, row | {"id": idea_id}, f"adding of “{title or body}”", changes, generation_id=generation_id)
            return get_idea(db, idea_id)

    def idea(self, idea_id: int) -> Idea:
        """Return one idea. Raises NotFound."""
        with self._reading() as db:
            return get_idea(db, idea_id)

    def list_ideas(
        self, board_id: int, *, statuses: Collection[Status] | None = None, tag: str | None = None
    ) -> list[Idea]:
        """Return a board's ideas newest first; without `statuses` all but the dropped and archived ones."""
        wanted = list(ON_THE_TABLE if statuses is None else statuses)
        sql = f"select {COLUMNS} from {TABLES} where ideas.board_id = ? and not ideas.removed"
        sql += f" and ideas.status in ({marks(wanted)})"
        values: list[object] = [board_id, *wanted]
        if tag is not None:
            sql += " and exists (select 1 from json_each(ideas.tags) where value = ?)"
            values.append(clean(tag))
        with self._reading() as db:
            return [idea_of(row) for row in select(db, f"{sql} order by ideas.id desc", values)]

    def set_status(self, idea_id: int, status: Status) -> Idea:
        """Keep, drop, archive or reopen an idea; its generation is labelled alike."""
        with self._writing() as db:
            row, title = _present(db, idea_id)
            changes = {"status": status} | _label(status, row["generation_id"])
            act(db, row, f"{NOUNS[status]} of “{title}”", changes, generation_id=row["generation_id"])
            return get_idea(db, idea_id)

    def set_tags(self, idea_id: int, tags: Iterable[str]) -> Idea:
        """Give an idea these tags and no others."""
        with self._writing() as db:
            row, title = _present(db, idea_id)
            act(db, row, f"tags of “{title}”", {"tags": tags_text(tags)})
            return get_idea(db, idea_id)

    def set_parent(self, idea_id: int, parent_id: int | None) -> Idea:
        """Hang an idea under another of its board, or at the top. Raises InputError for a circle."""
        with self._writing() as db:
            row, title = _present(db, idea_id)
            if parent_id is not None:
                _require_same_board(db, row["board_id"], parent_id)
                if idea_id in _ancestors(db, parent_id):
                    raise InputError(f"“{title}” cannot be put under itself or under one of its own follow-ups.")
            act(db, row, f"move of “{title}”", {"parent_id": parent_id})
            return get_idea(db, idea_id)

    def revise(
        self, idea_id: int, title: str, body: str, *, source: str = "person", goal: str = "",
        generation_id: int | None = None,
    ) -> Idea:  # fmt: skip
        """Give an idea a new wording; a generation that it came from is labelled kept. The old wording stays."""
        title, body = wording(title, body)
        with self._writing() as db:
            row, old_title = _present(db, idea_id)
            present = require(db, "revisions", row["revision_id"], "version")
            if generation_id is not None:
                require(db, "generations", generation_id, "model answer")
            if (title, body) != (present["title"], present["body"]):
                revision_id = _add_revision(
                    db, idea_id, title, body, source=source, goal=goal, generation_id=generation_id
                )
                changes = {"revision_id": revision_id} | _label(Status.KEPT, generation_id)
                act(db, row, f"new wording of “{old_title}”", changes, generation_id=generation_id)
            return get_idea(db, idea_id)

    def revisions(self, idea_id: int) -> list[Revision]:
        """Return every wording an idea had, oldest first."""
        with self._reading() as db:
            _present(db, idea_id)
            found = select(db, "select * from revisions where idea_id = ? order by id", [idea_id])
            return [Revision(**row) for row in found]

    def restore(self, idea_id: int, revision_id: int) -> Idea:
        """Let an earlier wording hold again; nothing is added or lost."""
        with self._writing() as db:
            row, title = _present(db, idea_id)
            if require(db, "revisions", revision_id, "version")["idea_id"] != idea_id:
                raise InputError(f"Version {revision_id} belongs to another idea than “{title}”.")
            act(db, row, f"return to an earlier wording of “{title}”", {"revision_id": revision_id})
            return get_idea(db, idea_id)


def idea_of(row: Row) -> Idea:
    """Return a row of COLUMNS as an Idea."""
    row["status"], row["origin"] = Status(row["status"]), Origin(row["origin"])
    row["tags"], row["cell"] = _read_tags(row["tags"]), tuple(json.loads(row["cell"])) if row["cell"] != "[]" else ()
    return Idea(**row)


@lru_cache(maxsize=1024)
def _read_tags(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def get_idea(db: Database, idea_id: int) -> Idea:
    """Return one idea that is not removed. Raises NotFound."""
    found = select(db, f"select {COLUMNS} from {TABLES} where ideas.id = ? and not ideas.removed", [idea_id])
    if not found:
        raise NotFound(
            f"There is no idea with the number {idea_id}. Its adding may have been undone; redo brings it back."
        )
    return idea_of(found[0])


def _present(db: Database, idea_id: int) -> tuple[Row, str]:
    """Return the idea's own row, and what to call it."""
    idea = get_idea(db, idea_id)
    return require(db, "ideas", idea_id, "idea"), idea.title or idea.body


def _add_revision(
    db: Database, idea_id: int, title: str, body: str, *, source: str, goal: str = "", generation_id: int | None = None
) -> int:
    row = {"idea_id": idea_id, "title": title, "body": body, "source": clean(source), "goal": clean(goal)}
    return insert(db, "revisions", row | {"generation_id": generation_id, "created": now()})


def wording(title: str, body: str) -> tuple[str, str]:
    """Return a title and a body as they are stored. Raises InputError when there is not a word in them."""
    title, body = clean(title).strip(), clean(body).strip()
    if not title and not body:
        raise InputError("An idea needs a few words. Write a title or a sentence.")
    return title, body


def tags_text(tags: Iterable[str]) -> str:
    """Return tags as the table holds them: trimmed, no empty one, none twice."""
    trimmed = (" ".join(clean(tag).split()) for tag in tags)
    return json.dumps(list(dict.fromkeys(tag for tag in trimmed if tag)), ensure_ascii=False)


def _label(status: Status, generation_id: int | None) -> Row:
    """Return the label that a decision gives to the generation; archiving says nothing about its worth."""
    if generation_id is None or status is Status.ARCHIVED:
        return {}
    return {LABEL: status.value if status in (Status.KEPT, Status.DROPPED) else None}


def _require_same_board(db: Database, board_id: int, idea_id: int) -> None:
    if get_idea(db, idea_id).board_id != board_id:
        raise InputError(f"Idea {idea_id} is on another board. Pick one on this board.")


def _ancestors(db: Database, idea_id: int) -> set[int]:
    """Return the idea and all that it hangs under."""
    sql = """
        with recursive up(id) as (
            values(?) union select parents.value from ideas join up on ideas.id = up.id
            join json_each(json_array(ideas.parent_id, ideas.second_parent_id)) parents
        ) select id from up where id is not null"""
    return {row["id"] for row in select(db, sql, [idea_id])}
