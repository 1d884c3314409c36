"""The idea library: the project's own written ideas, searched without any model."""

import sqlite3
from collections.abc import Collection
from pathlib import Path
from random import Random
from threading import Lock

from workbench.errors import NotFound
from workbench.records import LibraryIdea
from workbench.store.connection import marks
from workbench.store.library_index import COLUMNS, open_index
from workbench.store.search import any_of, words

PER_TOPIC = 2  # the third idea on one topic tells the asker less than the first on another
STOP_TEXT = """
a about after all also am an and any are as at be because been before being better bring bringing but by can could did
do does doing don done down each else ever every few for from get gets getting got had has have having he help helping
her here hers him his how i idea ideas if in into is it its just let lets like make makes making many may me might
more most much must my need needs new no nor not now of off on once one only or other our ours out over own please s
same shall she should so some such t than that the their theirs them then there these they this those through to too
under until up us use using very want wants was way ways we were what when where which while who whom whose why will
with without would you your yours
"""
STOP_WORDS = frozenset(STOP_TEXT.split())


class Library:
    """The idea set with its search index. Read-only and safe to share by threads."""

    def __init__(self, source: Path, index: Path) -> None:
        """Open the index, built first when missing or made from another source. Raises StoreError."""
        self._lock = Lock()
        self._conn = open_index(source, index)
        self._size = int(self._conn.execute("select count(*) from ideas").fetchone()[0])

    def __len__(self) -> int:
        return self._size

    def search(self, question: str, n: int = 8) -> list[LibraryIdea]:
        """Return up to `n` ideas for a question, best first, at most two of a topic; [] when no word is known.

        Any word may match. bm25 counts a rare word for more than a common one, and a word of the topic for more than
        one of the idea's sentence.
        """
        found = words(question)
        telling = [word for word in found if word not in STOP_WORDS] or found
        if not telling or n < 1:
            return []
        sql = f"""
            with matches as (
                select rowid as n, bm25(search, 3.0, 2.0, 1.0, 1.0) as score from search where search match ?
            ), placed as (
                select matches.n, score, row_number() over (partition by topic_id order by score, matches.n) as place
                from matches join ideas on ideas.n = matches.n
            )
            select {COLUMNS} from placed join ideas on ideas.n = placed.n
            where place <= {PER_TOPIC} order by score, placed.n limit ?"""
        return [LibraryIdea(*row) for row in self._rows(sql, [any_of(telling), n])]

    def elsewhere(self, domains: Collection[str], n: int, seed: int) -> list[LibraryIdea]:
        """Return `n` ideas at random from domains other than these, the same ones for the same seed."""
        sql = f"select n from ideas where domain not in ({marks(tuple(domains))}) order by n"
        rows = [row[0] for row in self._rows(sql, list(domains))]
        picked = Random(seed).sample(rows, min(n, len(rows)))
        return [LibraryIdea(*self._rows(f"select {COLUMNS} from ideas where n = ?", [row])[0]) for row in picked]

    def idea(self, library_id: str) -> LibraryIdea:
        """Return one idea by its id. Raises NotFound."""
        found = self._rows(f"select {COLUMNS} from ideas where id = ?", [library_id])
        if not found:
            raise NotFound(f"The library has no idea {library_id!r}. It may come from another edition of the idea set.")
        return LibraryIdea(*found[0])

    def _rows(self, sql: str, values: list[object]) -> list[sqlite3.Row]:
        with self._lock:
            return self._conn.execute(sql, values).fetchall()
