"""Sampling inside a grammar: draw first, check then, and ask the grammar about other tokens only when it refuses.

As llama.cpp's common_sampler_sample does. The grammar looks at one token in 0.02 ms and at all 128k of Llama-3's in
20-200 ms, so when it refuses, the likeliest 1,024 are asked about next (0.5 ms) and all of them only if none of those
fits. llama.cpp ends the process when a grammar is told of a token it does not allow, so it is always asked first.
"""

import ctypes
import math
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
DEAD_END = "no token of the model continues the grammar"


class Candidates:
    """Tokens with their logits, as samplers take them: they change the logits, the order and the number."""

    def __init__(self, n_vocab: int) -> None:
        self._data = np.zeros(n_vocab, TOKEN_DATA)
        self._all = np.arange(n_vocab, dtype=np.int32)
        self.array: Any = c.llama_token_data_array()

    def fill(self, logits: NDArray[np.float32], tokens: NDArray[np.int32] | None = None) -> None:
        """Take these tokens, all of the vocabulary by default, with the logits they have in the row."""
        ids = self._all if tokens is None else tokens
        part = self._data[: len(ids)]
        part["id"], part["logit"], part["p"] = ids, logits if tokens is None else logits[tokens], 0.0
        self._point(len(ids))

    def keep_possible(self) -> bool:
        """Leave out what a grammar has ruled out; False when nothing is left."""
        part = self._data[: int(self.array.size)]
        left = part[part["logit"] > -math.inf]
        self._data[: len(left)] = left
        self._point(len(left))
        return len(left) > 0

    def _point(self, n: int) -> None:
        data = self._data.ctypes.data_as(ctypes.POINTER(c.llama_token_data))
        self.array.data, self.array.size, self.array.selected, self.array.sorted = data, n, -1, False


class ConstrainedSampler:
    """A sequence's sampler chain, and the grammar it keeps to."""

    def __init__(self, model: Model, sampling: Sampling, seed: int, gbnf: str, candidates: Candidates) -> None:
        self._chain = Sampler(model, sampling, seed)
        self._grammar: Any = _new_grammar(model, gbnf)
        self._candidates, self._n_vocab = candidates, model.n_vocab
        self._is_end = model.is_end

    def sample(self, context: Context, index: int) -> int:
        """Draw the next token at a batch index that wanted logits. Raises EngineError at a dead end."""
        row = context.row(index, self._n_vocab)
        self._candidates.fill(row)
        token = self._chain.draw(self._candidates.array)
        if not self._allows(token):
            token = self._draw_allowed(row)
        self._chain.accept(token)
        if not self._is_end(token):
            c.llama_sampler_accept(self._grammar, token)
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

    def _draw_allowed(self, row: NDArray[np.float32]) -> int:
        """Draw among the likeliest tokens that fit, among all that fit if none of those does."""
        likeliest = np.argpartition(row, -NO_TOP_K)[-NO_TOP_K:].astype(np.int32) if len(row) > NO_TOP_K else None
        for tokens in (likeliest, None):
            self._candidates.fill(row, tokens)
            c.llama_sampler_apply(self._grammar, ctypes.byref(self._candidates.array))
            if self._candidates.keep_possible():
                return self._chain.draw(self._candidates.array)
        raise EngineError(DEAD_END)


def check_readable(model: Model, gbnf: str) -> None:
    """Raise InputError when llama.cpp cannot parse the grammar. From any thread."""
    c.llama_sampler_free(_new_grammar(model, gbnf))


def _new_grammar(model: Model, gbnf: str) -> Any:
    grammar = c.llama_sampler_init_grammar(model.vocab, gbnf.encode(), b"root")
    if not grammar:
        raise InputError("llama.cpp cannot read the grammar; look for a misspelt rule, a stray sign or left recursion.")
    return grammar
