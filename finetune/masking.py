"""Rows as token ids with the loss on the answers only, for any template and any number of turns."""

IGNORED = -100


def answers_only(tokenizer, messages: list[dict]) -> tuple[list[int], list[int]]:
    """Return (token ids, labels); labels are -100 but for each answer and the token that ends its turn.

    trl's `assistant_only_loss` needs a template with marks that Llama-3.2 and Qwen2.5 lack. Here each answer is found
    by rendering the chat up to it, with the generation prompt, and up to its end: serving renders the same two texts.
    """
    text, spans = render(tokenizer, messages)
    found = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids, labels = found["input_ids"], [IGNORED] * len(found["input_ids"])
    at = 0
    for start, end in spans:
        while at < len(ids) and found["offset_mapping"][at][0] < start:
            at += 1
        while at < len(ids) and found["offset_mapping"][at][1] <= end:
            labels[at] = ids[at]
            at += 1
    return ids, labels


def render(tokenizer, messages: list[dict]) -> tuple[str, list[tuple[int, int]]]:
    """Return the chat as text and the (start, end) of each answer in it, its end-of-turn token included."""
    text, spans = tokenizer.apply_chat_template(messages, tokenize=False), []
    for number, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        before = tokenizer.apply_chat_template(messages[:number], tokenize=False, add_generation_prompt=True)
        after = tokenizer.apply_chat_template(messages[: number + 1], tokenize=False)
        if not (text.startswith(before) and text.startswith(after.rstrip("\n"))):
            raise ValueError(f"the template renders answer {number} otherwise once more turns follow: {after[-80:]!r}")
        # Qwen's template ends a turn with a newline after its end token: that one is never generated.
        spans.append((len(before), len(after.rstrip("\n"))))
    return text, spans
