"""Bytes of tokens in, text out: characters are never broken, and stop strings never show."""

import codecs
from collections.abc import Sequence


class TextStream:
    """The text of one completion as it grows."""

    def __init__(self, stops: Sequence[str] = ()) -> None:
        # A token may end inside a character: the decoder keeps the bytes until the rest comes. Bytes that can
        # never become a character (a weak model writes such) are left out.
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._stops = tuple(stop for stop in stops if stop)
        self._longest = max(map(len, self._stops), default=0)
        self._whole = ""
        self.text = ""  # what may be shown: without an ending that could become a stop string

    def push(self, piece: bytes) -> bool:
        """Add a token's bytes; True when a stop string is complete, which ends the text before it."""
        added = self._decoder.decode(piece)
        if not added:
            return False
        search_from = max(0, len(self._whole) - self._longest + 1)
        self._whole += added
        found = [at for stop in self._stops if (at := self._whole.find(stop, search_from)) >= 0]
        if found:
            self._whole = self.text = self._whole[: min(found)]
            return True
        self.text = self._whole[: len(self._whole) - self._held()]
        return False

    def end(self) -> str:
        """Return the final text, with whatever was held back in case a stop string came."""
        self.text = self._whole
        return self.text

    def _held(self) -> int:
        """Return how many characters at the end are the beginning of a stop string."""
        for length in range(min(self._longest - 1, len(self._whole)), 0, -1):
            ending = self._whole[-length:]
            if any(stop.startswith(ending) for stop in self._stops):
                return length
        return 0
