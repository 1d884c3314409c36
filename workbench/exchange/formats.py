"""Which formats there are, and how bytes become text before any of them reads it."""

from collections.abc import Callable
from dataclasses import dataclass

from workbench.errors import BadFile, InputError
from workbench.exchange import csv_file, json_file, markdown_file, opml_file, pasted
from workbench.exchange.content import Content

MOST_BYTES = 20_000_000  # as much as the app takes of an upload (.streamlit/config.toml)


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a board down."""

    name: str
    title: str
    mime: str
    note: str  # what it holds and what it cannot
    write: Callable[[Content], bytes]


FORMATS = {
    each.name: each
    for each in (
        Format("md", "Markdown", "text/markdown", "to read; cannot be imported again", markdown_file.write),
        Format("csv", "CSV", "text/csv", "for spreadsheets; the ideas without their histories", csv_file.write),
        Format("json", "JSON", "application/json", "the board, its grid, folds and histories", json_file.write),
        Format("opml", "OPML", "text/x-opml", "for outliners; the board as a tree, without histories", opml_file.write),
    )
}
READABLE: dict[str, Callable[[str], Content]] = {
    "csv": csv_file.read, "json": json_file.read, "opml": opml_file.read, "txt": pasted.read,
}  # fmt: skip
OTHER_ENDINGS = {"xml": "opml", "tsv": "csv", "text": "txt", "list": "txt"}


def write(content: Content, name: str) -> bytes:
    """Return the content in the format of this name. Raises InputError for an unknown one."""
    if name not in FORMATS:
        raise InputError(f"There is no format {name!r}; pick one of {', '.join(FORMATS)}.")
    return FORMATS[name].write(content)


def read(data: bytes, file_name: str) -> Content:
    """Return what a file holds, by the ending of its name. Raises BadFile, naming the line."""
    ending = file_name.rpartition(".")[2].lower()
    ending = OTHER_ENDINGS.get(ending, ending)
    if ending not in READABLE:
        raise BadFile(f"{file_name} cannot be imported: its name must end in .{', .'.join(READABLE)}.")
    if len(data) > MOST_BYTES:
        raise BadFile(f"{file_name} has {len(data) / 1e6:,.0f} MB, more than {MOST_BYTES / 1e6:.0f}. Split it.")
    content = READABLE[ending](_text(data, file_name))
    if not content.ideas:
        raise BadFile(f"{file_name} holds no idea. Check that it is the right file.")
    return content


def _text(data: bytes, file_name: str) -> str:
    encoding = "UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "UTF-8"  # some spreadsheets write UTF-16
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadFile(
            f"{file_name}, line {line}: these bytes are no {encoding} text. Save the file as UTF-8 first."
        ) from error
