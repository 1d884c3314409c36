"""A short trial of a model file, in a process of its own and with limits: does it load, answer, and how quickly?

    python -m workbench.engine.trial PATH [--adapter GGUF] [--seconds 60] [--memory BYTES]

Prints one JSON object: the figures, or {"error": sentence}. `workbench.models.trial` starts it before the app's own
process touches a file: llama.cpp, and a chat template, do what a hostile or broken file makes them do.
"""

import argparse
import json
import logging
import math
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench.engine.chat import Chat
from workbench.engine.confined import limit, peak
from workbench.engine.context import OK, Context
from workbench.engine.footprint import available, check_fits, estimate, threads_for
from workbench.engine.llama import Model
from workbench.errors import ModelDamaged, ModelTooLarge, WorkbenchError
from workbench.models.gguf import read_header

import llama_cpp as c  # isort: skip  after engine.llama, which sets what libgomp reads

N_CTX = 1024
READ, WRITTEN, SIDE_BY_SIDE, STEPS = 256, 32, 8, 12  # tokens of a prompt, of an answer; sequences, their steps
CHUNK = 64  # prompt tokens between two looks at the clock
PATIENCE = 0.2  # of the allowed seconds, for each of the three measurements
LONG = "The library is open on weekdays only and the hall beside it stands empty. " * 24
CHAT = (
    {"role": "system", "content": "You help a person think. Answer in one plain sentence."},
    {"role": "user", "content": "What could a small library do with an empty hall?"},
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a trial found; speeds in tokens a second, sizes in bytes."""

    parameters: int
    bytes: int
    threads: int
    load_s: float
    prompt_per_s: float  # reading a prompt
    decode_per_s: float  # writing one answer
    wide_per_s: float  # writing eight side by side, all together
    peak_bytes: int  # of this process, the program itself among them
    text: str  # the beginning of what it said


def measure(path: Path, adapter: Path | None, seconds: float, memory: int | None) -> Figures:
    """Load the model, let it answer, and measure. Raises ModelError, InputError, or is killed by a limit."""
    header = read_header(path)
    needed = estimate(header, adapter.stat().st_size if adapter else 0, N_CTX, SIDE_BY_SIDE)
    check_fits(path.name, needed, N_CTX)
    # llama.cpp repacks the weights of some quantisations: a second copy beside the mapped file.
    limit(min(needed + header.bytes, available()) if memory is None else memory, seconds)
    began = time.monotonic()
    model = Model(path)
    require_attention(model, path.name)
    if adapter is not None:
        model.load_adapter("tried", adapter)
    threads = threads_for(header.bytes)
    context = Context(model, n_ctx=N_CTX, n_seq=SIDE_BY_SIDE, threads=threads)
    loaded = time.monotonic() - began
    trial = _Trial(path.name, model, context, seconds * PATIENCE)
    chat = prompt(Chat(model, path.name), path.name)
    if adapter is not None:
        trial.require_change(chat, adapter.name)
    prompt_per_s = trial.read(model.tokenize(LONG, special=False)[:READ])
    decode_per_s, wide_per_s, text = trial.write(chat)
    return Figures(
        header.parameters, header.bytes, threads, round(loaded, 3), round(prompt_per_s, 1), round(decode_per_s, 1),
        round(wide_per_s, 1), peak(), text,
    )  # fmt: skip


def require_attention(model: Model, name: str) -> None:
    """Raise ModelDamaged unless the engine can share and cut beginnings in its memory, as it always does."""
    asked = (c.llama_model_is_recurrent, c.llama_model_is_hybrid, c.llama_model_is_diffusion, c.llama_model_has_encoder)
    if any(ask(model.handle) for ask in asked):
        raise ModelDamaged(
            f"{name} is not a plain transformer that writes word by word (recurrent, hybrid, diffusion, "
            "an encoder), and this program cannot serve such a one. Pick another model."
        )


def prompt(chat: Chat, name: str) -> list[int]:
    """Return a chat's tokens. Raises ModelDamaged when what either message says is not among them."""
    tokens = chat.tokens(CHAT)
    for left_out, message in enumerate(CHAT):
        others = [dict(each) for each in CHAT]
        others[left_out]["content"] = "Something else."
        if chat.tokens(others) == tokens:
            raise ModelDamaged(f"The chat template of {name} leaves out the {message['role']} message. Pick another.")
    return tokens[: N_CTX // 2]


class _Trial:
    """A model at work, each measurement ended by the clock if not by itself."""

    def __init__(self, name: str, model: Model, context: Context, seconds: float) -> None:
        self.name, self.model, self.context, self.seconds = name, model, context, seconds

    def require_change(self, tokens: list[int], adapter: str) -> None:
        """Raise ModelDamaged unless the adapter changes what the base says; it is in use from here on."""
        last = self._process(tokens, 0)
        plain = self.context.row(last, self.model.n_vocab).copy()
        self.context.clear()
        self.context.use_adapter("tried")
        changed = self.context.row(self._process(tokens, 0), self.model.n_vocab)
        if (plain == changed).all():
            raise ModelDamaged(f"{adapter} changes nothing in what the base model says: it was not trained. Export it.")
        self.context.clear()

    def read(self, tokens: list[int]) -> float:
        """Return how many prompt tokens a second it reads."""
        began, done = time.monotonic(), 0
        while done < len(tokens) and (done == 0 or time.monotonic() - began < self.seconds):
            piece = tokens[done : done + CHUNK]
            self._greedy(self._process(piece, done))
            done += len(piece)
        rate = done / (time.monotonic() - began)
        self.context.clear()
        return rate

    def write(self, tokens: list[int]) -> tuple[float, float, str]:
        """Return how many tokens a second it writes, alone and side by side, and the text."""
        token = self._greedy(self._process(tokens, 0))
        length, written = len(tokens), [token]
        for sequence in range(1, SIDE_BY_SIDE):
            self.context.copy(0, sequence, length)
        clock = _Clock(self.seconds)
        for step in clock.steps(WRITTEN):
            self.context.clear_batch()
            token = self._greedy(self._decode(self.context.add([token], length + step, 0, want_logits=True)))
            written.append(token)
        wide = _Clock(self.seconds)
        self.context.remove(0, length)
        for step in wide.steps(STEPS):
            self.context.clear_batch()
            for sequence in range(SIDE_BY_SIDE):
                last = self.context.add([written[0]], length + step, sequence, want_logits=True)
            self._greedy(self._decode(last))
        return clock.rate, wide.rate * SIDE_BY_SIDE, self._text(written)

    def _process(self, tokens: list[int], position: int) -> int:
        self.context.clear_batch()
        return self._decode(self.context.add(tokens, position, 0, want_logits=True))

    def _decode(self, last: int) -> int:
        code = self.context.decode()
        if code != OK:
            raise ModelDamaged(f"llama.cpp cannot compute with {self.name} (code {code}). Get the model anew.")
        return last

    def _greedy(self, index: int) -> int:
        row = self.context.row(index, self.model.n_vocab)
        best = int(row.argmax())
        if not math.isfinite(float(row[best])) or not math.isfinite(float(row.min())):
            raise ModelDamaged(f"{self.name} computes no usable numbers: its weights are broken. Get the model anew.")
        return best

    def _text(self, tokens: list[int]) -> str:
        end = next((i for i, token in enumerate(tokens) if self.model.is_end(token)), len(tokens))
        return b"".join(self.model.piece(token) for token in tokens[:end]).decode("utf-8", "replace").strip()


class _Clock:
    """Counts steps until they are done or the seconds are over; at least one."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.done, self.took = seconds, 0, 0.0

    def steps(self, most: int) -> Iterator[int]:
        began = time.monotonic()
        while self.done < most and self.took < self.seconds:
            yield self.done
            self.done += 1
            self.took = time.monotonic() - began

    @property
    def rate(self) -> float:
        return self.done / self.took if self.took else 0.0


class _Complaints(logging.Handler):
    """Keeps what llama.cpp says is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def words(self) -> str:
        """Return the line that tells most: llama.cpp passes the same error on through several functions."""
        told = next((line for line in self.lines if "error loading model" in line), (self.lines or [""])[0])
        for beginning in ("error loading model: ", "error loading model hyperparameters: "):
            told = told.rpartition(beginning)[2]
        return told[:300]


def main() -> int:
    """Try the file that the command line names; print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m workbench.engine.trial", description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0, help="of processor time for each core (60)")
    parser.add_argument("--memory", type=int, help="bytes it may take beside the program (what its header asks for)")
    arguments = parser.parse_args()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)  # llama.cpp prints from C
    complaints = _Complaints()
    logging.getLogger("llama.cpp").addHandler(complaints)
    try:
        found = asdict(measure(arguments.path, arguments.adapter, arguments.seconds, arguments.memory))
    except MemoryError:
        words = f"{arguments.path.name} took more memory than a model of its size needs. Get it anew."
        found = {"error": words, "kind": ModelTooLarge.__name__}
    except WorkbenchError as error:
        found = {"error": str(error), "kind": type(error).__name__, "llama.cpp": complaints.words()}
    print(json.dumps(found), file=out, flush=True)
    os._exit(1 if "error" in found else 0)  # what a broken file left behind need not be tidied


if __name__ == "__main__":
    sys.exit(main())
