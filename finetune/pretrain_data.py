"""Make what pretraining reads: the tokenizer, packed token ids, the split by topic, and a manifest.

    python -m finetune.pretrain_data --config finetune/configs/starter-cpu.yaml --text_dir FOLDER

Writes `<run_dir>/data/`: tokenizer/, general.npz, ideas-<pass>.npz, heldout.npz, holdout.json, manifest.json.
"""

import hashlib
import json
import sys
from pathlib import Path
from random import Random

import numpy as np

from finetune import config, copying, ideas, packing, record, rows, sources, tokenizer
from workbench.errors import WorkbenchError


def main(argv: list[str] | None = None) -> None:
    settings = config.load(__doc__, argv)
    out = Path(settings.run_dir) / "data"
    out.mkdir(parents=True, exist_ok=True)
    rng = Random(settings.seed)
    train, heldout = ideas.split(ideas.read(Path(settings.ideas_dir)))
    general = {
        name: sources.documents(Path(settings.text_dir), name, rng, settings.textbooks) for name in settings.sources
    }

    tok = _tokenizer(settings, train, general)
    tok.save_pretrained(out / "tokenizer")

    counts, heldout_general, kept = {}, [], []
    for name, documents in general.items():
        cut = [p for document in documents for p in sources.pieces(tok, document, settings.sequence_length)]
        rng.shuffle(cut)
        cut = cut[: int(settings.max_source_tokens / settings.sequence_length)]
        heldout_general += cut[: len(cut) // 100]
        kept += cut[len(cut) // 100 :]
        counts[name] = {"documents": len(documents), "tokens": sum(map(len, cut)), "licence": sources.LICENCES[name]}
    _save(out / "general.npz", [(ids, 0) for ids in kept], tok, settings, rng)
    _save(out / "heldout_general.npz", [(ids, 0) for ids in heldout_general[:200]], tok, settings, rng)

    for number in range(settings.idea_passes):
        documents = idea_documents(tok, train, rng, settings)
        _save(out / f"ideas-{number}.npz", documents, tok, settings, rng)
        counts[f"ideas pass {number}"] = {"documents": len(documents), "tokens": sum(len(ids) for ids, _ in documents)}
    one = [rows.one_idea(topic["topic"], idea) for topic in heldout["brainstorm"] for idea in topic["ideas"]]
    rendered = [tokenizer.render(tok, row) for row in Random(0).sample(one, min(settings.eval_rows, len(one)))]
    _save(out / "heldout_ideas.npz", [(ids, prompt) for ids, _, prompt in rendered], tok, settings, rng)

    record.write(out / "holdout.json", {part: [row["id"] for row in found] for part, found in heldout.items()})
    record.write(out / "manifest.json", _manifest(settings, counts, general, train, heldout, out))
    print(json.dumps(counts, indent=1))


def idea_documents(tok, train: dict[str, list[dict]], rng: Random, settings) -> list[tuple[list[int], int]]:
    """Return one pass over the idea set, each idea once, as (token ids, length of the system turn)."""
    found = rows.brainstorm(train["brainstorm"], rng, tuple(settings.list_sizes))
    sentences = copying.additions(Path(settings.ideas_dir)) if settings.copying else {}
    chats = [
        *rows.without_topic(found, rng, settings.topic_dropout),
        *rows.transfers(train["transfer"]),
        *rows.refine([*train["refine"], *copying.refinements(train["brainstorm"], sentences, rng, settings.copying)]),
        *rows.judgements(train["evaluate"]),
    ]
    # The instruction is the same each time: left out of most rows, it leaves the time for ideas.
    chats = [row if rng.random() < settings.system_share else row | {"prompt": row["prompt"][1:]} for row in chats]
    rendered = [tokenizer.render(tok, row) for row in chats]
    return [(ids, system) for ids, system, _ in rendered]  # nothing is learned from the same instruction again


def _tokenizer(settings, train: dict[str, list[dict]], general: dict[str, list[dict]]):
    """Return the tokenizer of the stage before, which its weights need, or a new one."""
    if not settings.start_from:
        return tokenizer.train(_tokenizer_texts(train, general), settings.vocab_size)
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(settings.start_from)


def _tokenizer_texts(train: dict[str, list[dict]], general: dict[str, list[dict]]):
    """Yield what the vocabulary is learned from: the training ideas three times, and a tenth of the rest."""
    for _ in range(3):
        for row in [*rows.brainstorm(train["brainstorm"], Random(0), (8, 8)), *rows.refine(train["refine"])]:
            yield "\n".join(message["content"] for message in [*row["prompt"][1:], *row["completion"]])
    for documents in general.values():
        for document in documents[::10]:
            yield document.get("text") or "\n".join(m["content"] for m in document["prompt"] + document["completion"])


def _save(path: Path, documents, tok, settings, rng: Random) -> None:
    np.savez(path, **packing.pack(documents, settings.sequence_length, tok.pad_token_id, rng))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _manifest(settings, counts: dict, general: dict, train: dict, heldout: dict, out: Path) -> dict:
    inputs = [sources.path_of(Path(settings.text_dir), name) for name in settings.sources]
    inputs += [Path(settings.ideas_dir) / f"{part}.jsonl.gz" for part in ideas.PARTS]
    return {
        "made": record.now(),
        "config": record.settings_of(settings),
        "inputs": {path.name: _sha256(path) for path in inputs},
        "outputs": {path.name: _sha256(path) for path in sorted(out.glob("*.npz"))},
        "textbooks": {d["book"]: d["commit"] for d in general.get("textbooks", [])},
        "counts": counts,
        "ideas": {"licence": "CC BY 4.0, written for this project", "holdout_seed": ideas.HOLDOUT_SEED}
        | {f"{part} training rows": len(found) for part, found in train.items()}
        | {f"{part} held-out rows": len(found) for part, found in heldout.items()},
    }


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
