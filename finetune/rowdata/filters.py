"""What keeps a usable row out: length, score, a refusal, another language, a row that was there already."""

import hashlib
import re
from collections.abc import Callable
from types import SimpleNamespace

from finetune.rowdata.forms import texts

REFUSALS = (
    "as an ai language model", "as a language model", "i cannot assist with", "i can't assist with", "i'm sorry, but i",
    "i am sorry, but i", "i'm unable to", "i am unable to", "i cannot fulfill", "i can't fulfill",
)  # fmt: skip
LANGUAGE_SAMPLE = 600  # characters looked at
SHINGLE = 5  # words
PERMUTATIONS = 64  # of MinHash (Broder 1997); at a threshold of 0.8 the LSH of datasketch takes 9 bands of 7
WORD = re.compile(r"\w+")


def reason_against(settings: SimpleNamespace) -> Callable[[dict, dict], str | None]:
    """Return a function of (the row as read, as converted) that says why to leave it out, None to keep it."""
    language = _language(settings.languages) if settings.languages else None

    def against(raw: dict, row: dict) -> str | None:
        asked, answered = texts(row)
        characters = len(asked) + len(answered)
        if characters < settings.min_chars:
            return f"shorter than {settings.min_chars} characters"
        if characters > settings.max_chars:
            return f"longer than {settings.max_chars} characters"
        score = raw.get("score")
        if settings.min_score is not None and isinstance(score, int | float) and score < settings.min_score:
            return f"score below {settings.min_score}"
        start = answered[:200].lower().replace("’", "'")
        if settings.drop_refusals and any(words in start for words in REFUSALS):
            return "a refusal"
        if language and (found := language(f"{answered} {asked}"[:LANGUAGE_SAMPLE])):
            return f"language {found}"
        return None

    return against


def _language(wanted: list[str]) -> Callable[[str], str | None]:
    import py3langid

    def other(text: str) -> str | None:
        found = py3langid.classify(text)[0]
        return None if found in wanted else str(found)

    return other


class Seen:
    """The rows so far: exact repeats by hash, near ones by MinHash over shingles of words."""

    def __init__(self, threshold: float | None) -> None:
        """`threshold`: estimated Jaccard similarity from which two rows are one; None looks for exact ones only."""
        self._hashes: set[bytes] = set()
        self._index = None
        if threshold is not None:
            from datasketch import MinHashLSH

            self._index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)

    def before(self, row: dict) -> str | None:
        """Say how the row was there before ("exact repeat", "near repeat"), or note it and return None."""
        words = WORD.findall(" ".join(texts(row)).lower())
        key = hashlib.blake2b(" ".join(words).encode(), digest_size=12).digest()
        if key in self._hashes:
            return "exact repeat"
        self._hashes.add(key)
        if self._index is None:
            return None
        sketch = _sketch(words)
        if self._index.query(sketch):
            return "near repeat"
        self._index.insert(key, sketch, check_duplication=False)
        return None


def _sketch(words: list[str]):
    from datasketch import MinHash

    shingles = {" ".join(words[i : i + SHINGLE]).encode() for i in range(max(len(words) - SHINGLE + 1, 1))}
    sketch = MinHash(num_perm=PERMUTATIONS)
    sketch.update_batch(shingles)
    return sketch
