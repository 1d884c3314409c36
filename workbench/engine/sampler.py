"""Sampler chains in C, one for each sequence."""

import ctypes
from typing import Any

from workbench.engine.context import Context
from workbench.engine.interface import Sampling
from workbench.engine.llama import Model

import llama_cpp as c  # isort: skip  after engine.llama, which sets what libgomp reads

PENALTY_WINDOW = 64  # tokens the repeat penalty looks back
DRY_BASE, DRY_ALLOWED_LENGTH, DRY_WINDOW = 1.75, 2, 256  # the first two are llama.cpp's defaults
DRY_BREAKERS = (b"\n", b":", b'"', b"*")
NO_TOP_K = 1024  # what stands for "off"


class Sampler:
    """One sequence's sampler chain, in C."""

    def __init__(self, model: Model, sampling: Sampling, seed: int) -> None:
        params = c.llama_sampler_chain_default_params()
        params.no_perf = True
        self._chain: Any = c.llama_sampler_chain_init(params)
        for part in self._parts(model, sampling, seed):
            c.llama_sampler_chain_add(self._chain, part)

    @staticmethod
    def _parts(model: Model, s: Sampling, seed: int) -> list[Any]:
        parts = []
        if s.repeat_penalty != 1.0:
            parts.append(c.llama_sampler_init_penalties(model.n_vocab, PENALTY_WINDOW, s.repeat_penalty, 0.0, 0.0))
        if s.dry_multiplier > 0:
            breakers = (ctypes.c_char_p * len(DRY_BREAKERS))(*DRY_BREAKERS)
            parts.append(
                c.llama_sampler_init_dry(
                    model.vocab,
                    s.dry_multiplier,
                    DRY_BASE,
                    DRY_ALLOWED_LENGTH,
                    DRY_WINDOW,
                    breakers,
                    len(DRY_BREAKERS),
                )
            )
        if s.temperature <= 0:
            return [*parts, c.llama_sampler_init_greedy()]
        # Without a top-k, top-p sorts the whole vocabulary: 25 ms a token at 128k entries instead of 0.4.
        parts.append(c.llama_sampler_init_top_k(s.top_k if s.top_k > 0 else NO_TOP_K))
        if s.top_p < 1:
            parts.append(c.llama_sampler_init_top_p(s.top_p, 1))
        if s.min_p > 0:
            parts.append(c.llama_sampler_init_min_p(s.min_p, 1))
        return [*parts, c.llama_sampler_init_temp(s.temperature), c.llama_sampler_init_dist(seed)]

    def sample(self, context: Context, index: int) -> int:
        """Draw the next token at a batch index that wanted logits, and remember it for the penalties."""
        return int(c.llama_sampler_sample(self._chain, context.handle, index))

    def draw(self, candidates: Any) -> int:
        """Draw among a llama_token_data_array, which it changes; nothing is remembered before `accept`."""
        c.llama_sampler_apply(self._chain, ctypes.byref(candidates))
        return int(candidates.data[candidates.selected].id)

    def accept(self, token: int) -> None:
        """Remember the token for the penalties."""
        c.llama_sampler_accept(self._chain, token)

    def close(self) -> None:
        """Free the chain."""
        if self._chain:
            c.llama_sampler_free(self._chain)
            self._chain = None
