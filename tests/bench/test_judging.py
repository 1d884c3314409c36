"""What asking in several ways brings: figures of answers made by hand, and of the starter's."""

import pytest

from workbench.assist.judgement import measured
from workbench.assist.prompts import EIGHT
from workbench.bench.judging import ask, compare

LABELS = [[1] * 8, [0] * 8]


def answers(*ways, free=()):
    """Return a judgement whose every check was answered with these P(yes), a pair of orders for each wording."""
    return measured(EIGHT, (tuple(ways),) * 8, (free,) * 8 if free else ())


def test_asking_once_is_set_beside_all_ways_of_asking():
    found = [answers((0.9, 0.9), (0.9, 0.9)), answers((0.6, 0.6), (0.1, 0.1))]
    result = compare(LABELS, found)
    assert result["ideas"] == 2
    assert result["once"] == {"checks_auc": [1.0] * 8, "auc_mean": 1.0, "accuracy": 0.5, "brier": 0.185}
    assert result["ways"]["accuracy"] == 1.0
    assert (result["ways"]["order_consistency"], result["ways"]["wording_consistency"]) == (1.0, 0.5)
    assert "ways, bias taken off" not in result


def test_unsure_answers_are_counted_and_judged_apart():
    found = [answers((0.9, 0.9), (0.9, 0.9)), answers((0.95, 0.95), (0.2, 0.2))]
    result = compare(LABELS, found)["ways"]
    assert (result["unsure_share"], result["accuracy_sure"], result["accuracy_unsure"]) == (0.5, 1.0, 0.0)


def test_a_bias_that_was_asked_for_has_figures_of_its_own():
    found = [answers((0.9, 0.9), free=((0.8, 0.8),)), answers((0.7, 0.7), free=((0.8, 0.8),))]
    result = compare(LABELS, found)
    assert result["ways"]["accuracy"] == 0.5 and result["ways, bias taken off"]["accuracy"] == 1.0


@pytest.mark.model
def test_the_starter_answers_every_way(starter):
    from workbench.engine import open_engine
    from workbench.settings import Settings

    engine = open_engine(Settings())
    found = ask(engine, "Our library is empty", "Soup — The librarians serve soup on Tuesdays at six.")
    engine.close()
    assert [[len(orders) for orders in wordings] for wordings in found.yes] == [[2, 2, 2]] * 8
    assert len(found.checks) == len(found.unsure) == 8 and found.free == ()
