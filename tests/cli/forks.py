"""Processes of `python -m workbench` that begin with its packages imported: a fork takes a hundredth of a second.

A process of this file imports the command line and then forks for each command that it is told. The child is a process
like any other: its own arguments, environment and streams, and the module run from its first line to its exit status.
"""

import json
import os
import runpy
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence

from workbench.settings import ROOT


class Forks:
    """The process that forks. One command at a time."""

    def __init__(self) -> None:
        # One thread: a fork takes none along.
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "tests.cli.forks"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe)

    def run(
        self, words: Sequence[str | bytes], env: Mapping[str, str], given: bytes | None, timeout: float
    ) -> subprocess.CompletedProcess[bytes]:
        """Do what subprocess.run does with `python -m workbench WORDS`; without input it reads an empty one."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with tempfile.NamedTemporaryFile() as source, tempfile.NamedTemporaryFile() as out, \
                tempfile.NamedTemporaryFile() as errors:  # fmt: skip
            source.write(given or b"")
            source.flush()
            streams = [source.name, out.name, errors.name]
            asked = {"words": [os.fsdecode(word) for word in words], "env": dict(env), "streams": streams}
            self.process.stdin.write(json.dumps(asked).encode() + b"\n")
            self.process.stdin.flush()
            if not select.select([self.process.stdout], [], [], timeout)[0]:
                self.process.kill()
                raise subprocess.TimeoutExpired(str(words), timeout)
            status = int(self.process.stdout.readline())
            return subprocess.CompletedProcess(words, status, out.read(), errors.read())

    def close(self) -> None:
        """End the process that forks."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(120)


def serve() -> None:
    """Fork for each line of standard input; the child returns from here by its command's exit."""
    import workbench.cli.parser
    import workbench.engine
    import workbench.store  # noqa: F401

    assert not {"huggingface_hub", "llama_cpp"} & sys.modules.keys(), "they read the environment when they are imported"
    while line := sys.stdin.buffer.readline():
        child = os.fork()
        if child == 0:
            begin(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def begin(words: list[str], env: dict[str, str], streams: list[str]) -> None:
    """Be the command, from here on."""
    os.environ.clear()
    os.environ.update({"HF_HUB_DISABLE_TELEMETRY": "1"} | env)  # workbench.models.hub sets it when it is imported
    for number, (path, flags) in enumerate(zip(streams, (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY), strict=True)):
        file = os.open(path, flags)
        os.dup2(file, number)
        os.close(file)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.argv = ["workbench", *words]
    runpy.run_module("workbench", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    serve()
