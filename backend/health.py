"""`/healthz`, `/readyz`, `/metrics`: for watchers and load balancers. Names and counts only, nothing about anybody."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import httpx
from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from backend.dialogue.address import engine_address
from backend.services.deps import Deps
from backend.store.models import Case, Heartbeat, Message, Offer, Opening, OutboxRow, Worker

PROBE_TIMEOUT_S = 1.5
CACHE_S = 0.5
# Worker and scheduler beat every five seconds; three missed beats are a silence.
SILENT_AFTER = timedelta(seconds=20)
# How long a turn that the dialogue engine failed stays visible.
ENGINE_FAILURE_SHOWN = timedelta(seconds=60)
# Rows of earlier starts are kept this long, for starts that overlap behind one proxy.
FORGET_STARTS_AFTER = timedelta(days=1)

Probe = Callable[[], bool]


class Readiness:
    """What is up now, and whether everything has been up once since this start of the service.

    The web processes of one start share RUN_ID and, through the database, what they have seen: whichever is asked
    gives the same answer.
    """

    def __init__(self, deps: Deps, run_id: str | None = None) -> None:
        self._deps = deps
        self._run = f"ready:{run_id or os.environ.get('RUN_ID') or os.getppid()}"
        self._client = httpx.Client(timeout=PROBE_TIMEOUT_S, trust_env=False)
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="probe")
        self._lock = threading.Lock()
        self._all_seen = False
        self._cached: tuple[float, dict[str, bool], list[str]] = (-1e9, {}, [])

    def look(self) -> tuple[dict[str, bool], list[str]]:
        """Return {dependency: up now} and the names that have not been up since the start."""
        with self._lock:
            at, up, awaited = self._cached
            if time.monotonic() - at > CACHE_S:
                up = self._probe()
                awaited = self._note_seen(up)
                self._cached = (time.monotonic(), up, awaited)
            return up, awaited

    def _probe(self) -> dict[str, bool]:
        settings = self._deps.settings
        addresses = {
            "rasa": (f"{engine_address(settings)()}/status", {"token": settings.rasa_token}),
            "actions": (f"{settings.actions_url}/health", {}),
        }
        if settings.carrier == "simulator":
            addresses["network"] = (f"{settings.network_url}/healthz", {})
        asked = {name: self._pool.submit(self._answers, url, params) for name, (url, params) in addresses.items()}
        up = {"database": True, **{name: answer.result() for name, answer in asked.items()}}
        try:
            beats = self._beats()
        except SQLAlchemyError:
            return {**up, "database": False, "worker": False, "scheduler": False}
        now = self._deps.clock()
        for name in ("worker", "scheduler"):
            beat = beats.get(name)
            up[name] = beat is not None and now - beat[0] < SILENT_AFTER
        engine = beats.get("engine")
        if engine is not None and not engine[1] and now - engine[0] < ENGINE_FAILURE_SHOWN:
            up["engine"] = False
        return up

    def _answers(self, url: str, params: dict[str, str]) -> bool:
        try:
            return self._client.get(url, params=params).status_code == 200
        except httpx.HTTPError:
            return False

    def _beats(self) -> dict[str, tuple[datetime, bool]]:
        """{name: (last beat, whether it went well)}"""
        with self._deps.db.read() as session:
            return {row.name: (row.at, row.detail.get("ok") is not False) for row in session.scalars(select(Heartbeat))}

    def _note_seen(self, up: dict[str, bool]) -> list[str]:
        if self._all_seen or not up["database"]:
            return []
        for _ in range(2):
            try:
                return self._write_seen(up, self._deps.clock())
            except IntegrityError:  # a sibling wrote the first row at the same moment
                continue
            except SQLAlchemyError:
                break
        return sorted(name for name in up if not up[name])

    def _write_seen(self, up: dict[str, bool], now: datetime) -> list[str]:
        with self._deps.db.write() as session:
            row = session.get(Heartbeat, self._run, with_for_update=True)
            if row is None:
                row = Heartbeat(name=self._run, at=now, detail={"seen": []})
                session.add(row)
            seen = set(row.detail["seen"]) | {name for name in up if up[name]}
            if seen != set(row.detail["seen"]):
                row.detail = {"seen": sorted(seen)}
            row.at = now
            for old in session.scalars(select(Heartbeat).where(Heartbeat.name.startswith("ready:"))):
                if old.at < now - FORGET_STARTS_AFTER:
                    session.delete(old)
        # `engine` is no process: it only ever appears here when a turn failed.
        awaited = sorted(set(up) - seen - {"engine"})
        self._all_seen = not awaited
        return awaited


class DatabaseFigures(Collector):
    """Counts read from the database when asked, so that every web process tells the same."""

    def __init__(self, deps: Deps, readiness: Readiness) -> None:
        self._deps, self._readiness = deps, readiness

    def describe(self) -> list[Metric]:
        # Without this the registry would collect once at the start, when the database may not be there yet.
        return []

    def collect(self) -> Iterator[Metric]:
        up, _ = self._readiness.look()
        dependencies = GaugeMetricFamily("linggong_up", "Whether a dependency answers.", labels=["name"])
        for name, is_up in sorted(up.items()):
            dependencies.add_metric([name], float(is_up))
        yield dependencies
        if not up["database"]:
            return
        counted = {
            "messages": ("Stored messages.", ("direction", "channel", "status"),
                         (Message.direction, Message.channel, Message.status)),
            "turns": ("Turns by who decided the answer.", ("handled_by",), (Message.handled_by,)),
            "outbox": ("Texts by sending state.", ("status",), (OutboxRow.status,)),
            "openings": ("Openings.", ("status",), (Opening.status,)),
            "offers": ("Offers.", ("status",), (Offer.status,)),
            "cases": ("Cases for staff.", ("kind", "status"), (Case.kind, Case.status)),
            "workers": ("Workers.", ("status",), (Worker.status,)),
        }  # fmt: skip
        with self._deps.db.read() as session:
            for name, (text, labels, columns) in counted.items():
                family = GaugeMetricFamily(f"linggong_{name}", text, labels=labels)
                for *values, count in session.execute(select(*columns, func.count()).group_by(*columns)):
                    family.add_metric([str(value or "") for value in values], count)
                yield family
            oldest = session.scalar(select(func.min(OutboxRow.due_at)).where(OutboxRow.status == "created"))
        waiting_s = max(0.0, (self._deps.clock() - oldest).total_seconds()) if oldest else 0.0
        yield GaugeMetricFamily("linggong_outbox_oldest_due_seconds", "How long the oldest due text waits.", waiting_s)


def create_blueprint(deps: Deps, run_id: str | None = None) -> Blueprint:
    """`/healthz` is 200 while the process can answer at all. `/readyz` is 503 until every dependency has been up once,
    then 200 with `{"degraded": [names]}`, and 503 again only without the database."""
    health = Blueprint("health", __name__)
    readiness = Readiness(deps, run_id)
    registry = CollectorRegistry()
    registry.register(DatabaseFigures(deps, readiness))

    @health.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="alive")

    @health.get("/readyz")
    def readyz() -> tuple[Response, int]:
        up, awaited = readiness.look()
        degraded = sorted(name for name in up if not up[name])
        status = "unavailable" if not up["database"] else "starting" if awaited else "ready"
        return jsonify(status=status, degraded=degraded, awaited=awaited), 200 if status == "ready" else 503

    @health.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    @health.after_request
    def never_kept(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    return health
