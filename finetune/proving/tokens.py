"""Token ids in training and in serving: texts, chats as the app renders them, begin-of-text, the end of an answer."""

from pathlib import Path

from finetune.proving.texts import AWKWARD_TEXTS, CONVERSATIONS, PROMPTS
from workbench.errors import ModelError, WorkbenchError


class ProofFailed(WorkbenchError):
    """The export is not the trained model."""


def compare_tokens(tokenizer, served: Path) -> dict:
    """Return how many texts and chats have equal token ids. Raises ProofFailed with the first that has not."""
    from workbench.engine.llama import Model

    try:
        model = Model(served)
    except ModelError as error:
        raise ProofFailed(str(error)) from error
    try:
        if model.chat_template() != tokenizer.chat_template:
            raise ProofFailed(f"{served.name} holds another chat template than the one trained with. Export it again.")
        _compare_vocabulary(tokenizer, model, served.name)
        normalised = [_compare_text(tokenizer, model, served.name, name, text) for name, text in AWKWARD_TEXTS.items()]
        chats = [*PROMPTS, *CONVERSATIONS]
        for number, messages in enumerate(chats, 1):
            _compare_chat(tokenizer, model, served.name, number, messages)
        _compare_end(tokenizer, model, served.name)
    finally:
        model.close()
    found: dict = {"texts equal": len(AWKWARD_TEXTS), "chats equal": len(chats)}
    # Qwen's tokenizer composes letters and accents first (NFC), llama.cpp reads them as they come.
    return found | ({"equal once normalised": left} if (left := [name for name in normalised if name]) else {})


def chat_ids(tokenizer, messages: list[dict]) -> list[int]:
    """Return a chat's token ids as training has them, up to the answer."""
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def _compare_vocabulary(tokenizer, model, file: str) -> None:
    """Raise ProofFailed when a token is spelt otherwise; only of byte-level BPE, whose spelling GGUF keeps as it is."""
    if "ByteLevel" not in str(tokenizer.backend_tokenizer.pre_tokenizer):
        return
    for token, trained in enumerate(tokenizer.convert_ids_to_tokens(range(len(tokenizer)))):
        if trained is not None and trained != model.token_text(token):
            raise ProofFailed(
                f"Token {token} is {trained!r} in training and {model.token_text(token)!r} in {file}. "
                "The tokenizer was not exported as it is."
            )


def _compare_text(tokenizer, model, file: str, name: str, text: str) -> str:
    """Raise ProofFailed unless the ids are equal and spell the text; return the name if it had to be normalised."""
    normalizer = tokenizer.backend_tokenizer.normalizer
    same = normalizer.normalize_str(text) if normalizer else text
    trained, served = tokenizer(text, add_special_tokens=False)["input_ids"], model.tokenize(same, special=True)
    _require_equal(trained, served, f"the text {name!r}", file)
    if b"".join(_piece(model, token) for token in served).decode("utf-8", "replace") != same:
        raise ProofFailed(f"The text {name!r} does not come back from its tokens in {file}.")
    return name if same != text else ""


def _compare_chat(tokenizer, model, file: str, number: int, messages: list[dict]) -> None:
    from workbench.engine.chat import Chat

    trained, served = chat_ids(tokenizer, messages), Chat(model, file).tokens(messages)
    bos = tokenizer.bos_token_id
    wanted = _begins(tokenizer, messages, trained)
    for where, ids in (("training", trained), ("the app", served)):
        if bos is not None and ids.count(bos) != wanted:
            raise ProofFailed(f"Chat {number} has {ids.count(bos)} begin-of-text tokens in {where}, not {wanted}.")
    _require_equal(trained, served, f"chat {number}", file)


def _begins(tokenizer, messages: list[dict], trained: list[int]) -> int:
    """Return how many begin-of-text tokens a chat should have: one where training begins with it, else none.

    In ChatML <|im_start|> opens every turn, and it is some models' begin-of-text too: as many then as are written.
    """
    if tokenizer.bos_token_id not in trained[:1]:
        return 0
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    written = text.count(tokenizer.bos_token)
    return written if written > len(messages) else 1


def _compare_end(tokenizer, model, file: str) -> None:
    """Raise ProofFailed unless the token that ends an answer in training is one at which llama.cpp stops."""
    asked = [{"role": "user", "content": "Say yes."}]
    before = chat_ids(tokenizer, asked)
    answered = [*asked, {"role": "assistant", "content": "yes"}]
    text = tokenizer.apply_chat_template(answered, tokenize=False).rstrip("\n")
    whole = tokenizer(text, add_special_tokens=False)["input_ids"]
    last, answer = whole[-1], whole[len(before) : -1]
    if not model.is_end(last):
        raise ProofFailed(
            f"Training ends an answer with {tokenizer.decode([last])!r}, at which {file} does not stop. "
            "Set eos_token in the tokenizer of the base and export again."
        )
    if any(model.is_end(token) for token in answer):
        raise ProofFailed(f"{file} would stop in the middle of an answer. Mend the special tokens of the base.")


def _require_equal(trained: list[int], served: list[int], what: str, file: str) -> None:
    if trained != served:
        pairs = enumerate(zip(trained, served, strict=False))
        at = next((n for n, (ours, theirs) in pairs if ours != theirs), min(len(trained), len(served)))
        raise ProofFailed(
            f"For {what}, training has {len(trained)} tokens and {file} {len(served)}, the first difference at {at}. "
            "The tokenizer was not exported as it is."
        )


def _piece(model, token: int) -> bytes:
    import ctypes

    import llama_cpp

    buffer = ctypes.create_string_buffer(1024)
    size = llama_cpp.llama_token_to_piece(model.vocab, token, buffer, len(buffer), 0, True)
    return buffer.raw[:size]
