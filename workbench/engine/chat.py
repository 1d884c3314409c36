"""Chat messages to tokens, by the template that the model file carries, cut to fit when they are too long."""

import re
from collections.abc import Sequence

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from workbench.engine.interface import Message, Messages
from workbench.engine.llama import Model
from workbench.errors import InputError, ModelDamaged

SENTENCE_END = re.compile(r"[.!?…][\"')\]]*(?=\s|$)")
MAX_CHARACTERS_PER_TOKEN = 16  # a line is cut to the limit times this before it is tokenised for the first time


def _refuse(message: str) -> None:
    raise jinja2.TemplateError(message)


class Chat:
    """Renders and tokenises. Safe from any thread."""

    def __init__(self, model: Model, name: str) -> None:
        source = model.chat_template()
        if not source:
            raise ModelDamaged(
                f"{name} carries no chat template. Use the instruct version of the model, or export it again."
            )
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )  # as transformers renders: some templates use {% break %}
        environment.globals["raise_exception"] = _refuse
        # `strftime_now` is left undefined on purpose: Llama-3.2's template would print today's date, which training
        # did not see, and which would empty the prefix cache every midnight.
        try:
            self._template = environment.from_string(source)
        except jinja2.TemplateError as error:
            raise ModelDamaged(
                f"{name} carries a chat template that cannot be read: {error}. Export the model again."
            ) from error
        self._model = model
        self._names = {"bos_token": model.token_text(model.bos), "eos_token": model.token_text(model.eos)}

    def tokens(self, messages: Messages) -> list[int]:
        """Return the prompt's tokens up to the assistant's first one, with exactly one BOS if the model wants one.

        A last message by the assistant is the beginning of its answer: the model goes on after its last word.
        """
        begun = messages[-1]["content"] if messages[-1]["role"] == "assistant" else ""
        asked = list(messages[:-1] if begun else messages)
        try:
            text = self._template.render(messages=asked, add_generation_prompt=True, **self._names)
        except jinja2.TemplateError as error:
            raise InputError(f"The model's chat template refuses these messages: {error}.") from error
        tokens = [*self._model.tokenize(text, special=True), *self._model.tokenize(begun, special=False)]
        bos = self._model.bos
        while tokens[:2] == [bos, bos]:
            del tokens[0]
        return [bos, *tokens] if self._model.adds_bos and tokens[:1] != [bos] else tokens

    def candidate(self, text: str) -> int:
        """Return the first token of an answer."""
        tokens = self._model.tokenize(text, special=False)
        if not tokens:
            raise InputError("A candidate answer is empty. Give each at least one character.")
        return tokens[0]

    def fit(self, prompts: Sequence[Messages], limit: int) -> tuple[list[list[int]], str | None]:
        """Return each prompt's tokens, at most `limit`, and a note for the person if text had to be cut.

        The person's longest line is cut at a sentence; a line that several prompts share is cut alike in all.
        """
        cuts: dict[str, str] = {}
        fitted: dict[int, list[int]] = {}
        for index in sorted(range(len(prompts)), key=lambda i: -sum(len(m["content"]) for m in prompts[i])):
            fitted[index] = self._fit_one([dict(message) for message in prompts[index]], limit, cuts)
        kept, whole = sum(map(len, cuts.values())), sum(map(len, cuts))
        note = (
            f"The input was too long: {kept:,} of {whole:,} characters of it were used, cut at a sentence."
            if cuts
            else None
        )
        return [fitted[index] for index in range(len(prompts))], note

    def _fit_one(self, messages: list[Message], limit: int, cuts: dict[str, str]) -> list[int]:
        for message in messages:
            lines = message["content"].split("\n")
            for at, line in enumerate(lines):
                if line not in cuts and message["role"] == "user" and len(line) > limit * MAX_CHARACTERS_PER_TOKEN:
                    cuts[line] = line[: limit * MAX_CHARACTERS_PER_TOKEN]
                lines[at] = cuts.get(line, line)
            message["content"] = "\n".join(lines)
        while len(tokens := self.tokens(messages)) > limit:
            message, line = _longest_line(messages)
            shorter = self._shorten(messages, message, line, limit)
            if shorter == line:
                raise InputError(
                    f"The prompt takes {len(tokens)} tokens and the model has room for {limit}. Shorten it, "
                    "or raise WORKBENCH_CONTEXT."
                )
            _replace_line(message, line, shorter)
            cuts[next((whole for whole, cut in cuts.items() if cut == line), line)] = shorter
        return tokens

    def _shorten(self, messages: list[Message], message: Message, line: str, limit: int) -> str:
        """Return the longest beginning of the line, to a sentence's end if possible, with which the prompt fits."""
        content, low, high = message["content"], 0, len(line)
        while low < high - 1:
            middle = (low + high) // 2
            _replace_line(message, line, line[:middle])
            fits = len(self.tokens(messages)) <= limit
            message["content"] = content
            low, high = (middle, high) if fits else (low, middle)
        return cut_at_sentence(line, low)


def cut_at_sentence(line: str, length: int) -> str:
    """Return at most `length` characters: whole sentences if they make half of it, else words, else letters."""
    beginning = line[:length]
    sentence = max((end.end() for end in SENTENCE_END.finditer(line) if end.end() <= length), default=0)
    if sentence * 2 >= length:
        return line[:sentence] or line[:1]
    word = beginning.rfind(" ")
    return beginning[:word] if word * 2 >= length > 0 else beginning or line[:1]


def _longest_line(messages: list[Message]) -> tuple[Message, str]:
    users = [message for message in messages if message["role"] == "user"]
    lines = [(message, line) for message in users for line in message["content"].split("\n")]
    return max(lines, key=lambda pair: len(pair[1]), default=(messages[-1], ""))


def _replace_line(message: Message, line: str, shorter: str) -> None:
    lines = message["content"].split("\n")
    lines[lines.index(line)] = shorter
    message["content"] = "\n".join(lines)
