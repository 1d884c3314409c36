"""What a sweep tries: its settings read and checked, and the cells of each of its stages."""

import json
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from finetune import config, train
from workbench.errors import InputError

DEFAULTS = Path(__file__).parent.with_name("sweep-defaults.yaml")
STRATEGIES = ("staged", "grid", "each", "tpe")
Settings = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """Settings and the values to try of each; a range (`low`, `high`) where TPE draws."""

    values: dict[str, Any]
    sampled: bool = False
    alone: bool = False  # each value by itself, the rest as before

    @property
    def name(self) -> str:
        return ", ".join(self.values)


@dataclass(frozen=True)
class Plan:
    """A sweep's settings, checked."""

    given: SimpleNamespace
    out: Path
    stages: list[Stage]
    baseline: Settings  # of the settings that vary: where the first stage begins


def make(settings: SimpleNamespace) -> Plan:
    """Return the plan of a sweep. Raises InputError for what cannot be run."""
    _check_kinds(settings)
    if settings.strategy not in STRATEGIES:
        raise InputError(f"There is no strategy {settings.strategy!r}. Choose one of: {', '.join(STRATEGIES)}.")
    if not settings.config:
        raise InputError("The sweep names no config. Say which run it varies: config: finetune/configs/study.yaml.")
    if not settings.out_dir:
        raise InputError("The sweep names no out_dir. Say where its trials go: out_dir: runs/my-sweep.")
    if not settings.seeds or not all(isinstance(seed, int) for seed in settings.seeds):
        raise InputError(f"seeds are {settings.seeds!r}. Give whole numbers: seeds: [1, 2, 3].")
    stages = _stages(settings)
    run = config.read(train.DEFAULTS) | config.read(Path(settings.config))
    varied = [key for stage in stages for key in stage.values]
    for key in [*settings.fixed, *settings.baseline, *varied]:
        if key in ("seed", "run_dir") or key not in run:
            raise InputError(f"A sweep cannot set {key!r}: {settings.config} and the defaults lack it.")
    start = run | settings.fixed | settings.baseline
    return Plan(settings, Path(settings.out_dir), stages, {key: start[key] for key in dict.fromkeys(varied)})


def _check_kinds(settings: SimpleNamespace) -> None:
    """Raise InputError for a setting that no sweep knows, or that is of another kind than its default."""
    defaults = config.read(DEFAULTS)
    if unknown := set(vars(settings)) - set(defaults):
        known = f"{DEFAULTS.name} has all there are"
        raise InputError(f"The sweep has settings that none knows: {', '.join(sorted(unknown))}; {known}.")
    for key, value in vars(settings).items():
        kind = type(defaults[key])
        if defaults[key] is not None and not isinstance(value, kind):
            words_for = {dict: "settings, {key: value}", list: "a list, [...]", int: "a whole number", str: "a word"}
            raise InputError(f"{key} is {value!r}. Give {words_for[kind]}.")


def _stages(settings: SimpleNamespace) -> list[Stage]:
    found = settings.stages if settings.strategy == "staged" else [settings.space]
    if not found or not all(isinstance(stage, dict) and stage for stage in found):
        where = "stages: [{rank: [8, 16]}]" if settings.strategy == "staged" else "space: {rank: [8, 16]}"
        raise InputError(f"The sweep has nothing to try. Give {where}.")
    for stage in found:
        for key, values in stage.items():
            _check_values(key, values, settings.strategy)
    numbered = [{key: _numbers(values) for key, values in stage.items()} for stage in found]
    return [Stage(stage, settings.strategy == "tpe", settings.strategy == "each") for stage in numbered]


def _numbers(values: Any) -> Any:
    """Return values with `1e-4` as a number: YAML 1.1 reads it as text."""
    if isinstance(values, dict):
        return {key: _numbers(value) for key, value in values.items()}
    if isinstance(values, list):
        return [_numbers(value) for value in values]
    try:
        return float(values) if isinstance(values, str) else values
    except ValueError:
        return values


def _check_values(key: str, values: Any, strategy: str) -> None:
    if isinstance(values, list) and values:
        return
    if strategy == "tpe" and isinstance(values, dict) and {"low", "high"} <= set(values) <= {"low", "high", "log"}:
        if values["low"] < values["high"] and not (values.get("log") and values["low"] <= 0):
            return
        raise InputError(f"The range of {key} is {values}. low must be below high, and above 0 where log is true.")
    raise InputError(f"{key} has {values!r} to try. Give a list of values{' or low and high' * (strategy == 'tpe')}.")


def cells(stage: Stage, chosen: Settings) -> list[Settings]:
    """Return every combination of a stage's values, or each value alone, over what was chosen before.

    Of a sampled stage there are none.
    """
    if stage.alone:
        return [chosen | {key: value} for key, values in stage.values.items() for value in values]
    combinations = [] if stage.sampled else product(*stage.values.values())
    return [chosen | dict(zip(stage.values, values, strict=True)) for values in combinations]


def arguments(plan: Plan, settings: Settings, seed: int, folder: Path) -> list[str]:
    """Return the flags with which finetune.train runs a trial."""
    flags = plan.given.fixed | settings | {"seed": seed, "run_dir": str(folder)}
    pairs = (part for key, value in flags.items() for part in (f"--{key}", _text(value)))
    return ["--config", str(plan.given.config), *pairs]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def key_of(settings: Settings, seed: int) -> str:
    """Return what makes two trials the same."""
    return json.dumps([settings, seed], sort_keys=True)


def words(settings: Settings) -> str:
    """Return settings as people write them: `learning_rate 0.0003, rank 16`."""
    return ", ".join(f"{key} {shown(value)}" for key, value in settings.items())


def shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else "+".join(value) if isinstance(value, list) else str(value)


def encoded(value: Any) -> Any:
    """Return a value in a form that Optuna takes as a choice: a list becomes text."""
    return json.dumps(value) if isinstance(value, list) else value


def decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value.startswith("[") else value
