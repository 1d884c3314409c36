"""python -m workbench models ...: what is on this machine, what can be had. Each file has its verbs and their words."""

import argparse

from workbench.cli.models import adding, choosing, listing, pulling, trying

PARTS = (listing, pulling, adding, trying, choosing)  # each with `words(verbs)`, which sets `run` to the function


def words(command: argparse.ArgumentParser) -> None:
    """Add the verbs to `models`; without one it lists."""
    command.set_defaults(run=listing.print_list)
    verbs = command.add_subparsers(dest="verb", metavar="VERB")
    for part in PARTS:
        part.words(verbs)
