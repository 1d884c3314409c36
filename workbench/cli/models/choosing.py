"""models use, history, rollback: which model does which task. A running app follows at its next request."""

import argparse
import json
from contextlib import closing
from dataclasses import asdict
from typing import Any, TextIO

from workbench.models.tasks import TASKS
from workbench.records import Switch
from workbench.settings import settings

DEFAULT = "the default model"
ENVIRONMENT = "WORKBENCH_MODEL is set and wins: a program started with it uses {} for every task."


def words(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the three verbs."""
    use = verbs.add_parser("use", help="let a model do a task, or all of them")
    use.add_argument("name", help="a model's name as `models` prints it, or the path of a GGUF file")
    use.add_argument("--task", choices=TASKS, action="append", help="only this task (again for a second one)")
    use.add_argument("--adapter", metavar="NAME", help="an adapter of this model; none: the bare model (its own)")
    use.set_defaults(run=print_use)
    history = verbs.add_parser("history", help="what was chosen when, newest first")
    history.set_defaults(run=print_history)
    rollback = verbs.add_parser("rollback", help="let what was in use before hold again")
    rollback.add_argument("--to", type=int, metavar="N", help="a switch by its number in the history; 0: the beginning")
    rollback.set_defaults(run=print_rollback)
    for command in (use, history, rollback):
        command.add_argument("--json", action="store_true", help="JSON: what each task is done by")


def print_use(arguments: argparse.Namespace, out: TextIO) -> int:
    """Switch, and print what is in use now."""
    from workbench.models.registry import use
    from workbench.store import Store

    adapter = "" if arguments.adapter == "none" else arguments.adapter
    with closing(Store(settings().db)) as store:
        switch = use(store, settings(), arguments.name, tasks=arguments.task or TASKS, adapter=adapter)
    return _print(switch, arguments, out)


def print_history(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print every switch."""
    from workbench.store import Store

    with closing(Store(settings().db)) as store:
        switches = store.switches()
    if arguments.json:
        print(json.dumps([_record(switch) for switch in switches], ensure_ascii=False), file=out)
        return 0
    for switch in switches:
        print(f"{switch.id:>4}  {switch.created[:19].replace('T', ' ')}  {switch.words}", file=out)
    if not switches:
        print(f"Nothing was chosen yet: {DEFAULT} does every task.", file=out)
    return 0


def print_rollback(arguments: argparse.Namespace, out: TextIO) -> int:
    """Roll back, and print what is in use now."""
    from workbench.store import Store

    with closing(Store(settings().db)) as store:
        switch = store.roll_back(arguments.to)
    return _print(switch, arguments, out)


def _print(switch: Switch, arguments: argparse.Namespace, out: TextIO) -> int:
    if arguments.json:
        print(json.dumps(_record(switch), ensure_ascii=False), file=out)
        return 0
    for task in TASKS:
        binding = switch.of.get(task)
        base = f"{DEFAULT}, {settings().model.name}" if binding is None else binding.base.name
        through = f" through {binding.adapter.name}" if binding is not None and binding.adapter is not None else ""
        print(f"{task:<12}{base}{through}", file=out)
    if "model" in settings().model_fields_set:
        print(ENVIRONMENT.format(settings().model), file=out)
    return 0


def _record(switch: Switch) -> dict[str, Any]:
    row = {name: value for name, value in asdict(switch).items() if name != "of"}
    tasks = {}
    for task in TASKS:
        binding = switch.of.get(task)
        adapter = binding.adapter if binding is not None else None
        tasks[task] = {
            "model": binding.base.name if binding is not None else None,
            "adapter": adapter.name if adapter is not None else None,
        }
    return row | {"tasks": tasks}
