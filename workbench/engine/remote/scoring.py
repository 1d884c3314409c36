"""From the likeliest next tokens to the probability of each candidate answer."""

import math
from collections.abc import Mapping, Sequence
from typing import Any


def alternatives(answer: Mapping[str, Any]) -> dict[str, float] | None:
    """Return the first token's likeliest alternatives with their log probabilities; None when the server gave none."""
    try:
        (first, *_) = answer["choices"][0]["logprobs"]["content"]
        listed = first["top_logprobs"] or [first]
        return {str(each["token"]): float(each["logprob"]) for each in listed}
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def probabilities(listed: Mapping[str, float], candidates: Sequence[str]) -> tuple[tuple[float, ...], bool]:
    """Return the candidates' probabilities, renormalised, and whether any of them was among the listed tokens.

    `Yes`, ` yes` and `YES` count for `yes`, and so does a token that only begins it. A candidate that is not listed is
    at most as likely as the last that is, and counts as that.
    """
    sums = dict.fromkeys(candidates, 0.0)
    for token, logprob in listed.items():
        said = token.strip().casefold()
        meant = [candidate for candidate in candidates if said and candidate.strip().casefold().startswith(said)]
        if len(meant) == 1:
            sums[meant[0]] += math.exp(logprob)
    least = math.exp(min(listed.values(), default=0.0)) or 1e-9
    weights = [sums[candidate] or least for candidate in candidates]
    return tuple(weight / sum(weights) for weight in weights), any(sums.values())
