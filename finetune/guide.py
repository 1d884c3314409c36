"""Go on with a trained brainstorm adapter: teach it, by itself, to hold to its topic and its lens.

    python -m finetune.guide --config finetune/configs/guide.yaml

A small model's next word follows the sentence so far and hears little of what was asked. Classifier-free guidance (Ho
and Salimans, 2022; for text: Sanchez et al., 2023, "Stay on topic with classifier-free guidance") makes that louder:
log p = c + g (c - u), with c the log-probabilities under topic and lens and u those under neither. It costs a second
sequence for each one served, so here the adapter is taught to give the guided probabilities at once, itself as it
was before its teacher (after Meng et al., 2023, "On distillation of guided diffusion models"). Words that the teacher
itself finds unlikely stay out (Li et al., 2023, "Contrastive decoding"), or guidance would dig up nonsense.
Writes the adapter back into `<run_dir>/adapter` (the earlier one stays as adapter-before-guide/) and guide.json.
"""

import json
import shutil
import sys
import time
from pathlib import Path
from random import Random
from types import SimpleNamespace

from finetune import config, ideas, record, rows
from finetune.checks import WARM_UP, batches
from finetune.tokenizer import render
from workbench.errors import InputError, WorkbenchError

BEFORE = "adapter-before-guide"


def main(argv: list[str] | None = None) -> None:
    settings = config.load(__doc__, argv)
    folder = Path(settings.run_dir)
    if not (folder / "adapter" / "adapter_config.json").is_file():
        raise InputError(f"There is no adapter in {folder}. Run finetune.train with the brainstorm config first.")
    train(settings, folder)


def train(settings: SimpleNamespace, folder: Path) -> dict:
    """Train for the config's epochs and return the figures of the end, on held-out topics."""
    import torch

    torch.manual_seed(settings.seed)
    if settings.device == "cpu":
        torch.set_num_threads(settings.threads)
    if not (folder / BEFORE).is_dir():
        shutil.copytree(folder / "adapter", folder / BEFORE)
    teacher, tokenizer = load(settings, folder)
    student, _ = load(settings, folder, trainable=True)
    rng = Random(settings.seed)
    found, heldout = ideas.split(ideas.read(Path(settings.ideas_dir)))
    pairs = [pair(tokenizer, row) for row in asked(found, rng)[: settings.max_rows]]
    probes = [pair(tokenizer, row) for row in Random(0).sample(asked(heldout, Random(0)), settings.eval_rows)]
    weights = [p for p in student.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=settings.learning_rate, weight_decay=0.0)
    steps = settings.epochs * len(pairs) // settings.batch_size
    rate = settings.learning_rate
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=WARM_UP)
    curve = [{"step": 0, "heldout": judge(teacher, student, probes, tokenizer, settings)}]
    losses, began = [], time.monotonic()
    for step, picked in enumerate(batches(len(pairs), settings.batch_size, steps, rng), 1):
        loss = divergence(teacher, student, [pairs[i] for i in picked], tokenizer, settings)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(float(loss.detach()))
        if step % settings.eval_steps == 0 or step == steps:
            held = judge(teacher, student, probes, tokenizer, settings)
            seconds, mean = round(time.monotonic() - began), round(sum(losses) / len(losses), 4)
            curve.append({"step": step, "seconds": seconds, "train_kl": mean, "heldout": held})
            losses.clear()
            print(curve[-1], flush=True)
    student.save_pretrained(str(folder / "adapter"))
    soften(folder / "adapter", settings.kept)
    facts = {"finished": record.now(), "config": record.settings_of(settings), "commit": record.commit()}
    record.write(folder / "guide.json", facts | {"rows": len(pairs), "heldout_rows": len(probes), "curve": curve})
    return curve[-1]


def soften(adapter: Path, share: float) -> None:
    """Keep a share of what the adapter does to the base, by its alpha: the strength is chosen after training.

    Right where the adapter before this stage did next to nothing; of another one a part would go as well.
    """
    path = adapter / "adapter_config.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(found | {"lora_alpha": found["lora_alpha"] * share}, indent=2), encoding="utf-8")


def load(settings: SimpleNamespace, folder: Path, *, trainable: bool = False):
    """Return (the base with the adapter as it was before this stage, tokenizer)."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base = AutoModelForCausalLM.from_pretrained(settings.base, dtype="float32")
    net = PeftModel.from_pretrained(base, str(folder / BEFORE), is_trainable=trainable).to(settings.device)
    return net if trainable else net.eval(), AutoTokenizer.from_pretrained(settings.base)


def asked(parts: dict[str, list[dict]], rng: Random) -> list[rows.Row]:
    """Return each idea once, alone or as one of a short list, and every idea carried over, in a random order."""
    found = [*rows.brainstorm(parts["brainstorm"], rng, (0, 3)), *rows.transfers(parts["transfer"])]
    return rng.sample(found, len(found))


def pair(tokenizer, row: rows.Row) -> SimpleNamespace:
    """Return a row's token ids with its topic and lens and without, and how many of each are its prompt."""
    ids, _, prompt = render(tokenizer, row)
    bare_ids, _, bare_prompt = render(tokenizer, rows.bare(row, lens=False))
    return SimpleNamespace(ids=ids, prompt=prompt, bare_ids=bare_ids, bare_prompt=bare_prompt)


def divergence(teacher, student, pairs: list, tokenizer, settings: SimpleNamespace):
    """Return the mean KL divergence, in nats a token, from the guided teacher to the student."""
    import torch

    with torch.no_grad():
        target = guided(
            log_probabilities(teacher, [(p.ids, p.prompt) for p in pairs], tokenizer, settings.device),
            log_probabilities(teacher, [(p.bare_ids, p.bare_prompt) for p in pairs], tokenizer, settings.device),
            settings.guidance, settings.plausible,
        )  # fmt: skip
    said = log_probabilities(student, [(p.ids, p.prompt) for p in pairs], tokenizer, settings.device)
    return torch.nn.functional.kl_div(said, target, log_target=True, reduction="batchmean")


def guided(with_topic, without, guidance: float, plausible: float):
    """Return the guided log-probabilities, (tokens, vocabulary).

    Tokens under `plausible` times the likeliest one's probability under the topic get next to none.
    """
    import torch

    louder = with_topic + guidance * (with_topic - without)
    floor = with_topic.max(-1, keepdim=True).values + torch.tensor(plausible).log()
    return torch.log_softmax(louder.masked_fill(with_topic < floor, -30.0), -1)


def log_probabilities(net, texts: list[tuple[list[int], int]], tokenizer, device: str):
    """Return the log-probabilities at every token of the completions, one after the other: (tokens, vocabulary)."""
    import torch

    length = -(-max(len(ids) for ids, _ in texts) // 64) * 64  # few different shapes
    tokens = torch.full((len(texts), length), tokenizer.pad_token_id)
    said = torch.zeros((len(texts), length), dtype=torch.bool)
    for at, (ids, prompt) in enumerate(texts):
        tokens[at, : len(ids)] = torch.tensor(ids)
        said[at, prompt - 1 : len(ids) - 1] = True  # the logits before each token of the completion
    with torch.autocast(device, dtype=torch.bfloat16):
        logits = net(input_ids=tokens.to(device)).logits
    return torch.log_softmax(logits[said.to(device)].float(), -1)


def judge(teacher, student, pairs: list, tokenizer, settings: SimpleNamespace) -> dict:
    """Return the student's divergence from the guided teacher and its loss on what was written, in nats a token."""
    import torch

    kl, loss, n = 0.0, 0.0, 0
    with torch.no_grad():
        for at in range(0, len(pairs), 16):
            part = pairs[at : at + 16]
            written = torch.tensor([token for p in part for token in p.ids[p.prompt :]], device=settings.device)
            said = log_probabilities(student, [(p.ids, p.prompt) for p in part], tokenizer, settings.device)
            kl += float(divergence(teacher, student, part, tokenizer, settings)) * len(written)
            loss -= float(said.gather(1, written[:, None]).sum())
            n += len(written)
    return {"kl": round(kl / n, 4), "loss": round(loss / n, 4)}


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
