"""The figures of quality that `make bench` prints.

    python -m pytest tests/bench/test_brief.py
"""

import pytest

from workbench.bench import heldout
from workbench.bench.quality import brief, ideas
from workbench.bench.quality.answers import Answers
from workbench.settings import settings


@pytest.mark.model
def test_the_model_s_ideas_stand_beside_the_written_ones(desk):
    library = settings().library
    topics = heldout.topics(library, 2)
    found = brief.measure(Answers(desk), topics, ideas.ground(heldout.trained_on(library), None, seed=0))
    assert found["topics"] == 2
    assert found["model"].keys() == found["written"].keys() == {"valid", "different", "topic_retrieval"}
    assert (found["written"]["valid"], found["written"]["different"]) == (1, 8)
    assert 0 < found["model"]["different"] <= 8
    assert [len(example["ideas"]) for example in found["examples"]] == [8, 8]
