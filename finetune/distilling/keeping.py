"""The rows that are kept: read, filtered, freed of repeats as finetune.prepare does it, each with its origin."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

from finetune import ideas, record
from finetune.distilling import reading
from finetune.distilling.asks import IDEAS, Ask
from finetune.ledger import Ledger
from finetune.rowdata.filters import Seen, reason_against
from finetune.rowdata.forms import Unusable
from finetune.rowdata.manifest import sha256
from workbench.assist import prompts


class Keeping:
    """Goes through the answers in the order of asking, whatever order they came in: a resumed run keeps the same."""

    def __init__(self, settings: SimpleNamespace) -> None:
        self.settings = settings
        self.rows: list[dict] = []
        self.checks: list[dict] = []  # chats
        self.judged: list[dict] = []  # in the idea set's form, for finetune.checks
        self.left_out: dict[str, Counter] = defaultdict(Counter)
        self._refused: list[dict] = []
        self._against, self._seen = reason_against(settings), Seen(settings.near_duplicates)
        self._words: dict[tuple[str, str], dict] = {}  # judgements by topic and idea

    def take(self, ask: Ask, answer: dict) -> None:
        """Keep what an answer is good for, or note the reason."""
        if ask.task == "check":
            self._take_checks(ask, answer)
            return
        try:
            messages, text = reading.read(ask, answer)
        except Unusable as reason:
            self._refuse(ask, answer, "unusable", str(reason))
            return
        row = {"messages": [*messages, {"role": "assistant", "content": text}]}
        if reason := self._against({}, row):
            self._refuse(ask, answer, "filtered", reason)
        elif repeat := self._seen.before(row):
            self._refuse(ask, answer, "repeats", repeat)
        else:
            self.rows.append(row | _origin(ask, answer))
            if ask.task == "judgement":
                self._words[ask.topic, ask.facts["idea"]] = reading.read_judgement(text)

    def _take_checks(self, ask: Ask, answer: dict) -> None:
        found = reading.checks(ask, answer, self.settings.sure)
        for check in found:
            if not check["sure"]:
                self._refuse(ask, answer, "unusable", "the teacher is unsure of the check")
                continue
            chat = ask.messages[(check["number"] - 1) * len(prompts.ORDERS)]
            said = prompts.YES_NO[0 if check["p_yes"] > 0.5 else 1]
            row = {"messages": [*chat, {"role": "assistant", "content": said}]}
            self.checks.append(row | _origin(ask, answer) | {"number": check["number"], "p_yes": check["p_yes"]})
        self.judged.append(
            {"id": answer["key"], "topic": ask.topic, "idea": ask.facts["idea"]}
            | {"checks": [int(check["p_yes"] > 0.5) for check in found], "p_yes": [check["p_yes"] for check in found]}
            | {"sure": [check["sure"] for check in found]}
        )

    def _refuse(self, ask: Ask, answer: dict, stage: str, reason: str) -> None:
        self.left_out[ask.task][reason] += 1
        self._refused.append({"key": answer["key"], "task": ask.task, "stage": stage, "reason": reason})

    def given(self) -> dict[str, list[str]]:
        """Return the ideas that were kept so far, by topic: what the second round is about."""
        found: dict[str, list[str]] = defaultdict(list)
        for row in self.rows:
            if row["task"] in IDEAS:
                found[row["topic"]] += row["messages"][-1]["content"].split("\n")
        return found

    def write(self, folder: Path) -> dict[str, int]:
        """Write the files, each whole or not at all; return how many rows each has."""
        judged = [row | self._words.get((row["topic"], row["idea"]), {}) for row in self.judged]
        files = {"rows": self.rows, "checks": self.checks, "judged": judged, "left_out": self._refused}
        for name, rows in files.items():
            aside = folder / f".{name}.jsonl"
            aside.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
            aside.replace(folder / f"{name}.jsonl")
        return {name: len(rows) for name, rows in files.items()}


def _origin(ask: Ask, answer: dict) -> dict:
    found = {name: answer[name] for name in ("key", "task", "topic", "teacher", "sampling", "time")}
    prompt = {} if ask.task == "check" else {"teacher_prompt": answer["prompt"]}
    return {"group": ideas.topic_key(ask.topic)} | found | prompt


def manifest(
    settings: SimpleNamespace, teacher: dict, asks: Sequence[Ask], answers: Sequence[dict], keeping: Keeping,
    written: dict[str, int], folder: Path, **more,
) -> dict:  # fmt: skip
    """Return what the rows are made of: the teacher, its licence, counts with reasons, tokens, cost."""
    tokens = [sum(answer["tokens"][n] for answer in answers) for n in range(2)]
    uncounted = sum(not answer["tokens"][0] for answer in answers)  # some servers do not tell
    prices = (settings.price_prompt, settings.price_completion)
    cost = None if None in prices else round(sum(t * p for t, p in zip(tokens, prices, strict=True)) / 1e6, 4)
    asked, answered = Counter(ask.task for ask in asks), Counter(answer["task"] for answer in answers)
    return {
        "made": record.now(), "commit": record.commit(), "teacher": teacher, "licence": settings.licence,
        "licence_note": "What may be done with these rows and with what is trained on them, this licence says.",
        "config": record.settings_of(settings), **more,
        "counts": {
            task: {"asked": asked[task], "answered": answered[task], "left_out": dict(keeping.left_out[task])}
            for task in asked
        } | {"written": written},
        "tokens": {"prompt": tokens[0], "completion": tokens[1], "answers_uncounted": uncounted}, "cost": cost,
        "outputs": {path.name: sha256(path) for path in (folder / f"{name}.jsonl" for name in written)},
    }  # fmt: skip


def answers_of(asks: Sequence[Ask], keys: Sequence[str], ledger: Ledger) -> list[tuple[Ask, dict]]:
    """Return the asks that have an answer with it, in the order of asking."""
    return [(ask, ledger.rows[key]) for ask, key in zip(asks, keys, strict=True) if key in ledger]
