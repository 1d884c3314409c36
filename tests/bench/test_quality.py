"""The figures of quality, on ideas whose figures are known.

    python -m pytest tests/bench
"""

import json

from finetune import ideas as idea_set
from workbench.bench import heldout, machine, quality
from workbench.settings import settings

UMBRELLAS = "Umbrella Row — Stallholders lend umbrellas against a coin, so that shoppers stay at the market."
SOUP = "Night Soup — Two librarians serve hot soup at six on Mondays, so that nobody waits in the cold."


def test_figures_of_known_ideas():
    groups = [("Rain on market day", [UMBRELLAS, UMBRELLAS, SOUP, "soup"]), ("Hungry librarians", [SOUP])]
    found = quality.measure(groups)
    assert found.topics == 2
    assert found.form_valid == 80.0
    assert found.really_different == 2.0  # 3 of the first topic, 1 of the second
    assert found.on_topic == 60.0  # market twice, librarians once
    assert found.on_topic_by_chance == 20.0  # only the first topic's Night Soup has the other topic's librarians


def test_written_ideas_are_well_formed_and_different():
    topics = heldout.topics(settings().library, 100)
    found = quality.measure([(topic.topic, topic.written) for topic in topics])
    assert found.topics == 100
    assert found.form_valid > 95
    assert found.really_different > 7.5
    assert found.on_topic > found.on_topic_by_chance + 20


def test_the_list_of_held_out_topics_is_the_training_s():
    folder = settings().library.parent
    _, held_out = idea_set.split(idea_set.read(folder))
    listed = json.loads((folder / heldout.IDS).read_text())
    assert listed == {part: [row["id"] for row in rows] for part, rows in held_out.items()}


def test_the_machine_is_described():
    found = machine.describe()
    assert found["cores"] >= 1
    assert found["memory_gb"] > 0.5
    assert found["processor"]
