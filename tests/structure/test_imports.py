"""Arrows between rooms point one way (STYLE §1): app → edges → services → {store, carriers, dialogue} → domain."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.settings import ROOT

ROOMS = ("backend", "actions", "ivr", "bot")
CHANNELS = {"backend.sms", "ivr", "backend.console", "backend.api", "backend.scheduler"}
# What each room may not import. A longer name wins: it is the nearer room.
FORBIDDEN = {
    "backend.domain": {"backend.services", "backend.store", "backend.carriers", "backend.dialogue", "backend.settings", "flask",
                       "sqlalchemy", "httpx", "requests", "socket", *CHANNELS},
    "backend.store": {"backend.services", "backend.carriers", "backend.dialogue", "flask", *CHANNELS},
    "backend.carriers": {"backend.services", "backend.store", "backend.dialogue", "flask", "sqlalchemy", *CHANNELS},
    "backend.dialogue": {"backend.services", "backend.store", "backend.carriers", "flask", "sqlalchemy", *CHANNELS},
    "backend.services": {"flask", "twilio", "backend.app", *CHANNELS},
    "backend.phone_network": {"backend.services", "backend.store", "backend.domain", "backend.dialogue", "backend.app", *CHANNELS},
    "backend.sms": {"ivr", "backend.console", "backend.api", "backend.app"},
    "ivr": {"backend.console", "backend.api", "backend.app", "backend.sms"},
    "backend.console": {"ivr", "backend.api", "backend.app"},
    "backend.api": {"ivr", "backend.console", "backend.app"},
    "actions": {"backend", "ivr", "bot", "sqlalchemy", "flask"},
    "bot": {"backend", "actions", "ivr"},
}  # fmt: skip
# Read these as the exceptions they are; each has its reason where it stands.
ALLOWED = {
    ("backend.services.deps", "backend.sms.render"),  # builds the bundle of one process, adapters and rendering alike
}


def modules() -> Iterator[tuple[str, Path]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


def imports(path: Path, *, at_run_time_only: bool = True) -> set[str]:
    """Every module that `path` imports, also inside functions; what only the type checker sees does not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if at_run_time_only and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            skipped |= {inner for statement in node.body for inner in ast.walk(statement)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


@pytest.mark.parametrize("room", FORBIDDEN)
def test_no_room_reaches_against_the_arrows(room: str) -> None:
    wrong = [
        f"{module} imports {imported}"
        for module, path in modules()
        if within(module, room)
        for imported in sorted(imports(path))
        if any(within(imported, forbidden) for forbidden in FORBIDDEN[room]) and (module, imported) not in ALLOWED
        and not any(within(imported, allowed) or within(allowed, imported) for m, allowed in ALLOWED if m == module)
    ]  # fmt: skip
    assert wrong == []


def test_only_the_carriers_and_the_maker_of_twiml_know_twilio() -> None:
    allowed = ("backend.carriers", "ivr.twiml", "backend.phone_network")
    wrong = [
        module
        for module, path in modules()
        if any(within(imported, "twilio") for imported in imports(path)) and not any(within(module, a) for a in allowed)
    ]
    assert wrong == []


def test_only_the_application_imports_the_voice_channel() -> None:
    wrong = [
        m
        for m, path in modules()
        if any(within(i, "ivr") for i in imports(path)) and m != "backend.app" and not within(m, "ivr")
    ]
    assert wrong == []


def test_the_domain_never_reads_the_clock() -> None:
    clocks = {("datetime", "now"), ("datetime", "today"), ("date", "today"), ("datetime", "utcnow"), ("time", "time")}
    wrong = []
    for module, path in modules():
        if not within(module, "backend.domain"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
                if (name, node.func.attr) in clocks:
                    wrong.append(f"{module}:{node.lineno}")
    assert wrong == []
