"""All figures of one run, and the table that sets them against what is aimed at."""

from collections.abc import Callable, Sequence
from pathlib import Path

from workbench.engine.measuring.figures import Figures, checks, first_token, ideas, stops_and_swaps, streams, two_people
from workbench.engine.measuring.memory import memory
from workbench.engine.measuring.subject import Subject

# (key, what is measured, aim, figures shown behind it)
ROWS = (
    ("one_stream_ratio", "one stream, against a bare loop of llama_decode", "at least 0.95",
     "{one_stream_tokens_per_s:.1f} of {bare_tokens_per_s:.1f} tokens/s"),
    ("wide_ratio", "16 sequences together, against one stream", "at least 1.75", "{wide_tokens_per_s:.1f} tokens/s"),
    ("ideas16_ratio", "sixteen ideas on a cold 250-token prompt, against the plain way", "at most 0.5",
     "{ideas16_s:.2f} of {ideas16_plain_s:.2f} s"),
    ("ideas10_ratio", "ten ideas", "at most 0.65", "{ideas10_s:.2f} of {ideas10_plain_s:.2f} s"),
    ("cached_first_token_ratio", "first token, 300-token beginning in the cache, against cold", "at most 0.15",
     "{cached_first_token_s:.3f} of {cold_first_token_s:.3f} s"),
    ("checks_ratio", "eight checks of one idea, against the plain way", "at most 0.3",
     "{checks_s:.2f} of {checks_plain_s:.2f} s"),
    ("cancel_ms", "cancel during a 2,000-token prompt, slowest of three, ms", "at most 200", ""),
    ("swap_ms", "adapter swap, ms", "under 5", ""),
    ("memory_ratio", "memory with base and two adapters, against two merged models", "at most 0.65",
     "{memory_mb:.0f} of {memory_plain_mb:.0f} MB"),
    ("second_person_first_token_s", "a second person's first token, s", "at most 1", ""),
    ("two_people_ratio", "two people together, against one batch of the same width", "at least 0.9",
     "{two_people_tokens_per_s:.1f} tokens/s"),
)  # fmt: skip
KEYS = tuple(row[0] for row in ROWS)


def measure(
    base: Path, adapters: Sequence[Path], threads: int | None = None, tell: Callable[[str], None] = lambda _: None
) -> Figures:
    """Return every figure, the eleven of `KEYS` first; about three minutes for 1 B parameters on two cores."""
    figures: Figures = {}
    with Subject(base, list(adapters), threads) as subject:
        for part in (streams, ideas, first_token, checks, stops_and_swaps, two_people, memory):
            tell(part.__name__.replace("_", " "))
            figures |= part(subject)
    return {key: figures[key] for key in KEYS} | figures


def rows(figures: Figures) -> list[str]:
    """Return the rows of the table, Markdown."""
    lines = ["| figure | aim | measured |", "|---|---|---|"]
    for key, what, aim, behind in ROWS:
        more = f" ({behind.format(**figures)})" if behind else ""
        lines.append(f"| {what} | {aim} | {figures[key]:.3g}{more} |")
    return lines
