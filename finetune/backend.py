"""How a base model is loaded and given its LoRA: plain peft, or unsloth where there is a GPU.

The only module that knows unsloth, which must be imported before trl and transformers because it patches both.
So a script calls `prepare(name)` first thing. The unsloth half has not been run yet: no GPU was at hand (LOG.md).
"""

from types import SimpleNamespace

from workbench.errors import InputError

BACKENDS = ("peft", "unsloth")


def prepare(name: str) -> None:
    """Import what must come before trl and transformers."""
    if name not in BACKENDS:
        raise InputError(f"There is no backend {name!r}. Choose one of: {', '.join(BACKENDS)}.")
    if name == "unsloth":
        try:
            import unsloth  # noqa: F401
        except ImportError as error:
            raise InputError(
                "The unsloth backend is not installed. Run: pip install -r finetune/requirements-gpu.txt"
            ) from error


def load(settings: SimpleNamespace):
    """Return (model with an untrained LoRA, tokenizer)."""
    load_with = {"peft": _load_peft, "unsloth": _load_unsloth}[settings.backend]
    return load_with(settings)


def _load_peft(settings: SimpleNamespace):
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(settings.base)
    base = AutoModelForCausalLM.from_pretrained(
        settings.base, dtype="float32" if settings.device == "cpu" else "bfloat16"
    )
    lora = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules="all-linear",  # every matrix of the blocks; the output layer is tied to the embeddings
        task_type="CAUSAL_LM",
    )
    return get_peft_model(base, lora), tokenizer


def _load_unsloth(settings: SimpleNamespace):
    from unsloth import FastLanguageModel

    base, tokenizer = FastLanguageModel.from_pretrained(
        settings.base, max_seq_length=settings.max_length, load_in_4bit=settings.load_in_4bit
    )
    lora = FastLanguageModel.get_peft_model(
        base, r=settings.rank, lora_alpha=settings.alpha, lora_dropout=settings.dropout, random_state=settings.seed
    )
    return lora, tokenizer
