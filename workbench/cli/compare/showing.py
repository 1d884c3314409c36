"""What there is: comparisons, one of them on paper, models and prompts to compare, pairs from outside."""

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TextIO


def words(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs."""
    listed = verbs.add_parser("list", help="the comparisons there are")
    listed.add_argument("--json", action="store_true", help="a JSON list of {id, title, kind, created, answers, open}")
    listed.set_defaults(run=print_list)
    show = verbs.add_parser("show", help="a comparison's tables, figures and votes")
    show.add_argument("comparison", type=int)
    show.add_argument(
        "--format", choices=["md", "csv", "json"], default="md",
        help="md: the tables people publish (default); csv: a row for each answer; json: everything",
    )  # fmt: skip
    show.add_argument("--out", type=Path, metavar="FILE", help="where to (standard output)")
    show.set_defaults(run=print_one)
    models = verbs.add_parser("models", help="the models and adapters on this machine that can take part")
    models.set_defaults(run=print_models)
    sets = verbs.add_parser("sets", help="the prompt sets there are")
    sets.set_defaults(run=print_sets)
    pairs = verbs.add_parser("import", help="pairs of answers made elsewhere, to be voted on blind: docs/compare.md")
    pairs.add_argument("file", type=Path, help="JSON, or pairs.jsonl with pairs-key.json beside it")
    pairs.set_defaults(run=import_pairs)


def print_list(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print a line for each comparison, the newest first."""
    from workbench.settings import settings
    from workbench.store import Store

    with closing(Store(settings().db)) as store:
        rows = []
        for made in store.comparisons():
            jobs, (done, _, total) = store.jobs(made.id), store.trial_counts(made.id)
            rows.append({
                "id": made.id, "title": made.title, "kind": made.kind, "created": made.created, "answers": total,
                "open": total - done, "state": jobs[0].state if jobs else "",
            })  # fmt: skip
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False), file=out)
        return 0
    for row in rows:
        left = f", {row['open']} to come" if row["open"] else ""
        state = row["state"] or row["kind"]
        print(f"{row['id']:>4}  {row['answers']} answers{left}  {state:<12} {row['title']}", file=out)
    if not rows:
        print("No comparison yet. Start one with: python -m workbench compare run MODEL MODEL", file=out)
    return 0


def print_one(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print a comparison, or write it to a file."""
    from workbench.lab import compare
    from workbench.settings import settings
    from workbench.store import Store

    with closing(Store(settings().db)) as store:
        text = compare.document(compare.ballot(store, arguments.comparison), arguments.format)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
        print(f"Written: {arguments.out}", file=sys.stderr)
    else:
        print(text, end="", file=out)
    return 0


def print_models(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print what `compare run` takes for each model on this machine."""
    from workbench.lab import compare
    from workbench.settings import settings

    for each in compare.installed(settings()):
        behind = f"+{each.adapter}" if each.adapter else ""
        where = f"{each.model}@{each.server}" if each.server else f"{each.model}{behind}"
        print(f"{each.name:<40} {where}", file=out)
    return 0


def print_sets(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print the sets with their prompts."""
    from workbench.assist import prompt_sets
    from workbench.settings import settings
    from workbench.store import Store

    with closing(Store(settings().db)) as store:
        named = [*zip(prompt_sets.BUILT_IN, prompt_sets.built_in(), strict=True)]
        named += [(each.name, each) for each in store.prompt_sets()]
    for name, found in named:
        print(f"{name}: {found.about or found.name}", file=out)
        for prompt in found.prompts:
            print(f"    {prompt.title}", file=out)
    return 0


def import_pairs(arguments: argparse.Namespace, out: TextIO) -> int:
    """Import a file of pairs and print the comparison's number."""
    from workbench.lab import compare
    from workbench.settings import settings
    from workbench.store import Store

    with closing(Store(settings().db)) as store:
        made = compare.import_file(store, arguments.file)
        real = compare.ballot(store, made.id).pairs
    print(f"Comparison {made.id}: {len(real.real)} pairs to vote on, {real.left_out} left out.", file=sys.stderr)
    print(made.id, file=out)
    return 0
