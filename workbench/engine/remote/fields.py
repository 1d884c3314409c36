"""A request as the fields of the OpenAI protocol, and what may be left out when a server refuses a field."""

from collections.abc import Collection, Mapping
from typing import Any

from workbench.engine.interface import Messages, Request, Sampling

TOP = 20  # alternatives asked for when scoring: the protocol's most
FEWER = 5  # what some servers allow
# What llama-server, vLLM, Ollama and LM Studio know beyond the protocol, and what of the protocol not all know.
BEYOND = ("top_k", "min_p", "repeat_penalty", "repetition_penalty", "dry_multiplier", "grammar")
OPTIONAL = (*BEYOND, "response_format", "seed", "top_p", "temperature", "stop", "stream_options")
UNKNOWN = ("extra", "unknown", "unrecognized", "unsupported", "not permitted", "not supported")

Body = dict[str, Any]


def writing(request: Request, index: int, model: str, seed: int) -> Body:
    """Return the body that asks for completion `index` of the request, streamed."""
    sampling = request.sampling_of(index)
    body = _asking(request.prompts[index], model) | _sampled(sampling) | {"seed": seed, "stream": True}
    body["stream_options"] = {"include_usage": True}
    if request.stop:
        body["stop"] = list(request.stop)
    return body | _shaped(request.grammar)


def scoring(prompt: Messages, model: str) -> Body:
    """Return the body that asks for the likeliest next tokens, as the model sees them before any sampling."""
    return _asking(prompt, model) | {
        "max_tokens": 1, "logprobs": True, "top_logprobs": TOP, "temperature": 1.0, "top_p": 1.0, "stream": False,
    }  # fmt: skip


def refused(body: Body, words: str) -> tuple[str, ...]:
    """Return the fields that a refusal is about and that an answer can do without; none when it is about others."""
    low = words.lower()
    if "max_completion_tokens" in low and "max_tokens" in body:
        return ("max_tokens",)
    if "top_logprobs" in low and body.get("top_logprobs", 0) > FEWER:
        return ("top_logprobs",)
    named = tuple(name for name in OPTIONAL if name in body and name in low)
    if not named and any(word in low for word in UNKNOWN):
        return tuple(name for name in BEYOND if name in body)
    return named


def without(body: Body, names: Collection[str]) -> Body:
    """Return the body without these fields, or with what a server takes in their place."""
    kept = {name: value for name, value in body.items() if name not in names}
    if "max_tokens" in names and "max_tokens" in body:
        kept["max_completion_tokens"] = body["max_tokens"]
    if "top_logprobs" in names and "top_logprobs" in body:
        kept["top_logprobs"] = min(body["top_logprobs"], FEWER)
    return kept


def _asking(prompt: Messages, model: str) -> Body:
    return {"model": model, "messages": [dict(message) for message in prompt]}


def _sampled(s: Sampling) -> Body:
    """Return the sampling; what is off is sent too, since a server's own default may be on."""
    body: Body = {
        "max_tokens": s.max_tokens, "temperature": s.temperature, "top_p": s.top_p, "top_k": s.top_k, "min_p": s.min_p,
        "repeat_penalty": s.repeat_penalty,
    }  # fmt: skip
    if s.repeat_penalty != 1:
        body["repetition_penalty"] = s.repeat_penalty  # vLLM's name for it
    if s.dry_multiplier:
        body["dry_multiplier"] = s.dry_multiplier
    return body


def _shaped(grammar: str | Mapping[str, Any] | None) -> Body:
    """Return what the text may look like: a JSON schema by the protocol, GBNF as llama-server takes it."""
    if grammar is None:
        return {}
    if isinstance(grammar, str):
        return {"grammar": grammar}
    schema = {"name": "answer", "schema": dict(grammar), "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}
