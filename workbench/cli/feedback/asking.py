"""Asking before something that cannot be taken back."""

import sys


def sure(question: str) -> bool:
    """Ask on standard error; only the whole word counts as a yes, and no answer is a no."""
    print(f"{question} Type yes to go on: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() == "yes"
