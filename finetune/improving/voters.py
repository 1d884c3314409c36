"""Simulated people with a known preference, to see the loop whole: what they like must come, and nothing else be lost.

    python -m finetune.improving.voters --out runs/loop --votes 400
    python -m finetune.improving.voters --out runs/loop-random --votes 400 --random

They like short ideas with a place in them. On a database of their own they brainstorm on topics of the training part
through the app's own desk and engine, keep and drop, compare ideas two by two, run `finetune.improve`, vote blind at
its gate, and let it decide. `--random`: the same with every decision drawn by lot, as the control. Writes loop.json.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np

from finetune import improve, record
from finetune.improving import gate
from workbench.assist import Desk
from workbench.assist.difference import words
from workbench.assist.prompts import idea_line
from workbench.bench import heldout
from workbench.bench.quality import figures
from workbench.engine import open_engine
from workbench.engine.interface import BALANCED
from workbench.lab.compare import ballot
from workbench.records import NewVote, Outcome, Said, Status, Thumb, VoteKind
from workbench.settings import Settings, settings
from workbench.store import Library, Store

SOME_PLACES = (
    "bakery bank bathroom bench beach bridge bus café campus canteen car church cinema city classroom clinic college "
    "corner corridor counter courtyard desk door dock farm field garage garden gate gym hall harbour hospital hotel "
    "house kiosk kitchen lake library lobby market museum office park path pharmacy platform playground pool port post "
    "pub river road roof room school shed shelf shop square stairs station street studio table tent theatre town train "
    "tram village wall warehouse window yard"
)
PLACES = frozenset(SOME_PLACES.split())
SHORT = 18  # words
PER_TOPIC = 8
PEOPLE = ("Ada", "Ben", "Caro")


def liking(text: str) -> float:
    """Return how much the simulated people like an idea: a place counts one, and each word over `SHORT` costs 0.1."""
    said = words(text)
    return float(has_place(text)) - 0.1 * max(0, len(said) - SHORT)


def has_place(text: str) -> bool:
    return any(word in PLACES or word.removesuffix("s") in PLACES for word in words(text))


class Voters:
    """Several people with one taste, or with none; everything they decide goes through the store as a page's would."""

    def __init__(self, store: Store, seed: int, *, by_lot: bool) -> None:
        self.store, self.random, self.by_lot = store, Random(seed), by_lot

    def like(self, text: str) -> float:
        return self.random.random() if self.by_lot else liking(text) + self.random.gauss(0, 0.15)

    def brainstorm(self, desk: Desk, topics: list[str]) -> None:
        """Brainstorm on each topic, keep what is liked best and drop what is liked least, with a thumb on each."""
        for number, topic in enumerate(topics):
            board = self.store.create_board(topic)
            sampling = replace(BALANCED, seed=1000 * number)
            desk.brainstorm(topic, n=PER_TOPIC, lenses=[""], board_id=board.id, sampling=sampling).wait()
            ideas = [(self.like(idea_line(each.title, each.body)), each.id) for each in self.store.list_ideas(board.id)]
            ideas.sort(reverse=True)
            for place, (_, idea_id) in enumerate(ideas):
                if place < 2 or place >= len(ideas) - 3:
                    self._decide(idea_id, kept=place < 2)
            self._duels(board.id, [idea_id for _, idea_id in ideas])

    def _decide(self, idea_id: int, *, kept: bool) -> None:
        idea = self.store.idea(idea_id)
        self.store.set_status(idea_id, Status.KEPT if kept else Status.DROPPED)
        if idea.generation_id is not None:
            who = self.random.choice(PEOPLE)
            self.store.give_feedback(idea.generation_id, who, Said(Thumb.UP if kept else Thumb.DOWN))

    def _duels(self, board_id: int, ranked: list[int]) -> None:
        """Compare the first with the last, and so on inwards."""
        for better, worse in zip(ranked[: len(ranked) // 2], reversed(ranked), strict=False):
            sides = [better, worse]
            self.random.shuffle(sides)
            self.store.add_vote(
                NewVote(
                    left_id=sides[0], right_id=sides[1], order_seed=0, kind=VoteKind.IDEA, board_id=board_id,
                    outcome=Outcome.LEFT if sides[0] == better else Outcome.RIGHT,
                    judge_name=self.random.choice(PEOPLE),
                )
            )  # fmt: skip

    def vote(self, comparison_id: int, n: int) -> None:
        """Vote on `n` pairs of a comparison, blind: by the texts alone."""
        found = ballot(self.store, comparison_id)
        pairs = list(found.pairs.real)
        self.random.shuffle(pairs)
        for pair in pairs[:n]:
            left, right = (pair.left, pair.right) if self.random.random() < 0.5 else (pair.right, pair.left)
            better = self.like(left.answer.text) > self.like(right.answer.text)
            self.store.add_vote(
                NewVote(
                    left_id=left.answer.id, right_id=right.answer.id, kind=VoteKind.ANSWER, order_seed=0,
                    outcome=Outcome.LEFT if better else Outcome.RIGHT, judge_name=self.random.choice(PEOPLE),
                )
            )  # fmt: skip


def main(argv: list[str] | None = None) -> None:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--out", type=Path, required=True, help="folder for the database, the round and loop.json")
    made.add_argument("--votes", type=int, default=400, help="comparisons of two ideas to learn from (400)")
    made.add_argument("--gate_votes", type=int, default=200, help="votes at the gate (200)")
    made.add_argument("--prompts", type=int, default=60, help="held-out prompts of the gate (60)")
    made.add_argument("--config", default="finetune/improve-defaults.yaml", help="settings of the training")
    made.add_argument("--random", action="store_true", help="the control: every decision is drawn by lot")
    made.add_argument("--seed", type=int, default=1)
    options = made.parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    chosen = settings().model_copy(update={"db": options.out / "people.db", "models": options.out / "models"})
    store = Store(chosen.db)
    try:
        found = run(store, chosen, options)
    finally:
        store.close()
    record.write(options.out / "loop.json", found)
    print(json.dumps(found, indent=1, ensure_ascii=False))


def run(store: Store, chosen: Settings, options: argparse.Namespace) -> dict:
    """Go round the loop once and return what moved."""
    voters = Voters(store, options.seed, by_lot=options.random)
    if not store.list_boards():
        topics = [topic.topic for topic in heldout.trained_on(chosen.library)]
        Random(options.seed).shuffle(topics)
        engine = open_engine(chosen)
        desk = Desk(engine, store, Library(chosen.library, chosen.library_file))
        try:
            voters.brainstorm(desk, topics[: options.votes // (PER_TOPIC // 2)])
        finally:
            engine.close()
    command = ["brainstorm", "--out", str(options.out), "--prompts", str(options.prompts), "--config", options.config]
    made = improve.improve(store, chosen, improve.parser().parse_args(command))
    if made.facts["state"] == "voting":
        voters.vote(made.facts["comparison"], options.gate_votes)
        made = improve.improve(store, chosen, improve.parser().parse_args(command))
    facts = made.facts
    found = {key: facts.get(key) for key in ("state", "words", "enough", "kinds", "verdict", "figures")}
    if "comparison" in facts:
        found["asked for"] = _asked_for(store, facts["comparison"])
    in_use = {task: each.adapter.name for task, each in store.in_use().of.items() if each.adapter}
    who = "by lot" if options.random else "short ideas with a place"
    return {"voters": who, **found, "in use": in_use, "seconds": _seconds(made)}


def _asked_for(store: Store, comparison_id: int) -> dict:
    """Return what the preference asks for in the old and the new answers, with the difference's interval."""
    trials = [trial for trial in store.trials(comparison_id) if not trial.warm_up and trial.generation]
    prompts = sorted({trial.prompt for trial in trials})

    def by_prompt(place: int, of) -> np.ndarray:
        mine = [trial for trial in trials if trial.contender == place]
        return np.array([np.mean([of(t.generation.text) for t in mine if t.prompt == prompt]) for prompt in prompts])

    found = {}
    for name, of in {"a place": has_place, "words": lambda text: len(words(text)), "liking": liking}.items():
        old, new = by_prompt(gate.OLD, of), by_prompt(gate.NEW, of)
        change = figures.over_topics(new - old, 1)
        found[name] = {"old": round(float(old.mean()), 3), "new": round(float(new.mean()), 3),
                       "interval": [round(each, 3) for each in change.interval or ()]}  # fmt: skip
    return found


def _seconds(made) -> dict:
    """Return how long each training took."""
    found = {path.parent.name: record.read(path.parent) for path in made.folder.glob("train-*/run.json")}
    return {name: each.get("seconds") for name, each in found.items()}


if __name__ == "__main__":
    main()
