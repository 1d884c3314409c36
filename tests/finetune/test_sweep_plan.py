"""What a sweep tries and chooses, without training. pytest tests/finetune/test_sweep_plan.py"""

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from optuna.distributions import CategoricalDistribution
from optuna.trial import FrozenTrial, TrialState, create_trial

from finetune import config, sweep
from finetune.sweeping import plan, stages
from finetune.sweeping.choice import choose
from workbench.errors import InputError

STUDY = "finetune/configs/study.yaml"
STAGED = {
    "out_dir": "runs/x", "config": STUDY, "baseline": {"learning_rate": 2e-4, "rank": 16}, "seeds": [1, 2],
    "stages": [{"learning_rate": ["1e-4", 2e-4]}, {"rank": [16, 32]}],
}  # fmt: skip


def planned(**given: object) -> plan.Plan:
    return plan.make(SimpleNamespace(**config.read(plan.DEFAULTS) | given))


def trial(
    number: int, settings: dict, seed: int, loss: float | None, state: TrialState = TrialState.COMPLETE
) -> FrozenTrial:
    made = create_trial(state=state, value=loss, user_attrs={"settings": settings, "seed": seed})
    made.number = number
    return made


def ended(cells: dict[tuple, list[float]]) -> list[FrozenTrial]:
    """Return completed trials of (learning rate, rank) with one loss a seed."""
    found: list[FrozenTrial] = []
    for (rate, rank), losses in cells.items():
        for seed, loss in enumerate(losses, 1):
            found.append(trial(len(found), {"learning_rate": rate, "rank": rank}, seed, loss))
    return found


def test_a_staged_sweep_tries_the_ranks_at_the_best_rate_and_nothing_twice() -> None:
    asked = planned(**STAGED)
    first = stages.advance(asked, [])
    assert first.missing == [
        ({"learning_rate": rate, "rank": 16}, seed) for seed in (1, 2) for rate in (1e-4, 2e-4)
    ]  # fmt: skip
    after = ended({(1e-4, 16): [2.0, 2.1], (2e-4, 16): [1.9, 2.1]})
    second = stages.advance(asked, after)
    assert second.chosen == [{"learning_rate": 2e-4, "rank": 16}]
    assert second.missing == [({"learning_rate": 2e-4, "rank": 32}, seed) for seed in (1, 2)]
    last = stages.advance(asked, ended({(1e-4, 16): [2.0, 2.1], (2e-4, 16): [1.9, 2.1], (2e-4, 32): [1.8, 1.9]}))
    assert last.done and last.chosen[-1] == {"learning_rate": 2e-4, "rank": 32}


def test_a_stage_waits_for_its_trials_and_a_failed_one_counts_as_tried() -> None:
    asked = planned(**STAGED | {"seeds": [1]})
    slow = {"learning_rate": 1e-4, "rank": 16}, {"learning_rate": 2e-4, "rank": 16}
    running = [trial(0, slow[0], 1, None, TrialState.RUNNING), trial(1, slow[1], 1, 2.0)]
    assert stages.advance(asked, running).wait
    failed = [trial(0, slow[0], 1, None, TrialState.FAIL), trial(1, slow[1], 1, 2.0)]
    assert stages.advance(asked, failed).missing == [({"learning_rate": 2e-4, "rank": 32}, 1)]
    all_failed = [trial(n, cell, 1, None, TrialState.FAIL) for n, cell in enumerate(slow)]
    assert stages.advance(asked, all_failed).done and not stages.advance(asked, all_failed).chosen
    assert stages.counted(failed, forgiven=[0]) == failed[1:]


def test_a_grid_is_every_combination_and_a_baseline_outside_it_runs_too() -> None:
    asked = planned(
        out_dir="runs/x", config=STUDY, strategy="grid", baseline={"rank": 4},
        space={"rank": [8, 16], "target_modules": ["all-linear", ["q_proj"]]},
    )  # fmt: skip
    cells = [cell for cell, _ in stages.advance(asked, []).missing]
    assert cells[0] == {"rank": 4, "target_modules": "all-linear"} and len(cells) == 5
    assert all(plan.decoded(plan.encoded(cell["target_modules"])) == cell["target_modules"] for cell in cells)
    flags = plan.arguments(asked, cells[-1], 7, Path("runs/x/trial-000"))
    assert config.load("", flags, sweep.plan.train.DEFAULTS).target_modules == ["q_proj"]


def test_each_value_alone_beside_the_baseline() -> None:
    asked = planned(
        out_dir="runs/x", config=STUDY, strategy="each", baseline={"rank": 16}, space={"dropout": [0.1], "rank": [4, 8]}
    )  # fmt: skip
    cells = [(cell["rank"], cell["dropout"]) for cell, _ in stages.advance(asked, []).missing]
    assert cells == [(16, 0.0), (16, 0.1), (4, 0.0), (8, 0.0)]


def test_tpe_draws_so_many_and_runs_the_best_with_every_seed() -> None:
    asked = planned(
        out_dir="runs/x", config=STUDY, strategy="tpe", space={"rank": [8, 16, 32]}, trials=3, confirm=1, seeds=[1, 2]
    )  # fmt: skip
    assert stages.advance(asked, []).draw
    drawn = []
    for number, (rank, loss) in enumerate([(8, 2.0), (16, 1.0), (32, 3.0)]):
        made = create_trial(
            value=loss, params={"rank": rank}, distributions={"rank": CategoricalDistribution([8, 16, 32])}
        )  # fmt: skip
        made.number = number
        drawn.append(made)
    assert stages.advance(asked, drawn[:2]).draw
    assert stages.advance(asked, drawn).missing == [({"rank": 16}, 2)]


def cell(rank: int, losses: list[float], seconds: float = 60, baseline: bool = False) -> dict:
    mean = sum(losses) / len(losses)
    spread = None if len(losses) == 1 else 0.01
    seeds = list(range(len(losses)))
    return {
        "name": f"rank {rank}", "settings": {"rank": rank}, "baseline": baseline, "seeds": seeds, "losses": losses,
        "mean": mean, "sd": spread, "seconds": seconds,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([cell(32, [2.00, 2.10, 2.05]), cell(16, [2.10, 2.20, 2.16])], ["Choose rank 32", "which exceeds the seeds'"]),
        ([cell(32, [2.00, 2.10, 2.05]), cell(16, [2.09, 2.02, 2.06])], ["does not exceed the seeds' spread"]),
        ([cell(32, [2.0]), cell(16, [2.1])], ["0.1000 higher", "with one seed it is not known"]),
        (
            [cell(32, [2.00, 2.10, 2.05], 90), cell(8, [2.0, 2.11, 2.05], 30), cell(4, [3.0, 3.1, 3.2], baseline=True)],
            ["the baseline (rank 4)", "rank 8 is as good within the seeds' spread and took 30 s instead of 90 s"],
        ),
        ([cell(8, [2.0]), cell(16, [2.1, 2.3])], ["Choose rank 16"]),  # a cell of fewer seeds is not compared
    ],
)
def test_the_choice_says_whether_it_exceeds_the_seeds_spread(cells: list[dict], words: list[str]) -> None:
    line = choose(cells)["line"]
    assert all(word in line for word in words) and "\n" not in line


def test_without_a_completed_trial_there_is_no_choice() -> None:
    assert choose([]) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"strategy": "random"}, "no strategy 'random'"),
        ({"stages": []}, "nothing to try"),
        ({"stages": [{"rank": 16}]}, "rank has 16 to try"),
        ({"stages": [{"rang": [16]}]}, "cannot set 'rang'"),
        ({"stages": [{"seed": [1, 2]}]}, "cannot set 'seed'"),
        ({"fixed": {"run_dir": "x"}}, "cannot set 'run_dir'"),
        ({"seeds": []}, r"seeds are \[\]"),
        ({"seeds": 3}, "seeds is 3. Give a list"),
        ({"trials": "many"}, "trials is 'many'. Give a whole number"),
        ({"fixed": [1]}, r"fixed is \[1\]. Give settings"),
        ({"config": "nowhere.yaml"}, "no config at nowhere.yaml"),
        ({"config": None}, "names no config"),
        ({"out_dir": None}, "names no out_dir"),
        ({"strategy": "tpe", "space": {"rank": {"low": 8, "high": 4}}}, "low must be below high"),
        ({"strategy": "grid", "space": {"rank": {"low": 4, "high": 8}}}, "Give a list of values"),
        ({"stage": 1}, "settings that none knows: stage"),
    ],
)
def test_a_sweep_that_cannot_be_run_is_refused_in_one_sentence(tmp_path: Path, changes: dict, words: str) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text(yaml.safe_dump(STAGED | {"out_dir": str(tmp_path / "out")} | changes), encoding="utf-8")
    with pytest.raises(InputError, match=words):
        sweep.main([str(path)])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("path", sorted(Path("finetune/configs").glob("sweep-*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_sweep_has_something_to_try(path: Path) -> None:
    asked = planned(**config.read(path))
    step = stages.advance(asked, [])
    assert step.draw or len(step.missing) > 1
