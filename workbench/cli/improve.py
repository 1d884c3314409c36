"""improve: a better adapter from what people said. Training is a program of its own: this starts it and waits."""

import argparse
import subprocess
import sys
from importlib.util import find_spec
from typing import TextIO

from workbench.errors import InputError
from workbench.settings import ROOT

NEEDED = ("torch", "transformers", "peft", "trl", "datasets")


def words(command: argparse.ArgumentParser) -> None:
    """Add the options; whatever else is given goes on to `finetune.improve`, which explains it."""
    command.add_argument("task", choices=["brainstorm", "refine"], help="whose adapter is to get better")
    command.add_argument("--judge", metavar="MODEL", help="let a model vote at the gate too")
    command.add_argument("--anyway", action="store_true", help="train on less than is worth it")
    word = command.add_mutually_exclusive_group()
    word.add_argument("--promote", action="store_true", help="use the new adapter whatever the votes say")
    word.add_argument("--give-up", action="store_true", help="end the round; nothing changes")
    command.set_defaults(run=improve, model=None)


def improve(arguments: argparse.Namespace, out: TextIO) -> int:
    """Go through the round as far as it goes now; return the exit status of the training program."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise InputError(
            f"Training needs packages that are not installed here ({', '.join(missing)}). Run `make setup-test`, "
            "or pip install -r finetune/requirements.txt, and try again."
        )
    given = [arguments.task]
    given += ["--judge", arguments.judge] if arguments.judge else []
    given += [f"--{name.replace('_', '-')}" for name in ("anyway", "promote", "give_up") if getattr(arguments, name)]
    command = [sys.executable, "-m", "finetune.improve", *given]
    return subprocess.run(command, cwd=ROOT, stdout=out, check=False).returncode
