"""Questions on the terminal, and a line that shows how far something is."""

import sys

from workbench.errors import InputError

WIDTH = 100


def confirm(question: str, yes: bool) -> bool:
    """Return the answer; `yes` was given on the command line. Raises InputError where nobody can be asked."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise InputError("Nobody is here to be asked: say --yes if you mean it.")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def show(words: str) -> None:
    """Put the words in place of the line before; nowhere but on a terminal."""
    if sys.stderr.isatty():
        print(f"\r{words[:WIDTH]:<{WIDTH}}", end="", file=sys.stderr, flush=True)


def end() -> None:
    """Leave the line as it is, and begin another."""
    if sys.stderr.isatty():
        print(file=sys.stderr)


def gigabytes(size: float) -> str:
    """Return a size in words: GB, or MB below one."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def duration(seconds: float | None) -> str:
    """Return a time in words, "" for none."""
    if seconds is None:
        return ""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min" if seconds < 6000 else "hours"
