"""lm-eval's tasks, base against tuned: its own from the hub, local ones (YAML over JSON Lines), and this project's."""

import contextlib
import logging
import math
import os
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path

from finetune.evaluation.kept import Kept
from finetune.evaluation.subject import SIDES, Models
from finetune.rowdata.manifest import sha256
from workbench.errors import InputError

OWN = Path(__file__).with_name("tasks")
HUB = ("hellaswag", "arc_challenge", "mmlu_stem", "truthfulqa_mc2")
DEFAULT = (*HUB, "which_idea", "which_rewrite")
HUB_S = 5.0  # seconds to wait for the hub before going on without it


def check_hub() -> bool:
    """Say whether the hub answers; if not, tell its libraries, which would each try for half a minute.

    What was downloaded before is read from their cache all the same.
    """
    address = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    try:
        with contextlib.closing(urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=HUB_S)):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        import datasets.config
        import huggingface_hub.constants

        huggingface_hub.constants.HF_HUB_OFFLINE = datasets.config.HF_HUB_OFFLINE = True
        return False


class Tasks:
    """The tasks that were asked for, and where each comes from."""

    def __init__(self, named: list[str] | None, local: Path | None) -> None:
        """`named`: None takes the default ones and every one of `local`. Raises InputError for one that is unknown."""
        if local and not any(local.glob("*.yaml")):
            raise InputError(f"There is no task in {local}: it holds no .yaml file. docs/evaluation.md shows one.")
        self._folder: dict[str, Path] = {}
        for folder in (OWN, *([local] if local else [])):
            found = _listed((folder,), False).all_tasks
            self._folder |= dict.fromkeys(found, folder)
        mine = [name for name, folder in self._folder.items() if folder == local]
        self.names = list(named or [*DEFAULT, *mine])
        elsewhere = any(name not in self._folder for name in self.names)  # lm-eval's own take seconds to be listed
        self._manager = _listed((OWN, local) if local else (OWN,), elsewhere)
        if unknown := [name for name in self.names if name not in self._manager.all_tasks]:
            raise InputError(
                f"lm-eval has no task {unknown[0]!r}. Local ones are {', '.join(sorted(self._folder))}; "
                "`lm-eval ls tasks` lists its own."
            )

    def hashes(self, name: str) -> dict[str, str]:
        """Return the hashes of a local task's files; {} for lm-eval's own."""
        folder = self._folder.get(name)
        return {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.is_file()} if folder else {}

    def run(self, name: str, models: Models, side: str, *, batch_size: int, limit: int | None) -> dict:
        """Return a task's results and each row's metrics. Raises OSError when its data cannot be had."""
        import datasets
        import lm_eval
        from lm_eval.models.huggingface import HFLM

        datasets.disable_progress_bars()
        logging.getLogger("lm_eval").setLevel(logging.ERROR)  # it warns of what is meant here: a model already loaded
        folder = self._folder.get(name)
        with models.of(side) as model, contextlib.chdir(folder or Path.cwd()):
            found = lm_eval.simple_evaluate(
                HFLM(pretrained=model, tokenizer=models.tokenizer, batch_size=batch_size),
                tasks=[name], task_manager=self._manager, limit=limit, bootstrap_iters=1000,
                apply_chat_template=bool(folder) and self._as_chat(name),
            )  # fmt: skip
        return {"results": _metrics(found["results"][name]), "samples": _samples(found["samples"])}

    def _as_chat(self, name: str) -> bool:
        """Say whether a local task wants its questions put as chats: `metadata: {chat: true}`."""
        loaded = self._manager.load([name])["tasks"].values()
        return any((task.config.metadata or {}).get("chat") for task in loaded)


@cache
def _listed(folders: tuple[Path, ...], defaults: bool):
    """Return lm-eval's list of the tasks in these folders, and of its own."""
    from lm_eval.tasks import TaskManager

    return TaskManager(include_path=[str(folder) for folder in folders], include_defaults=defaults)


def _metrics(found: dict) -> dict[str, list[float | None]]:
    """Return (value, standard error) of each metric."""
    named = {key.partition(",")[0]: key for key in found if "," in key and "_stderr" not in key}
    errors = {name: found.get(key.replace(",", "_stderr,", 1)) for name, key in named.items()}
    return {
        name: [float(found[key]), float(errors[name]) if isinstance(errors[name], int | float) else None]
        for name, key in named.items() if isinstance(found[key], int | float)
    }  # fmt: skip


def _samples(by_task: dict[str, list[dict]]) -> dict[str, list[float]]:
    """Return each metric's value of every row, where it has one."""
    rows = [row for name in sorted(by_task) for row in sorted(by_task[name], key=lambda row: row["doc_id"])]
    found = {}
    for row in rows:
        for name in row.get("metrics", []):
            if isinstance(row.get(name), int | float):
                found.setdefault(name, []).append(float(row[name]))
    return {name: values for name, values in found.items() if len(values) == len(rows)}


def measure(tasks: Tasks, models: Models, kept: Kept, *, batch_size: int, limit: int | None) -> dict:
    """Return each task's metrics of both sides with their paired difference, and a sentence for those without data."""
    found, unreachable = {}, []
    for name in tasks.names:
        inputs = {"limit": limit, "files": tasks.hashes(name)}
        try:
            sides = {
                side: kept.part(
                    f"task-{name}-{side}", inputs | {"side": side},
                    lambda name=name, side=side: tasks.run(name, models, side, batch_size=batch_size, limit=limit),
                )
                for side in SIDES
            }  # fmt: skip
        except OSError as error:  # ConnectionError, and the hub's own, are of it
            print(f"{name}: no data ({str(error).splitlines()[0][:120]})", flush=True)
            unreachable.append(name)
            continue
        found[name] = compared(sides["base"], sides["tuned"])
    missing = (
        f"The data of {', '.join(unreachable)} cannot be read from the hub; check the network, or run again where "
        "it can be reached."
        if unreachable else None
    )  # fmt: skip
    return {"tasks": found, "limit": limit, "missing": missing}


def compared(base: dict, tuned: dict) -> dict[str, dict]:
    """Return each metric of both sides, and their difference with its standard error.

    Where the metric is of single rows the error is of the paired differences: most rows are answered alike, and two
    independent errors would hide what changed.
    """
    found = {}
    for metric, (value, error) in base["results"].items():
        if metric not in tuned["results"]:
            continue
        other, other_error = tuned["results"][metric]
        pairs = (base["samples"].get(metric), tuned["samples"].get(metric))
        if pairs[0] and pairs[1] and len(pairs[0]) == len(pairs[1]) > 1:
            difference_error = _standard_error([t - b for b, t in zip(*pairs, strict=True)])
        else:
            difference_error = None if None in (error, other_error) else math.hypot(error, other_error)
        found[metric] = {
            "base": [round(value, 4), _rounded(error)], "tuned": [round(other, 4), _rounded(other_error)],
            "improvement": [round(other - value, 4), _rounded(difference_error)],
            "rows": len(pairs[0]) if pairs[0] else None,
        }  # fmt: skip
    return found


def _standard_error(values: list[float]) -> float:
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
