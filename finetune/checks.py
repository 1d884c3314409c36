"""Go on with a trained refine adapter: teach it the eight yes/no checks, all of an idea in one pass.

    python -m finetune.checks --config finetune/configs/checks.yaml

One answer is one token after 160 that all eight share. So an idea's prompt is read once and the eight questions hang
on it side by side, each blind to the others, at the positions that serving gives them: eight labels for the price of
two rows. Each time an idea comes round it is asked in another wording and order, so that the answer is to the check
and not to its words. Every other step is an ordinary one on refine and judgement rows, so that those are not forgotten.
Writes the adapter back into `<run_dir>/adapter` (the earlier one stays as adapter-before-checks/) and checks.json.
"""

import shutil
import sys
import time
from pathlib import Path
from random import Random
from types import SimpleNamespace

from finetune import config, copying, ideas, rated, record, rows, trees
from finetune.branches import answer_loss, freeze_halved, grown
from workbench.assist import prompts
from workbench.errors import InputError, WorkbenchError

# (wording, order): the first wording, whose answers the app shows first, is asked as often as the other two together.
FORMS = [(0, 0), (0, 1), (0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]
PROBED = [(0, 0), (1, 1), (2, 0)]
WARM_UP = 0.06  # share of the steps; OneCycleLR divides by WARM_UP * steps - 1, which must not be nought


def main(argv: list[str] | None = None) -> None:
    settings = config.load(__doc__, argv)
    folder = Path(settings.run_dir)
    if not (folder / "adapter" / "adapter_config.json").is_file():
        raise InputError(f"There is no adapter in {folder}. Run finetune.train with the refine config first.")
    train(settings, folder)


def train(settings: SimpleNamespace, folder: Path) -> dict:
    """Train for the config's epochs, keep the weights with the best held-out AUC, and return their figures."""
    import torch

    torch.manual_seed(settings.seed)
    if settings.device == "cpu":
        torch.set_num_threads(settings.threads)
    net, tokenizer = load(settings, folder)
    found, heldout = ideas.split(ideas.read(Path(settings.ideas_dir)))
    ideas_judged = judged(found["evaluate"], settings)
    probes = [[tree(tokenizer, row, *form) for row in heldout["evaluate"][: settings.eval_rows]] for form in PROBED]
    rng = Random(settings.seed)
    kept = copying.refinements(found["brainstorm"], copying.additions(Path(settings.ideas_dir)), rng, settings.copying)
    chats = [*rows.refine([*found["refine"], *kept]), *rows.judgements(found["evaluate"])]
    texts = grown(tokenizer, [{"messages": [*row["prompt"], *row["completion"]]} for row in chats], 1)
    weights = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=settings.learning_rate, weight_decay=0.0)
    steps = int(settings.epochs * len(ideas_judged) / settings.batch_size)
    rate = settings.learning_rate
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=WARM_UP)
    best = {"step": 0} | judge(net, probes, tokenizer, settings)
    curve, kept, losses, began = [best], snapshot(net), [], time.monotonic()
    for step, picked in enumerate(batches(len(ideas_judged), settings.batch_size, steps, rng), 1):
        asked = [tree(tokenizer, ideas_judged[i], *rng.choice(FORMS)) for i in picked]
        loss = check_loss(net, asked, tokenizer, settings.device)
        if step % 2 == 0:
            loss = loss + settings.text_weight * answer_loss(net, rng.sample(texts, 8), tokenizer, settings.device)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(float(loss.detach()))
        if step % settings.eval_steps == 0 or step == steps:
            seconds, train_loss = round(time.monotonic() - began), round(sum(losses) / len(losses), 4)
            figures = {"step": step, "seconds": seconds, "train_loss": train_loss}
            curve.append(figures | judge(net, probes, tokenizer, settings))
            losses.clear()
            print(curve[-1], flush=True)
            if curve[-1]["auc_mean"] >= best["auc_mean"]:
                best, kept = curve[-1], snapshot(net)
    net.load_state_dict(kept, strict=False)
    net.save_pretrained(str(folder / "adapter"))
    facts = {"finished": record.now(), "config": record.settings_of(settings), "commit": record.commit()}
    facts |= {"rows": len(ideas_judged), "heldout_rows": len(probes[0]), "kept": best, "curve": curve}
    record.write(folder / "checks.json", facts)
    return best


def judged(found: list[dict], settings: SimpleNamespace) -> list[dict]:
    """Return what is judged: the idea set's rows, some of its ideas under other topics, and rated uses of objects."""
    rng = Random(settings.seed)
    more = rated.swapped(found, rng, settings.swapped)
    more += rated.uses(Path(settings.rated), rng, settings.rated_rows) if settings.rated else []
    return [*found, *more][: settings.max_ideas]


def load(settings: SimpleNamespace, folder: Path):
    """Return (the base with the run's adapter, trainable, tokenizer); a second call begins from the same weights."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    before = folder / "adapter-before-checks"
    if not before.is_dir():
        shutil.copytree(folder / "adapter", before)
    base = AutoModelForCausalLM.from_pretrained(settings.base, dtype="float32")
    net = PeftModel.from_pretrained(base, str(before), is_trainable=True).to(settings.device)
    freeze_halved(net)
    return net, AutoTokenizer.from_pretrained(settings.base)


def batches(n: int, size: int, steps: int, rng: Random):
    """Yield `steps` lists of row numbers, every row once before any a second time."""
    order: list[int] = []
    for _ in range(steps):
        if len(order) < size:
            order = rng.sample(range(n), n)
        picked, order = order[:size], order[size:]
        yield picked


def snapshot(net) -> dict:
    """Return a copy of the weights that are trained."""
    return {name: p.detach().clone() for name, p in net.named_parameters() if p.requires_grad}


def tree(tokenizer, row: dict, wording: int = 0, order: int = 0) -> SimpleNamespace:
    """Return an idea's checks as a tree, and their answers; a check without one (None) is left out."""
    asked = [(number, label) for number, label in enumerate(row["checks"], 1) if label is not None]
    chats = [prompts.check(row["topic"], row["idea"], number, wording, order) for number, _ in asked]
    texts = [tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True) for chat in chats]
    ids = tokenizer(texts, add_special_tokens=False)["input_ids"]
    return SimpleNamespace(tree=trees.shared(ids), labels=[label for _, label in asked])


def answers(net, asked: list, tokenizer, device: str):
    """Return the logits after each question of each idea, (questions, vocabulary)."""
    import torch

    tokens, positions, mask, starts = trees.pack([one.tree for one in asked], tokenizer.pad_token_id)
    ends = [
        (at, start + len(branch) - 1)
        for at, (one, places) in enumerate(zip(asked, starts, strict=True))
        for start, branch in zip(places, one.tree.branches, strict=True)
    ]
    inner = net.get_base_model()
    with torch.autocast(device, dtype=torch.bfloat16):
        hidden = inner.model(
            input_ids=tokens.to(device), position_ids=positions.to(device), attention_mask=mask.to(device)
        ).last_hidden_state  # fmt: skip
        at, end = torch.tensor(ends, device=device).unbind(1)
        return inner.lm_head(hidden[at, end]).float()


def check_loss(net, asked: list, tokenizer, device: str):
    """Return the mean cross-entropy of the answers over the whole vocabulary; a label may lie between no and yes."""
    import torch

    yes = torch.tensor([float(label) for one in asked for label in one.labels], device=device)[:, None]
    said = torch.log_softmax(answers(net, asked, tokenizer, device), -1)[:, answer_ids(tokenizer)]
    return -(torch.cat([yes, 1 - yes], -1) * said).sum(-1).mean()


def answer_ids(tokenizer) -> list[int]:
    return [tokenizer(word, add_special_tokens=False)["input_ids"][0] for word in prompts.YES_NO]


def judge(net, probes: list[list], tokenizer, settings: SimpleNamespace) -> dict:
    """Return the AUC of each check on held-out rows by the mean log-odds of the probed wordings, and of each alone."""
    from sklearn.metrics import roc_auc_score

    odds = [log_odds(net, asked, tokenizer, settings) for asked in probes]
    labels = [[one.labels[i] for one in probes[0]] for i in range(len(prompts.CHECKS))]

    def auc(scores) -> list[float]:
        return [round(float(roc_auc_score(labels[i], scores[:, i])), 3) for i in range(len(labels))]

    def mean(figures: list[float]) -> float:
        return round(sum(figures) / len(figures), 3)

    together = auc(sum(odds) / len(odds))
    p_yes = odds[0].sigmoid()
    return {
        "auc": together, "auc_mean": mean(together), "auc_mean_by_wording": [mean(auc(one)) for one in odds],
        "p_yes": round(float(p_yes.mean()), 3), "spread": round(float(p_yes.std(0).mean()), 3),
    }  # fmt: skip


def log_odds(net, asked: list, tokenizer, settings: SimpleNamespace):
    """Return ln(P(yes) / P(no)) of each check, (ideas, 8)."""
    import torch

    yes, no = answer_ids(tokenizer)
    with torch.no_grad():
        parts = [answers(net, asked[at : at + 16], tokenizer, settings.device) for at in range(0, len(asked), 16)]
    logits = torch.cat(parts).cpu().unflatten(0, (len(asked), len(prompts.CHECKS)))
    return logits[..., yes] - logits[..., no]


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
