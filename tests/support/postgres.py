"""A real PostgreSQL for the tests, started from Debian's binaries in a folder of its own and gone afterwards."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import psycopg

from backend.run.orphans import die_with_parent
from tests.support.ports import own_ports

USER = "linggong"
START_WITHIN_S = 60


class NotInstalled(Exception):
    """PostgreSQL's server programs are not on this machine."""


class PostgresServer:
    """`url(database)` addresses it; `create(template)` makes a fresh database as a copy of another."""

    def __init__(self, **settings: str) -> None:
        """`settings`: those of the server that should be otherwise than for small tests."""
        binaries = _binaries()
        self._dir = Path(tempfile.mkdtemp(prefix="linggong-postgres-"))
        # PostgreSQL refuses to run as root; Debian's package brings a user for it.
        as_user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        if as_user:
            shutil.chown(self._dir, "postgres", "postgres")
        data = str(self._dir / "data")
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            check=True, capture_output=True, cwd="/", **as_user,
        )  # fmt: skip
        self.port = own_ports()
        # Durability is tested elsewhere; here a machine that stops loses nothing worth keeping.
        fast = {
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "listen_addresses": "127.0.0.1",
            "port": str(self.port), "unix_socket_directories": str(self._dir), "max_connections": "200",
            "autovacuum": "off", "log_min_messages": "fatal", **settings,
        }  # fmt: skip
        options = [part for name, value in fast.items() for part in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(
            [binaries / "postgres", "-D", data, *options], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=None if as_user else partial(die_with_parent, os.getpid()), **as_user,
        )  # fmt: skip
        self._numbers = itertools.count(1)
        self._wait()

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """Make a database and return its name."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"create database {name} template {template}")
        return name

    def drop(self, name: str) -> None:
        self.execute(f"drop database if exists {name} with (force)")

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)  # fast shutdown
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._dir, ignore_errors=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_WITHIN_S
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    self.stop()
                    raise
                time.sleep(0.05)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise NotInstalled("PostgreSQL is not installed (Debian: apt install postgresql)")
