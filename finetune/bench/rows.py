"""Made-up conversations for measuring: ShareGPT rows and prepared chats, of lengths as in FineTome, all different."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

WORDS = (  # noqa: SIM905 - a list of them would be ten times as long
    "library evening bread garden market school river lamp song night soup queue letter clock bus roof seed paper "
    "window stone cook child teacher street bridge winter morning kitchen story chair table ticket number plan idea "
    "people question answer because however perhaps although every another between without under around toward"
).split()
HELDOUT = 16


def texts(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yield pairs of question and answer; answers are 20 to 320 words, 110 in the middle."""
    rng = Random(seed)
    for number in range(count):
        size = min(320, max(20, round(rng.lognormvariate(4.7, 0.6))))
        asked = " ".join(rng.choices(WORDS, k=rng.randint(8, 40)))
        yield f"Question {number}: {asked}?", f"Answer {number}: " + " ".join(rng.choices(WORDS, k=size)) + "."


def sharegpt(path: Path, count: int) -> None:
    """Write ShareGPT rows with a score, one in fifty a repeat of an earlier one."""
    with path.open("w", encoding="utf-8") as out:
        kept = ""
        for number, (asked, answered) in enumerate(texts(count)):
            turns = [{"from": "human", "value": asked}, {"from": "gpt", "value": answered}]
            line = json.dumps({"conversations": turns, "source": "made up", "score": 4.5}) + "\n"
            kept = line if number % 50 == 0 else kept
            out.write(kept if number % 50 == 49 else line)


def chats(folder: Path, count: int) -> Path:
    """Write a data set as finetune.prepare does: `count` rows to train on, a few held out."""
    folder.mkdir(parents=True)
    rows = [
        {"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]}
        for asked, answered in texts(count + HELDOUT)
    ]
    for name, part in (("train", rows[:count]), ("validation", rows[count:])):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"kind": "sft"}), encoding="utf-8")
    return folder
