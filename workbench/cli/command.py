"""The command line itself: which words there are, and what a wrong one gets."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TextIO

from workbench.errors import WorkbenchError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 something failed, 2 wrong words, 130 interrupted."""
    from workbench.cli.parser import parser

    arguments = parser().parse_args(argv)
    out = _own_stdout()
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    if arguments.model:
        # Before the settings are read, so that every part of the program sees the same model.
        os.environ["WORKBENCH_MODEL"] = str(Path(arguments.model).resolve())
    try:
        status = _run(arguments, out)
        out.flush()
        return status
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader has what it wanted, as in `| head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())  # or the last flush would complain
        return 1
    except KeyboardInterrupt:
        return 130  # as a shell counts Ctrl-C


def _run(arguments: argparse.Namespace, out: TextIO) -> int:
    if arguments.command in ("library", "lenses"):
        from workbench.cli import lookups

        return lookups.library(arguments, out) if arguments.command == "library" else lookups.lenses(arguments, out)
    if "run" in arguments:  # a verb that its own file names, as in cli/models
        status: int = arguments.run(arguments, out)
        return status
    if arguments.command in ("export", "import"):
        from workbench.cli import boards

        return boards.export(arguments, out) if arguments.command == "export" else boards.import_(arguments, out)
    if arguments.command == "judge":
        from workbench.cli import judging

        return judging.judge(arguments, out)
    if arguments.command in ("opposite", "combine", "map"):
        from workbench.cli import deriving

        return deriving.print_map(arguments, out) if arguments.command == "map" else deriving.derive(arguments, out)
    if arguments.command == "bench":
        from workbench.bench import report

        return report.print_all(out, as_json=arguments.json, topics=arguments.topics, adapters=arguments.adapter)
    if arguments.command == "quality":
        from workbench.bench.quality import report as quality

        given = {name: getattr(arguments, name) for name in ("topics", "n", "rows", "seed", "keep", "chart")}
        return quality.print_all(out, quality.Asked(**given), as_json=arguments.json)
    if arguments.command == "rank":
        from workbench.cli import ranking

        return ranking.print_ranking(arguments, out)
    if arguments.command in ("review", "versions"):
        from workbench.cli import review

        return review.review(arguments, out) if arguments.command == "review" else review.versions(arguments, out)
    from workbench.cli import tasks

    return tasks.many(arguments, out) if arguments.input else tasks.one(arguments, out)


def _own_stdout() -> TextIO:
    """Return the real standard output, UTF-8; whatever else is printed in this process goes to standard error.

    llama.cpp prints from C: only moving the file descriptor keeps a line of it out of somebody's JSON.
    """
    sys.stdout.flush()
    # A half character, as in broken input, is written as JSON writes it: \udcff.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)
    return out


def _as_ctrl_c(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
