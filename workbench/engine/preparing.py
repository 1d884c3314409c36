"""From a request to tokens, limits and a grammar: on the caller's thread, or on the engine's once the model is back."""

import logging

from workbench.engine.constrained import check_readable
from workbench.engine.grammar import to_gbnf
from workbench.engine.interface import ScoreRequest, State
from workbench.engine.loading import Loaded, Plan, load_adapter
from workbench.engine.tasks import Task
from workbench.errors import InputError, WorkbenchError

log = logging.getLogger(__name__)


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


def make_ready(task: Task, loaded: Loaded, plan: Plan) -> None:
    """Read a request that came while the model was away, load an adapter that came after it; a failure ends the job."""
    try:
        if not task.prepared:
            prepare(task, loaded, plan.n_ctx)
        if task.adapter is not None and not loaded.model.has_adapter(task.adapter):
            load_adapter(loaded.model, plan, task.adapter)
    except Exception as error:
        if not isinstance(error, WorkbenchError):
            log.exception("could not read job %s", task.job.id)
        task.end(State.FAILED, str(error))
