"""From what people said to a better adapter: collect, train, export with its proof, test blind, promote.

    python -m workbench improve brainstorm            (the same, at low priority)
    python -m finetune.improve brainstorm --judge exports/judge.gguf
    python -m finetune.improve refine --promote       (a person's word instead of votes)

One round lies in `--out`/TASK-NUMBER: improve.json (what is done, in what state), data-*/, base/, train-*/, model/.
Each step is there whole or not at all, so after a kill the same command goes on. A round that waits for votes is looked
at again by the same command. Only a promotion changes the model in use; `python -m workbench models rollback` takes it
back.
"""

import argparse
import os
import sys
from pathlib import Path

import yaml

from finetune import train
from finetune.improving import files, gate, material, plan, served
from finetune.improving.plan import Improvement
from workbench.errors import WorkbenchError
from workbench.models.registry import register_adapter, use
from workbench.settings import Settings, settings
from workbench.store import Store

DEFAULTS = Path(__file__).with_name("improve-defaults.yaml")
NICER = 10


def main(argv: list[str] | None = None) -> None:
    options = parser().parse_args(argv)
    store = Store(settings().db)
    try:
        improve(store, settings(), options)
    finally:
        store.close()


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("task", choices=plan.TASKS)
    made.add_argument("--out", type=Path, default=Path("runs/improve"), help="where the rounds lie (runs/improve)")
    made.add_argument("--config", type=Path, default=DEFAULTS, help="settings of the training")
    made.add_argument("--ideas_dir", type=Path, default=Path("data/ideas"))
    made.add_argument("--anyway", action="store_true", help="train on a set that is too small")
    made.add_argument("--prompts", type=int, default=60, help="held-out prompts of the gate (60)")
    made.add_argument("--repeats", type=int, default=4, help="answers of each to a prompt (4)")
    made.add_argument("--votes", type=int, default=50, help="votes before anything is decided (50)")
    made.add_argument("--judge", metavar="MODEL", help="let a model vote: a GGUF file, a folder, or NAME@http://host/v1")
    word = made.add_mutually_exclusive_group()
    word.add_argument("--promote", action="store_true", help="use the new adapter whatever the votes say")
    word.add_argument("--give-up", action="store_true", help="end the round; nothing changes")
    return made


def improve(store: Store, chosen: Settings, options: argparse.Namespace) -> Improvement:
    """Go through the steps of a round, from where it is, as far as it goes now; return it."""
    made = plan.unfinished(options.out, options.task)
    if made is None:
        made = plan.begin(options.out, options.task, plan.in_use(store, chosen, options.task), store)
    try:
        _go(store, chosen, options, made)
    except WorkbenchError as error:
        made.note(error=str(error))
        raise
    return made


def _go(store: Store, chosen: Settings, options: argparse.Namespace, made: Improvement) -> None:
    made.note(error=None)
    if options.give_up:
        return made.say("given up", "The round was ended; nothing changed.")
    if "kinds" not in made.facts:
        made.note(kinds=material.collect(store, made, options.task, anyway=options.anyway))
    facts = made.facts
    if not facts["kinds"]:
        words = " ".join(f"{kind.upper()}: {each['words']}" for kind, each in facts["enough"].items())
        return made.say("not enough", f"There is not enough to learn from yet. {words}")
    base, run = _train(store, made, options)
    made.say("exporting", "The adapter is exported, and proved to be the trained one.")
    model = files.export(made, base, run, options.task)
    made.say("testing", "Both answer the held-out prompts.")
    comparison = gate.open_gate(store, made, model, chosen, options.prompts, options.repeats)
    gate.answer(store, comparison, chosen)
    measured = gate.measure(store, made, comparison, chosen.library)
    if options.judge:
        gate.judge(store, comparison, options.judge, chosen)
    votes = gate.verdict(gate.read(store, comparison))
    outcome = "promote" if options.promote else gate.decide(made, votes, measured, options.votes)
    return _end(store, chosen, made, model, outcome, votes)


def _train(store: Store, made: Improvement, options: argparse.Namespace) -> tuple[Path, Path]:
    """Return the base's folder and the folder of the last run: each kind of set goes on from the adapter before."""
    facts, common = made.facts, yaml.safe_load(options.config.read_text(encoding="utf-8"))
    here = Path(facts["base"]["path"])
    base = served.whole(made.folder / "base", lambda aside: served.unpack_base(here, aside))
    before: Path | None = None
    if facts["adapter"]:
        old = Path(facts["adapter"]["path"])
        before = served.whole(made.folder / "adapter-before", lambda aside: served.unpack_adapter(old, here, aside))
    run = made.folder
    for kind in filter(common.get, facts["kinds"]):
        run = made.folder / f"train-{kind}"
        if not (run / "adapter").is_dir():
            made.say("training", f"The adapter is trained with {kind.upper()} on what people said.")
            data = material.prepared(store, made, options.task, kind, options.ideas_dir, common["all"]["seed"])
            wanted = common["all"] | common[kind] | {
                "run_dir": str(run), "base": str(base), "data_dir": str(data),
                "resume_adapter": str(before) if before else None,
            }  # fmt: skip
            config = made.folder / f"train-{kind}.yaml"
            config.write_text(yaml.safe_dump(wanted, sort_keys=False), encoding="utf-8")
            train.main(["--config", str(config)])
        before = run / "adapter"
    return base, run


def _end(store: Store, chosen: Settings, made: Improvement, model: Path, outcome: str, votes: dict) -> None:
    facts, said = made.facts, _said(votes)
    if outcome == "wait":
        where = f"Vote on the Compare page, comparison {facts['comparison']}, then run this again."
        return made.say("voting", f"{where} {said}")
    if outcome == "reject":
        reasons = "; ".join(facts["verdict"]["reasons"]) or "the votes do not prefer it"
        return made.say("rejected", f"The new adapter is not used: {reasons}. {said}")
    task = facts["task"]
    if "registered" not in facts:
        new = register_adapter(
            store, chosen, model / f"{task}.gguf", task=task, base=facts["base"]["place"],
            run={"folder": str(made.folder), "kinds": facts["kinds"]},
            figures={each["figure"]: each["new"] for each in facts["figures"]}
            | ({"win_rate": votes["win_rate"]} if votes["votes"] else {}),
            proof=yaml.safe_load((model / "proof.json").read_text(encoding="utf-8")),
        )  # fmt: skip
        made.note(registered=new.name)
    switch = use(store, chosen, facts["base"]["place"], tasks=[task], adapter=made.facts["registered"])
    made.note(switch=switch.id)
    words = f"{made.facts['registered']} does {task} from now on; `models rollback` takes it back."
    return made.say("promoted", f"{words} {said}")


def _said(votes: dict) -> str:
    if not votes["votes"]:
        return "Nobody has voted."
    low, high = votes["interval"]
    return f"It won {votes['win_rate']:.0%} of {votes['votes']} votes by {votes['by']} ({low:.0%} to {high:.0%})."


if __name__ == "__main__":
    os.nice(NICER)  # the app stays usable meanwhile
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
