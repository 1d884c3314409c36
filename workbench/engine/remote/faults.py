"""What can go wrong with a server, each as one sentence: what happened, what to do."""

import json
import re
from collections.abc import Sequence

from workbench.engine.remote.target import KEY, Target

LONGEST = 240  # characters of a server's own words
MOST_NAMES = 8
TOO_LONG = re.compile(r"context|too long|too large|maximum.{0,20}tokens|exceeds?\b.{0,40}\btokens", re.IGNORECASE)
NO_MODEL = re.compile(r"\bmodel\b.*(not found|not exist|unknown|not loaded|no such|invalid)", re.IGNORECASE | re.DOTALL)
KEPT = "The partial text is kept; try again."


class Fault(Exception):
    """A request that came to nothing, or to a part. `hopeless`: the job's other requests would meet the same."""

    def __init__(self, sentence: str, *, hopeless: bool = False) -> None:
        super().__init__(sentence)
        self.hopeless = hopeless


class NoModel(Fault):
    """The server does not know the model."""

    def __init__(self, target: Target, model: str, known: Sequence[str] = ()) -> None:
        self._target, self._model = target, model
        has = f"It has {', '.join(known[:MOST_NAMES])}{' ...' if len(known) > MOST_NAMES else ''}. " if known else ""
        super().__init__(
            f"The server at {target.place} has no model {model!r}. {has}Set WORKBENCH_REMOTE_MODEL to one that it has.",
            hopeless=True,
        )

    def naming(self, known: Sequence[str]) -> "NoModel":
        """Return the same with the models that it does know."""
        return NoModel(self._target, self._model, known)


def unreachable(target: Target, reason: str) -> Fault:
    """The connection could not be made."""
    why = f" ({reason})" if reason else ""
    return Fault(
        f"The server at {target.place} cannot be reached{why}. Start it, or check WORKBENCH_REMOTE_URL.", hopeless=True
    )


def broken_off(target: Target, *, begun: bool) -> Fault:
    """The connection ended before the answer did; `begun`: it had brought some of it."""
    if begun:
        return Fault(f"The server at {target.place} broke off in the middle of an answer. {KEPT}")
    return Fault(
        f"The server at {target.place} broke off before it wrote anything. The input may be too long for it; "
        "its log says more."
    )


def silent(target: Target, seconds: float) -> Fault:
    """Nothing has come for too long."""
    return Fault(f"The server at {target.place} has sent nothing for {seconds:g} seconds. {KEPT}")


def no_answer(target: Target, seconds: float) -> Fault:
    """The time was over before the first token."""
    return Fault(
        f"The server at {target.place} gave no answer within {seconds:g} seconds. Try again, or use a smaller model."
    )


def another_language(target: Target) -> Fault:
    """What came is not the OpenAI protocol."""
    return Fault(
        f"What answers at {target.place} does not speak the OpenAI protocol. Check WORKBENCH_REMOTE_URL; "
        "it usually ends in /v1.",
        hopeless=True,
    )


def no_logprobs(target: Target, model: str) -> Fault:
    """Scoring needs the probabilities of the next token."""
    return Fault(
        f"The server at {target.place} gives no logprobs for {model}, so nothing can be scored there. "
        "Use a server that does (llama-server, vLLM), or the local engine.",
        hopeless=True,
    )


def in_stream(target: Target, words: str) -> Fault:
    """The server said within the stream that it failed."""
    return Fault(f"The server at {target.place} failed while it wrote{_colon(words)}. {KEPT}")


def refusal(target: Target, model: str, status: int, words: str, *, with_key: bool) -> Fault:
    """The server answered with a status that is none of success."""
    where = f"The server at {target.place}"
    if status in (401, 403):
        way = f"{KEY} is not one it takes; set it to the right key" if with_key else f"Set {KEY} in the environment"
        return Fault(f"{where} asks for a key. {way} and start again.", hopeless=True)
    if status in (400, 404) and (status == 404 or NO_MODEL.search(words)):
        if "model" not in words.lower():
            return another_language(target)
        return NoModel(target, model)
    if status == 413 or (status in (400, 422) and TOO_LONG.search(words)) or "available context size" in words:
        return Fault(f"The input is too long for {model} at {target.place}. Shorten it, or raise the model's context.")
    if status == 429:
        return Fault(f"{where} is asked too often{_colon(words)}. Wait a little and try again.")
    if status >= 500:
        return Fault(f"{where} failed with {status}{_colon(words)}. Try again, or look at its log.")
    if 300 <= status < 400:
        return another_language(target)
    return Fault(f"{where} refused the request with {status}{_colon(words)}. Check its settings and the model's name.")


def words_of(body: bytes, key: str) -> str:
    """Return a server's own words out of an error's body, short, on one line, without the key."""
    try:
        found = json.loads(body)
    except ValueError:
        found = "" if b"<" in body[:200] else body.decode("utf-8", "replace")  # a proxy's page says nothing of use
    for name in ("error", "message", "detail"):
        if isinstance(found, dict) and found.get(name):
            found = found[name]
    words = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    words = " ".join((words.replace(key, "…") if key else words).split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _colon(words: str) -> str:
    return f": {words.rstrip('. ')}" if words else ""
