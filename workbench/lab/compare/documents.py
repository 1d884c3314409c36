"""A comparison on paper: Markdown in the form people publish, CSV with a row for each answer, JSON with everything."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from workbench.lab.agreement import Figure
from workbench.lab.compare.figures import Figures, Results, Row, Spread, results
from workbench.lab.compare.standings import Ballot, Verdict
from workbench.records import Comparison

FORMS = ("md", "csv", "json")
NONE = "-"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that begins so


def document(ballot: Ballot, form: str) -> str:
    """Return the comparison in one of `FORMS`."""
    found = results(ballot.comparison, ballot.trials)
    if form == "csv":
        return _csv(ballot.comparison, found)
    return _json(ballot, found) if form == "json" else markdown(ballot, found)


def markdown(ballot: Ballot, found: Results) -> str:
    """Return the tables: prompts by models, models by figures, and what the votes came to."""
    made = ballot.comparison
    names = [contender.name for contender in made.contenders]
    parts = [f"# {made.title}", _how(made, found), "## Seconds and words", published(made, found)]
    parts += ["## Figures of each model", _table(
        ["model", "answers", "first token, s", "tokens/s", "seconds", "prompt tokens", "tokens", "words", "memory, MB",
         "ended by", "none", "disturbed", "warm-up, s"],
        [_line(names[row.contender], row) for row in found.rows],
    )]  # fmt: skip
    people = ballot.people
    for verdict in (people, *ballot.judges):
        if verdict.votes:
            parts += [_verdict_title(verdict), _votes_table(verdict, names), _caveats(verdict)]
    return "\n\n".join(part for part in parts if part) + "\n"


def published(comparison: Comparison, found: Results) -> str:
    """Return the table of prompts by models, seconds and words in each cell, as Markdown."""
    head = ["prompt", *(f"{contender.name}: {what}" for contender in comparison.contenders for what in ("s", "words"))]
    rows = []
    for place, prompt in enumerate(comparison.prompts):
        cells = [found.cells[place, contender] for contender in range(len(comparison.contenders))]
        rows.append([prompt.title, *(words for cell in cells for words in (said(cell.seconds), said(cell.words)))])
    return _table(head, rows)


def said(spread: Spread | None) -> str:
    """Return a median, with its range where there is one."""
    if spread is None:
        return NONE
    if spread.n == 1 or spread.low == spread.high:
        return number(spread.median)
    return f"{number(spread.median)} ({number(spread.low)} to {number(spread.high)})"


def number(value: float | None) -> str:
    """Return a figure with the digits that mean something."""
    if value is None:
        return NONE
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def rows(comparison: Comparison, answers: Sequence[Figures]) -> list[dict[str, object]]:
    """Return a flat row for each answer, with the names of its prompt and model."""
    return [
        {"prompt": comparison.prompts[each.prompt].title, "model": comparison.contenders[each.contender].name}
        | {field.name: getattr(each, field.name) for field in fields(each) if field.name not in ("prompt", "contender")}
        for each in answers
    ]  # fmt: skip


def _csv(comparison: Comparison, found: Results) -> str:
    out = io.StringIO()
    flat = rows(comparison, found.answers)
    columns = ["prompt", "model", *(field.name for field in fields(Figures)[2:])]
    writer = csv.DictWriter(out, columns, extrasaction="raise", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in flat)
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return round(value, 4) if isinstance(value, float) else value


def _json(ballot: Ballot, found: Results) -> str:
    made = ballot.comparison
    record: dict[str, Any] = {
        "format": "workbench-comparison", "version": 1, "comparison": _without_folders(made), "open": found.open,
        "answers": rows(made, found.answers),
        "models": [{"model": made.contenders[row.contender].name} | asdict(row) for row in found.rows],
        "votes": [verdict_record(verdict, made) for verdict in (ballot.people, *ballot.judges) if verdict.votes],
        "pairs": {
            "real": len(ballot.pairs.real), "unfinished": ballot.pairs.unfinished,
            "identical": ballot.pairs.identical, "same_model": ballot.pairs.same_model,
        },
    }  # fmt: skip
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _without_folders(made: Comparison) -> dict[str, Any]:
    """Return the comparison as a record; of a model's place only its own name, as the file may be passed on."""
    record = asdict(made)
    for contender in record["contenders"]:
        contender |= {name: contender[name].rsplit("/", 1)[-1] for name in ("model", "adapter")}
    return record


def verdict_record(verdict: Verdict, comparison: Comparison) -> dict[str, Any]:
    """Return what people or a judge said, as JSON has it."""
    n, first = verdict.bias
    agreed = verdict.agreement
    return {
        "by": verdict.judge or "people", "votes": len(verdict.votes), "ties": verdict.ranking.ties,
        "ranking": [
            {"model": comparison.contenders[each.item].name, "both_bad": verdict.both_bad.get(each.item, 0)}
            | {name: value for name, value in asdict(each).items() if name != "item"}
            for each in verdict.ranking.standings
        ],
        "position_bias": {"n": n, "first": first},
        "agreement": None if agreed is None else
            {"n": agreed.n, "share": _figure(agreed.share), "kappa": _figure(agreed.kappa)},
    }  # fmt: skip


def _figure(found: Figure | None) -> dict[str, float] | None:
    return asdict(found) if found else None


def _how(made: Comparison, found: Results) -> str:
    machine = made.machine
    where = ", ".join(str(machine[name]) for name in ("processor",) if machine.get(name))
    cores = f", {machine['cores']} cores" if machine.get("cores") else ""
    load = f", load {machine['load']} at the start" if machine.get("load") is not None else ""
    lines = [f"Made {made.created[:16].replace('T', ' ')} UTC{f' on {where}{cores}{load}' if where else ''}."]
    if made.sampling:
        told = ", ".join(f"{name} {value}" for name, value in made.sampling.items())
        lines.append(
            f"The same for all: {told}, seed {made.seed} (repeat r: + r). {made.repeats} repeats, order drawn by lot, "
            "warm-up apart; each prompt is processed whole. Medians, the range of the repeats in brackets."
        )
    if found.open:
        lines.append(f"{found.open} answers are still to come.")
    disturbed = sum(row.disturbed for row in found.rows)
    if disturbed:
        lines.append(f"{disturbed} answers were written while the workbench generated elsewhere: their times are long.")
    return "\n".join(lines)


def _line(name: str, row: Row) -> list[str]:
    ended = ", ".join(f"{finish} {count}" for finish, count in row.finishes.items()) or NONE
    spreads = (row.first_token_s, row.tokens_per_s, row.seconds, row.prompt_tokens, row.tokens, row.words)
    return [
        name, str(row.answers), *map(said, spreads), number(row.memory_mb), ended, str(row.failed), str(row.disturbed),
        number(row.warm_up_s),
    ]  # fmt: skip


def _verdict_title(verdict: Verdict) -> str:
    who = f"the judge {verdict.judge}" if verdict.judge else "people"
    return f"## Blind votes by {who}: {len(verdict.votes)}"


def _votes_table(verdict: Verdict, names: Sequence[str]) -> str:
    lines = [
        [str(each.rank), names[each.item], f"{each.score:.0%} ({each.low:.0%} to {each.high:.0%})",
         f"{each.best_rank} to {each.worst_rank}", str(each.duels), number(each.wins),
         str(verdict.both_bad.get(each.item, 0))]
        for each in verdict.ranking.standings
    ]  # fmt: skip
    return _table(["", "model", "chance to win (90 %)", "place", "votes", "wins", "both bad"], lines)


def _caveats(verdict: Verdict) -> str:
    n, first = verdict.bias
    said_ = [f"{verdict.ranking.ties} ties."]
    if first is not None:
        said_.append(f"The answer shown first was taken in {first:.0%} of {n} decisions; 50 % is no bias.")
    if verdict.agreement is not None:
        share, kappa = verdict.agreement.share, verdict.agreement.kappa
        told = f"{share.value:.0%}" if share else NONE
        beyond = f", kappa {kappa.value:.2f} ({kappa.low:.2f} to {kappa.high:.2f})" if kappa else ", kappa not defined"
        said_.append(f"Agreement with people: {told}{beyond}, n = {verdict.agreement.n}.")
    if verdict.ranking.parts > 1:
        said_.append(f"{verdict.ranking.parts} groups of models never met: the order between them is a guess.")
    return " ".join(said_)


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    def row(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return "\n".join([row(head), "|" + "---|" * len(head), *map(row, lines)])
