"""A whole service for one command: started on free ports in a folder of its own, stopped and gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.run import training
from backend.run.console import say
from backend.settings import ROOT
from tests.support.stack import Stack


@contextmanager
def started(database_url: str | None = None) -> Iterator[Stack]:
    training.ensure_model(training.models_dir(ROOT / "var"), say)
    with tempfile.TemporaryDirectory(prefix="linggong-") as folder:
        stack = Stack(Path(folder), database_url)
        try:
            yield stack.start()
        finally:
            stack.stop()
