"""Bits per byte of the written ideas under their lenses, by the very GGUF files that serve.

The number of bits that the model needs for an answer and its end, over the answer's bytes: unlike perplexity it does
not depend on how the tokenizer cuts the text, so that models with other vocabularies can be held side by side.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

import numpy as np

from finetune.proving.logits import Forward, log_softmax, served
from finetune.reporting.material import Material
from finetune.reporting.pooling import Counts, pooled
from workbench.assist import prompts
from workbench.bench.quality.figures import Figure
from workbench.models import Installed

Tell = Callable[[str], None]
Question = tuple[str, str, str]  # topic, lens, the written idea


@dataclass(frozen=True)
class Answer:
    """A prompt with its answer as token ids; the answer begins at `start` and has its end with it."""

    ids: list[int]
    start: int
    bytes: int


def measure(model: Installed, material: Material, *, seed: int, tell: Tell) -> dict[str, Figure]:
    """Return bits per byte by the brainstorm adapter, beside those under other topics' questions, and by the base."""
    own, dealt = tokenised(model.base, [own_questions(material), others_questions(material)])
    longest = max(len(answer.ids) for topic in (*own, *dealt) for answer in topic)
    adapter = model.adapters.get("brainstorm")
    with served(model.base, None, longest) as forward:
        base = count(forward, own, lambda where: tell(f"bits per byte, the base: {where}"))
    found = {"bits_per_byte_base": pooled(base, seed)}
    if adapter:
        with served(model.base, adapter, longest) as forward:
            mine = count(forward, own, lambda where: tell(f"bits per byte: {where}"))
            others = count(forward, dealt, lambda where: tell(f"bits per byte under other topics: {where}"))
        found["bits_per_byte"] = pooled(mine, seed, {"shuffled": others})
    return found


def own_questions(material: Material) -> list[list[Question]]:
    """Return for each topic the ideas under a lens that is not free, each with its question."""
    return [
        [
            (asked.topic.topic, lens, idea)
            for lens, idea in zip(asked.lenses, asked.topic.written, strict=True) if lens
        ]
        for asked in material.topics
    ]  # fmt: skip


def others_questions(material: Material) -> list[list[Question]]:
    """Return the same ideas, each with the topic and a lens of another topic."""
    found = []
    for place, questions in enumerate(own_questions(material)):
        others = material.others(place)
        dealt = []
        for number, (_, own, idea) in enumerate(questions):
            other = others[number % len(others)]
            lenses = [lens for lens in other.lenses if lens] or [own]
            dealt.append((other.topic.topic, lenses[number % len(lenses)], idea))
        found.append(dealt)
    return found


def tokenised(base: Path, kinds: Sequence[list[list[Question]]]) -> list[list[list[Answer]]]:
    """Return the questions with their answers as the app renders them and this file's tokenizer cuts them."""
    from workbench.engine.chat import Chat
    from workbench.engine.llama import Model

    model = Model(base)
    try:
        chat = Chat(model, base.name)

        def answer(question: Question) -> Answer:
            topic, lens, idea = question
            asked = prompts.one_idea(topic, lens)
            ids = [*chat.tokens([*asked, {"role": "assistant", "content": idea}]), model.eos]
            return Answer(ids, len(chat.tokens(asked)), len(idea.encode()))

        return [[list(map(answer, questions)) for questions in kind] for kind in kinds]
    finally:
        model.close()


def count(forward: Forward, topics: Sequence[Sequence[Answer]], tell: Tell = lambda where: None) -> Counts:
    """Return for each topic the bits of its answers and their bytes."""
    table = np.zeros((len(topics), 2))
    for place, answers in enumerate(topics):
        tell(f"topic {place + 1} of {len(topics)}")
        table[place] = sum(bits(forward, answer) for answer in answers), sum(answer.bytes for answer in answers)
    return table


def bits(forward: Forward, answer: Answer) -> float:
    """Return the bits of an answer and its end."""
    wanted = answer.ids[answer.start :]
    # What stands at one position tells of the next; llama.cpp is not asked about the last one.
    found = log_softmax(forward(answer.ids[:-1])[answer.start - 1 :])
    return float(-found[np.arange(len(wanted)), wanted].sum() / log(2))
