"""Asking for hours: several groups at a time, every answer on the disk before the next is thought of."""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict

from finetune import record
from finetune.distilling.asks import Ask
from finetune.distilling.teacher import Teacher
from finetune.ledger import Ledger
from workbench.errors import WorkbenchError


def ask_all(teacher: Teacher, asks: Sequence[Ask], ledger: Ledger, concurrency: int) -> str | None:
    """Ask what has no answer yet; return the sentence of the fault that ended it early, None when all is answered.

    Only this thread writes. After a fault the groups at work are awaited, so that what they bring is kept.
    """
    keys = {ask.key(teacher.about, sampled(teacher)): ask for ask in asks}
    names = {id(ask): key for key, ask in keys.items()}
    groups = iter(teacher.groups([ask for key, ask in keys.items() if key not in ledger]))
    done, fault = len(keys) - sum(key not in ledger for key in keys), None
    workers = concurrency if teacher.remote else 1
    with ThreadPoolExecutor(workers) as pool:
        at_work: dict[Future, list[Ask]] = {}
        while True:
            while fault is None and len(at_work) < workers and (group := next(groups, None)):
                at_work[pool.submit(teacher.answer, group)] = group
            if not at_work:
                return fault
            ended, _ = wait(at_work, return_when=FIRST_COMPLETED)
            for future in ended:
                group = at_work.pop(future)
                try:
                    answers = future.result()
                except WorkbenchError as error:
                    fault = fault or str(error)
                    continue
                for ask, answer in zip(group, answers, strict=True):
                    ledger.add(row(names[id(ask)], ask, answer, teacher))
                done += len(group)
                print(f"asked {done} of {len(keys)}", flush=True)


def row(key: str, ask: Ask, answer: dict, teacher: Teacher) -> dict:
    """Return what is kept of an answer: all that is needed to make the row again, and to say where it came from."""
    sampling = {} if ask.task == "check" else sampled(teacher) | {"seed": ask.seed}
    return {
        "key": key, "task": ask.task, "topic": ask.topic, **ask.facts, "teacher": teacher.about,
        "prompt": ask.sent[0] if len(ask.sent) == 1 else list(ask.sent), "sampling": sampling, "time": record.now(),
    } | answer  # fmt: skip


def sampled(teacher: Teacher) -> dict:
    """Return the sampling that all asks share."""
    return {name: value for name, value in asdict(teacher.sampling).items() if name != "seed"}
