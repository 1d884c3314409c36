"""Train an adapter with a topic's ideas side by side on one prompt: half the tokens of one row after another.

    python -m finetune.branches --config finetune/configs/smollm2-brainstorm.yaml
    python -m finetune.branches --config finetune/configs/smollm2-refine.yaml

The rows are those of `finetune.train` and so is the loss, on the answers only; rows whose prompts begin alike become
one tree (finetune.trees), and the base is held in bf16. Made for a base of a hundred million parameters on a CPU,
where reading the same prompt again and again is half of the work.
Writes `<run_dir>/`: the run record (finetune/record.py), checkpoint.pt and adapter/. The same command goes on after a
kill.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random
from types import SimpleNamespace

from finetune import backend, config, masking, record, resuming, training_rows, trees
from finetune.trees import Tree
from workbench.assist import prompts
from workbench.errors import InputError, WorkbenchError

DEFAULTS = Path(__file__).with_name("training-defaults.yaml")
WARM_UP = 0.06  # share of the steps
FILLED = 128  # the answers' tokens of a batch are filled up to a multiple of this: few different shapes


def main(argv: list[str] | None = None) -> None:
    settings = config.load(__doc__, argv, DEFAULTS)
    train(settings, Path(settings.run_dir))


def train(settings: SimpleNamespace, out: Path) -> dict:
    """Train one pass over the rows, from the last checkpoint if there is one; return the held-out losses by kind."""
    import torch

    resuming.refuse_other(out, settings)
    torch.manual_seed(settings.seed)
    if settings.device == "cpu":
        torch.set_num_threads(settings.threads)
    found = training_rows.read(settings)
    if found.kind != "sft":
        raise InputError(f"finetune.branches reads questions with one answer; these rows are {found.kind}.")
    net, tokenizer = backend.load(settings)
    freeze_halved(net.to(settings.device))
    rng = Random(settings.seed)
    work = batches(grown(tokenizer, found.training, settings.branches), settings.batch_tokens, rng)
    held = {kind: grown(tokenizer, chats, settings.branches) for kind, chats in found.heldout.items()}
    weights = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=settings.learning_rate, weight_decay=settings.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=len(work), pct_start=WARM_UP
    )
    out.mkdir(parents=True, exist_ok=True)
    parts = {"optimizer": optimizer, "schedule": schedule}
    state = resumed(out, net, parts)
    if state["step"]:
        record.resume(out, state["step"])
    else:
        facts = {"rows": len(found.training), "steps": len(work), "prompts_version": prompts.VERSION}
        record.start(out, settings, script="finetune.branches", kind="sft", **facts)
        record.log(out, step=0, heldout=judge(net, held, tokenizer, settings))
    began, losses = time.monotonic() - state["seconds"], []
    for step, batch in enumerate(work[state["step"] :], state["step"] + 1):
        loss = answer_loss(net, batch, tokenizer, settings.device)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(float(loss.detach()))
        state = {
            "step": step, "seconds": time.monotonic() - began, "tokens": state["tokens"] + sum(len(t) for t, _ in batch)
        }  # fmt: skip
        if step % settings.logging_steps == 0:
            mean = round(sum(losses) / len(losses), 4)
            record.log(out, step=step, of=len(work), loss=mean, tokens=state["tokens"], seconds=round(state["seconds"]))
            losses.clear()
        if step % settings.eval_steps == 0 and step < len(work):
            record.log(out, step=step, heldout=judge(net, held, tokenizer, settings))
        if step % settings.save_steps == 0:
            save(out, net, parts, state)
    final = judge(net, held, tokenizer, settings)
    record.log(out, step=state["step"], heldout=final)
    net.save_pretrained(str(out / "adapter"))
    record.finish(out, final, steps=state["step"], seconds=state["seconds"], tokens=state["tokens"])
    return final


def freeze_halved(net) -> None:
    """Hold what is not trained in bf16, as it is multiplied anyway: autocast would make it so anew at each step."""
    import torch

    for weight in net.parameters():
        if not weight.requires_grad:
            weight.data = weight.data.to(torch.bfloat16)


def grown(tokenizer, chats: Sequence[dict], most: int) -> list[tuple[Tree, list[list[int]]]]:
    """Return the rows as trees of at most `most` branches, each with its branches' labels (-100: not the answer's)."""
    alike = defaultdict(list)
    for chat in chats:
        *before, asked, _ = chat["messages"]
        opening = asked["content"].rpartition("\n")[0]  # all but the line that says what is wanted
        alike[(*(message["content"] for message in before), opening)].append(chat)
    parts = [group[at : at + most] for group in alike.values() for at in range(0, len(group), most)]
    return [labelled(tokenizer, part) for part in parts]


def labelled(tokenizer, chats: Sequence[dict]) -> tuple[Tree, list[list[int]]]:
    """Return the tree of some rows and its branches' labels; every answer lies in a branch of its own."""
    found = [masking.answers_only(tokenizer, chat["messages"]) for chat in chats]
    answers = [next(at for at, label in enumerate(labels) if label != masking.IGNORED) for _, labels in found]
    tree = trees.shared([ids for ids, _ in found], most=min(answers) - 1)
    return tree, [labels[len(tree.prompt) :] for _, labels in found]


def batches(grown_trees: list, tokens: int, rng: Random) -> list[list]:
    """Return the trees in batches of about `tokens` tokens, like with like in length, in a random order."""
    ordered = sorted(rng.sample(grown_trees, len(grown_trees)), key=lambda pair: len(pair[0]))
    found, batch = [], []
    for pair in ordered:
        if batch and (len(batch) + 1) * len(pair[0]) > tokens:
            found.append(batch)
            batch = []
        batch.append(pair)
    return rng.sample([*found, batch], len(found) + 1)


def answer_loss(net, batch: Sequence, tokenizer, device: str, reduction: str = "mean"):
    """Return the cross-entropy of the answers' tokens under a batch of trees, in nats."""
    import torch

    tokens, positions, mask, starts = trees.pack([tree for tree, _ in batch], tokenizer.pad_token_id)
    wanted = torch.full_like(tokens, masking.IGNORED)
    for row, ((_, labels), places) in enumerate(zip(batch, starts, strict=True)):
        for at, branch in zip(places, labels, strict=True):
            wanted[row, at : at + len(branch)] = torch.tensor(branch)
    wanted = wanted[:, 1:].flatten()
    picked = (wanted != masking.IGNORED).nonzero()[:, 0]
    filling = -len(picked) % FILLED
    inner = net.get_base_model()
    with torch.autocast(device, dtype=torch.bfloat16):
        hidden = inner.model(
            input_ids=tokens.to(device), position_ids=positions.to(device), attention_mask=mask.to(device)
        ).last_hidden_state[:, :-1].flatten(0, 1)  # fmt: skip
        rows = torch.cat([picked, picked[:1].expand(filling)]).to(device)
        logits = inner.lm_head(hidden[rows])[: len(picked)].float()
    return torch.nn.functional.cross_entropy(logits, wanted[picked].to(device), reduction=reduction)


def judge(net, held: dict[str, list], tokenizer, settings: SimpleNamespace) -> dict[str, float]:
    """Return the mean loss of each kind of held-out rows, in nats a token of the answers."""
    import torch

    net.eval()
    found = {}
    with torch.no_grad():
        for kind, pairs in held.items():
            parts = batches(pairs, settings.batch_tokens, Random(0))
            total = sum(float(answer_loss(net, part, tokenizer, settings.device, "sum")) for part in parts)
            count = sum(label != masking.IGNORED for _, labels in pairs for branch in labels for label in branch)
            found[kind] = round(total / count, 4)
    net.train()
    return found


def save(out: Path, net, parts: dict, state: dict) -> None:
    """Write all that going on needs, in one move so that a kill cannot halve it."""
    import torch

    trained = {name: weight.detach() for name, weight in net.named_parameters() if weight.requires_grad}
    whole = {"net": trained, "state": state} | {name: part.state_dict() for name, part in parts.items()}
    torch.save(whole, out / "checkpoint.tmp")
    (out / "checkpoint.tmp").replace(out / "checkpoint.pt")


def resumed(out: Path, net, parts: dict) -> dict:
    """Take up the checkpoint, if there is one, and return the state it was made in."""
    import torch

    if not (out / "checkpoint.pt").is_file():
        return {"step": 0, "seconds": 0.0, "tokens": 0}
    whole = torch.load(out / "checkpoint.pt", weights_only=True)
    net.load_state_dict(whole["net"], strict=False)
    for name, part in parts.items():
        part.load_state_dict(whole[name])
    return whole["state"]


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
