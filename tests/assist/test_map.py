"""The idea map: alike ideas together, the same map every time, empty places among the ideas."""

import numpy as np
import pytest

from workbench.assist.map import ROOM, idea_map
from workbench.errors import InputError
from workbench.records import Idea

SOUP = ("soup", "lentils", "kitchen", "bowl", "cook", "supper")
NIGHT = ("lamp", "evening", "desk", "candle", "moon", "owl")
TREES = ("orchard", "apple", "graft", "ladder", "harvest", "cider")


def some(kinds: tuple[tuple[str, ...], ...], each: int) -> list[Idea]:
    rng = np.random.default_rng(3)
    texts = [" ".join(rng.choice(kind, 4, replace=False)) for kind in kinds for _ in range(each)]
    return [Idea(number, 1, text) for number, text in enumerate(texts, 1)]


def test_ideas_of_one_kind_lie_together_and_are_named_by_their_words() -> None:
    ideas = some((SOUP, NIGHT, TREES), 12)
    found = idea_map(ideas)
    places = np.array([found.x, found.y]).T
    kinds = np.repeat([0, 1, 2], 12)
    centres = np.array([places[kinds == kind].mean(axis=0) for kind in range(3)])
    nearest = np.argmin(((places[:, None] - centres[None]) ** 2).sum(axis=2), axis=1)
    assert (nearest == kinds).mean() > 0.9
    for group in found.groups:
        assert any(set(group.terms) <= set(kind) for kind in (SOUP, NIGHT, TREES)), group
    assert sum(group.size for group in found.groups) == len(ideas)


def test_the_same_ideas_give_the_same_map() -> None:
    for number in (12, 80):  # laid out one by one, and among landmarks
        ideas = some((SOUP, NIGHT, TREES), number)
        assert idea_map(ideas) == idea_map(ideas)


def test_an_empty_place_is_empty_and_names_an_idea_on_two_sides() -> None:
    ideas = some((SOUP, NIGHT, TREES), 12)
    found = idea_map(ideas)
    assert found.gaps
    at = {idea_id: (x, y) for idea_id, x, y in zip(found.idea_ids, found.x, found.y, strict=True)}
    group_of = dict(zip(found.idea_ids, found.group_of, strict=True))
    for gap in found.gaps:
        nearest = min(((x - gap.x) ** 2 + (y - gap.y) ** 2) ** 0.5 for x, y in at.values())
        assert nearest == pytest.approx(gap.radius, abs=1e-3)
        assert gap.radius >= ROOM
        assert gap.groups[0] != gap.groups[1]
        assert tuple(group_of[idea_id] for idea_id in gap.idea_ids) == gap.groups


def test_words_of_the_question_name_no_group() -> None:
    ideas = [Idea(n, 1, f"library {word}") for n, word in enumerate([*SOUP, *SOUP, *NIGHT, *NIGHT], 1)]
    assert "library" not in {term for group in idea_map(ideas, "The library?").groups for term in group.terms}


def test_ideas_that_say_the_same_do_not_cover_each_other() -> None:
    found = idea_map([Idea(n, 1, "soup lentils") for n in range(6)] + [Idea(n, 1, "lamp desk") for n in range(10, 16)])
    assert len(set(zip(found.x, found.y, strict=True))) == 12


class ByLength:
    """Embeddings that know one thing of a text: whether it is about soup."""

    name, width = "by length", 2

    def embed(self, texts):
        return np.array([[1.0, 0.0] if "soup" in text else [0.0, 1.0] for text in texts], dtype=np.float32)

    def close(self):
        pass


def test_embeddings_place_ideas_by_meaning_where_there_are_some() -> None:
    ideas = [Idea(n, 1, f"{'soup' if n % 2 else 'tea'} {word}") for n, word in enumerate(SOUP + NIGHT + TREES, 1)]
    found = idea_map(ideas, "", ByLength())
    assert found.by_meaning
    odd = np.array([[x, y] for n, x, y in zip(found.idea_ids, found.x, found.y, strict=True) if n % 2])
    even = np.array([[x, y] for n, x, y in zip(found.idea_ids, found.x, found.y, strict=True) if not n % 2])
    assert np.linalg.norm(odd.mean(axis=0) - even.mean(axis=0)) > np.linalg.norm(odd.std(axis=0))


ODD = [["soup"] * 6, ["a b", "c d", "e f", "g h", "i j"], ["日本", "日本 x", "日本", "🎉", "y"]]


@pytest.mark.parametrize("texts", ODD)
def test_odd_boards_get_a_map_or_a_sentence(texts: list[str]) -> None:
    ideas = [Idea(number, 1, text) for number, text in enumerate(texts, 1)]
    try:
        found = idea_map(ideas)
    except InputError as error:
        assert "share no words" in str(error)
    else:
        assert np.isfinite([*found.x, *found.y]).all()


def test_four_ideas_are_too_few() -> None:
    with pytest.raises(InputError, match="A map needs 5 ideas or more; there are 4"):
        idea_map(some((SOUP,), 4))
