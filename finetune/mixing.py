"""Which packed rows the next batch holds: general text, and a share of ideas that grows through the run."""

from pathlib import Path

import numpy as np


class Mix:
    """Both streams in their prepared order. General text starts over at its end; ideas end after their last pass."""

    def __init__(self, data_dir: Path, idea_share: tuple[float, float]):
        self.general = _load(data_dir / "general.npz")
        passes = [_load(path) for path in sorted(data_dir.glob("ideas-*.npz"))]
        self.ideas = tuple(np.concatenate(arrays) for arrays in zip(*passes, strict=True))
        self.idea_share = idea_share
        self.general_at = self.ideas_at = 0

    def next_batch(self, size: int, progress: float) -> tuple[np.ndarray, np.ndarray]:
        """Return (tokens, loss mask) of `size` rows for a run that is `progress` (0-1) through."""
        first, last = self.idea_share
        wanted = round(size * (first + (last - first) * progress))
        ideas = min(wanted, len(self.ideas[0]) - self.ideas_at)
        general = [(self.general_at + n) % len(self.general[0]) for n in range(size - ideas)]
        picked = [
            np.concatenate([idea[self.ideas_at : self.ideas_at + ideas], text[general]])
            for idea, text in zip(self.ideas, self.general, strict=True)
        ]
        self.ideas_at += ideas
        self.general_at += len(general)
        return picked[0], picked[1]

    def state(self) -> dict:
        return {"general_at": self.general_at, "ideas_at": self.ideas_at}

    def restore(self, state: dict) -> None:
        self.general_at, self.ideas_at = state["general_at"], state["ideas_at"]


def _load(path: Path) -> tuple[np.ndarray, np.ndarray]:
    with np.load(path) as packed:
        return packed["tokens"], packed["loss_mask"]
