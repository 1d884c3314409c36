"""How far a run is: a bar on a terminal, a line every `logging_steps` elsewhere; curve and progress.json."""

import os
import sys
import time
from pathlib import Path

from finetune import record

EVERY = 1.0  # seconds between two writes of progress.json


def quiet_libraries() -> None:
    """Turn off the bars of datasets and transformers: each lasts a moment, and there is one for every split."""
    import datasets
    from transformers.utils import logging

    datasets.disable_progress_bars()
    logging.disable_progress_bar()


def reporting(out: Path) -> list:
    """Return the trainer's callbacks that show and record how far the run in `out` is; the first process has one."""
    from transformers import TrainerCallback

    class Reporting(TrainerCallback):
        def on_train_begin(self, args, state, control, **kwargs):
            self.meter = Meter(out, state.global_step, state.max_steps, state.num_input_tokens_seen)

        def on_step_begin(self, args, state, control, **kwargs):
            self.meter.begin()

        def on_step_end(self, args, state, control, **kwargs):
            self.meter.step(state.global_step, state.num_input_tokens_seen)

        def on_log(self, args, state, control, logs=None, **kwargs):
            self.meter.log(state.global_step, logs or {})

        def on_train_end(self, args, state, control, **kwargs):
            self.meter.close()

    return [Reporting()] if os.environ.get("RANK", "0") == "0" else []


class Meter:
    """Steps, tokens and seconds of a run, the seconds before an interruption included."""

    def __init__(self, out: Path, step: int, steps: int, tokens: int) -> None:
        from tqdm import tqdm

        self.out, self.at, self.steps, self.tokens, self.loss = out, step, steps, tokens, None
        before = [line["seconds"] for line in record.curve(out) if "seconds" in line]
        self._before = before[-1] if before else 0.0
        self._began: float | None = None
        self._last_write = 0.0
        self._from_step, self._from_tokens = step, tokens
        self._terminal = sys.stderr.isatty()
        self._bar = tqdm(
            initial=step, total=steps, unit="step", dynamic_ncols=True, smoothing=0.1, disable=not self._terminal
        )

    def begin(self) -> None:
        """Start the clock with the first step: loading, and the look at what is held out before it, are no training."""
        self._began = self._began or time.monotonic()

    @property
    def _here(self) -> float:
        """Seconds that this process has trained."""
        return time.monotonic() - self._began if self._began else 0.0

    @property
    def seconds(self) -> float:
        """Wall time of training so far."""
        return self._before + self._here

    @property
    def tokens_per_s(self) -> int | None:
        """Tokens a second since this process began; None before its first step is done."""
        return round((self.tokens - self._from_tokens) / self._here) if self.at > self._from_step else None

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace of this process; None before its first step is done."""
        done = self.at - self._from_step
        return round(self._here / done * (self.steps - self.at), 1) if done else None

    def step(self, step: int, tokens: int) -> None:
        """Note a finished step."""
        self._bar.update(step - self.at)
        self.at, self.tokens = step, tokens
        if self._terminal:
            shown = {} if self.loss is None else {"loss": f"{self.loss:.4f}"}
            self._bar.set_postfix(shown | {"tokens/s": f"{self.tokens_per_s or 0:,}"}, refresh=False)
        if time.monotonic() - self._last_write >= EVERY or step == self.steps:
            self._last_write = time.monotonic()
            record.write(self.out / "progress.json", self.figures())

    def log(self, step: int, logs: dict) -> None:
        """Append what the trainer logs to the curve; where there is no bar, print a line of it."""
        kept = {key: value for key, value in logs.items() if key.endswith("loss") or key == "learning_rate"}
        if not kept:
            return
        self.loss = kept.get("loss", self.loss)
        took = {"seconds": round(self.seconds, 1)}
        if "loss" in kept:
            took |= {"tokens": self.tokens, "tokens_per_s": self.tokens_per_s}
        record.append(self.out, step=step, **kept, **took)
        if not self._terminal:
            print(self.line(kept), flush=True)

    def line(self, kept: dict) -> str:
        """Return a log as one line for people."""
        losses = " · ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in kept.items() if "loss" in name)
        pace = self.tokens_per_s
        rest = "" if pace is None else f" · {pace:,} tokens/s · {_time(self.seconds_left or 0)} left"
        return f"step {self.at} of {self.steps} · {losses}{rest}"

    def figures(self) -> dict:
        """Return what progress.json says."""
        return {
            "step": self.at, "steps": self.steps, "loss": self.loss, "tokens": self.tokens,
            "tokens_per_s": self.tokens_per_s, "seconds": round(self.seconds, 1),
            "seconds_left": self.seconds_left, "at": record.now(),
        }  # fmt: skip

    def close(self) -> None:
        record.write(self.out / "progress.json", self.figures())
        self._bar.close()


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{seconds:.0f} s" if seconds < 90 else f"{minutes} min" if minutes < 90 else f"{seconds / 3600:.1f} h"
