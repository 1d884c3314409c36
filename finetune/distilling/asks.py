"""What the teacher is asked: first for ideas, then for rewrites and judgements of the ideas it gave."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import SimpleNamespace

from finetune import ideas
from finetune.rowdata import reading
from workbench.assist import prompts
from workbench.assist.goals import GOALS
from workbench.assist.prompts.teaching import taught
from workbench.errors import InputError

IDEAS = ("one_idea", "idea_list")  # what the first round asks for
TASKS = (*IDEAS, "refine", "judgement", "check")


@dataclass(frozen=True)
class Ask:
    """One question to the teacher. A check is several prompts, whose probabilities of yes are read; others are one."""

    task: str
    topic: str
    messages: tuple[list[dict], ...]  # as the student is trained on
    sent: tuple[list[dict], ...]  # as the teacher is asked
    seed: int
    facts: dict = field(default_factory=dict)  # lens, goal, idea, n

    def key(self, teacher: dict, sampling: dict) -> str:
        """Return what tells this question from every other: the same one is never asked twice."""
        asked = [teacher, sampling if self.task != "check" else {}, self.task, self.sent, self.seed]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Ground:
    """What the teacher is asked about."""

    topics: list[str]
    held_out: int  # topics left out because figures are measured on them
    lenses: list[str]  # of the idea set


def ground(settings: SimpleNamespace) -> Ground:
    """Return the topics to ask about, in an order of the seed, and the lenses to ask through. Raises InputError."""
    train, heldout = ideas.split(ideas.read(Path(settings.ideas_dir)))
    if settings.topics is None:
        found = [row["topic"] for row in train["brainstorm"]]
    else:
        found = list(_named(Path(settings.topics)))
    closed = {ideas.topic_key(row["topic"]) for row in heldout["brainstorm"]}
    usable = list({ideas.topic_key(t): t for t in found if ideas.topic_key(t) not in closed}.values())
    left_out = sum(ideas.topic_key(topic) in closed for topic in found)
    if not usable:
        raise InputError(f"{settings.topics} holds no topic to ask about. Write one on each line.")
    Random(settings.seed).shuffle(usable)
    lenses = sorted({idea["lens"] for row in train["brainstorm"] for idea in row["ideas"]})
    return Ground(usable[: settings.max_topics], left_out, lenses)


def _named(path: Path) -> Iterator[str]:
    """Yield the topics of a file: one a line, or rows with `topic`."""
    if path.suffix != ".txt":
        for place, row in reading.local(path):
            if not isinstance(row.get("topic"), str) or not row["topic"].strip():
                raise InputError(f"{place} has no `topic`. Give each row one, or a .txt file with a topic a line.")
            yield prompts.clean(row["topic"])
        return
    if not path.is_file():
        raise InputError(f"There are no topics at {path}. Name a .txt file with one a line, or rows with `topic`.")
    yield from (prompts.clean(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def first_round(settings: SimpleNamespace, on: Ground) -> list[Ask]:
    """Return what is asked about each topic: ideas one by one through lenses, and a list."""
    asks = []
    for topic in on.topics:
        rng = Random(f"{settings.seed} {topic}")
        if "one_idea" in settings.tasks:
            # Every other one free of a lens, as in the idea set.
            chosen = [lens if n % 2 else "" for n, lens in enumerate(rng.sample(on.lenses, settings.lenses))]
            asks += [
                _ask(settings, "one_idea", topic, rng, prompts.one_idea(topic, lens), lens=lens) for lens in chosen
            ]
        if "idea_list" in settings.tasks:
            n = settings.list_size
            asks.append(_ask(settings, "idea_list", topic, rng, prompts.idea_list(topic, n), n=n))
    return asks


def second_round(settings: SimpleNamespace, given: dict[str, list[str]]) -> list[Ask]:
    """Return what is asked about the ideas that the first round gave: {topic: idea lines}."""
    asks = []
    for topic, lines in given.items():
        for idea in lines[: settings.ideas_per_topic]:
            rng = Random(f"{settings.seed} {topic} {idea}")
            if "refine" in settings.tasks:
                goals = rng.sample(GOALS, min(settings.goals, len(GOALS)))
                asks += [
                    _ask(settings, "refine", topic, rng, prompts.refine(topic, idea, goal), idea=idea, goal=goal)
                    for goal in goals
                ]
            if "judgement" in settings.tasks:
                asks.append(_ask(settings, "judgement", topic, rng, prompts.judgement(topic, idea), idea=idea))
            if "check" in settings.tasks:
                numbers, orders = range(1, len(prompts.CHECKS) + 1), range(len(prompts.ORDERS))
                ways = [prompts.check(topic, idea, number, 0, order) for number in numbers for order in orders]
                asks.append(_ask(settings, "check", topic, rng, *ways, idea=idea))
    return asks


def _ask(settings: SimpleNamespace, task: str, topic: str, rng: Random, *messages: list[dict], **facts) -> Ask:
    sent = tuple(taught(chat, task) if settings.guided else chat for chat in messages)
    return Ask(task, topic, tuple(messages), sent, rng.randrange(2**31), facts)
