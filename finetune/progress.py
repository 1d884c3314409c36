"""How far a run is: a bar on a terminal, a line every `logging_steps` elsewhere; curve and progress.json."""

import sys
import time
from pathlib import Path

from finetune import record

EVERY = 1.0  # seconds between two writes of progress.json


def reporting(out: Path):
    """Return the trainer's callback that shows and records how far the run in `out` is; only the first process does."""
    from transformers import TrainerCallback

    class Reporting(TrainerCallback):
        meter: Meter | None = None

        def on_train_begin(self, args, state, control, **kwargs):
            if state.is_world_process_zero:
                self.meter = Meter(out, state.global_step, state.max_steps, state.num_input_tokens_seen)

        def on_step_end(self, args, state, control, **kwargs):
            if self.meter:
                self.meter.step(state.global_step, state.num_input_tokens_seen)

        def on_log(self, args, state, control, logs=None, **kwargs):
            if self.meter and logs:
                self.meter.log(state.global_step, logs)

        def on_train_end(self, args, state, control, **kwargs):
            if self.meter:
                self.meter.close()

    return Reporting()


class Meter:
    """Steps, tokens and seconds of a run, the seconds before an interruption included."""

    def __init__(self, out: Path, step: int, steps: int, tokens: int) -> None:
        from tqdm import tqdm

        self.out, self.at, self.steps, self.tokens, self.loss = out, step, steps, tokens, None
        before = [line["seconds"] for line in record.curve(out) if "seconds" in line]
        self._before = before[-1] if before else 0.0
        self._began = self._last_write = time.monotonic()
        self._from_step, self._from_tokens = step, tokens
        self._terminal = sys.stderr.isatty()
        self._bar = tqdm(
            initial=step, total=steps, unit="step", dynamic_ncols=True, smoothing=0.1, disable=not self._terminal
        )

    @property
    def seconds(self) -> float:
        """Wall time of training so far."""
        return self._before + time.monotonic() - self._began

    @property
    def tokens_per_s(self) -> int:
        """Tokens a second since this process began."""
        return round((self.tokens - self._from_tokens) / max(time.monotonic() - self._began, 1e-9))

    @property
    def seconds_left(self) -> float:
        """How long the rest takes at the pace of this process."""
        pace = (time.monotonic() - self._began) / max(self.at - self._from_step, 1)
        return pace * (self.steps - self.at)

    def step(self, step: int, tokens: int) -> None:
        """Note a finished step."""
        self._bar.update(step - self.at)
        self.at, self.tokens = step, tokens
        if self._terminal:
            shown = {} if self.loss is None else {"loss": f"{self.loss:.4f}"}
            self._bar.set_postfix(shown | {"tokens/s": f"{self.tokens_per_s:,}"}, refresh=False)
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
        pace = f"{self.tokens_per_s:,} tokens/s · {_time(self.seconds_left)} left"
        return f"step {self.at} of {self.steps} · {losses} · {pace}"

    def figures(self) -> dict:
        """Return what progress.json says."""
        return {
            "step": self.at, "steps": self.steps, "loss": self.loss, "tokens": self.tokens,
            "tokens_per_s": self.tokens_per_s, "seconds": round(self.seconds, 1),
            "seconds_left": round(self.seconds_left, 1), "at": record.now(),
        }  # fmt: skip

    def close(self) -> None:
        record.write(self.out / "progress.json", self.figures())
        self._bar.close()


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{seconds:.0f} s" if seconds < 90 else f"{minutes} min" if minutes < 90 else f"{seconds / 3600:.1f} h"
