"""Loss of both sides on the same rows, and how sure the difference is."""

import math
from collections.abc import Sequence

from finetune.evaluation.heldout import Scored
from finetune.evaluation.subject import SIDES, Models
from finetune.masking import IGNORED

RESAMPLES = 2000
MOST_LOGITS = 1 << 27  # numbers at once: half a GB at float32
MOST_TOKENS = 8192


def measure(models: Models, rows: Sequence[Scored], seed: int) -> dict:
    """Return rows, tokens, each side's loss and perplexity, their difference with its interval, and each row's sums."""
    sums = {side: negative_log_likelihoods(models, side, rows) for side in SIDES}
    tokens = [sum(label != IGNORED for label in row.labels[1:]) for row in rows]
    return compared(tokens, sums["base"], sums["tuned"], [row.group for row in rows], seed)


def negative_log_likelihoods(models: Models, side: str, rows: Sequence[Scored]) -> list[float]:
    """Return each row's summed loss in nats, in float32 as exported; longest rows first, so that memory fails early."""
    import torch

    order = sorted(range(len(rows)), key=lambda n: -len(rows[n].ids))
    found = [0.0] * len(rows)
    with models.of(side) as model, torch.no_grad():
        room = min(MOST_TOKENS, max(512, MOST_LOGITS // model.config.vocab_size))
        while order:
            width = -(-len(rows[order[0]].ids) // 32) * 32  # few different shapes: a CPU prepares kernels for each
            size = max(1, room // width)
            batch, order = order[:size], order[size:]
            for number, value in zip(batch, _sums(model, [rows[n] for n in batch], width, models.device), strict=True):
                found[number] = value
    return found


def _sums(model, rows: list[Scored], width: int, device: str) -> list[float]:
    import torch

    tokens = torch.zeros((len(rows), width), dtype=torch.long)
    labels = torch.full((len(rows), width), IGNORED)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for at, row in enumerate(rows):
        tokens[at, : len(row.ids)] = torch.tensor(row.ids)
        labels[at, : len(row.ids)] = torch.tensor(row.labels)
        mask[at, : len(row.ids)] = 1
    logits = model(input_ids=tokens.to(device), attention_mask=mask.to(device)).logits[:, :-1].float()
    wanted = labels[:, 1:].to(device)
    losses = torch.nn.functional.cross_entropy(logits.transpose(1, 2), wanted, reduction="none", ignore_index=IGNORED)
    return losses.sum(1).tolist()


def compared(tokens: list[int], base: list[float], tuned: list[float], groups: list[str], seed: int) -> dict:
    """Return the losses per token and a paired bootstrap interval of their difference over groups of rows.

    Efron and Tibshirani (1993): both sides are taken on the same rows, and rows of one topic together, so that neither
    the rows' difficulty nor their likeness passes for certainty.
    """
    total = sum(tokens)
    losses = {"base": sum(base) / total, "tuned": sum(tuned) / total}
    found = {"rows": len(tokens), "tokens": total, "groups": len(set(groups))}
    found |= {side: round(loss, 5) for side, loss in losses.items()}
    found |= {f"{side}_perplexity": round(math.exp(min(loss, 700)), 3) for side, loss in losses.items()}
    found["difference"] = round(losses["tuned"] - losses["base"], 5)
    found["interval"] = paired_interval(tokens, base, tuned, groups, seed)
    found["by_row"] = [[n, round(b, 4), round(t, 4)] for n, b, t in zip(tokens, base, tuned, strict=True)]
    return found


def paired_interval(
    tokens: Sequence[int], base: Sequence[float], tuned: Sequence[float], groups: Sequence[str], seed: int
) -> list[float] | None:
    """Return the 95 % interval of the difference of the losses per token; None for fewer than two groups."""
    import numpy as np

    names = {name: place for place, name in enumerate(dict.fromkeys(groups))}
    if len(names) < 2:
        return None
    places = [names[group] for group in groups]
    n_tokens = np.bincount(places, tokens)
    gaps = np.bincount(places, np.asarray(tuned) - np.asarray(base))
    counts = np.random.default_rng(seed).multinomial(len(names), [1 / len(names)] * len(names), RESAMPLES)
    drawn = (counts @ gaps) / np.maximum(counts @ n_tokens, 1)
    return [round(float(end), 5) for end in np.quantile(drawn, (0.025, 0.975))]


def preferences(models: Models, pairs: list[tuple[Scored, Scored]]) -> dict:
    """Return how often the tuned side moved toward the chosen answer of a DPO row, against the base (Rafailov 2023)."""
    moved = []
    for at in range(2):
        rows = [pair[at] for pair in pairs]
        sides = [negative_log_likelihoods(models, side, rows) for side in SIDES]
        moved.append([base - tuned for base, tuned in zip(*sides, strict=True)])
    hits = [chosen > rejected for chosen, rejected in zip(*moved, strict=True)]
    share = round(sum(hits) / len(hits), 4)
    return {"rows": len(hits), "moved_to_chosen": share, "interval": wilson(sum(hits), len(hits))}


def wilson(hits: int, n: int, z: float = 1.96) -> list[float]:
    """Return the 95 % interval of a share (Wilson 1927)."""
    middle, room = hits / n + z * z / (2 * n), z * math.sqrt(hits / n * (1 - hits / n) / n + z * z / (4 * n * n))
    return [round((middle + sign * room) / (1 + z * z / n), 4) for sign in (-1, 1)]


