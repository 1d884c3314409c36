"""The figures of ideas, on ideas whose figures are known.

    python -m pytest tests/bench/test_quality.py
"""

from random import Random

import numpy as np
import pytest

from workbench.assist.difference import words
from workbench.bench import heldout
from workbench.bench.quality import figures, ideas
from workbench.settings import settings

UMBRELLAS = "Umbrella Row — Stallholders lend umbrellas against a coin, so that shoppers stay at the market."
SOUP = "Night Soup — Two librarians serve hot soup at six on Mondays, so that nobody waits in the cold."
BOTH = (("rain on market day", (UMBRELLAS, UMBRELLAS, SOUP, "soup")), ("hungry librarians", (SOUP, SOUP)))


@pytest.fixture(scope="module")
def library():
    return settings().library


@pytest.fixture(scope="module")
def on(library):
    return ideas.ground(heldout.trained_on(library), None, seed=1)


@pytest.fixture(scope="module")
def written(library):
    return [(topic.topic, topic.written) for topic in heldout.topics(library, 1000)]


def means(groups, on):
    return {key: figures.mean(values) for key, values in ideas.measure(groups, on).items()}


def test_figures_of_known_ideas(on):
    found = ideas.measure(BOTH, on)
    assert found["valid"].tolist() == [0.75, 1]
    assert found["different"].tolist() == [3, 1]
    assert found["repeated_across_topics"].tolist() == [0.25, 1]  # Night Soup is said for both, and nothing else
    assert found["vendi"][1] == pytest.approx(1)
    assert found["pairwise_similarity"][1] == pytest.approx(1)


def test_an_empty_idea_is_neither_valid_nor_different_nor_on_its_topic(on):
    found = means([("rain on market day", ["", " "])], on)
    assert (found["valid"], found["different"], found["topic_retrieval"], found["vendi"]) == (0, 0, 0, 0)
    assert found["pairwise_similarity"] is None


def test_related_topics_may_share_an_idea(on):
    groups = [("a hungry reader", [SOUP]), ("librarians at night", [SOUP]), ("hungry people", ["other words here"])]
    assert ideas.measure(groups, on)["repeated_across_topics"].tolist() == [1, 1, 0]
    groups[1] = ("hungry at night", [SOUP])
    assert ideas.measure(groups, on)["repeated_across_topics"].tolist() == [0, 0, 0]


def test_written_ideas_are_valid_different_and_near_their_topics(written, on):
    found = means(written, on)
    assert found["valid"] > 0.95
    assert found["different"] > 7.5
    assert found["repeated_across_topics"] < 0.01
    assert found["topic_retrieval"] > 0.3


def test_the_controls_are_where_they_belong(written, on):
    nothing, drawn = means(ideas.nothing(written), on), means(ideas.drawn(written, on.body, 1), on)
    assert (nothing["valid"], nothing["different"], nothing["topic_retrieval"]) == (0, 1, 1)
    assert nothing["vendi"] == pytest.approx(1)
    assert drawn["topic_retrieval"] == pytest.approx(0.1, abs=0.03)
    assert figures.mean(ideas.from_library(ideas.drawn(written, on.body, 1), on)) > 0.9
    # Two written ideas in a hundred say what another one does.
    assert figures.mean(ideas.from_library(written, on)) < 0.04


def test_shuffling_keeps_the_words_and_the_lengths():
    [(topic, lines)] = ideas.shuffled(BOTH[:1], seed=3)
    assert topic == BOTH[0][0]
    assert [len(words(line)) for line in lines] == [len(words(idea)) for idea in BOTH[0][1]]
    assert sorted(word for line in lines for word in words(line)) == sorted(
        word for idea in BOTH[0][1] for word in words(idea)
    )
    assert ideas.shuffled_lines([UMBRELLAS], Random(1)) != [UMBRELLAS]


def test_a_sentence_embedding_model_adds_its_own_figures(library):
    def embed(texts):
        return np.array([[len(text), 1.0] for text in texts])

    found = ideas.measure(BOTH, ideas.ground(heldout.trained_on(library)[:50], embed, seed=1))
    assert found["pairwise_similarity_embedded"][1] == pytest.approx(1)
    assert {"vendi_embedded", "topic_retrieval_embedded"} <= found.keys()


def test_a_figure_as_json_keeps_what_was_not_measured_apart_from_nought():
    found = figures.as_json({
        "valid": figures.over_topics([1.0, 0.5, np.nan], 1, {"nothing": [0.0], "written": []}),
        "checks_auc": figures.Figure([0.123456, 0.5]), "absent": figures.Figure(None),
    })  # fmt: skip
    assert (found["valid"], found["absent"], found["checks_auc"]) == (0.75, None, [0.1235, 0.5])
    assert found["controls"] == {"valid": {"nothing": 0, "written": None}}
    assert found["intervals"] == {"valid": [0.5, 1.0]}
