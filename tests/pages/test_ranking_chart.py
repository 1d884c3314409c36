"""The ranking as rows, chart and file; how an agreement reads."""

import csv
import io

from workbench.lab import LEAST_N, agreement, rank
from workbench.records import Idea
from workbench.ui import charts
from workbench.ui.agreement import details, words
from workbench.ui.ranking_chart import MODEL, YOU, alt_text, chart, table

IDEAS = [Idea(number, 1, f"Idea {number}") for number in range(4)]
PERSON = rank([(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0)], resamples=50)
OF_MODEL = rank([(3, 1, 1.0), (1, 0, 0.5)], resamples=50)


def test_the_first_judge_gives_the_order_and_what_it_has_not_seen_comes_last():
    rows = table(IDEAS, {YOU: PERSON, MODEL: OF_MODEL})
    assert [row["idea"] for row in rows] == ["Idea 0", "Idea 1", "Idea 2", "Idea 3"]
    assert [row["you rank"] for row in rows] == [1, 2, 3, None]
    assert [row["model rank"] for row in rows][2] is None
    assert rows[0]["you low"] <= rows[0]["you score"] <= rows[0]["you high"]


def rows_of(spec, layer):
    """Return a layer's rows; altair writes data that several layers share down once, by name."""
    data = layer.get("data", spec.get("data"))
    return data["values"] if "values" in data else spec["datasets"][data["name"]]


def test_the_chart_has_a_mark_for_each_judge_of_each_idea_and_a_line_for_each_title():
    rows = table(IDEAS, {YOU: PERSON, MODEL: OF_MODEL})
    spec = chart(rows, [YOU, MODEL], charts.LIGHT).to_dict()  # altair checks it against Vega-Lite's schema
    assert [len(rows_of(spec, layer)) for layer in spec["layer"]] == [1, 6, 6, 4]  # three ideas by each of the two
    assert "1. Idea 0" in alt_text(rows, [YOU, MODEL]) and "by you and the model" in alt_text(rows, [YOU, MODEL])


def test_two_ideas_of_one_title_stay_two():
    twins = [Idea(0, 1, "Twin"), Idea(1, 1, "Twin")]
    rows = table(twins, {YOU: rank([(0, 1, 1.0)], resamples=20)})
    spec = chart(rows, [YOU], charts.DARK).to_dict()
    assert len({row["idea"] for row in rows_of(spec, spec["layer"][-1])}) == 2


def test_the_file_says_the_same_as_the_rows():
    rows = table([Idea(0, 1, 'Soup; "hot", é'), *IDEAS[1:]], {YOU: PERSON})
    read = list(csv.DictReader(io.StringIO(charts.as_csv(rows).decode("utf-8-sig"))))
    assert read[0]["idea"] == 'Soup; "hot", é'
    assert [float(row["you score"]) for row in read] == [row["you score"] for row in rows]


def test_an_agreement_reads_as_a_share_with_n_or_as_too_few():
    assert words(agreement([])) == "not enough of your answers yet: n = 0"
    assert words(agreement([(1, 1)] * (LEAST_N - 1))) == f"not enough of your answers yet: n = {LEAST_N - 1}"
    found = agreement([(True, True), (False, False), (True, False), (False, False)] * 10)
    assert words(found) == "agrees with you 75 % (n = 40)"
    assert "kappa" in details(found) and "0.50 (" in details(found)
    assert "not defined" in details(agreement([(1, 1)] * 30))
