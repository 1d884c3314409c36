"""The processes that answer or judge a comparison: who is at work, who waits, who is to stop."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

from sqlite_utils import Database

from workbench.records import ComparisonJob, ComparisonKind, Contender, JobKind, JobState
from workbench.store.connection import Connection, Row, clean, insert, now, require, select, update
from workbench.store.process import is_alive, this_process

STARTING_S = 180  # a job that nobody has taken up by then lost its process before it could
LIVE_STATES = "('waiting', 'running')"
OPEN_TRIALS = "select 1 from comparison_trials where comparison_id = ? and generation_id is null and error = ''"


class ComparisonJobs(Connection):
    """Reads and writes of the jobs. A job's own process calls `take_up`, `may_run` and `end_job`."""

    def add_job(self, comparison_id: int, kind: JobKind, judge: Contender | None = None) -> ComparisonJob | None:
        """Write a job down; None: one of this kind is there already and goes on by itself."""
        packed = json.dumps(asdict(judge)) if judge else None
        row = {"comparison_id": comparison_id, "kind": kind, "judge": packed, "state": "waiting", "created": now()}
        with self._writing() as db:
            require(db, "comparisons", comparison_id, "comparison")
            for each in _live(db):
                if (each["comparison_id"], each["kind"]) != (comparison_id, kind):
                    continue
                if job_of(each).live:
                    return None
                if not each["pid"]:  # should its process come up after all, it finds that it is not wanted any more
                    changes = {"state": "failed", "error": "Its process did not start; comparisons.log says why."}
                    update(db, "comparison_jobs", each["id"], changes)
            return job_of(require(db, "comparison_jobs", insert(db, "comparison_jobs", row), "job"))

    def job(self, job_id: int) -> ComparisonJob:
        """Return one job. Raises NotFound."""
        with self._reading() as db:
            return job_of(require(db, "comparison_jobs", job_id, "job"))

    def jobs(self, comparison_id: int, kind: JobKind = JobKind.ANSWERS) -> list[ComparisonJob]:
        """Return a comparison's jobs of one kind, the newest first."""
        sql = "select * from comparison_jobs where comparison_id = ? and kind = ? order by id desc"
        with self._reading() as db:
            return [job_of(row) for row in select(db, sql, [comparison_id, kind])]

    def take_up(self, job_id: int) -> bool:
        """Make the job this process's own; False: another process has it, or it is over."""
        pid, process = this_process()
        with self._writing() as db:
            row = require(db, "comparison_jobs", job_id, "job")
            if row["state"] not in ("waiting", "running") or (row["pid"] and is_alive(row["pid"], row["process"])):
                return False
            update(db, "comparison_jobs", job_id, {"pid": pid, "process": process})
            return True

    def may_run(self, job_id: int) -> bool:
        """Mark the job as running unless it has to wait: one batch at a time, and each lets a live one go first."""
        with self._writing() as db:
            mine = require(db, "comparison_jobs", job_id, "job")
            kinds = {row["id"]: row["kind"] for row in select(db, "select id, kind from comparisons")}
            if kinds[mine["comparison_id"]] != ComparisonKind.LIVE:
                for other in _live(db):
                    comparison_id = other["comparison_id"]
                    batch = kinds[comparison_id] != ComparisonKind.LIVE
                    if not job_of(other).live or other["id"] == job_id:
                        continue
                    if other["state"] == "running" and (batch or select(db, OPEN_TRIALS, [comparison_id])):
                        return False
                    # First come, first served, among those that have not begun; one that has begun goes on.
                    if mine["state"] == "waiting" and batch and other["pid"] and other["id"] < job_id:
                        return False
            update(db, "comparison_jobs", job_id, {"state": "running"})
            return True

    def end_job(self, job_id: int, state: JobState, error: str = "") -> None:
        """Close a job."""
        with self._writing() as db:
            update(db, "comparison_jobs", job_id, {"state": state, "error": clean(error), "ended": now()})

    def end_job_if_idle(self, job_id: int) -> bool:
        """Close a live job that has nothing left to ask; False: something was asked meanwhile."""
        with self._writing() as db:
            if select(db, OPEN_TRIALS, [require(db, "comparison_jobs", job_id, "job")["comparison_id"]]):
                return False
            update(db, "comparison_jobs", job_id, {"state": "done", "ended": now()})
            return True

    def cancel_job(self, job_id: int) -> None:
        """Ask a job to stop: its process does so within a second, and what it has written stays."""
        with self._writing() as db:
            changes: Row = {"cancel": 1}
            if job_of(require(db, "comparison_jobs", job_id, "job")).state is JobState.INTERRUPTED:
                changes |= {"state": "cancelled", "ended": now()}
            update(db, "comparison_jobs", job_id, changes)

    def cancel_asked(self, job_id: int) -> bool:
        """Tell a job's process whether it is to stop."""
        with self._reading() as db:
            return bool(require(db, "comparison_jobs", job_id, "job")["cancel"])


def job_of(row: Row) -> ComparisonJob:
    """Return a table row as a job; one whose process is gone is interrupted, whatever was written last."""
    state = JobState(row["state"])
    if state in (JobState.WAITING, JobState.RUNNING):
        gone = not is_alive(row["pid"], row["process"]) if row["pid"] else _late(row["created"])
        state = JobState.INTERRUPTED if gone else state
    return ComparisonJob(
        id=row["id"], comparison_id=row["comparison_id"], kind=JobKind(row["kind"]), state=state,
        judge=Contender(**json.loads(row["judge"])) if row["judge"] else None, error=row["error"],
        created=row["created"], ended=row["ended"],
    )  # fmt: skip


def _live(db: Database) -> list[Row]:
    return select(db, f"select * from comparison_jobs where state in {LIVE_STATES}")


def _late(created: str) -> bool:
    return (datetime.now(UTC) - datetime.fromisoformat(created)).total_seconds() > STARTING_S
