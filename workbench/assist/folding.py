"""Ideas that say the same: a new one is held against everything its board has ever said, and folded under its like."""

import logging
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from workbench.assist.difference import SAME, words
from workbench.assist.prompts import idea_line
from workbench.engine.embedding import Embedder, Vectors
from workbench.errors import EngineError
from workbench.records import Batch, Wording
from workbench.store import Store

log = logging.getLogger(__name__)

# Cosine of all-MiniLM-L6-v2 above which two ideas say the same; docs/brainstorm.md has the measurement.
SAME_MEANING = 0.7
AT_ONCE = 64  # wordings embedded for one new idea; a large board catches up over its first ideas
BOARDS = 4  # boards whose index is kept
DRY = 0.5  # share of new ideas that repeat nothing, under which the well runs dry
LEAST = 4  # ideas in a batch that says anything about the well


@dataclass(slots=True)
class Repeats:
    """What has been said, by word: which texts hold it, and how often. Finding the nearest reads those only."""

    counts: dict[int, Counter[str]] = field(default_factory=dict)
    holders: dict[str, dict[int, int]] = field(default_factory=dict)

    def put(self, idea_id: int, text: str) -> None:
        """Add a text, or let it take the place of the idea's earlier one."""
        self.remove(idea_id)
        self.counts[idea_id] = Counter(words(text))
        for word, count in self.counts[idea_id].items():
            self.holders.setdefault(word, {})[idea_id] = count

    def remove(self, idea_id: int) -> None:
        """Forget a text."""
        for word in self.counts.pop(idea_id, ()):
            del self.holders[word][idea_id]

    def nearest(self, text: str) -> tuple[int, float] | None:
        """Return the idea with the highest ROUGE-1 F1 and that figure, the oldest of equals; None: no word shared."""
        asked = Counter(words(text))
        shared: Counter[int] = Counter()
        for word, count in asked.items():
            for idea_id, times in self.holders.get(word, {}).items():
                shared[idea_id] += min(count, times)
        size = asked.total()
        scores = ((2 * both / (size + self.counts[idea_id].total()), -idea_id) for idea_id, both in shared.items())
        best = max(scores, default=None)
        return (-best[1], best[0]) if best else None


@dataclass(slots=True)
class Meanings:
    """Sentence embeddings of what has been said, filled little by little."""

    embedder: Embedder
    missing: dict[int, str] = field(default_factory=dict)  # the newest last
    ids: list[int] = field(default_factory=list)
    vectors: list[Vectors] = field(default_factory=list)

    def put(self, idea_id: int, text: str) -> None:
        """Have a text embedded at the next look."""
        self.remove(idea_id)
        self.missing[idea_id] = text

    def remove(self, idea_id: int) -> None:
        """Forget a text."""
        self.missing.pop(idea_id, None)
        if idea_id in self.ids:
            at = self.ids.index(idea_id)
            del self.ids[at], self.vectors[at]

    def nearest(self, text: str) -> tuple[int, float] | None:
        """Return the idea with the highest cosine and that figure, the oldest of equals; None: none is known."""
        some = [self.missing.popitem() for _ in range(min(AT_ONCE, len(self.missing)))]
        try:
            rows = self.embedder.embed([text, *(words for _, words in some)])
        except EngineError as error:  # it is closing, or busy: the words have to do for this idea
            log.info("folded by words alone: %s", error)
            self.missing.update(some)
            return None
        self.ids += [idea_id for idea_id, _ in some]
        self.vectors += list(rows[1:])
        if not self.ids:
            return None
        likeness = np.stack(self.vectors) @ rows[0]
        best = max(range(len(self.ids)), key=lambda at: (round(float(likeness[at]), 6), -self.ids[at]))
        return self.ids[best], float(likeness[best])


class BoardIndex:
    """Everything that one board says, kept up with the store."""

    def __init__(self, store: Store, board_id: int, embedder: Embedder | None = None) -> None:
        self._store, self._board_id = store, board_id
        self._seen = ""
        self._known: dict[int, int | None] = {}  # idea -> the revision that is in the index; None: it is not
        self._repeats = Repeats()
        self._meanings = Meanings(embedder) if embedder else None

    def like(self, text: str) -> int | None:
        """Return the idea that already says this, or None."""
        self._refresh()
        found = self._repeats.nearest(text)
        if found and found[1] > SAME:
            return found[0]
        found = self._meanings.nearest(text) if self._meanings else None
        return found[0] if found and found[1] > SAME_MEANING else None

    def _refresh(self) -> None:
        for wording in self._store.wordings(self._board_id, since=self._seen):
            self._seen = max(self._seen, wording.updated)
            self._learn(wording)

    def _learn(self, wording: Wording) -> None:
        present = wording.revision_id if wording.stands else None
        if wording.id in self._known and self._known[wording.id] == present:
            return
        self._known[wording.id] = present
        parts: list[Repeats | Meanings] = [self._repeats, *([self._meanings] if self._meanings else [])]
        for part in parts:
            if wording.stands:
                part.put(wording.id, idea_line(wording.title, wording.body))
            else:
                part.remove(wording.id)


class BoardIndexes:
    """The indexes of the boards in use; used on the recorder's thread only."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, BoardIndex] = OrderedDict()

    def of(self, store: Store, board_id: int, embedder: Embedder | None) -> BoardIndex:
        """Return the board's index, made when it is first asked for."""
        if board_id not in self._kept:
            self._kept[board_id] = BoardIndex(store, board_id, embedder)
        self._kept.move_to_end(board_id)
        while len(self._kept) > BOARDS:
            self._kept.popitem(last=False)
        return self._kept[board_id]


def runs_dry(batches: Sequence[Batch]) -> bool:
    """True when fewer than half of the latest batch's ideas were new; a batch of fewer than four says nothing."""
    told = [batch for batch in batches if batch.ideas >= LEAST]
    return bool(told) and told[-1].different / told[-1].ideas < DRY
