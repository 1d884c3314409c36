"""The starter's tokenizer: byte-level BPE cut like Llama-3's, with Llama-3's special tokens and one pinned template."""

from collections.abc import Iterator
from pathlib import Path

# Llama-3's own pattern, so that llama.cpp's `llama-bpe` pre-tokenizer cuts text at the same places.
LLAMA3_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# Qwen2's, for the converter: digits one by one.
QWEN2_PATTERN = LLAMA3_PATTERN.replace(r"\p{N}{1,3}", r"\p{N}")
SPECIAL_TOKENS = (
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|finetune_right_pad_id|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eom_id|>",
    "<|eot_id|>",
    "<|python_tag|>",
    *(f"<|reserved_special_token_{n}|>" for n in range(8)),
)
CHAT_TEMPLATE = Path(__file__).parent / "chat_template.jinja"


def train(texts: Iterator[str], vocab_size: int):
    """Return a transformers tokenizer trained on `texts`."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    # ignore_merges: llama.cpp's llama-bpe takes a word that is in the vocabulary whole, so training must too.
    bpe = Tokenizer(models.BPE(ignore_merges=True))
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(LLAMA3_PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size - len(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    bpe.add_special_tokens(list(SPECIAL_TOKENS))  # after the merges, as Llama-3 numbers them
    bos = SPECIAL_TOKENS[0]
    bpe.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, bpe.token_to_id(bos))]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token=bos,
        eos_token="<|eot_id|>",
        pad_token="<|finetune_right_pad_id|>",
        clean_up_tokenization_spaces=False,
        model_max_length=1024,
    )
    tokenizer.chat_template = CHAT_TEMPLATE.read_text(encoding="utf-8").strip()
    return tokenizer


def render(tokenizer, row: dict) -> tuple[list[int], int, int]:
    """Return a row's token ids, the length of its system turn and the length of its whole prompt."""
    messages = row["prompt"]
    text = tokenizer.apply_chat_template([*messages, *row["completion"]], tokenize=False)
    prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    system = tokenizer.apply_chat_template(messages[:1], tokenize=False) if messages[0]["role"] == "system" else ""
    assert text.startswith(prompt) and prompt.startswith(system), (prompt, text)
    ids, prompt_ids, system_ids = tokenizer([text, prompt, system], add_special_tokens=False)["input_ids"]
    assert ids[: len(prompt_ids)] == prompt_ids, "the prompt's tokens must not change when the completion follows"
    return ids, len(system_ids), len(prompt_ids)
