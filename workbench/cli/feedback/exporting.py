"""Feedback out as a data set: to a folder, and on request to a hub, after showing what will leave."""

import argparse
import json
from pathlib import Path
from typing import TextIO

from workbench.cli.feedback.asking import sure
from workbench.exchange.datasets import FORMS, Written, render, write
from workbench.lab.sets import KINDS, Chosen, build
from workbench.models.hub import endpoint
from workbench.settings import ROOT, settings
from workbench.store import Store

OUT = ROOT / "data" / "feedback"
SHOWN = 10  # topics that are named before they leave


def words(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `export`."""
    out = verbs.add_parser("export", help="write feedback as a data set: sft, kto, dpo, raw, with a manifest")
    out.add_argument("--out", type=Path, default=OUT, metavar="FOLDER", help="v1, v2 ... come here (data/feedback)")
    out.add_argument("--kind", nargs="+", choices=KINDS, default=list(KINDS), help="which of them (all)")
    out.add_argument("--form", choices=list(FORMS), default="jsonl", help="jsonl (default) or parquet")
    out.add_argument("--task", action="append", default=[], help="of this task alone; again for a second one")
    out.add_argument("--of-model", action="append", default=[], metavar="NAME", help="of this model's answers alone")
    out.add_argument("--board", action="append", type=int, default=[], help="on this board alone")
    out.add_argument("--since", default="", metavar="DATE", help="answers and votes from this day on: 2026-03-01")
    out.add_argument("--until", default="", metavar="DATE", help="... up to the end of this day")
    out.add_argument("--without", action="append", default=[], metavar="NAME", help="leave this person's rows out")
    out.add_argument("--names", action="store_true", help="with people's names")
    out.add_argument("--comments", action="store_true", help="with people's comments")
    out.add_argument("--push", metavar="OWNER/NAME", help="send it to this data set on the hub, after asking")
    out.add_argument("--public", action="store_true", help="with --push: for everyone to see (private)")
    out.add_argument("--yes", action="store_true", help="with --push: do not ask")
    out.add_argument("--json", action="store_true", help="one JSON object: folder, version, new, files ...")
    out.set_defaults(run=export)


def export(arguments: argparse.Namespace, out: TextIO) -> int:
    """Write the next version, or say that there is nothing new; send it when asked to."""
    chosen = Chosen(
        tasks=tuple(arguments.task), models=tuple(arguments.of_model), boards=tuple(arguments.board),
        since=arguments.since, until=arguments.until, without=tuple(arguments.without), names=arguments.names,
        comments=arguments.comments,
    )  # fmt: skip
    store = Store(settings().db)
    try:
        sets = [build(store, kind, chosen) for kind in dict.fromkeys(arguments.kind)]
    finally:
        store.close()
    written = write(render(sets, chosen, arguments.form), arguments.out)
    if arguments.json:
        record = {"folder": str(written.folder), "version": written.version, "new": written.new}
        print(json.dumps(record | dict(written.manifest), ensure_ascii=False), file=out)
    else:
        print(_in_words(written), file=out)
    if not arguments.push:
        return 0
    topics = sorted({str(row["group"]) for data in sets for row in data.rows})
    print(_leaving(written, arguments.push, topics, public=arguments.public), file=out, flush=True)
    if not (arguments.yes or sure("Send it?")):
        print("Nothing was sent.", file=out)
        return 0
    from workbench.models.hub_sending import send

    print(f"Sent: {send(written.folder, arguments.push, private=not arguments.public)}", file=out)
    return 0


def _in_words(written: Written) -> str:
    if not written.new:
        return f"Nothing new since version {written.version}: {written.folder}"
    lines = [f"Version {written.version}: {written.folder}"]
    for name, file in written.manifest["files"].items():
        sources = ", ".join(f"{n:,} {source}" for source, n in file["sources"].items())
        out = f"; left out: {', '.join(f'{n:,} {why}' for why, n in file['left_out'].items())}" * bool(file["left_out"])
        lines.append(f"  {name}: rows: {file['rows']:,}, topics: {file['topics']:,} ({sources}){out}")
    return "\n".join(lines)


def _leaving(written: Written, repository: str, topics: list[str], *, public: bool) -> str:
    """Return what would leave the machine, in words."""
    manifest, more = written.manifest, len(topics) - SHOWN
    holds = [name for name, there in manifest["contains"].items() if there]
    lines = [f"This would leave the machine for {endpoint()}/datasets/{repository}, for {_who(public)} to see:"]
    lines += [f"  {file.name}, {file.stat().st_size:,} bytes" for file in sorted(written.folder.iterdir())]
    lines.append("  with every prompt (questions, contexts and ideas in it), every answer and every correction")
    lines.append(f"  on: {'; '.join(topics[:SHOWN])}{f' and {more} more' if more > 0 else ''}")
    lines.append(f"  with people's {' and '.join(holds)}" if holds else "  without people's names and comments")
    lines.append(f"  {manifest['licence']}")
    return "\n".join(lines)


def _who(public: bool) -> str:
    return "everyone" if public else "you and whom you let in"
