"""One real answer for each task by the app's own engine, from the files as they will lie."""

from pathlib import Path

from finetune.proving.texts import PROMPTS
from finetune.proving.tokens import ProofFailed
from workbench.engine import open_engine
from workbench.engine.interface import Request, Sampling, State
from workbench.settings import Settings

SECONDS = 600.0  # a 1B model on a busy machine needs a fraction of it
PROMPT_OF = {"refine": PROMPTS[4], "evaluate": PROMPTS[5]}


def generate(model: Path, tasks: dict[str, str | None]) -> dict:
    """Return the engine's answer by task; `tasks` says which adapter each needs. Raises ProofFailed."""
    engine = open_engine(Settings(model=model, engine="llama", context=1024, _env_file=None))  # type: ignore[call-arg]
    try:
        status = engine.status()
        if status.error:
            raise ProofFailed(f"The app cannot load the export: {status.error}")
        found = {}
        for task, adapter in tasks.items():
            sampling = Sampling(temperature=0, max_tokens=48)
            prompts = (PROMPT_OF.get(task, PROMPTS[0]),)
            job = engine.submit(Request(task, prompts, sampling, adapter=adapter, max_seconds=SECONDS))
            view = job.wait(SECONDS)
            answer = view.sequences[0]
            if view.state != State.DONE or not answer.tokens:
                why = view.error or "no words came"
                raise ProofFailed(f"The app got no answer from the {task} export ({view.state}): {why}.")
            found[task] = {
                "text": answer.text, "tokens": answer.tokens, "prompt tokens": answer.prompt_tokens,
                "ended by": str(answer.finish),
            }  # fmt: skip
        return found
    finally:
        engine.close()
