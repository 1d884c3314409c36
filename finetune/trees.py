"""A prompt that several answers share, read once: they hang on it side by side, each blind to the others.

Eight ideas for one topic, or eight checks of one idea, differ in their last words only. As one tree the shared part
costs its tokens once; a 4-D attention mask keeps the branches apart, and each has the positions that serving gives it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MULTIPLE = 32  # of the length of a batch: each new shape costs the CPU seconds of preparation


@dataclass(frozen=True)
class Tree:
    """Token ids: the prompt that is shared, and what follows it in each branch."""

    prompt: list[int]
    branches: list[list[int]]

    def __len__(self) -> int:
        return len(self.prompt) + sum(map(len, self.branches))


def shared(texts: Sequence[list[int]], most: int | None = None) -> Tree:
    """Split token ids after the longest beginning that all share, of at most `most` tokens."""
    longest = min(map(len, texts)) - 1 if most is None else most
    columns = zip(*(ids[:longest] for ids in texts), strict=False)
    at = next((place for place, column in enumerate(columns) if len(set(column)) > 1), longest)
    return Tree(texts[0][:at], [ids[at:] for ids in texts])


def pack(trees: Sequence[Tree], pad: int):
    """Return (tokens, positions, mask, starts) of a batch of trees; `mask` says who may look at whom.

    tokens, positions: (batch, length); mask: (batch, 1, length, length), True where attention is allowed; starts: for
    each tree the place where each branch begins.
    """
    import torch

    length = -(-max(map(len, trees)) // MULTIPLE) * MULTIPLE
    tokens = torch.full((len(trees), length), pad)
    positions = torch.zeros((len(trees), length), dtype=torch.long)
    mask = torch.eye(length, dtype=torch.bool).repeat(len(trees), 1, 1, 1)
    starts: list[list[int]] = []
    for at, tree in enumerate(trees):
        n = first = len(tree.prompt)
        tokens[at, :n] = torch.tensor(tree.prompt)
        positions[at, :n] = torch.arange(n)
        mask[at, 0, :n, :n] = torch.ones(n, n, dtype=torch.bool).tril()
        starts.append([])
        for branch in tree.branches:
            m = len(branch)
            starts[-1].append(n)
            tokens[at, n : n + m] = torch.tensor(branch)
            positions[at, n : n + m] = torch.arange(first, first + m)
            mask[at, 0, n : n + m, :first] = True
            mask[at, 0, n : n + m, n : n + m] = torch.ones(m, m, dtype=torch.bool).tril()
            n += m
    return tokens, positions, mask, starts
