"""A report as JSON and as Markdown: a row each figure, a column each model, then the two ends."""

from collections.abc import Mapping, Sequence
from typing import Any

from finetune.reporting.rows import RELATIVE, ROWS, Row
from workbench.bench.quality.figures import Figure

Figures = Mapping[str, Figure]
ENDS = {"written": "written", "shuffled": "shuffled", "length": "by length alone"}


def as_json(about: Mapping[str, Any], models: Sequence[Mapping[str, Any]], figures: Sequence[Figures]) -> dict:
    """Return the report: what was measured, then each figure with one value and interval a model, ends and bound."""
    columns = [_with_relative(each, figures[0]) if len(figures) > 1 else each for each in figures]
    table = {row.key: _figure(row, [each.get(row.key) for each in columns]) for row in ROWS}
    return {**about, "models": list(models), "figures": {key: one for key, one in table.items() if one}}


def markdown(report: Mapping[str, Any]) -> str:
    """Return a report's table."""
    asked, models, found = report["settings"], report["models"], report["figures"]
    ends = [name for name in ENDS if any(name in one["ends"] for one in found.values())]
    head = ["figure", *(model["name"] for model in models), *(ENDS[name] for name in ends), "to reach"]
    lines = [head, ["---"] * len(head)]
    for row in ROWS:
        if one := found.get(row.key):
            cells = [_cell(row, one, place) for place in range(len(models))]
            beside = [_said(one["ends"][name], row.form) if name in one["ends"] else "" for name in ends]
            lines.append([row.words.format(n=asked["n"]), *cells, *beside, _bound(row, one)])
    sizes = ", ".join(f"{model['name']}: {model['parameters'] / 1e6:.1f} M parameters" for model in models)
    first = (
        f"{sizes}. {asked['topics']} held-out topics, {asked['n']} ideas on each, seed {asked['seed']}; held-out rows: "
        f"{asked['refine_rows']} to refine, {asked['evaluate_rows']} judged. Embedding model: "
        f"{asked['embedding'] or 'none'}."
    )
    last = "In brackets 95 % bootstrap intervals. ✓: reached. Written: what people wrote for the same topics and rows."
    return "\n".join([first, "", *(f"| {' | '.join(line)} |" for line in lines), "", last])


def _with_relative(figures: Figures, reference: Figures) -> Figures:
    mine, first = figures.get("bits_per_byte"), reference.get("bits_per_byte")
    if not (mine and first and mine.value and first.value):
        return figures
    return {**figures, RELATIVE: Figure(mine.value / first.value - 1)}


def _figure(row: Row, columns: Sequence[Figure | None]) -> dict[str, Any] | None:
    there = next((figure for figure in columns if figure), None)
    if there is None:
        return None
    goal = row.goal(there)
    return {
        "words": row.words,
        "values": [_rounded(figure.value) if figure else None for figure in columns],
        "intervals": [_between(figure) for figure in columns],
        "ends": {name: _rounded(value) for name, value in there.controls.items()},
        "to_reach": None if goal is None else {"at_least" if goal[1] else "at_most": _rounded(goal[0])},
        "reached": [row.reached(figure) for figure in columns],
    }


def _between(figure: Figure | None) -> list[float | None] | None:
    return [_rounded(end) for end in figure.interval] if figure and figure.interval else None


def _cell(row: Row, one: Mapping[str, Any], place: int) -> str:
    between, mark = one["intervals"][place], " ✓" if one["reached"][place] else ""
    around = f" ({' to '.join(_said(end, row.form) for end in between)})" if between else ""
    return f"{_said(one['values'][place], row.form)}{around}{mark}"


def _bound(row: Row, one: Mapping[str, Any]) -> str:
    if not one["to_reach"]:
        return ""
    [(side, value)] = one["to_reach"].items()
    return f"{side.replace('_', ' ')} {_said(value, row.form)}"


def _said(value: float | None, form: str) -> str:
    return "not measured" if value is None else form.format(value)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)
