"""Have a larger model answer topics, rewrite and judge: rows to train a small one on.

    python -m finetune.distill finetune/configs/distill.yaml
    python -m finetune.distill finetune/configs/distill.yaml --teacher models/qwen2.5-7b-q4_k_m.gguf --max_topics 50

Writes `<out_dir>/`: answers.jsonl (all that the teacher said, appended as it comes: the same command again goes on from
there), rows.jsonl (a source of finetune.prepare), checks.jsonl (the same with yes/no checks and P(yes); prepare it with
near_duplicates: null), judged.jsonl (the idea set's form, for finetune.checks), left_out.jsonl and manifest.json.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

from finetune import config, record
from finetune.distilling import asks as asking_for
from finetune.distilling import teacher as teachers
from finetune.distilling.asking import ask_all, sampled
from finetune.distilling.keeping import Keeping, answers_of, manifest
from finetune.ledger import Ledger
from finetune.sweeping.locks import hold
from workbench.errors import InputError, WorkbenchError

DEFAULTS = Path(__file__).with_name("distill-defaults.yaml")


def main(argv: list[str] | None = None) -> int:
    """Ask, keep, and say what came of it; return 1 when the teacher failed before its end."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given and not given[0].startswith("-"):
        given.insert(0, "--config")
    made = distill(config.load(__doc__, given, DEFAULTS))
    print(json.dumps({name: made[name] for name in ("counts", "tokens", "cost")}, indent=1))
    if made["fault"]:
        print(f"{made['fault']} What was answered is kept: the same command goes on from there.", file=sys.stderr)
    return int(bool(made["fault"]))


def distill(settings: SimpleNamespace) -> dict:
    """Ask both rounds, write what is kept, and return the manifest."""
    teachers.check(settings)
    if unknown := [task for task in settings.tasks if task not in asking_for.TASKS]:
        raise InputError(f"There is no task {unknown[0]!r}. Choose from {', '.join(asking_for.TASKS)}.")
    if not set(settings.tasks) & set(asking_for.IDEAS):
        needed = " or ".join(asking_for.IDEAS)
        raise InputError(f"Rewrites and judgements are of the teacher's own ideas: add {needed} to the tasks.")
    if not settings.teacher:
        raise InputError("The config names no teacher: a GGUF file, a model's folder, or http://host:port/v1.")
    ground = asking_for.ground(settings)
    out = Path(settings.out_dir)
    held = hold(out / ".lock")
    if held is None:
        raise InputError(f"Another process is at work in {out}. Let it end, or name another --out_dir.")
    with held:
        return _distill(settings, ground, out)


def _distill(settings: SimpleNamespace, ground: asking_for.Ground, out: Path) -> dict:
    teacher = teachers.Teacher(settings)
    try:
        ledger = Ledger(out / "answers.jsonl")
        keeping, asks, kept = Keeping(settings), [], []
        for second in (False, True):
            given = keeping.given()
            mine = asking_for.second_round(settings, given) if second else asking_for.first_round(settings, ground)
            fault = ask_all(teacher, mine, ledger, settings.concurrency)
            keys = [ask.key(teacher.about, sampled(teacher)) for ask in mine]
            asks += mine
            for ask, answer in answers_of(mine, keys, ledger):
                keeping.take(ask, answer)
                kept.append(answer)
            if fault:
                break
    finally:
        teacher.close()
    written = keeping.write(out)
    made = manifest(
        settings, teacher.about, asks, kept, keeping, written, out,
        topics=len(ground.topics), held_out_topics_left_out=ground.held_out, complete=fault is None, fault=fault,
    )  # fmt: skip
    record.write(out / "manifest.json", made)
    return made


if __name__ == "__main__":
    try:
        sys.exit(main())
    except WorkbenchError as error:
        sys.exit(str(error))
