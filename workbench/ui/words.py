"""Text for the screen: what a person or a model wrote shows exactly as written, whatever characters it holds."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

from workbench.records import Idea, Origin, Status

K = TypeVar("K")
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&\"=^@])")
# `:tada:` and `:material/home:` are replaced after the escapes are read; a word joiner keeps them text.
SHORTCODE = re.compile(r":(?=[\w+\-/]+:)")

INTERRUPTED = ":orange-badge[:material/power_off: interrupted] :gray[:small[the app was ended while this was written]]"
STATUS_WORDS = {Status.NEW: "undecided", Status.KEPT: "kept", Status.DROPPED: "dropped", Status.ARCHIVED: "archived"}


def plain(text: str) -> str:
    """Return text as Markdown that shows it literally, line by line."""
    quiet = SHORTCODE.sub(":\u2060", text)
    return "  \n".join(MARKDOWN.sub(r"\\\1", line.strip()) for line in quiet.splitlines())


def label(text: str, longest: int = 80) -> str:
    """Return text as one line of literal Markdown, cut at a word, for labels and badges."""
    return plain(short(text, longest))


def short(text: str, longest: int = 80) -> str:
    """Return text on one line, cut at a word when it is too long; for places that read no Markdown."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[:longest].rsplit(" ", 1)[0].rstrip(",.;:") + " …"


def distinct(names: Mapping[K, str]) -> dict[K, str]:
    """Return the names, repeats numbered: Streamlit tells the options of a select box apart by their words."""
    seen: Counter[str] = Counter()
    told: dict[K, str] = {}
    for key, name in names.items():
        seen[name] += 1
        told[key] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return told


def origin_word(idea: Idea, model: str = "") -> str:
    """Return who wrote the idea first, in words."""
    return {Origin.PERSON: idea.owner or "you", Origin.LIBRARY: "from the library"}.get(idea.origin, model or "model")


def counted(number: int, one: str, many: str = "") -> str:
    """Return a count with its word: `1 idea`, `3 ideas`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def when(stamp: str) -> str:
    """Return a UTC ISO time as a person says it."""
    try:
        then = datetime.fromisoformat(stamp)
    except ValueError:
        return ""
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    minutes = (datetime.now(UTC) - then).total_seconds() / 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{int(minutes)} min ago"
    if minutes < 24 * 60:
        return f"{int(minutes / 60)} h ago"
    return f"{then.day} {then:%b %Y}"


def size(count: int) -> str:
    """Return bytes as MB or GB."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def lasting(seconds: float) -> str:
    """Return a length of time as a person says it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def parameters(count: int) -> str:
    """Return a parameter count in millions or billions."""
    return f"{count / 1e9:.2g} billion" if count >= 1e9 else f"{count / 1e6:.1f} million"


def verdict(p: float) -> str:
    """Return P(yes) as a word; near the middle the answer is that it is unsure."""
    return "yes" if p >= 0.6 else "no" if p <= 0.4 else "unsure"
