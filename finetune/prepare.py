"""Make a data set for training: read, filter, drop repeats, split, and say what became of every row.

    python -m finetune.prepare --config finetune/configs/data-study.yaml
    python -m finetune.prepare --config finetune/configs/data-study.yaml --preview

Writes `<out_dir>/`: train.jsonl, validation.jsonl, test.jsonl, left_out.jsonl (place and reason of each row that is not
in them) and manifest.json. `out_dir` is there whole or not at all. Rows are streamed: memory grows with their number,
not with their text.
"""

import json
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import SimpleNamespace

from finetune import config, record
from finetune.rowdata import forms, own, reading, splits
from finetune.rowdata.filters import Seen, reason_against
from finetune.rowdata.manifest import describe
from workbench.errors import InputError, WorkbenchError


def main(argv: list[str] | None = None) -> None:
    settings = config.load(__doc__, argv)
    manifest = prepare(settings)
    print(json.dumps(manifest["counts"], indent=1))
    if settings.preview:
        from finetune import preview

        preview.show_prepared(Path(settings.out_dir), settings.tokenizer)


def prepare(settings: SimpleNamespace) -> dict:
    """Write the data set; return its manifest."""
    out = Path(settings.out_dir)
    aside = out.with_name(f".new-{out.name}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        stages = Stages(settings, aside)
        for source in settings.sources:
            stages.take(source)
        written = stages.split()
        manifest = describe(settings, stages.counts, written, stages.kind, aside)
        record.write(aside / "manifest.json", manifest)
        (aside / "usable.jsonl").unlink()
        shutil.rmtree(out, ignore_errors=True)
        aside.replace(out)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return manifest


class Stages:
    """The rows on their way. First every usable row goes to one file, then each to its split."""

    def __init__(self, settings: SimpleNamespace, folder: Path) -> None:
        self.settings, self.folder, self.kind = settings, folder, ""
        self.counts: dict[str, dict] = {}
        self._against = reason_against(settings)
        self._seen = Seen(settings.near_duplicates)
        self._places: list[int] = []  # of each usable row in usable.jsonl
        self._groups: list[str] = []
        self._sources: list[str] = []

    def take(self, source: dict) -> None:
        """Read one source to its end, or to `take` usable rows."""
        name = source.get("name") or Path(source["path"]).name
        left_out: dict[str, Counter] = defaultdict(Counter)
        read = kept = 0
        with (self.folder / "usable.jsonl").open("ab") as usable, (self.folder / "left_out.jsonl").open("a") as out:
            for place, raw in _rows(source, self.settings.seed):
                read += 1
                row, stage, reason = self._judge(source, place, raw)
                if row is None:
                    left_out[stage][reason] += 1
                    out.write(json.dumps({"source": name, "place": place, "stage": stage, "reason": reason}) + "\n")
                    continue
                self._places.append(usable.tell())
                self._groups.append(str(raw.get(self.settings.group_by or "group", f"{name} {read}")))
                self._sources.append(name)
                usable.write(json.dumps(row | {"source": name}, ensure_ascii=False).encode() + b"\n")
                kept += 1
                if source.get("take") and kept >= source["take"]:
                    break
        stages = {stage: dict(reasons.most_common()) for stage, reasons in left_out.items()}
        self.counts[name] = {"read": read} | stages | {"kept": kept}

    def _judge(self, source: dict, place: str, raw: dict) -> tuple[dict | None, str, str]:
        """Return (row, "", "") or (None, the stage that left it out, why)."""
        form = source.get("form") or forms.recognise(raw, place)
        if form not in forms.FORMS or not forms.FORMS[form][0] <= set(raw):
            raise InputError(f"{place} lacks a column of the form {form}. Mend the row, or the source's `form`.")
        kind = forms.kind_of(form)
        if self.kind and kind != self.kind:
            raise InputError(f"{place} is {kind} data, the rows before are {self.kind}. Prepare them one by one.")
        self.kind = kind
        try:
            row = forms.convert(form, raw)
        except forms.Unusable as reason:
            return None, "unusable", str(reason)
        if reason := self._against(raw, row):
            return None, "filtered", reason
        if repeat := self._seen.before(row):
            return None, "repeats", repeat
        return row, "", ""

    def split(self) -> dict[str, int]:
        """Write the splits; return their sizes. A source's `weight` says how often its training rows are written."""
        if not self._places:
            raise InputError("No row is left after the filters. Loosen them, or name other data; nothing was written.")
        found = splits.assign(self._groups, self.settings.splits, self.settings.seed)
        weights = {s.get("name") or Path(s["path"]).name: s.get("weight", 1) for s in self.settings.sources}
        rng, written = Random(self.settings.seed), {}
        with (self.folder / "usable.jsonl").open("rb") as usable:
            for name, numbers in found.items():
                times = _weighted(numbers, self._sources, weights, rng) if name == "train" else numbers
                with (self.folder / f"{name}.jsonl").open("wb") as out:
                    for number in times:
                        usable.seek(self._places[number])
                        out.write(usable.readline())
                written[name] = len(times)
        return written


def _rows(source: dict, seed: int) -> Iterator[tuple[str, dict]]:
    if source.get("name") == "ideas":
        return own.idea_set(source, seed)
    return own.feedback(source) if source.get("name") == "feedback" else reading.rows(source)


def _weighted(numbers: list[int], sources: list[str], weights: dict[str, float], rng: Random) -> list[int]:
    """Return the numbers, each as often as its source's weight says: 2.5 is twice, and once more for every other."""
    if all(weight == 1 for weight in weights.values()):
        return numbers
    times = []
    for number in numbers:
        weight = weights[sources[number]]
        times += [number] * (int(weight) + (rng.random() < weight - int(weight)))
    rng.shuffle(times)
    return times


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
