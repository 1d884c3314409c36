"""Answers as plain text for people: ideas as they come, a judgement as a small table."""

import textwrap
from typing import TextIO

from workbench.assist import RunView, idea_line, lens_name
from workbench.cli.asks import Ask, Brainstorm, Evaluate, Record
from workbench.cli.refine import notes

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
        """Print the answer."""
        raise NotImplementedError

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
        self.line(f"\nReally different: {record['different']} of {len(record['ideas'])}")


class RewritePrinter(Printer):
    """Prints each rewrite, then its changes and what there is to notice."""

    def body(self, view: RunView, record: Record) -> None:
        """Print them all."""
        for number, rewrite in enumerate(record["rewrites"], 1):
            lead = f"{number}. " if len(record["rewrites"]) > 1 else ""
            self.line(f"{lead}{rewrite['refined']}")
            self.line(f"   changes: {rewrite['changes']}", indent="   ")
            for note in notes(rewrite):
                self.line(f"   note: {note}", indent="   ")
            if "review" in rewrite:
                self.line(f"   to decide on each change: python -m workbench review {rewrite['review']}", indent="   ")


class ScopePrinter(Printer):
    """Prints other questions, or dimensions with their values."""

    def body(self, view: RunView, record: Record) -> None:
        """Print them, those without a model last."""
        for question in record.get("questions", ()):
            self.line(question)
        for question in record.get("patterns", ()):
            self.line(f"[pattern] {question}")
        for each in record.get("dimensions", ()):
            self.line(f"{each['name']}: {', '.join(each['values'])}  [{each['source']}]")


class JudgementPrinter(Printer):
    """Prints the checks as bars, then the scores and the words."""

    def body(self, view: RunView, record: Record) -> None:
        """Print the whole judgement."""
        checks = view.rubric.checks if view.rubric else ()
        for check, p, answer in zip(checks, record["checks"], record["answers"], strict=False):  # none: stopped early
            bar = "" if answer == "unsure" else "█" * round(p * BAR)
            self.line(f"{'unsure' if answer == 'unsure' else f'{p:.0%}':>6} {bar:<{BAR}} {check.text}")
        if record["scores"]:
            intervals = record["intervals"]
            scores = (
                f"{name} {score:.1f} ({intervals[name][0]:.1f} to {intervals[name][1]:.1f})"
                for name, score in record["scores"].items()
            )
            self.line("\n" + ", ".join(scores) + ", of 5")
        for name in ("strength", "risk", "next_step"):
            if record[name]:
                self.line(f"{name.replace('_', ' ').capitalize()}: {record[name]}", indent="    ")


def printer(ask: Ask, out: TextIO) -> Printer:
    """Return the printer for this kind of ask."""
    if isinstance(ask, Brainstorm):
        return IdeaPrinter(out) if ask.ask == "ideas" else ScopePrinter(out)
    return JudgementPrinter(out) if isinstance(ask, Evaluate) else RewritePrinter(out)
