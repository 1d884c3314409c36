"""python -m workbench compare ...: models against prompts, unattended; each file has its verbs and their words."""

import argparse

from workbench.cli.compare import judging, running, showing

PARTS = (running, showing, judging)  # each with `words(verbs)`, which sets `run` to the verb's function


def words(command: argparse.ArgumentParser) -> None:
    """Add the verbs to `compare`."""
    verbs = command.add_subparsers(dest="verb", required=True, metavar="VERB")
    for part in PARTS:
        part.words(verbs)
