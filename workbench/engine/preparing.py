"""From a request to tokens, limits and a grammar: on the caller's thread, or on the engine's once the model is back."""

from workbench.engine.constrained import check_readable
from workbench.engine.grammar import to_gbnf
from workbench.engine.interface import ScoreRequest
from workbench.engine.loading import Loaded
from workbench.engine.tasks import Task
from workbench.errors import InputError


def prepare(task: Task, loaded: Loaded, n_ctx: int) -> None:
    """Tokenise the task's prompts, cut to what a sequence can hold. Raises InputError."""
    request, most = task.job.request, min(n_ctx, loaded.model.n_ctx_train)
    if isinstance(request, ScoreRequest):
        candidates = [loaded.chat.candidate(text) for text in request.candidates]
        if len(set(candidates)) < len(candidates):
            raise InputError(f"The answers {', '.join(request.candidates)} begin with the same token. Choose others.")
        prompts, note = loaded.chat.fit(request.prompts, most)
        task.prepare(prompts, [0] * len(prompts), candidates=candidates)
    else:
        gbnf = to_gbnf(request.grammar) if request.grammar is not None else None
        if gbnf is not None:
            check_readable(loaded.model, gbnf)
        wanted = (request.sampling_of(index).max_tokens for index in range(len(request.prompts)))
        max_new = [min(tokens, most // 2) for tokens in wanted]
        prompts, note = loaded.chat.fit(request.prompts, most - max(max_new))
        task.prepare(prompts, max_new, gbnf=gbnf)
    if note:
        task.progress.note(note)
