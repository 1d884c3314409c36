"""Groups of topics: boards whose words are alike, named by the words that they share."""

from collections.abc import Mapping

from workbench.assist.difference import STOP_WORDS, words

CLOSE = 0.85  # cosine distance of TF-IDF vectors up to which two groups are one; without a shared word it is 1
NAMED_BY = 2  # words
COMMON = frozenset({"might", "could", "make", "help", "people", "better"})  # words of any question


def alike(topics: Mapping[int, str]) -> dict[int, str]:
    """Return for each board the name of its group: boards with words in common are one, a board alone is its own."""
    texts = {board: " ".join(_content(text)) for board, text in topics.items()}
    told = [board for board, text in texts.items() if text]
    labels = _labels([texts[board] for board in told])
    members: dict[int, list[int]] = {}
    for board, label in zip(told, labels, strict=True):
        members.setdefault(label, []).append(board)
    names = {board: _name([texts[each] for each in group]) for group in members.values() for board in group}
    return {board: names.get(board, topics[board]) for board in topics}


def _content(text: str) -> list[str]:
    return [word for word in words(text) if len(word) > 2 and word not in STOP_WORDS and word not in COMMON]


def _labels(texts: list[str]) -> list[int]:
    if len(texts) < 2:
        return [0] * len(texts)
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(token_pattern=r"\S+", sublinear_tf=True).fit_transform(texts).toarray()
    grouping = AgglomerativeClustering(n_clusters=None, distance_threshold=CLOSE, metric="cosine", linkage="average")
    return [int(label) for label in grouping.fit_predict(vectors)]


def _name(texts: list[str]) -> str:
    """Return the words that most of the texts share, in the order of the first."""
    first = list(dict.fromkeys(texts[0].split()))
    shared = sorted(first, key=lambda word: -sum(word in text.split() for text in texts))[:NAMED_BY]
    return ", ".join(sorted(shared, key=first.index))
