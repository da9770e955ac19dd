"""What the network remembers: texts, calls, recordings, handset habits and the webhooks it still owes its customer.

Its own SQLite file, apart from the product's database: a carrier does not share a disk with its customers.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS texts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    sid TEXT NOT NULL UNIQUE,
    direction TEXT NOT NULL,               -- 'from_handset' or 'to_handset'
    handset TEXT NOT NULL,
    line TEXT NOT NULL,
    body TEXT NOT NULL,
    media INTEGER NOT NULL DEFAULT 0,      -- how many pictures
    segments INTEGER NOT NULL,
    status TEXT NOT NULL,                  -- queued, sent, delivered, undelivered, failed; from_handset: sending, received
    error_code INTEGER,
    status_url TEXT,
    reference TEXT,
    created_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS texts_handset ON texts (handset, seq);
CREATE INDEX IF NOT EXISTS texts_reference ON texts (reference);
CREATE TABLE IF NOT EXISTS jobs (          -- webhooks still owed
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,                    -- 'text' or 'receipt'
    lane TEXT NOT NULL,                    -- jobs of one lane go out one after the other
    sid TEXT NOT NULL,
    url TEXT NOT NULL,
    fallback_url TEXT,
    params TEXT NOT NULL,
    token TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL,
    expires_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS jobs_lane ON jobs (lane, id);
CREATE TABLE IF NOT EXISTS calls (
    sid TEXT PRIMARY KEY,
    handset TEXT NOT NULL,
    line TEXT NOT NULL,
    direction TEXT NOT NULL,               -- inbound, outbound-api, outbound-dial
    status TEXT NOT NULL,
    status_url TEXT,
    status_events TEXT NOT NULL DEFAULT 'completed',
    created_at REAL NOT NULL,
    answered_at REAL,
    ended_at REAL
);
CREATE TABLE IF NOT EXISTS recordings (
    sid TEXT PRIMARY KEY,
    call_sid TEXT NOT NULL,
    words TEXT NOT NULL,
    wav BLOB NOT NULL,
    duration_s INTEGER NOT NULL,
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS media (
    sid TEXT PRIMARY KEY,
    text_sid TEXT NOT NULL,
    content_type TEXT NOT NULL,
    data BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS handsets (
    number TEXT PRIMARY KEY,
    answers TEXT NOT NULL                  -- ring, answer, busy, no-answer, machine, off
);
"""


class Store:
    """One connection behind one lock: a demo network is small, and a plain store is easy to trust."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._lock = threading.RLock()
        self.changed = threading.Condition(self._lock)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(SCHEMA)
        path.chmod(0o600)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _write(self, *statements: tuple[str, Iterable[Any]]) -> None:
        with self.changed:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for sql, values in statements:
                    self._connection.execute(sql, tuple(values))
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self.changed.notify_all()

    def _rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(row) for row in self._connection.execute(sql, values)]

    def _row(self, sql: str, *values: Any) -> dict[str, Any] | None:
        rows = self._rows(sql, *values)
        return rows[0] if rows else None

    # Texts ------------------------------------------------------------------------------------------------------------

    def add_text(self, text: dict[str, Any], jobs: Iterable[dict[str, Any]] = ()) -> None:
        """Store a text and the webhooks it causes, together or not at all."""
        self._write(_insert("texts", {"created_at": time.time(), **text}), *(self._job(job) for job in jobs))

    def add_jobs(self, jobs: Iterable[dict[str, Any]]) -> None:
        self._write(*(self._job(job) for job in jobs))

    @staticmethod
    def _job(job: dict[str, Any]) -> tuple[str, Iterable[Any]]:
        now = time.time()
        values = {"not_before": now, "expires_at": now + 24 * 3600, **job, "params": json.dumps(job["params"])}
        return _insert("jobs", values)

    def add_media(self, sid: str, text_sid: str, content_type: str, data: bytes) -> None:
        self._write(_insert("media", {"sid": sid, "text_sid": text_sid, "content_type": content_type, "data": data}))

    def media(self, sid: str) -> dict[str, Any] | None:
        return self._row("SELECT * FROM media WHERE sid = ?", sid)

    def text(self, sid: str) -> dict[str, Any] | None:
        return self._row("SELECT * FROM texts WHERE sid = ?", sid)

    def text_by_reference(self, reference: str) -> dict[str, Any] | None:
        return self._row("SELECT * FROM texts WHERE reference = ? ORDER BY seq LIMIT 1", reference)

    def texts_of(self, handset: str, after: int, limit: int = 200) -> list[dict[str, Any]]:
        """Return a handset's texts, both ways, oldest first, after a sequence number."""
        return self._rows(
            "SELECT * FROM texts WHERE handset = ? AND seq > ? ORDER BY seq LIMIT ?", handset, after, limit
        )

    def wait_for_texts(self, handset: str, after: int, seconds: float) -> list[dict[str, Any]]:
        end = time.monotonic() + seconds
        with self.changed:
            while not (rows := self.texts_of(handset, after)):
                left = end - time.monotonic()
                if left <= 0:
                    break
                self.changed.wait(left)
            return rows

    def list_texts(self, handset: str | None, line: str | None, before: int, limit: int) -> list[dict[str, Any]]:
        """Return texts newest first, as a carrier lists them."""
        return self._rows(
            "SELECT * FROM texts WHERE seq < ? AND (? IS NULL OR handset = ?) AND (? IS NULL OR line = ?)"
            " ORDER BY seq DESC LIMIT ?",
            before, handset, handset, line, line, limit,
        )  # fmt: skip

    def set_text_status(self, sid: str, status: str, error_code: int | None = None) -> None:
        self._write(("UPDATE texts SET status = ?, error_code = ? WHERE sid = ?", (status, error_code, sid)))

    # Webhooks owed ----------------------------------------------------------------------------------------------------

    def next_job(self, busy_lanes: set[str]) -> tuple[dict[str, Any] | None, float | None]:
        """Return the first due job that heads a free lane, else None and the time at which one will be due."""
        now, heads = time.time(), "FROM jobs j JOIN (SELECT min(id) AS id FROM jobs GROUP BY lane) h USING (id)"
        # At most one of the rows belongs to each busy lane, so one more row than that is enough to look at.
        for job in self._rows(
            f"SELECT j.* {heads} WHERE j.not_before <= ? ORDER BY j.not_before, j.id LIMIT ?",
            now, len(busy_lanes) + 1,
        ):  # fmt: skip
            if job["lane"] not in busy_lanes:
                return {**job, "params": json.loads(job["params"])}, None
        later = self._row(f"SELECT min(j.not_before) AS at {heads} WHERE j.not_before > ?", now)
        return None, later["at"] if later else None

    def finish_job(self, job_id: int) -> None:
        self._write(("DELETE FROM jobs WHERE id = ?", (job_id,)))

    def postpone_job(self, job_id: int, seconds: float) -> None:
        self._write(
            ("UPDATE jobs SET attempts = attempts + 1, not_before = ? WHERE id = ?", (time.time() + seconds, job_id))
        )

    def owed(self) -> int:
        row = self._row("SELECT count(*) AS n FROM jobs")
        return int(row["n"]) if row else 0

    # Calls ------------------------------------------------------------------------------------------------------------

    def add_call(self, call: dict[str, Any]) -> None:
        self._write(_insert("calls", {"created_at": time.time(), **call}))

    def set_call(self, sid: str, **values: Any) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        # Column names come from our own calls, never from a request.
        self._write((f"UPDATE calls SET {columns} WHERE sid = ?", (*values.values(), sid)))  # noqa: S608

    def call(self, sid: str) -> dict[str, Any] | None:
        return self._row("SELECT * FROM calls WHERE sid = ?", sid)

    def list_calls(self, handset: str | None = None, live: bool = False, limit: int = 50) -> list[dict[str, Any]]:
        return self._rows(
            "SELECT * FROM calls WHERE (? IS NULL OR handset = ?)"
            " AND (? = 0 OR status IN ('queued', 'ringing', 'in-progress')) ORDER BY created_at DESC LIMIT ?",
            handset, handset, int(live), limit,
        )  # fmt: skip

    # Recordings, handset habits ---------------------------------------------------------------------------------------

    def add_recording(self, sid: str, call_sid: str, words: str, wav: bytes, duration_s: int) -> None:
        self._write(
            _insert(
                "recordings",
                {"sid": sid, "call_sid": call_sid, "words": words, "wav": wav, "duration_s": duration_s,
                 "created_at": time.time()},
            )
        )  # fmt: skip

    def recording(self, sid: str) -> dict[str, Any] | None:
        return self._row("SELECT * FROM recordings WHERE sid = ?", sid)

    def delete_recording(self, sid: str) -> None:
        self._write(("DELETE FROM recordings WHERE sid = ?", (sid,)))

    def answers(self, handset: str) -> str:
        row = self._row("SELECT answers FROM handsets WHERE number = ?", handset)
        return row["answers"] if row else "ring"

    def set_answers(self, handset: str, answers: str) -> None:
        self._write(
            ("INSERT INTO handsets VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET answers = excluded.answers",
             (handset, answers)),
        )  # fmt: skip


def _insert(table: str, values: dict[str, Any]) -> tuple[str, Iterable[Any]]:
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    # Table and column names come from our own calls, never from a request.
    return f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values())  # noqa: S608
