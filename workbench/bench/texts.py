"""Texts as vectors and as bags of words, many at once: how near two are in words."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer

from workbench.assist.difference import STOP_WORDS, words

AT_ONCE = 256  # rows of the big table that are in memory together


class Tfidf:
    """TF-IDF over a fixed body of texts, so that the figures of two models are on one scale.

    Function words are left out and words cut to six letters, so that plain inflections meet. A word that the body
    does not have weighs as much as its rarest.
    """

    def __init__(self, body: Sequence[str]) -> None:
        self._hash = HashingVectorizer(analyzer=stems, n_features=2**18, alternate_sign=False, norm=None)
        self._weigh = TfidfTransformer().fit(self._hash.transform(body))

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return a row of length 1 for each text, over the words these texts have; zeros for a text without any."""
        rows = csr_array(self._weigh.transform(self._hash.transform(texts)))
        used = np.unique(rows.indices)
        dense: NDArray[np.float64] = rows[:, used].toarray()
        return dense


def stems(text: str) -> list[str]:
    """Return the words that carry meaning, in order, cut to six letters."""
    return [word[:6] for word in words(text) if word not in STOP_WORDS and len(word) > 2]


def nearest_rouge1(texts: Sequence[str], others: Sequence[str], allowed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return for each text its greatest ROUGE-1 F1 with one of the others, of those that its row of `allowed` has.

    The number of shared words, each counted as often as both have it, is summed over counts: of "at least once",
    "at least twice" and so on. That is a product of sparse tables, so a million pairs take seconds.
    """
    if not any(map(words, texts)) or not any(map(words, others)):
        return np.zeros(len(texts))
    count = CountVectorizer(analyzer=words, dtype=np.float32).fit([*texts, *others])
    mine, theirs = csr_array(count.transform(texts)), csr_array(count.transform(others))
    my_length, their_length = mine.sum(axis=1), theirs.sum(axis=1)
    best = np.zeros(len(texts))
    for first in range(0, len(texts), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        rows = mine[part]
        shared = np.zeros((rows.shape[0], len(others)), np.float32)
        for times in range(1, int(rows.max()) + 1):
            shared += (_at_least(rows, times) @ _at_least(theirs, times).T).toarray()
        total = my_length[part, None] + their_length[None, :]
        f1 = np.divide(2 * shared, total, out=np.zeros_like(shared), where=total > 0)
        best[part] = np.where(allowed[part], f1, 0.0).max(axis=1)
    return best


def _at_least(counts: "csr_array", times: int) -> "csr_array":
    return csr_array((counts >= times).astype(np.float32))
