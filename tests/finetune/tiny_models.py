"""Tiny bases and adapters with random weights, as transformers and peft write them: made in a second, whole in form."""

import json
from pathlib import Path

WORDS = (
    "Our library is empty on weekday evenings. Dog Clock — A neighbour walks three dogs at noon for a small fee.",
    "Neighbours lend each other tools, and nobody keeps a list of who has what. Title: one sentence. yes no 1 2 3",
    "def f(x):\n    return {k: v for k, v in x.items()}  # done\n",
)
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def llama(folder: Path, seed: int = 0) -> Path:
    """Write a Llama with the starter's kind of tokenizer and template."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from finetune import tokenizer as starter

    tokenizer = starter.train(iter(WORDS * 20), 640)
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=64, intermediate_size=256, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=1024, tie_word_embeddings=True, initializer_range=0.15,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def qwen(folder: Path) -> Path:
    """Write a Qwen2 with Qwen2.5's kind of tokenizer: NFC, digits one by one, no begin-of-text, ChatML."""
    import torch
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    from finetune.tokenizer import QWEN2_PATTERN

    bpe = Tokenizer(models.BPE())
    bpe.normalizer = normalizers.NFC()
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(QWEN2_PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        iter(WORDS * 20), trainers.BpeTrainer(vocab_size=600, initial_alphabet=alphabet, show_progress=False)
    )
    bpe.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|endoftext|>", clean_up_tokenization_spaces=False
    )
    tokenizer.chat_template = CHATML
    torch.manual_seed(0)
    config = Qwen2Config(  # rows of 256, the least that K-quantisations take
        vocab_size=len(tokenizer), hidden_size=256, intermediate_size=256, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=1024, tie_word_embeddings=True, initializer_range=0.05,
        bos_token_id=None, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    Qwen2ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def run(folder: Path, base: Path, *, method: str = "lora", seed: int = 1, **changes: object) -> Path:
    """Write a run's folder with an adapter that does a lot, and the record of which base it was made on."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from finetune.rowdata.manifest import sha256

    torch.manual_seed(seed)
    settings: dict = {
        "r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj", "down_proj"], "task_type": "CAUSAL_LM",
        "use_rslora": method == "rslora", "use_dora": method == "dora",
    }  # fmt: skip
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), LoraConfig(**settings | changes))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_" in name and "magnitude" not in name:
                weight.normal_(std=0.15)
            elif "magnitude" in name:
                weight.mul_(1 + 0.2 * torch.rand_like(weight))
    model.save_pretrained(folder / "adapter")
    AutoTokenizer.from_pretrained(base).save_pretrained(folder / "adapter")
    record = {"config": {"task": "brainstorm", "method": method, "rank": 4, "alpha": 8}, "rows": 10,
              "data": {"model.safetensors": sha256(base / "model.safetensors")}}  # fmt: skip
    (folder / "run.json").write_text(json.dumps(record))
    return folder
