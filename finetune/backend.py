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


METHODS = ("lora", "dora", "rslora", "qlora", "qdora", "full")


def _load_peft(settings: SimpleNamespace):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if settings.method not in METHODS:
        raise InputError(f"There is no method {settings.method!r}. Choose one of: {', '.join(METHODS)}.")
    four_bit = settings.method.startswith("q")
    if four_bit and settings.device == "cpu":
        raise InputError(f"{settings.method} loads the base in 4 bits, which needs a GPU. Choose lora or dora here.")
    tokenizer = AutoTokenizer.from_pretrained(settings.base)
    base = AutoModelForCausalLM.from_pretrained(
        settings.base,
        dtype="float32" if settings.device == "cpu" else "bfloat16",
        **({"quantization_config": _four_bits()} if four_bit else {}),
    )
    return (base if settings.method == "full" else _with_adapter(base, settings)), tokenizer


def _with_adapter(base, settings: SimpleNamespace):
    """Return the base with an untrained adapter, or with one to go on from. Raises InputError if it does not fit."""
    from peft import LoraConfig, PeftModel, get_peft_model

    if settings.resume_adapter:
        try:
            return PeftModel.from_pretrained(base, settings.resume_adapter, is_trainable=True)
        except (RuntimeError, ValueError, OSError) as error:
            reason = str(error).strip().splitlines()[0][:120]
            raise InputError(
                f"The adapter {settings.resume_adapter} does not fit the base {settings.base} ({reason}). "
                "Name the base it was trained on, or another adapter."
            ) from error
    lora = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        # all-linear: every matrix of the blocks; the output layer is tied to the embeddings
        target_modules=settings.target_modules,
        use_dora=settings.method in ("dora", "qdora"),
        use_rslora=settings.method == "rslora",
        task_type="CAUSAL_LM",
    )
    return get_peft_model(base, lora)


def _four_bits():
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype="bfloat16"
    )


def _load_unsloth(settings: SimpleNamespace):
    from unsloth import FastLanguageModel

    base, tokenizer = FastLanguageModel.from_pretrained(
        settings.base, max_seq_length=settings.max_length, load_in_4bit=settings.method.startswith("q")
    )
    lora = FastLanguageModel.get_peft_model(
        base, r=settings.rank, lora_alpha=settings.alpha, lora_dropout=settings.dropout, random_state=settings.seed,
        use_rslora=settings.method == "rslora",
    )  # fmt: skip
    return lora, tokenizer
