"""How far a sweep is: pure functions of its plan and its trials, so that every worker comes to the same next step."""

from dataclasses import dataclass
from statistics import fmean

from optuna.trial import FrozenTrial, TrialState

from finetune.sweeping.plan import Plan, Settings, cells, decoded, key_of


@dataclass(frozen=True)
class Progress:
    """What comes next: cells and seeds that nobody has begun, whether to draw one, whether to wait for others."""

    stage: int
    missing: list[tuple[Settings, int]]
    draw: bool
    wait: bool
    chosen: list[Settings]  # after each stage that has ended

    @property
    def done(self) -> bool:
        return not (self.missing or self.draw or self.wait)


def settings_of(trial: FrozenTrial) -> Settings:
    """Return what a trial tries."""
    return trial.user_attrs.get("settings") or {key: decoded(value) for key, value in trial.params.items()}


def seed_of(trial: FrozenTrial, plan: Plan) -> int:
    return trial.user_attrs.get("seed", plan.given.seeds[0])


def drawn(trial: FrozenTrial) -> bool:
    """Say whether TPE drew this trial; the others were planned."""
    return "settings" not in trial.user_attrs


def counted(trials: list[FrozenTrial], forgiven: list[int]) -> list[FrozenTrial]:
    """Return the trials without those that came to nothing: repeats, failures that are to be tried again."""
    return [t for t in trials if "void" not in t.user_attrs and t.number not in forgiven]


def advance(plan: Plan, trials: list[FrozenTrial]) -> Progress:
    """Return how far the sweep is, of its counted trials."""
    by_key = {key_of(settings_of(t), seed_of(t, plan)): t for t in reversed(trials)}
    chosen = plan.baseline
    ended: list[Settings] = []
    for number, stage in enumerate(plan.stages):
        planned = cells(stage, chosen)
        if number == 0 and plan.given.baseline and plan.baseline not in planned:
            planned.insert(0, plan.baseline)
        if stage.sampled:
            own = [t for t in trials if drawn(t)]
            begun = len(own) >= plan.given.trials and all(t.state.is_finished() for t in own)
            if begun:
                planned += [cell for cell in ranking(own)[: plan.given.confirm] if cell not in planned]
        found = _missing(plan, planned, by_key)
        draw = stage.sampled and len([t for t in trials if drawn(t)]) < plan.given.trials
        mine = [by_key[key] for cell in planned for seed in plan.given.seeds if (key := key_of(cell, seed)) in by_key]
        wait = any(not t.state.is_finished() for t in [*mine, *(t for t in trials if stage.sampled and drawn(t))])
        best = ranking(mine)
        if found or draw or wait or not best:
            return Progress(number, found, draw, wait, ended)
        chosen = best[0]
        ended.append(chosen)
    return Progress(len(plan.stages) - 1, [], False, False, ended)


def _missing(plan: Plan, planned: list[Settings], by_key: dict) -> list[tuple[Settings, int]]:
    """Return what nobody has begun; all cells with the first seed come before any with the second."""
    return [(cell, seed) for seed in plan.given.seeds for cell in planned if key_of(cell, seed) not in by_key]


def ranking(trials: list[FrozenTrial]) -> list[Settings]:
    """Return the cells of the completed trials, the lowest mean loss first."""
    losses: dict[str, list[float]] = {}
    settings: dict[str, Settings] = {}
    for trial in trials:
        if trial.state == TrialState.COMPLETE and trial.value is not None:
            key = key_of(settings_of(trial), 0)
            settings[key] = settings_of(trial)
            losses.setdefault(key, []).append(trial.value)
    return [settings[key] for key in sorted(losses, key=lambda key: fmean(losses[key]))]
