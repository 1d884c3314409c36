"""Answers as plain text for people: ideas as they come, a judgement as a small table."""

import textwrap
from typing import TextIO

from workbench.assist import CHECKS, RunView, idea_line, lens_name, really_different
from workbench.cli.asks import Ask, Brainstorm, Evaluate, Record

WIDTH = 100
BAR = 20


class Printer:
    """Prints one run. `look` is called while it goes on, `end` once."""

    def __init__(self, out: TextIO):
        self.out = out

    def look(self, view: RunView) -> None:
        """Print what is new; nothing here, most answers come whole."""

    def end(self, view: RunView, record: Record) -> None:
        """Print the rest and the closing line."""
        self.body(view, record)
        self.line(f"\n{record['model']}, seed {record['seed']}, {record['seconds']:.1f} s")

    def body(self, view: RunView, record: Record) -> None:
        """Print the answer: here, the idea as it was rewritten."""
        self.line(record["refined"])

    def line(self, words: str, indent: str = "") -> None:
        """Print a paragraph, wrapped, now."""
        for part in words.split("\n"):
            print(textwrap.fill(part, WIDTH, subsequent_indent=indent), file=self.out, flush=True)


class IdeaPrinter(Printer):
    """Prints each idea as soon as it is finished."""

    printed: frozenset[int] = frozenset()

    def look(self, view: RunView) -> None:
        """Print the ideas that have been finished since."""
        for index, item in enumerate(view.items):
            if item.finish and item.text.strip() and index not in self.printed:
                self.printed |= {index}
                lens = f"  [{lens_name(item.lens)}]" if item.lens else ""
                self.line(f"{len(self.printed):2}. {idea_line(item.title, item.body)}{lens}", indent="    ")

    def body(self, view: RunView, record: Record) -> None:
        """Print what is left and how different the ideas are."""
        self.look(view)
        lines = [idea_line(idea["title"], idea["text"]) for idea in record["ideas"]]
        self.line(f"\nReally different: {really_different(lines)} of {len(lines)}")


class JudgementPrinter(Printer):
    """Prints the checks as bars, then the scores and the words."""

    def body(self, view: RunView, record: Record) -> None:
        """Print the whole judgement."""
        for check, probability in zip(CHECKS, record["checks"], strict=False):  # none when it was stopped early
            bar = "█" * round(probability * BAR)
            self.line(f"{probability:4.0%} {bar:<{BAR}} {check}")
        if record["scores"]:
            self.line("\n" + ", ".join(f"{name} {score:.1f}" for name, score in record["scores"].items()) + " (of 5)")
        for name in ("strength", "risk", "next_step"):
            if record[name]:
                self.line(f"{name.replace('_', ' ').capitalize()}: {record[name]}", indent="    ")


def printer(ask: Ask, out: TextIO) -> Printer:
    """Return the printer for this kind of ask."""
    if isinstance(ask, Brainstorm):
        return IdeaPrinter(out)
    return JudgementPrinter(out) if isinstance(ask, Evaluate) else Printer(out)
