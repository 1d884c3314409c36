"""The options of every command and the words of `--help`, made from the fields in `asks`."""

import argparse
import textwrap
from pathlib import Path

from pydantic.fields import FieldInfo

from workbench.assist import CHECKS
from workbench.cli import carrying, compare, feedback, improve, models
from workbench.cli.asks import COMMON_OUT, Ask, Brainstorm, Evaluate, Refine

WIDTH = 100


def parser() -> argparse.ArgumentParser:
    """Return the parser of `python -m workbench`."""
    top = argparse.ArgumentParser(
        prog="python -m workbench",
        description="Brainstorm, refine and evaluate ideas with a small model on this machine. Nothing leaves it.",
        epilog="Each command explains itself: python -m workbench brainstorm --help",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _brainstorm(_verb(commands, Brainstorm))
    _refine(_verb(commands, Refine))
    _evaluate(_verb(commands, Evaluate))
    library = commands.add_parser("library", help="search the written ideas; needs no model")
    library.add_argument("question", help="a question or topic")
    library.add_argument("--n", type=int, default=8, help="how many ideas (8)")
    _output(library, "one JSON object: question, ideas [{id, domain, topic, lens, title, text}], seconds")
    lenses = commands.add_parser("lenses", help="the lenses there are, and personas that fit a topic; needs no model")
    lenses.add_argument("topic", nargs="?", default="", help="a question or topic")
    _output(lenses, "one JSON object: lenses [{kind, label, name, instruction, example, source}], fitting [labels]")
    held = commands.add_parser("models", help="the models on this machine: list, download, add, try, remove them")
    _output(held, "one JSON list of {name, title, path, parameters, bytes, adapters, licence, notes, used, error}")
    models.words(held)
    _boards(commands)
    _deriving(commands)
    _review(commands)
    bench = commands.add_parser("bench", help="measure this machine with this model")
    bench.add_argument("--topics", type=int, default=100, help="held-out topics for the figures of quality (100)")
    bench.add_argument(
        "--adapter", type=Path, action="append", default=[], metavar="GGUF",
        help="a LoRA of the --model, a GGUF file (again for a second one): the engine's figures alone, on these files",
    )  # fmt: skip
    _output(bench, "one JSON object: the engine's eleven figures, engine, machine, model, figures")
    compared = commands.add_parser("compare", help="compare models on prompts, unattended, with figures and votes")
    compared.set_defaults(model=None)
    compare.words(compared)
    _rank(commands.add_parser("rank", help="rank a board's ideas by duels, yours or the model's"))
    feedback.words(commands.add_parser("feedback", help="what people said of answers: list, export, forget"))
    improve.words(commands.add_parser("improve", help="train a better adapter on what people said, and test it blind"))
    _quality(commands.add_parser("quality", help="measure how good this model's ideas, rewrites and judgements are"))
    return top


def _boards(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    out = commands.add_parser("export", help="write a board to a file")
    out.add_argument("board", type=int, help="the board's number, as in the page's address: ?board=3")
    out.add_argument(
        "--format", choices=["md", "csv", "json", "opml"], default="json",
        help="json holds everything (default); csv and opml the ideas without histories; md is to read",
    )  # fmt: skip
    out.add_argument("--out", type=Path, metavar="FILE", help="where to (standard output)")
    into = commands.add_parser("import", help="add the ideas of a CSV, JSON, OPML or text file to a board")
    into.add_argument("file", type=Path, help="its ending says what it is; .txt has one idea a line")
    into.add_argument("--board", type=int, help="the board to add them to (a new one)")
    into.add_argument("--question", default="", help="the new board's question (the file's, else its name)")
    into.add_argument("--with-repeats", action="store_true", help="those too that the board already has")
    into.add_argument("--json", action="store_true", help="one JSON object: board, imported, left_out")
    for command in (out, into):
        command.set_defaults(model=None)


def _deriving(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    opposite = commands.add_parser("opposite", help="ideas that turn one of a board round; they hang under it")
    opposite.add_argument("idea", type=int, nargs=1, metavar="IDEA", help="the idea's number")
    combine = commands.add_parser("combine", help="ideas that join two of a board; they remember both")
    combine.add_argument("idea", type=int, nargs=2, metavar="IDEA", help="the ideas' numbers")
    for command in (opposite, combine):
        command.add_argument("--n", type=int, default=4, help="how many ideas (4)")
        _output(command, "one JSON object: of, ideas [{id, title, body, lens}]")
    carry = commands.add_parser("carry", help="ideas of one question written anew for another one, on its board")
    carrying.words(carry)
    _output(carry, "one JSON object: of, board, ideas [{id, title, body, lens}]")
    judged = commands.add_parser("judge", help="judge a board's ideas in turn by their checks, and print their scores")
    judged.add_argument("board", type=int, help="the board's number, as in the page's address: ?board=3")
    _output(judged, "one JSON object: board, ideas [{id, title, scores, intervals}]")
    drawn = commands.add_parser("map", help="a board's groups of alike ideas, and the empty places; needs no model")
    drawn.add_argument("board", type=int, help="the board's number, as in the page's address: ?board=3")
    _output(drawn, "one JSON object: idea_ids, x, y, group_of, groups, gaps, by_meaning")


def _rank(command: argparse.ArgumentParser) -> None:
    command.add_argument("board", help="the board's number, as in the page's address, or a piece of its question")
    command.add_argument(
        "--by", choices=("person", "model"), default="person",
        help="person (the default): your duels; model: it first judges the pairs that it has not judged yet",
    )  # fmt: skip
    command.add_argument("--duel", action="store_true", help="be asked first, the most informative pair next")
    command.add_argument("--undecided", action="store_true", help="undecided ideas too, not only those kept")
    _output(command, "one JSON object: ranking [{rank, id, title, text, score, low, high ...}], agreement, tau ...")


def _quality(command: argparse.ArgumentParser) -> None:
    command.add_argument("--topics", type=Path, metavar="FILE", help="topics, one a line or JSONL (the held-out)")
    command.add_argument("--n", type=int, default=16, help="ideas on each topic (16)")
    command.add_argument("--rows", type=int, help="at most so many held-out ideas to refine and judge (all)")
    command.add_argument("--seed", type=int, default=1, help="the same seed and model give the same figures (1)")
    command.add_argument("--keep", type=Path, metavar="FILE", help="keep the model's answers here, and go on from them")
    command.add_argument("--chart", type=Path, metavar="FILE", help="draw the figures too, as .svg or .png")
    _output(command, "one JSON object: machine, model, settings, the figures by name, controls, intervals, examples")


def _review(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    review = commands.add_parser("review", help="a rewrite's changes, each to accept or reject; needs no model")
    review.add_argument("rewrite", type=int, help="its number, as `refine --of` prints it")
    for side in ("accept", "reject"):
        review.add_argument(f"--{side}", default="", metavar="N,N", help=f"changes to {side} by number, or all")
    review.add_argument("--keep", action="store_true", help="make a new version of the idea with what is accepted")
    review.add_argument("--discard", action="store_true", help="put the rewrite aside")
    versions = commands.add_parser("versions", help="an idea's versions, to compare or restore; needs no model")
    versions.add_argument("idea", type=int, help="its number")
    versions.add_argument("--compare", type=int, nargs=2, metavar="N", help="two versions, marked as `wdiff` does")
    versions.add_argument("--restore", type=int, metavar="N", help="let this version hold again")
    for command in (review, versions):
        command.add_argument("--json", action="store_true", help="one JSON object")
        command.set_defaults(model=None)


def _verb(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", kind: type[Ask]) -> argparse.ArgumentParser:
    """Return the sub-parser with what the three verbs have in common."""
    described = (kind.__doc__ or "").strip()
    command = commands.add_parser(
        kind.verb, help=described[0].lower() + described[1:].rstrip("."), description=described, epilog=_fields(kind),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("--input", metavar="FILE", help="JSONL with one ask on each line; - is standard input")
    for name in ("seed", "temperature"):
        _option(command, kind, name, type=int if name == "seed" else float)
    _output(command, "a JSON line instead of text; always so with --input")
    return command


def _brainstorm(command: argparse.ArgumentParser) -> None:
    command.add_argument("topic", nargs="?", help=_words(Brainstorm.model_fields["topic"]))
    _option(command, Brainstorm, "n", type=int)
    _option(command, Brainstorm, "lenses", flag="--lens", metavar="LENS", action="append")
    _option(command, Brainstorm, "context")
    for name in ("constraints", "audience", "kind"):
        _option(command, Brainstorm, name)
    _option(command, Brainstorm, "stimulus", choices=["none", "near", "far"])
    _option(command, Brainstorm, "dimensions", flag="--dimension", metavar="NAME=A,B", action="append")
    _option(command, Brainstorm, "board", type=int)
    _option(command, Brainstorm, "grid", action="store_true")
    _option(command, Brainstorm, "ask", choices=["ideas", "questions", "dimensions"])


def _refine(command: argparse.ArgumentParser) -> None:
    _idea(command, Refine)
    for name in ("goal", "n", "of"):
        _option(command, Refine, name, type=str if name == "goal" else int)


def _evaluate(command: argparse.ArgumentParser) -> None:
    _idea(command, Evaluate)
    _option(command, Evaluate, "of", type=int)
    _option(command, Evaluate, "rubric")


def _idea(command: argparse.ArgumentParser, kind: type[Ask]) -> None:
    command.add_argument("words", nargs="?", metavar="IDEA", help="the idea; --idea says the same")
    _option(command, kind, "idea")
    _option(command, kind, "topic")


def _option(command: argparse.ArgumentParser, kind: type[Ask], name: str, *, flag: str = "", **how: object) -> None:
    """Add a field as an option; one that is not given stays out of the arguments, so that a line's own one holds."""
    words = _words(kind.model_fields[name])
    command.add_argument(flag or f"--{name}", dest=name, default=argparse.SUPPRESS, help=words, **how)  # type: ignore[arg-type]


def _output(command: argparse.ArgumentParser, words: str) -> None:
    command.add_argument("--json", action="store_true", help=words)
    command.add_argument("--model", metavar="PATH", help="a GGUF file or a model's folder, instead of WORKBENCH_MODEL")


def _words(field: FieldInfo) -> str:
    return (field.description or "").replace("%", "%%")


def _fields(kind: type[Ask]) -> str:
    """Return the description of both sides of a line, with an example."""
    given = {
        f"{name}{'' if field.is_required() else ' (optional)'}": field.description or ""
        for name, field in sorted(kind.model_fields.items(), key=lambda pair: not pair[1].is_required())
    }
    checks = "\n".join(f"{number}. {check}" for number, check in enumerate(CHECKS, 1))
    made = {name: words.format(checks=checks) if name == "checks" else words for name, words in kind.out.items()}
    return "\n".join(
        [
            "fields of an input line (options on the command line hold for lines that lack them):",
            *_table(given),
            f"  example: {kind.example}",
            "",
            "fields of an output line:",
            *_table(made | COMMON_OUT),
            "  a line that cannot be done becomes {line, error}; the rest goes on, and the exit status is 1",
        ]
    )


def _table(rows: dict[str, str]) -> list[str]:
    lines = []
    for name, words in rows.items():
        first, *more = [part for line in words.splitlines() for part in textwrap.wrap(line, WIDTH - 28)]
        lines += [f"  {name:<24}  {first}", *(" " * 28 + part for part in more)]
    return lines
