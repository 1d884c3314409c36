"""The idea map: ideas as points, alike ones near each other, with named groups and the empty places between them.

Positions are t-SNE (van der Maaten and Hinton 2008) of latent semantic vectors, begun from their principal axes and
with a fixed seed: the same ideas give the same map. Distances across the map mean little; who is next to whom does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.assist.difference import STOP_WORDS, words
from workbench.assist.prompts import idea_line
from workbench.engine.embedding import Embedder
from workbench.errors import InputError
from workbench.records import Idea

LEAST = 5  # ideas; fewer have no shape
AXES = 24  # of the latent semantic space; more only slow down
ALL_LAID_OUT = 180  # ideas; those of a larger board find their place among landmarks, which are laid out for them
LANDMARKS = 90
MOST_GROUPS = 8  # as many as can be told apart by colour and shape
MOST_EMBEDDED = 400  # ideas placed by meaning; embedding more of them would keep the page waiting
MOST_GAPS = 3
GRID = 48  # places in each direction where an empty one is looked for
ROOM = 0.085  # least radius of an empty place, in widths of the map
SEED = 0
CLOSE = 0.02  # of the map's width: ideas nearer than this cover each other
GOLDEN = 2.39996  # the golden angle in radians, which fills a disc evenly (Vogel 1979)
# Words that name no group, beside the function words.
NUMBER_TEXT = "one two three four five six seven eight nine ten twenty first second third last half next like"
NUMBERS = frozenset(NUMBER_TEXT.split())

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Group:
    """Ideas that lie together, by the words that set them apart from the rest."""

    terms: tuple[str, ...]
    x: float
    y: float
    size: int


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty place, and the idea of each of the two groups that comes nearest to it."""

    x: float
    y: float
    radius: float
    groups: tuple[int, int]
    idea_ids: tuple[int, int]


@dataclass(frozen=True, slots=True)
class IdeaMap:
    """The map, 0-1 in both directions."""

    idea_ids: tuple[int, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    group_of: tuple[int, ...]
    groups: tuple[Group, ...]
    gaps: tuple[Gap, ...]
    by_meaning: bool  # by sentence embeddings; else by shared words


def idea_map(ideas: Sequence[Idea], question: str = "", embedder: Embedder | None = None) -> IdeaMap:
    """Return the map of the ideas; words of the question, which most of them share, tell nothing apart.

    Raises InputError for fewer than five ideas, or when not two of them share a word.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    if len(ideas) < LEAST:
        raise InputError(f"A map needs {LEAST} ideas or more; there are {len(ideas)}. Add some, or take off a filter.")
    texts = [idea_line(idea.title, idea.body) for idea in ideas]
    with threadpool_limits(1):  # matrices this small only wait for each other's threads
        weights, terms = _weights(texts, set(words(question)))
        by_meaning = embedder is not None and len(ideas) <= MOST_EMBEDDED
        vectors = _axes(embedder.embed(texts) if embedder and by_meaning else weights)
        places = _apart(_laid_out(vectors))
        group_of = _grouped(places)
        groups = _named(places, group_of, weights, terms)
        gaps = _gaps(places, group_of, [idea.id for idea in ideas])
    x, y = (tuple(round(float(value), 4) for value in axis) for axis in places.T)
    return IdeaMap(tuple(idea.id for idea in ideas), x, y, tuple(map(int, group_of)), groups, gaps, by_meaning)


def load() -> None:
    """Import what a map needs, which takes a second or two, once in a process."""
    import scipy.spatial  # noqa: F401
    import sklearn.cluster
    import sklearn.decomposition
    import sklearn.feature_extraction.text
    import sklearn.manifold  # noqa: F401


def _weights(texts: Sequence[str], common: set[str]) -> tuple[Any, list[str]]:
    """Return TF-IDF rows, and what the columns are."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    silent = STOP_WORDS | ENGLISH_STOP_WORDS | NUMBERS | common

    def telling(text: str) -> list[str]:
        found = words(text)
        return [word for word in found if len(word) > 2 and word not in silent] or found

    counting = TfidfVectorizer(analyzer=telling, sublinear_tf=True, min_df=2, max_features=4000)
    try:
        return counting.fit_transform(texts), list(counting.get_feature_names_out())
    except ValueError as error:  # no word is left
        raise InputError("These ideas share no words, so no map can be made of them. Use the cards.") from error


def _axes(rows: Any) -> Points:
    """Return latent semantic vectors of length 1 (Deerwester et al. 1990)."""
    from sklearn.decomposition import TruncatedSVD

    count = min(AXES, rows.shape[0] - 1, rows.shape[1] - 1)
    if count < 2:
        rows = rows.toarray() if hasattr(rows, "toarray") else rows
        found = np.pad(np.asarray(rows, dtype=float), ((0, 0), (0, 2)))[:, :2]
    else:
        found = TruncatedSVD(count, n_iter=3, random_state=SEED).fit_transform(rows)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(lengths > 0, lengths, 1.0))


def _laid_out(vectors: Points) -> Points:
    """Return a place for each vector, 0-1. Many of them are placed among landmarks, the nearest of which count most."""
    if len(vectors) <= ALL_LAID_OUT:
        return _framed(_tsne(vectors))
    from sklearn.cluster import KMeans

    count = min(LANDMARKS, _distinct(vectors))
    marks = KMeans(count, init="random", n_init=1, max_iter=8, random_state=SEED).fit(vectors).cluster_centers_
    marks /= np.maximum(np.linalg.norm(marks, axis=1, keepdims=True), 1e-9)
    pull = vectors @ marks.T
    nearest = np.argpartition(-pull, 4, axis=1)[:, :4]
    strength = np.exp(12 * np.take_along_axis(pull, nearest, axis=1))
    strength /= strength.sum(axis=1, keepdims=True)
    return _framed((_framed(_tsne(marks))[nearest] * strength[:, :, None]).sum(axis=1))


def _apart(places: Points) -> Points:
    """Return places with those that coincide, as repeats do, wound round in a spiral, so that each can be seen."""
    moved = places.copy()
    seen: dict[tuple[int, int], int] = {}
    for row, (x, y) in enumerate(places):
        spot = round(x / CLOSE), round(y / CLOSE)
        turn = seen.get(spot, 0)
        seen[spot] = turn + 1
        moved[row] += CLOSE * turn**0.5 * np.array([np.cos(GOLDEN * turn), np.sin(GOLDEN * turn)])
    return moved


def _tsne(vectors: Points) -> Points:
    from sklearn.manifold import TSNE

    perplexity = max(2.0, min(12.0, (len(vectors) - 1) / 4))
    layout = TSNE(
        2, perplexity=perplexity, init=vectors[:, :2] * 1e-2, max_iter=300, method="exact", random_state=SEED,
    )  # fmt: skip
    return np.asarray(layout.fit_transform(vectors), dtype=float)


def _framed(places: Points) -> Points:
    """Return places 0-1, each direction by itself, half way to evenly spread: an outlier does not squeeze the rest."""
    low, high = places.min(axis=0), places.max(axis=0)
    ranks = places.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") / max(1, len(places) - 1)
    return np.asarray(((places - low) / np.maximum(high - low, 1e-9) + ranks) / 2)


def _grouped(places: Points) -> NDArray[np.int64]:
    """Return the group of each place. Groups are made of places, so that what lies together is named together."""
    from sklearn.cluster import KMeans

    count = int(np.clip(round((len(places) / 2) ** 0.5), 2, MOST_GROUPS))
    count = min(count, _distinct(places))
    return np.asarray(KMeans(count, n_init=2, random_state=SEED).fit_predict(places), dtype=np.int64)


def _distinct(rows: Points) -> int:
    return len(np.unique(rows, axis=0))


def _named(places: Points, group_of: NDArray[np.int64], weights: Any, terms: Sequence[str]) -> tuple[Group, ...]:
    everywhere = np.asarray(weights.mean(axis=0)).ravel()
    groups = []
    for number in range(int(group_of.max()) + 1):
        inside = group_of == number
        own = weights[inside]
        telling = np.asarray(own.mean(axis=0)).ravel() - everywhere
        telling *= np.asarray((own > 0).mean(axis=0)).ravel()  # what many of them say, not what one says loudly
        x, y = np.median(places[inside], axis=0)
        groups.append(Group(_unlike(telling, terms), round(float(x), 4), round(float(y), 4), int(inside.sum())))
    return tuple(groups)


def _unlike(telling: NDArray[Any], terms: Sequence[str], most: int = 3) -> tuple[str, ...]:
    """Return the strongest terms, of `book` and `books` only one."""
    found: list[str] = []
    for column in np.argsort(-telling)[: 6 * most]:
        term = terms[column]
        if telling[column] > 0 and not any(term[:5] == other[:5] for other in found):
            found.append(term)
        if len(found) == most:
            break
    return tuple(found)


def _gaps(places: Points, group_of: NDArray[np.int64], idea_ids: Sequence[int]) -> tuple[Gap, ...]:
    """Return the largest circles without an idea that lie among the ideas, not outside of them."""
    from scipy.spatial import Delaunay, KDTree, QhullError

    try:
        outline = Delaunay(places)
    except QhullError:  # all on one line
        return ()
    ticks = np.linspace(0.06, 0.94, GRID)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    grid = grid[outline.find_simplex(grid) >= 0]
    if not len(grid):
        return ()
    room = KDTree(places).query(grid)[0]
    found: list[Gap] = []
    for best in np.argsort(-room):
        x, y, radius = float(grid[best][0]), float(grid[best][1]), float(room[best])
        if radius < ROOM or len(found) == MOST_GAPS:
            break
        if all((x - gap.x) ** 2 + (y - gap.y) ** 2 > (radius + gap.radius) ** 2 for gap in found):
            groups, ids = _around(np.array([x, y]), places, group_of, idea_ids)
            found.append(Gap(round(x, 4), round(y, 4), round(radius, 4), groups, ids))
    return tuple(found)


def _around(
    place: Points, places: Points, group_of: NDArray[np.int64], idea_ids: Sequence[int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the two groups nearest to a place, and the nearest idea of each."""
    order = np.argsort(((places - place) ** 2).sum(axis=1))
    first = order[0]
    second = next(each for each in order if group_of[each] != group_of[first])
    return (int(group_of[first]), int(group_of[second])), (idea_ids[first], idea_ids[second])
