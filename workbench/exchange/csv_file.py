"""CSV: one idea a row, for spreadsheets. Holds all of an idea but its history; nothing of the board's own words."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from workbench.errors import BadFile
from workbench.exchange.content import MOST_IDEAS, Content, entry
from workbench.store import Entry

COLUMNS = (
    "number", "title", "body", "status", "tags", "lens", "origin", "owner", "parent", "second_parent", "library_id",
    "created",
)  # fmt: skip
# What other programs call the same things.
OTHER_NAMES = {
    "idea": "title", "name": "title", "text": "body", "description": "body", "details": "body", "notes": "body",
    "note": "body", "sentence": "body", "tag": "tags", "labels": "tags", "id": "number", "state": "status",
    "author": "owner", "parent id": "parent",
}  # fmt: skip
# A spreadsheet runs a cell that begins like this as a formula: an apostrophe in front makes it text (OWASP, "CSV
# Injection"). Cells that had apostrophes there already get one more, so that the way back is exact.
FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
ESCAPED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def write(content: Content) -> bytes:
    """Return the ideas as CSV in UTF-8, with the mark by which spreadsheets know it."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for idea in content.ideas:
        cells = [getattr(idea, name) for name in COLUMNS]
        rows.writerow([_guarded(join_tags(idea.tags) if cell is idea.tags else cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def read(text: str) -> Content:
    """Return the ideas of a CSV with a header row; comma, semicolon or tab between the cells."""
    rows = _rows(text)
    line, header = next(rows, (0, []))
    names = [_name(cell) for cell in header]
    if not {"title", "body"} & set(names):
        raise BadFile(
            f"Line {line or 1}: the first row must name the columns, among them “title” or “body”; "
            f"it says {', '.join(header)[:80]!r}. Add a header row, or paste the lines as a list."
        )
    if len(set(names) - {""}) < len([name for name in names if name]):
        raise BadFile(f"Line {line}: two columns have the same meaning ({', '.join(header)}). Take one out.")
    ideas = []
    for line, cells in rows:
        if len(cells) > len(names):
            raise BadFile(f"Line {line}: {len(cells)} cells under {len(names)} headings. Put quotes around texts.")
        fields = {name: _bare(cell) for name, cell in zip(names, cells, strict=False) if name}
        ideas.append(_entry(fields, f"Line {line}"))
        if len(ideas) > MOST_IDEAS:
            raise BadFile(f"Line {line}: more than {MOST_IDEAS:,} ideas. Split the file and bring in the parts.")
    return Content(ideas=tuple(ideas))


def join_tags(tags: Sequence[str]) -> str:
    """Return tags in one cell, as a line of CSV of its own: `cheap, "soup, hot"`."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="").writerow(tags)
    return out.getvalue() if tags else ""


def split_tags(cell: str) -> tuple[str, ...]:
    """Return the tags of a cell; `join_tags` backwards."""
    found = next(csv.reader([cell], skipinitialspace=True), []) if cell else []
    return tuple(tag.strip() for tag in found if tag.strip())


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that holds something, with the line it begins on."""
    begun, after = 1, 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for cells in reader:
            begun, after = after + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                yield begun, cells
    except csv.Error as error:
        raise BadFile(f"Line {after + 1}: the quotes do not fit ({error}). Correct it and try again.") from error


def _delimiter(text: str) -> str:
    """Return what stands between the cells of the header row."""
    header = text.lstrip().partition("\n")[0]
    return max(",;\t", key=header.count)


def _name(cell: str) -> str:
    name = " ".join(cell.strip().lower().replace("_", " ").split())
    known = {column.replace("_", " "): column for column in COLUMNS} | OTHER_NAMES
    return known.get(name, "")


def _entry(fields: dict[str, str], where: str) -> Entry:
    tags = split_tags(fields.pop("tags", ""))
    if "status" in fields:
        fields["status"] = fields["status"].strip().lower()
    given = {name: cell for name, cell in fields.items() if cell or name in ("title", "body")}
    return entry({"title": ""} | given | {"tags": tags}, where)


def _guarded(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if FORMULA.match(text) else text


def _bare(cell: str) -> str:
    return cell[1:] if ESCAPED.match(cell) else cell
