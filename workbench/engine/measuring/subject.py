"""What is measured: a base with adapters in an engine, and the plain way beside it in another process."""

import json
import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from pathlib import Path
from typing import Self

from workbench.engine.footprint import threads_for
from workbench.engine.interface import Completion, Job, Messages, Request, Sampling, View
from workbench.engine.llama_engine import LlamaEngine
from workbench.engine.measuring import plain
from workbench.models.gguf import sha256
from workbench.settings import Settings

NUMBERS = count(1)
WORDS = "the baker on the corner sells bread to people who wait in a long queue before work "


class Subject:
    """A base, its adapters, an engine on them, and the plain way next door."""

    def __init__(self, base: Path, adapters: list[Path], threads: int | None = None) -> None:
        self.base, self.adapter = base, adapters[0] if adapters else None
        self.threads = threads or threads_for(base.stat().st_size)
        self._folder = tempfile.TemporaryDirectory(prefix="workbench-measuring-")
        self.folder = Path(self._folder.name)
        self.settings = Settings(model=model_folder(self.folder, base, adapters), threads=self.threads)
        self.engine = LlamaEngine(self.settings)
        self.names: list[str | None] = [adapter.name for adapter in self.engine.status().adapters] or [None]
        self._next_door = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._next_door.shutdown()
        self.engine.close()
        self._folder.cleanup()

    def bare_rate(self) -> float:
        """Return the tokens a second of a bare loop of `llama_decode` on the same files."""
        return self._next_door.submit(plain.bare_decode_rate, self.base, self.adapter, self.threads).result()

    def plain(self, messages: Messages, max_tokens: int) -> plain.Timing:
        """Answer with llama-cpp-python's `create_chat_completion`."""
        files = (self.base, self.adapter, self.threads)
        return self._next_door.submit(plain.chat, *files, list(messages), max_tokens).result()

    def chat(self, tokens: int, *rest: str, fresh: bool = True, system: int = 0) -> Messages:
        """Return a prompt of about `tokens` tokens; a fresh one shares nothing with any before."""
        mark = f"{next(NUMBERS)} " if fresh else "0 "
        text = mark + WORDS * tokens
        most = len(text) * tokens // max(len(self.engine._loaded.model.tokenize(text, special=False)), 1)
        first = [{"role": "system", "content": mark + WORDS * (system // 17)}] if system else []
        return [*first, {"role": "user", "content": "\n".join([text[:most], *rest])}]

    def submit(self, prompts: list[Messages], tokens: int, adapter: int = 0) -> Job:
        """Ask for `tokens` tokens on each prompt."""
        sampling = Sampling(max_tokens=tokens, seed=1)
        return self.engine.submit(Request("measuring", tuple(prompts), sampling, self.names[adapter]))

    def run(self, prompts: list[Messages], tokens: int) -> View:
        """Do so and wait."""
        return self.submit(prompts, tokens).wait(600)


def model_folder(folder: Path, base: Path, adapters: list[Path]) -> Path:
    """Return a folder with links to the files and their manifest."""

    def entry(path: Path) -> dict[str, object]:
        (folder / path.name).symlink_to(path.resolve())
        return {"file": path.name, "sha256": sha256(path.resolve()), "bytes": path.stat().st_size}

    manifest = {"name": base.stem, "base": entry(base), "adapters": {path.stem: entry(path) for path in adapters}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def rate(sequences: tuple[Completion, ...]) -> float:
    """Return the tokens a second from the first token to the last."""
    first = min(s.first_token_s for s in sequences if s.first_token_s is not None)
    return (sum(s.tokens for s in sequences) - 1) / (max(s.seconds for s in sequences) - first)


def with_line(chat: Messages, line: str) -> Messages:
    """Return the chat with a line more at the end."""
    return [*chat[:-1], {"role": "user", "content": f"{chat[-1]['content']}\n{line}"}]


def first_of(view: View) -> float:
    """Return the seconds to the first token."""
    seconds = view.sequences[0].first_token_s
    return view.sequences[0].seconds if seconds is None else seconds


def tokens_of(job: Job) -> int:
    """Return the tokens so far, of all sequences."""
    return sum(sequence.tokens for sequence in job.view().sequences)
