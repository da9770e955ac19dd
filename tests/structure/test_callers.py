"""Simulated callers are listeners: nothing of the line's own may help them (issue 4, item 7)."""

from __future__ import annotations

from backend.settings import ROOT
from tests.structure.test_imports import imports, within

CALLERS = "tests.support.callers"
FOLDER = ROOT / "tests" / "support" / "callers"
# Starts the service they call; no caller is in it.
STARTS_THE_SERVICE = {"__main__.py"}


def test_there_are_callers_to_be_looked_at() -> None:
    assert {"mind.py", "telephone.py", "people.py"} <= {path.name for path in FOLDER.glob("*.py")}


def test_callers_import_nothing_of_the_line() -> None:
    line = ("ivr", "backend", "actions", "bot")
    wrong = [
        f"{path.name} imports {imported}"
        for path in FOLDER.glob("*.py")
        for imported in imports(path, at_run_time_only=False)
        if any(within(imported, room) for room in line)
        or (within(imported, "tests") and not within(imported, CALLERS) and path.name not in STARTS_THE_SERVICE)
    ]
    assert wrong == []


def test_a_caller_does_not_know_what_is_stored() -> None:
    """Only the judge looks into the database; whoever calls has ears and a telephone."""
    judges = {"service.py", "run.py", "report.py", "__main__.py"}
    wrong = [
        f"{path.name} imports {imported}"
        for path in FOLDER.glob("*.py")
        if path.name not in judges
        for imported in imports(path)
        if imported in {"sqlite3", f"{CALLERS}.service", f"{CALLERS}.report", f"{CALLERS}.run"}
    ]
    assert wrong == []
