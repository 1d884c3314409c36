"""Which model to use on this machine: speeds measured on one model, carried over to others by their size.

Writing a token reads every weight once, so it goes with the file's bytes (memory bandwidth); reading a prompt computes
with every weight for every token, so it goes with the parameters. Both are guesses, good to a third or so; `models try`
measures a model that is there. Pure: nothing here measures, reads or downloads.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.models.catalogue import Entry

PROMPT = 300  # tokens before the first word of a brainstorm on a new topic
IDEAS, IDEA = 8, 40  # a brainstorm, and the tokens of an idea
QUICK_WORD, QUICK, PATIENT = 5.0, 20.0, 90.0  # seconds: to the first word; for eight ideas; ... with something to read
ALIKE = 0.75  # of the most parameters: as good, as far as size tells
GB = 1e9


@dataclass(frozen=True, slots=True)
class Measured:
    """What a trial found, as far as it carries over; see models/trial.py."""

    name: str  # of what was tried
    bytes: int
    parameters: int
    decode_per_s: float
    prompt_per_s: float
    wide_per_s: float


@dataclass(frozen=True, slots=True)
class Advice:
    """What to expect of a model of the catalogue on this machine; seconds and bytes."""

    entry: Entry
    quantisation: str
    memory: int
    fits: bool  # into the memory that is free
    decode_per_s: float
    first_word_s: float
    ideas_s: float  # eight ideas on a new topic
    recommended: bool = False

    @property
    def pace(self) -> str:
        """Quick, or not, in a word or three."""
        if not self.fits:
            return "too large"
        if self.quick:
            return "quick"
        return "takes patience" if self.ideas_s <= PATIENT else "slow"

    @property
    def quick(self) -> bool:
        """True when one would wait for it."""
        return self.first_word_s <= QUICK_WORD and self.ideas_s <= QUICK

    @property
    def words(self) -> str:
        """The figures as a sentence for a person."""
        if not self.fits:
            return f"Needs about {self.memory / GB:.1f} GB of memory, more than is free here."
        return (
            f"About {self.memory / GB:.1f} GB of memory; first word after about {_seconds(self.first_word_s)}, "
            f"eight ideas in about {_seconds(self.ideas_s)}: {self.pace}."
        )


def expect(entry: Entry, quantisation: str, measured: Measured, *, free: int, context: int) -> Advice:
    """Return what to expect of an entry with so many tokens of context where `free` bytes of memory are free."""
    size = entry.files[quantisation].bytes
    decode = measured.decode_per_s * measured.bytes / size
    wide = measured.wide_per_s * measured.bytes / size
    prompt = measured.prompt_per_s * measured.parameters / entry.parameters
    first = PROMPT / prompt + 1 / decode
    memory = entry.memory(quantisation, context)
    return Advice(entry, quantisation, memory, memory <= free, decode, first, first + IDEAS * IDEA / wide)


def recommend(entries: Sequence[Entry], measured: Measured, *, free: int, context: int) -> list[Advice]:
    """Return what to expect of every entry to download, as it is offered first; the recommended one is marked.

    Among those that fit and are quick, the ones of about the most parameters count as equally good, and the one of them
    that takes the least memory is recommended; where none is quick, the quickest that fits; where nothing fits, none.
    """
    found = [
        expect(entry, entry.quantisation(None), measured, free=free, context=context)
        for entry in entries
        if not entry.comes_along
    ]
    fitting = [advice for advice in found if advice.fits]
    quick = [advice for advice in fitting if advice.quick]
    most = max((advice.entry.parameters for advice in quick), default=0)
    best = min((a for a in quick if a.entry.parameters >= ALIKE * most), key=lambda a: a.memory, default=None)
    best = best or min(fitting, key=lambda a: a.ideas_s, default=None)
    return [replace(advice, recommended=advice is best) for advice in found]


def in_words(advices: Sequence[Advice], measured: Measured) -> str:
    """Return the recommendation as a paragraph: which one, and what it rests on."""
    best = next((advice for advice in advices if advice.recommended), None)
    basis = (
        f"Carried over from {measured.name}, which writes {measured.decode_per_s:,.0f} tokens a second here and reads "
        f"{measured.prompt_per_s:,.0f}: writing goes with the size of the file, reading with the parameters."
    )
    if best is None:
        return f"No model of the catalogue fits into the free memory: stay with what came along. {basis}"
    return f"For this machine: {best.entry.title} ({best.quantisation}). {best.words} {basis}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 3 else f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} minutes"
