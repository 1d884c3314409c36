"""python -m workbench feedback ...: what people said about answers, out as data sets, or forgotten."""

import argparse

from workbench.cli.feedback import exporting, forgetting, listing

PARTS = (listing, exporting, forgetting)  # each with `words(verbs)`, which sets `run` to the verb's function


def words(command: argparse.ArgumentParser) -> None:
    """Add the verbs to `feedback`."""
    command.set_defaults(model=None)
    verbs = command.add_subparsers(dest="verb", required=True, metavar="VERB")
    for part in PARTS:
        part.words(verbs)
