"""Which ideas say what another one says: ROUGE-1 for many against many, as one product of sparse matrices."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.assist import SAME
from workbench.assist.difference import words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

AT_ONCE = 256  # rows of the product; 5,000 columns of them take 10 MB


def repeats(new: Sequence[str], old: Sequence[str] | None = None, same: float = SAME) -> set[int]:
    """Return the places in `new` of texts that repeat one of `old`; without `old`, an earlier one of `new`."""
    import numpy as np

    within = old is None
    vocabulary: dict[tuple[str, int], int] = {}
    left = _rows(new, vocabulary)
    right = left if old is None else _rows(old, vocabulary)
    width = len(vocabulary)
    left, right = _matrix(left, width), _matrix(right, width)
    left_sizes, right_sizes = (np.asarray(each.sum(axis=1)).ravel() for each in (left, right))
    found: set[int] = set()
    for first in range(0, left.shape[0], AT_ONCE):
        shared = (left[first : first + AT_ONCE] @ right.T).toarray()
        total = left_sizes[first : first + AT_ONCE, None] + right_sizes[None, :]
        alike = 2 * shared > same * total
        if within:  # only what stands before it counts
            alike &= np.arange(right.shape[0])[None, :] < np.arange(first, first + len(alike))[:, None]
        found |= {first + int(row) for row in np.flatnonzero(alike.any(axis=1))}
    return found


def _rows(texts: Sequence[str], vocabulary: dict[tuple[str, int], int]) -> list[list[int]]:
    """Return each text as columns; the second `the` has one of its own, so that 0-1 products count as ROUGE does."""
    return [
        [
            vocabulary.setdefault((word, time), len(vocabulary))
            for word, times in Counter(words(text)).items() for time in range(times)
        ]
        for text in texts
    ]  # fmt: skip


def _matrix(rows: list[list[int]], width: int) -> "csr_matrix[Any]":
    import numpy as np
    from scipy.sparse import csr_matrix

    columns = np.fromiter((column for row in rows for column in row), dtype=np.int32)
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int32)
    return csr_matrix((np.ones(len(columns), dtype=np.float32), columns, starts), shape=(len(rows), width))
