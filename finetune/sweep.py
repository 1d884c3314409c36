"""Many runs of finetune.train on one Optuna study: which settings are best, what each cost, and how sure that is.

    python -m finetune.sweep finetune/configs/sweep-study.yaml
    python -m finetune.sweep finetune/configs/sweep-study.yaml --workers 2 --out_dir runs/other

The same command again goes on after a stop or a kill, and with other seeds or more trials it adds to what is there. Any
number of commands, on several machines too (--storage), work on one sweep. Writes `<out_dir>/`: sweep.json (kept up
while it runs), report.md, report.json, charts and one run folder a trial. docs/finetuning.md tells what the files hold.
"""

import argparse
import multiprocessing
import sys
from pathlib import Path
from types import SimpleNamespace

from finetune import config
from finetune.sweeping import plan, report, results, study, worker
from workbench.errors import InputError, WorkbenchError


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("config", type=Path, help="YAML file; its keys are the flags")
    parser.add_argument("--workers", type=int, default=1, help="processes that run trials side by side")
    chosen, flags = parser.parse_known_args(argv)
    if chosen.workers < 1:
        raise InputError(f"--workers is {chosen.workers}. Give 1 or more.")
    settings = config.read(plan.DEFAULTS) | config.read(chosen.config)
    asked = plan.make(SimpleNamespace(**config.override(settings, flags, chosen.config)))
    found = study.open_study(asked)
    study.forgive(found)
    spawn = multiprocessing.get_context("spawn")
    others = [spawn.Process(target=_help, args=(asked,)) for _ in range(chosen.workers - 1)]
    for other in others:
        other.start()
    worker.work(asked, found)
    for other in others:
        other.join()
    made = results.write(asked, found)
    report.write(made, asked.out)
    if made["choice"] is None:
        reasons = [trial["reason"] for trial in made["trials"] if trial["reason"]]
        raise InputError(f"No trial came to an end{f': {reasons[-1]}' if reasons else ''}. See {asked.out}/sweep.json.")
    print(made["choice"]["line"])
    print(f"{asked.out / 'report.md'}")


def _help(asked: plan.Plan) -> None:
    """Be one more worker."""
    worker.work(asked, study.open_study(asked))


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. The same command goes on from here.")
