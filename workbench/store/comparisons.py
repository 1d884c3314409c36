"""Comparisons of models: what is put to whom, and each answer as it comes."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from sqlite_utils import Database

from workbench.errors import InputError
from workbench.records import Comparison, ComparisonKind, Contender, NewComparison, Prompt, Trial
from workbench.store.connection import Connection, Row, clean, insert, now, require, select, update
from workbench.store.generations import INTERRUPTED, generation_of
from workbench.store.process import is_alive, this_process
from workbench.store.prompt_sets import packed, unpacked

Planned = tuple[int, int, int]  # places of prompt and contender, and the repeat
# Columns that both tables have; a trial's come under these names.
OWN = ("id", "comparison_id", "prompt", "contender", "repeat", "place", "memory_bytes", "disturbed", "error")
TRIALS = f"""select {", ".join(f"t.{name} as t_{name}" for name in OWN)}, g.* from comparison_trials t
    left join generations g on g.id = t.generation_id where t.comparison_id = ? order by t.place, t.id"""


class Comparisons(Connection):
    """Reads and writes of comparisons and their answers."""

    def add_comparison(self, new: NewComparison, order: Sequence[Planned]) -> Comparison:
        """Keep a comparison with its whole plan, in the order of asking."""
        with self._writing() as db:
            comparison_id = _insert(db, new)
            for place, planned in enumerate(order):
                _plan(db, comparison_id, planned, place)
            return _comparison_of(require(db, "comparisons", comparison_id, "comparison"))

    def add_answered(self, new: NewComparison, answers: Sequence[tuple[Planned, str]]) -> Comparison:
        """Keep a comparison whose answers were written elsewhere: their texts, and no figures."""
        pid, process = this_process()
        with self._writing() as db:
            comparison_id = _insert(db, new)
            for place, ((prompt, contender, repeat), text) in enumerate(answers):
                row = {
                    "job_id": f"outside-{comparison_id}-{place}", "task": "compare", "text": clean(text),
                    "messages": json.dumps(list(new.prompts[prompt].messages)), "sampling": "{}", "seed": 0,
                    "model": new.contenders[contender].name, "model_sha256": "", "finish": "stop", "created": now(),
                    "pid": pid, "process": process,
                }  # fmt: skip
                trial_id = _plan(db, comparison_id, (prompt, contender, repeat), place)
                update(db, "comparison_trials", trial_id, {"generation_id": insert(db, "generations", row)})
            return _comparison_of(require(db, "comparisons", comparison_id, "comparison"))

    def comparison(self, comparison_id: int) -> Comparison:
        """Return one comparison. Raises NotFound."""
        with self._reading() as db:
            return _comparison_of(require(db, "comparisons", comparison_id, "comparison"))

    def comparisons(self) -> list[Comparison]:
        """Return comparisons newest first, removed ones left out."""
        with self._reading() as db:
            found = select(db, "select * from comparisons where not removed order by id desc")
            return [_comparison_of(row) for row in found]

    def remove_comparison(self, comparison_id: int) -> None:
        """Take a comparison off the list; its answers and votes stay in the file."""
        with self._writing() as db:
            require(db, "comparisons", comparison_id, "comparison")
            update(db, "comparisons", comparison_id, {"removed": 1})

    def extend_comparison(self, comparison_id: int, prompt: Prompt, contender: Contender) -> int:
        """Plan one more answer, of a prompt and a contender that may be new to it; return the trial's number.

        The same prompt put to the same contender again is its next repeat.
        """
        with self._writing() as db:
            known = _comparison_of(require(db, "comparisons", comparison_id, "comparison"))
            prompts = known.prompts if prompt in known.prompts else (*known.prompts, prompt)
            contenders = known.contenders if contender in known.contenders else (*known.contenders, contender)
            update(db, "comparisons", comparison_id, {"prompts": packed(prompts), "contenders": _packed(contenders)})
            pair = (prompts.index(prompt), contenders.index(contender))
            counted = "select count(*) from comparison_trials where comparison_id = ?"
            place = db.conn.execute(counted, [comparison_id]).fetchone()[0]
            again = db.conn.execute(f"{counted} and prompt = ? and contender = ?", [comparison_id, *pair]).fetchone()[0]
            return _plan(db, comparison_id, (*pair, again), place)

    def trials(self, comparison_id: int) -> list[Trial]:
        """Return every answer of a comparison in the order of asking, those to come too."""
        with self._reading() as db:
            return [_trial_of(row) for row in select(db, TRIALS, [comparison_id])]

    def trial_counts(self, comparison_id: int) -> tuple[int, int, int]:
        """Return how many answers are there or failed, how many of those are none, and how many were asked for."""
        sql = """select count(*) as all_, coalesce(sum(g.finish is not null or t.error <> ''), 0) as ended,
            coalesce(sum(t.error <> '' or g.finish not in ('stop', 'length')), 0) as none
            from comparison_trials t left join generations g on g.id = t.generation_id
            where t.comparison_id = ? and t.prompt >= 0"""
        with self._reading() as db:
            row = select(db, sql, [comparison_id])[0]
        return row["ended"], row["none"], row["all_"]

    def begin_trial(self, trial_id: int, generation_id: int) -> None:
        """Note under which number an answer is written down."""
        with self._writing() as db:
            update(db, "comparison_trials", trial_id, {"generation_id": generation_id, "error": ""})

    def end_trial(self, trial_id: int, *, memory_bytes: int | None, disturbed: bool) -> None:
        """Note what was measured around an answer."""
        changes = {"memory_bytes": memory_bytes, "disturbed": int(disturbed)}
        with self._writing() as db:
            update(db, "comparison_trials", trial_id, changes)

    def fail_trial(self, trial_id: int, error: str) -> None:
        """Note why an answer cannot be asked for."""
        with self._writing() as db:
            update(db, "comparison_trials", trial_id, {"error": clean(error)})

    def add_warm_up(self, comparison_id: int, contender: int, generation_id: int) -> None:
        """Keep an answer that only warmed the model up."""
        with self._writing() as db:
            trial_id = _plan(db, comparison_id, (-1, contender, 0), -1)
            update(db, "comparison_trials", trial_id, {"generation_id": generation_id})

    def reopen_trials(self, comparison_id: int) -> None:
        """Have what was cut off, stopped or failed asked again; what it had written stays in the log."""
        sql = f"""update comparison_trials set generation_id = null, error = '' where comparison_id = ? and prompt >= 0
            and (error <> '' or generation_id in
                (select id from generations where finish in ('{INTERRUPTED}', 'stopped', 'failed')))"""
        with self._writing() as db:
            db.conn.execute(sql, [comparison_id])

    def others_at_work(self) -> bool:
        """Tell whether another process generates just now."""
        sql = "select distinct pid, process from generations where finish is null and pid <> ?"
        with self._reading() as db:
            askers = select(db, sql, [this_process()[0]])
        return any(is_alive(asker["pid"], asker["process"]) for asker in askers)


def _insert(db: Database, new: NewComparison) -> int:
    """Add a comparison without its trials."""
    names = [contender.name for contender in new.contenders]
    if len(set(names)) < len(names):
        raise InputError("Two of the models to compare have one name. Give each a name of its own.")
    row = {
        "title": clean(new.title), "kind": new.kind, "prompts": packed(new.prompts),
        "contenders": _packed(new.contenders), "sampling": json.dumps(dict(new.sampling)),
        "repeats": new.repeats, "seed": new.seed, "warm_up": json.dumps(list(new.warm_up)),
        "machine": json.dumps(dict(new.machine)), "created": now(),
    }  # fmt: skip
    return insert(db, "comparisons", row)


def _plan(db: Database, comparison_id: int, planned: Planned, place: int) -> int:
    prompt, contender, repeat = planned
    row = {"comparison_id": comparison_id, "prompt": prompt, "contender": contender, "repeat": repeat, "place": place}
    return insert(db, "comparison_trials", row)


def _packed(contenders: Sequence[Contender]) -> str:
    return clean(json.dumps([asdict(contender) for contender in contenders], ensure_ascii=False))


def _comparison_of(row: Row) -> Comparison:
    fields = {name: value for name, value in row.items() if name != "removed"}
    return Comparison(**fields | {
        "kind": ComparisonKind(row["kind"]), "prompts": unpacked(row["prompts"]),
        "contenders": tuple(Contender(**each) for each in json.loads(row["contenders"])),
        "sampling": json.loads(row["sampling"]), "warm_up": tuple(json.loads(row["warm_up"])),
        "machine": json.loads(row["machine"]),
    })  # fmt: skip


def _trial_of(row: Row) -> Trial:
    own = {name: row.pop(f"t_{name}") for name in OWN}
    own["disturbed"] = bool(own["disturbed"])
    return Trial(**own, generation=generation_of(row) if row["id"] is not None else None)
