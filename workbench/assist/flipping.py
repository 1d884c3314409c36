"""Flip in two steps: the model names the worst idea for the topic, then an idea turns that very one round."""

import re
from collections.abc import Sequence
from dataclasses import replace

from workbench.assist.difference import words
from workbench.assist.lenses import LENSES
from workbench.assist.reading import BULLET, DASHES, EMPHASIS, QUOTES
from workbench.engine.interface import Messages, Request, Sampling

TASK = "worst"  # of the drafts, in the log
FEWEST, MOST = 2, 8  # words; as in the lenses that the adapters were trained on
LONGEST = 60  # characters
LENS = "flip: "
SAMPLING = Sampling(temperature=0.6, top_p=0.9, min_p=0.1, max_tokens=24)
# One word more than is taken: who needs it has gone on for too long.
FORM = 'root ::= (" " word){2,9} "."?\nword ::= [^ \\t\\r\\n.:;,—–|]{1,24}'
BEFORE = re.compile(r"^.*\b(?:flip|idea)(?: is)?:\s*", re.IGNORECASE)
NAMED = tuple(lens.label for lens in LENSES if lens.label.startswith(LENS))  # for drafts that are no use


def draft_request(prompts: Sequence[Messages], seeds: Sequence[int]) -> Request:
    """Return the request for worst ideas, one for each prompt, asked of the bare model: no adapter was trained for it.

    A small model keeps to the form by the grammar; what a server without grammars writes is read all the same.
    """
    samplings = tuple(replace(SAMPLING, seed=seed) for seed in seeds)
    return Request("brainstorm", tuple(prompts), SAMPLING, stop=("\n",), grammar=FORM, samplings=samplings)


def read_worst(text: str, topic: str = "") -> str:
    """Return the worst idea in a model's words, 2 to 8 of them; empty when there is none that says something new."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    line = BEFORE.sub("", EMPHASIS.sub("", BULLET.sub("", line))).strip(QUOTES)
    line = DASHES.split(line, maxsplit=1)[0].strip(QUOTES + ".!?,;")
    said = line.split()
    if not FEWEST <= len(said) <= MOST or len(line) > LONGEST or set(words(line)) <= set(words(topic)):
        return ""
    return line[0].lower() + line[1:] if line[1:2].islower() else line  # but not an acronym's capital


def flips(texts: Sequence[str], topic: str) -> list[str]:
    """Return the lens for each draft; one that is no use, or says what another said, gets a named one instead."""
    found: list[str] = []
    spare = 0
    for text in texts:
        lens = LENS + read_worst(text, topic)
        if lens == LENS or lens in found:
            lens = NAMED[spare % len(NAMED)]
            spare += 1
        found.append(lens)
    return found
