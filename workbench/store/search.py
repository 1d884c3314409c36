"""Full-text search over the ideas, and how any text a person types becomes a safe FTS5 query."""

import re
from collections.abc import Collection, Sequence

from workbench.records import Idea, Status
from workbench.store.connection import Connection, clean, marks, select
from workbench.store.ideas import COLUMNS, ON_THE_TABLE, TABLES, idea_of

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 48  # FTS5 refuses an expression deeper than 256


class Search(Connection):
    """Search over the present wording and tags of ideas."""

    def search(
        self, query: str, *, board_id: int | None = None, statuses: Collection[Status] | None = None, limit: int = 50
    ) -> list[Idea]:
        """Return the best matches first: those with every word, else with any, else with this very piece of text.

        Words are stemmed and the last one may be unfinished. Without `statuses` dropped and archived ideas are left
        out, without a board those of archived boards.
        """
        found = words(query)
        for operator in ("AND", "OR") if found else ():
            match = f" {operator} ".join(phrase(word, prefix=word is found[-1]) for word in found)
            rank = "bm25(ideas_fts, 4.0, 1.0, 2.0)"  # a word in the title says most, then one in the tags
            ideas = self._find("ideas_fts match ?", [match], rank, board_id, statuses, limit)
            if ideas:
                return ideas
        piece = clean(query).strip().lower()
        if not piece:
            return []
        # The index knows no emoji and no piece of a word (scripts without spaces are one long word to it).
        within = "instr(lower(revisions.title || ' ' || revisions.body), ?)"
        within += " or exists (select 1 from json_each(ideas.tags) where instr(lower(value), ?))"
        return self._find(f"({within})", [piece, piece], "ideas.id desc", board_id, statuses, limit)

    def _find(
        self, where: str, values: list[object], rank: str,
        board_id: int | None, statuses: Collection[Status] | None, limit: int,
    ) -> list[Idea]:  # fmt: skip
        wanted = list(ON_THE_TABLE if statuses is None else statuses)
        tables = f"ideas_fts join {TABLES}" if "ideas_fts" in where else TABLES
        joined = " and ideas.id = ideas_fts.rowid" if "ideas_fts" in where else ""
        board = "ideas.board_id = ?" if board_id else "ideas.board_id in (select id from boards where not archived)"
        sql = f"""
            select {COLUMNS} from {tables}
            where {where}{joined} and not ideas.removed and ideas.status in ({marks(wanted)}) and {board}
            order by {rank} limit ?"""
        values = [*values, *wanted, *([board_id] if board_id else []), limit]
        with self._reading() as db:
            return [idea_of(row) for row in select(db, sql, values)]


def words(text: str) -> list[str]:
    """Return the words of a text, each once, in order."""
    return list(dict.fromkeys(word.lower() for word in WORD.findall(clean(text))))[:MOST_WORDS]


def phrase(word: str, *, prefix: bool = False) -> str:
    """Return a word as an FTS5 phrase: quoted, so that AND, NEAR, * and the like are words like any other."""
    return f'"{word}"*' if prefix else f'"{word}"'


def any_of(found: Sequence[str]) -> str:
    """Return the FTS5 query that matches any of the words."""
    return " OR ".join(phrase(word) for word in found)
