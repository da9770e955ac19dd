"""`make run`: everything on one machine, from an empty folder to a line one can text and call."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import uuid
from pathlib import Path

import httpx

from backend import settings as settings_module
from backend.errors import LinggongError
from backend.logs import configure
from backend.run import model_files, preflight, training
from backend.run.console import plain, say
from backend.run.engines import Engines
from backend.run.programs import programs
from backend.run.supervisor import Supervisor
from backend.run.welcome import welcome
from backend.settings import Settings


def main() -> int:
    configure("run", "warning")
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        return _run(settings_module.load())
    except LinggongError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("stopped.")
        return 130


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _run(settings: Settings) -> int:
    with preflight.claim_data_dir(settings.data_dir):
        preflight.check_ports(settings)
        prepare_database(settings)
        (model, sha256), own = choose_model(settings)
        run_id = uuid.uuid4().hex[:12]
        wanted = programs(settings, model, sha256, run_id)
        supervisor = Supervisor(
            wanted,
            settings.data_dir,
            show_all=os.environ.get("VERBOSE") not in (None, "", "0"),
        )
        engines = Engines(settings, supervisor, own=own)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: supervisor.request_stop())
        say("starting: " + ", ".join(program.name for program in wanted))
        with httpx.Client(timeout=3, trust_env=False) as client:
            supervisor.run(lambda: _awaited(client, settings), lambda: plain(welcome(settings)), engines.tick)
        say("stopped.")
    return 0


def choose_model(settings: Settings) -> tuple[tuple[Path, str], tuple[Path, str]]:
    """The model to start with and the program's own, each with the hash of its file; staff may have chosen the first."""
    from datetime import UTC, datetime

    from backend.services.dialogue_models import Chosen, at_start
    from backend.store.session import Database

    path = training.ensure_model(training.models_dir(settings.data_dir), say)
    own = Chosen(path, model_files.sha256_of(path))
    db = Database(settings.database_url)
    try:
        chosen, said = at_start(db, settings, own, datetime.now(UTC))
    finally:
        db.close()
    if said:
        say(said)
    return (chosen.path, chosen.sha256), (own.path, own.sha256)


def prepare_database(settings: Settings) -> None:
    """Bring the tables up to date and, in the demo profile, fill an empty database with the demo county."""
    from datetime import UTC, datetime

    from sqlalchemy import func, select

    from backend import migrations
    from backend.store.models import Region
    from backend.store.session import Database

    if migrations.upgrade(settings.database_url):
        say("the database was brought up to date.")
    if not settings.is_demo:
        return
    db = Database(settings.database_url)
    try:
        with db.read() as session:
            empty = not session.scalar(select(func.count()).select_from(Region))
        if empty:
            from backend.seed import seed

            started = time.monotonic()
            seed(db, settings, datetime.now(UTC))
            say(f"the demo county was filled in ({time.monotonic() - started:.0f} s); every person in it is invented.")
    finally:
        db.close()


def _awaited(client: httpx.Client, settings: Settings) -> list[str] | None:
    """Names that have not been up yet, or None when `/readyz` says that all have."""
    with contextlib.suppress(httpx.HTTPError, ValueError):
        answer = client.get(f"http://127.0.0.1:{settings.port}/readyz")
        if answer.status_code == 200:
            return None
        return list(answer.json().get("awaited") or ["web"])
    return ["web"]


if __name__ == "__main__":
    sys.exit(main())
