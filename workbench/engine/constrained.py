"""Sampling inside a grammar: draw first, check then, and ask the grammar about other tokens only when it refuses.

As llama.cpp's common_sampler_sample does. The grammar looks at one token in 0.02 ms and at all 128k of Llama-3's in
20-200 ms, so when it refuses, the likeliest 1,024 are asked about next (0.5 ms) and all of them only if none of those
fits. llama.cpp ends the process when a grammar is told of a token it does not allow, so it is always asked first.
Of a byte inside a character its grammars look at the last six bits only, so whether bytes spell one is checked here.
"""

import codecs
import ctypes
import math
from collections.abc import Collection
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.context import Context
from workbench.engine.interface import Sampling
from workbench.engine.llama import Model
from workbench.engine.sampler import NO_TOP_K, Sampler
from workbench.errors import EngineError, InputError

import llama_cpp as c  # isort: skip  after engine.llama, which sets what libgomp reads

TOKEN_DATA = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])  # llama_token_data
MISSPELT = 64  # draws that spell no character before it is given up; inside one there are 64 bytes to go on with
SURROGATES = tuple(bytes((0xED, second)) for second in range(0xA0, 0xC0))  # Python refuses them at the third byte only
DEAD_END = "no token of the model continues the grammar"


class Candidates:
    """Tokens with their logits, as samplers take them: they change the logits, the order and the number."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._data = np.zeros(model.n_vocab, TOKEN_DATA)
        self._all = np.arange(model.n_vocab, dtype=np.int32)
        self.array: Any = c.llama_token_data_array()

    def fill(self, logits: NDArray[np.float32], tokens: NDArray[np.int32] | None = None) -> None:
        """Take these tokens, all of the vocabulary by default, with the logits they have in the row."""
        ids = self._all if tokens is None else tokens
        part = self._data[: len(ids)]
        part["id"], part["logit"], part["p"] = ids, logits if tokens is None else logits[tokens], 0.0
        self._point(len(ids))

    def keep_possible(self, *, without: Collection[int], inside: bool) -> bool:
        """Leave out what a grammar has ruled out, some tokens, and if `inside` a character all that do not go on in it.

        False when nothing is left.
        """
        part = self._data[: int(self.array.size)]
        left = part[part["logit"] > -math.inf]
        if inside:
            left = left[self._continuing[left["id"]]]
        if without:
            left = left[~np.isin(left["id"], list(without))]
        self._data[: len(left)] = left
        self._point(len(left))
        return len(left) > 0

    @cached_property
    def _continuing(self) -> NDArray[np.bool_]:
        """Say of each token whether its bytes begin inside a character; a tenth of a second, so only when needed."""
        pieces = (self._model.piece(token) for token in range(self._model.n_vocab))
        return np.fromiter((piece[:1] > b"\x7f" and piece[:1] < b"\xc0" for piece in pieces), bool)

    def _point(self, n: int) -> None:
        data = self._data.ctypes.data_as(ctypes.POINTER(c.llama_token_data))
        self.array.data, self.array.size, self.array.selected, self.array.sorted = data, n, -1, False


class ConstrainedSampler:
    """A sequence's sampler chain, and the grammar it keeps to."""

    def __init__(self, model: Model, sampling: Sampling, seed: int, gbnf: str, candidates: Candidates) -> None:
        self._chain = Sampler(model, sampling, seed)
        self._grammar: Any = _new_grammar(model, gbnf)
        self._candidates, self._model = candidates, model
        self._characters = codecs.getincrementaldecoder("utf-8")("strict")

    def sample(self, context: Context, index: int) -> int:
        """Draw the next token at a batch index that wanted logits. Raises EngineError at a dead end."""
        row = context.row(index, self._model.n_vocab)
        self._candidates.fill(row)
        token = self._chain.draw(self._candidates.array)
        if not (self._allows(token) and self._spells(token)):
            token = self._draw_allowed(row)
        self._chain.accept(token)
        if not self._model.is_end(token):
            c.llama_sampler_accept(self._grammar, token)
            self._characters.decode(self._model.piece(token))
        return token

    def close(self) -> None:
        """Free the chain and the grammar."""
        self._chain.close()
        if self._grammar:
            c.llama_sampler_free(self._grammar)
            self._grammar = None

    def _allows(self, token: int) -> bool:
        one = c.llama_token_data_array(ctypes.pointer(c.llama_token_data(token, 1.0, 0.0)), 1, -1, False)
        c.llama_sampler_apply(self._grammar, ctypes.byref(one))
        return bool(one.data[0].logit > -math.inf)

    def _spells(self, token: int) -> bool:
        """Say whether the token's bytes go on with the character that was begun, or begin one."""
        state = self._characters.getstate()
        try:
            self._characters.decode(self._model.piece(token))
            begun = self._characters.getstate()[0]
        except UnicodeDecodeError:
            return False
        finally:
            self._characters.setstate(state)
        return not begun.startswith(SURROGATES)

    def _draw_allowed(self, row: NDArray[np.float32]) -> int:
        """Draw among the likeliest tokens that fit, among all that fit if none of those does."""
        likeliest = np.argpartition(row, -NO_TOP_K)[-NO_TOP_K:].astype(np.int32) if len(row) > NO_TOP_K else None
        misspelt, inside = set[int](), bool(self._characters.getstate()[0])
        for tokens in (likeliest, None):
            while len(misspelt) < MISSPELT:
                self._candidates.fill(row, tokens)
                c.llama_sampler_apply(self._grammar, ctypes.byref(self._candidates.array))
                if not self._candidates.keep_possible(without=misspelt, inside=inside):
                    break
                token = self._chain.draw(self._candidates.array)
                if self._spells(token):
                    return token
                misspelt.add(token)
        raise EngineError(DEAD_END)


def check_readable(model: Model, gbnf: str) -> None:
    """Raise InputError when llama.cpp cannot parse the grammar. From any thread."""
    c.llama_sampler_free(_new_grammar(model, gbnf))


def _new_grammar(model: Model, gbnf: str) -> Any:
    grammar = c.llama_sampler_init_grammar(model.vocab, gbnf.encode(), b"root")
    if not grammar:
        raise InputError("llama.cpp cannot read the grammar; look for a misspelt rule, a stray sign or left recursion.")
    return grammar
