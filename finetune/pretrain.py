"""Train a starter from scratch on what `pretrain_data` packed, and resume where it stopped.

    python -m finetune.pretrain --config finetune/configs/starter-cpu.yaml --max_minutes 60

Writes `<run_dir>/pretrain/`: run.json, curve.jsonl, checkpoint.pt (to resume) and, at each save, model/ (to use).
"""

import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace

from finetune import config, mixing, model, record
from workbench.errors import InputError, WorkbenchError

WARMUP, LAST_LR = 0.02, 0.05  # a share of the run, and of the top learning rate


def main(argv: list[str] | None = None) -> None:
    settings = config.load(__doc__, argv)
    data_dir, out = Path(settings.run_dir) / "data", Path(settings.run_dir) / "pretrain"
    if not (data_dir / "manifest.json").is_file():
        raise InputError(f"{data_dir} holds no prepared data. Run finetune.pretrain_data with the same config first.")
    out.mkdir(parents=True, exist_ok=True)
    train(settings, data_dir, out)


def train(settings: SimpleNamespace, data_dir: Path, out: Path) -> None:
    """Run until the minutes or tokens of the config are used up."""
    import torch
    from transformers import AutoTokenizer

    if settings.device == "cpu":
        torch.set_num_threads(settings.threads)
    torch.backends.cuda.matmul.allow_tf32 = True
    tokenizer = AutoTokenizer.from_pretrained(data_dir / "tokenizer")
    net = begin(settings, tokenizer).to(settings.device)
    optimizers = make_optimizers(net, settings)
    mix = mixing.Mix(data_dir, tuple(settings.idea_share))
    state = {"step": 0, "tokens": 0, "seconds": 0.0}
    if (out / "checkpoint.pt").is_file():
        state = load_checkpoint(out / "checkpoint.pt", net, optimizers, mix, settings.device)
        record.log(out, resumed=record.now(), step=state["step"], config=record.settings_of(settings))
    else:
        manifest = json.loads((data_dir / "manifest.json").read_text(encoding="utf-8"))
        facts = {"parameters": sum(p.numel() for p in net.parameters()), "data": manifest["outputs"]}
        record.start(out, settings, script="finetune.pretrain", **facts)
    loss_of = torch.compile(masked_loss) if settings.compile else masked_loss

    clock, saved, evaluated = time.monotonic() - state["seconds"], state["seconds"], state["seconds"]
    recent: list[float] = []
    while progress(state, settings) < 1:
        tokens, mask = mix.next_batch(settings.batch_size, progress(state, settings))
        set_learning_rate(optimizers, schedule(progress(state, settings), settings.decay_from))
        loss = loss_of(net, *to_device(tokens, mask, settings.device))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        recent.append(loss.detach())
        state["step"] += 1
        state["tokens"] += int((tokens != tokenizer.pad_token_id).sum())
        state["seconds"] = time.monotonic() - clock
        if state["step"] % 20 == 0:
            train_loss = round(float(sum(recent) / len(recent)), 4)
            recent.clear()
            speed = round(state["tokens"] / state["seconds"])
            report = {k: round(v) for k, v in state.items()} | mix.state()
            record.log(out, **report, loss=train_loss, tokens_per_second=speed)
        if state["seconds"] - evaluated > settings.eval_minutes * 60:
            evaluated = state["seconds"]
            log_heldout(net, data_dir, out, state, settings)
        if state["seconds"] - saved > settings.save_minutes * 60:
            saved = state["seconds"]
            save(net, tokenizer, optimizers, mix, state, out)
    losses = log_heldout(net, data_dir, out, state, settings)
    save(net, tokenizer, optimizers, mix, state, out)
    record.finish(out, losses, steps=state["step"], seconds=state["seconds"], tokens=state["tokens"])


def begin(settings: SimpleNamespace, tokenizer):
    """Return the network that the run begins with: an untrained one, or the end of the stage before."""
    if not settings.start_from:
        return model.build(settings, tokenizer)
    from transformers import AutoModelForCausalLM

    if not (Path(settings.start_from) / "config.json").is_file():
        raise InputError(f"{settings.start_from} holds no model to go on from. Run the stage before, or name another.")
    return AutoModelForCausalLM.from_pretrained(settings.start_from).float().train()


def progress(state: dict, settings: SimpleNamespace) -> float:
    """Return the share of the run that is used up, by its clock or its tokens, whichever is further."""
    return max(state["seconds"] / (settings.max_minutes * 60), state["tokens"] / settings.max_tokens)


def schedule(done: float, decay_from: float) -> float:
    """Return the learning rate as a share of the top one: a short warm-up, level, then a straight line down.

    A stage that another one follows stays level: `decay_from` is 1 there (warmup-stable-decay: Hu et al., 2024,
    "MiniCPM").
    """
    if done < WARMUP:
        return 0.05 + done / WARMUP * 0.95
    return 1.0 if done < decay_from else LAST_LR + (1 - LAST_LR) * (1 - done) / (1 - decay_from)


def make_optimizers(net, settings: SimpleNamespace) -> list:
    """Muon for the matrices inside the blocks, AdamW for embeddings and norms."""
    import torch

    matrices = [p for name, p in net.named_parameters() if p.ndim == 2 and "embed_tokens" not in name]
    rest = [p for name, p in net.named_parameters() if p.ndim != 2 or "embed_tokens" in name]
    muon = torch.optim.Muon(
        matrices, lr=settings.muon_lr, weight_decay=settings.weight_decay, adjust_lr_fn="match_rms_adamw"
    )
    adamw = torch.optim.AdamW(rest, lr=settings.adamw_lr, betas=(0.9, 0.95), weight_decay=0.0)
    for optimizer in (muon, adamw):
        for group in optimizer.param_groups:
            group["top_lr"] = group["lr"]
    return [muon, adamw]


def set_learning_rate(optimizers: list, share: float) -> None:
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["top_lr"] * share


def masked_loss(net, tokens, mask):
    """Return the mean cross-entropy of the tokens that `mask` marks, in bf16 autocast."""
    import torch

    # Every position gets logits, marked or not: a shape that changes each step costs more than it saves.
    with torch.autocast(tokens.device.type, dtype=torch.bfloat16):
        logits = net.lm_head(net.model(input_ids=tokens).last_hidden_state[:, :-1])
    wanted = tokens[:, 1:].masked_fill(~mask[:, 1:], -100)
    return torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), wanted.flatten())


def to_device(tokens, mask, device: str):
    import torch

    return torch.from_numpy(tokens.astype("int64")).to(device), torch.from_numpy(mask).to(device)


def log_heldout(net, data_dir: Path, out: Path, state: dict, settings: SimpleNamespace) -> dict:
    """Log and return the loss on held-out general text, and on the completions of held-out topics."""
    losses = {
        name: round(heldout_loss(net, data_dir / f"heldout_{name}.npz", settings), 4) for name in ("general", "ideas")
    }
    record.log(out, step=state["step"], tokens=state["tokens"], seconds=round(state["seconds"]), heldout=losses)
    return losses


def heldout_loss(net, path: Path, settings: SimpleNamespace) -> float:
    import numpy as np
    import torch

    with np.load(path) as packed:
        tokens, mask = packed["tokens"], packed["loss_mask"]
    total = count = 0
    with torch.no_grad():
        for at in range(0, len(tokens), 8):
            part = to_device(tokens[at : at + 8], mask[at : at + 8], settings.device)
            total += float(masked_loss(net, *part)) * int(mask[at : at + 8].sum())
            count += int(mask[at : at + 8].sum())
    return total / count


def save(net, tokenizer, optimizers: list, mix: mixing.Mix, state: dict, out: Path) -> None:
    """Write the usable model, and all that resuming needs, the latter in one move so that a kill cannot halve it."""
    import torch

    net.save_pretrained(out / "model")
    tokenizer.save_pretrained(out / "model")
    whole = {"net": net.state_dict(), "mix": mix.state(), "state": state}
    torch.save(whole | {"optimizers": [o.state_dict() for o in optimizers]}, out / "checkpoint.tmp")
    (out / "checkpoint.tmp").replace(out / "checkpoint.pt")


def load_checkpoint(path: Path, net, optimizers: list, mix: mixing.Mix, device: str) -> dict:
    import torch

    whole = torch.load(path, map_location=device, weights_only=True)
    net.load_state_dict(whole["net"])
    for optimizer, found in zip(optimizers, whole["optimizers"], strict=True):
        optimizer.load_state_dict(found)
    mix.restore(whole["mix"])
    return whole["state"]


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
