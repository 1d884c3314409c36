"""How a base model is loaded and given its LoRA: plain peft, or unsloth where there is a GPU.

The only module that knows unsloth, which must be imported before trl and transformers because it patches both.
So a script calls `prepare(name)` first thing. Neither the unsloth half nor the 4-bit methods have been run yet: no GPU
was at hand (LOG.md); what they refuse without one has been.
"""

from pathlib import Path
from types import SimpleNamespace

from finetune import fitting
from workbench.errors import InputError

BACKENDS = ("peft", "unsloth")
METHODS = ("lora", "dora", "rslora", "qlora", "qdora", "full")
FOUR_BIT = ("qlora", "qdora")
LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]  # all-linear, in unsloth's words


def prepare(name: str) -> None:
    """Import what must come before trl and transformers. Raises InputError."""
    if name not in BACKENDS:
        raise InputError(f"There is no backend {name!r}. Choose one of: {', '.join(BACKENDS)}.")
    if name == "unsloth":
        try:
            import unsloth  # noqa: F401
        except ImportError as error:
            raise InputError(
                "The unsloth backend is not installed. Run: pip install -r finetune/requirements-gpu.txt"
            ) from error
        except (NotImplementedError, RuntimeError) as error:  # what it raises where it finds no GPU
            raise InputError("The unsloth backend needs an NVIDIA GPU. Choose --backend peft here.") from error


def load(settings: SimpleNamespace):
    """Return (model with an untrained LoRA, tokenizer). Raises InputError before anything large is read."""
    if settings.method not in METHODS:
        raise InputError(f"There is no method {settings.method!r}. Choose one of: {', '.join(METHODS)}.")
    _refuse_without_gpu(settings)
    if settings.resume_adapter:
        fitting.refuse_other_base(settings.base, Path(settings.resume_adapter))
    load_with = {"peft": _load_peft, "unsloth": _load_unsloth}[settings.backend]
    try:
        return load_with(settings)
    except (OSError, ValueError) as error:  # what transformers raises for a folder or a hub name that holds no model
        raise InputError(
            f"There is no base model at {settings.base} ({_words(error)}). "
            "Name a folder with config.json and weights, or a model of the hub."
        ) from error


def _refuse_without_gpu(settings: SimpleNamespace) -> None:
    import torch

    if settings.method in FOUR_BIT and settings.device == "cpu":
        raise InputError(f"{settings.method} loads the base in 4 bits, which needs a GPU. Choose lora or dora here.")
    if settings.device != "cpu" and not torch.cuda.is_available():
        raise InputError(f"torch {torch.__version__} finds no GPU for --device {settings.device}. Train on the cpu, or "
                         "install finetune/requirements-gpu.txt on a machine with one.")  # fmt: skip
    if settings.backend == "unsloth" and settings.device == "cpu":
        raise InputError("The unsloth backend needs a GPU. Choose --backend peft here, or --device cuda.")
    if settings.backend == "unsloth" and settings.method in ("dora", "qdora"):
        raise InputError(f"The unsloth backend has no {settings.method}. Choose --backend peft for it.")


def _load_peft(settings: SimpleNamespace):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(settings.base)
    base = AutoModelForCausalLM.from_pretrained(
        settings.base,
        dtype="float32" if settings.device == "cpu" else "bfloat16",
        **({"quantization_config": _four_bits()} if settings.method in FOUR_BIT else {}),
    )
    return (base if settings.method == "full" else _with_adapter(base, settings)), tokenizer


def _with_adapter(base, settings: SimpleNamespace):
    """Return the base with an untrained adapter, or with one to go on from. Raises InputError if it does not fit."""
    from peft import LoraConfig, PeftModel, get_peft_model

    if settings.resume_adapter:
        fitting.refuse_other_shapes(base, Path(settings.resume_adapter), settings.base)
        return PeftModel.from_pretrained(base, settings.resume_adapter, is_trainable=True)
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
    try:
        return get_peft_model(base, lora)
    except ValueError as error:
        raise InputError(
            f"The target modules {settings.target_modules} are not in the base {settings.base}. "
            "Name parts of its layers, such as [q_proj, v_proj], or all-linear."
        ) from error


def _four_bits():
    from importlib.util import find_spec

    from transformers import BitsAndBytesConfig

    if find_spec("bitsandbytes") is None:
        raise InputError("bitsandbytes is not installed. Run: pip install -r finetune/requirements-gpu.txt")
    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype="bfloat16"
    )


def _load_unsloth(settings: SimpleNamespace):
    from unsloth import FastLanguageModel

    full = settings.method == "full"
    base, tokenizer = FastLanguageModel.from_pretrained(
        settings.base, max_seq_length=settings.max_length, load_in_4bit=settings.method in FOUR_BIT,
        full_finetuning=full,
    )  # fmt: skip
    if full:
        return base, tokenizer
    if settings.resume_adapter:
        raise InputError("The unsloth backend begins anew. Choose --backend peft to go on from an adapter.")
    lora = FastLanguageModel.get_peft_model(
        base, r=settings.rank, lora_alpha=settings.alpha, lora_dropout=settings.dropout, random_state=settings.seed,
        target_modules=LINEAR if settings.target_modules == "all-linear" else settings.target_modules,
        use_rslora=settings.method == "rslora",
    )  # fmt: skip
    return lora, tokenizer


def _words(error: Exception) -> str:
    """Return the first sentence of what a library said."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].split(". ")[0].rstrip(".")[:140]
