"""From a request to tokens, limits and a grammar: on the caller's thread, or on the engine's once the model is back."""

from workbench.engine.interface import ScoreRequest
from workbench.engine.loading import Loaded
from workbench.engine.tasks import Task
from workbench.errors import InputError


def prepare(task: Task, loaded: Loaded, n_ctx: int) -> None:
    """Tokenise the task's prompts, cut to what a sequence can hold. Raises InputError."""
    request, chat, most = task.job.request, loaded.chat, min(n_ctx, loaded.model.n_ctx_train)
    candidates: list[int] = []
    if isinstance(request, ScoreRequest):
        max_new = [0] * len(request.prompts)
        candidates = [chat.candidate(text) for text in request.candidates]
        if len(set(candidates)) < len(candidates):
            raise InputError(f"The answers {', '.join(request.candidates)} begin with the same token. Choose others.")
    else:
        wanted = (request.sampling_of(index).max_tokens for index in range(len(request.prompts)))
        max_new = [min(tokens, most // 2) for tokens in wanted]
    prompts, note = chat.fit(request.prompts, most - max(max_new))
    task.prepare(prompts, candidates, max_new)
    if note:
        task.progress.note(note)
