"""Every act that is written into the trail reads as a sentence, and the filters have no holes (T13)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from backend import console
from backend.console import audit_labels
from backend.console.audit_verbs import GROUPS, KINDS, VERBS
from backend.store.models import Base

BACKEND = Path(console.__file__).resolve().parents[1]
# Function → where the verb stands among its arguments.
WRITERS = {"write": 3, "record": 1, "audit_staff": 3, "note_reading": 2}
# Functions of one file that pass a verb on to these.
PASS_ON = {"cli.py": ("_note", 2), "review_opening.py": ("_written", 3), "edit_places.py": ("_changed", 4),
           "edit_station.py": ("_put", 5)}  # fmt: skip
# What stands for a variable part of a verb, or comes in from the API's form.
PARTS = {
    "picked_{kind}": ("picked_workers", "picked_openings"),
    "waves_{step}": tuple(f"waves_{step}" for step in ("stop", "go_on", "urgent", "not_urgent", "next_now")),
}
FROM_ELSEWHERE = ("accept", "decline", "published", "rejected", "opened_figure")
# What a form leaves behind so that it is not carried out twice: the list leaves it out.
NOT_TOLD = {"sent_form"}


def calls() -> Iterator[tuple[Path, ast.AST, ast.expr]]:
    """(file, the function the call stands in, the expression that names the verb) of every event that is written."""
    for path in sorted(BACKEND.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for around in ast.walk(tree):
            if not isinstance(around, ast.FunctionDef):
                continue
            for node in ast.walk(around):
                if isinstance(node, ast.Call) and (verb := verb_of(node, path.name)) is not None:
                    yield path, around, verb


def verb_of(call: ast.Call, file: str) -> ast.expr | None:
    name = ast.unparse(call.func)
    keyword = next((each.value for each in call.keywords if each.arg == "verb"), None)
    if name == "AuditEvent":
        return keyword
    own, at = PASS_ON.get(file, ("", 0))
    place = at if name == own else WRITERS.get(name.rpartition(".")[2])
    if place is None or (name.rpartition(".")[2] in ("write", "record") and not name.startswith(("audit.", "trail."))):
        return None
    return call.args[place] if len(call.args) > place else keyword


def said(verb: ast.expr, around: ast.AST) -> set[str]:
    """The verbs an expression can stand for: a word, one of two, a word with a part, or what a variable was set to."""
    if isinstance(verb, ast.Constant):
        return {verb.value}
    if isinstance(verb, ast.IfExp):
        return said(verb.body, around) | said(verb.orelse, around)
    if isinstance(verb, ast.JoinedStr):
        return set(PARTS[ast.unparse(verb)[2:-1]])
    found: set[str] = set()
    if isinstance(verb, ast.Name):
        for node in ast.walk(around):
            if isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and isinstance(node.iter, ast.Tuple):
                place = next((at for at, one in enumerate(node.target.elts) if ast.unparse(one) == verb.id), None)
                for row in node.iter.elts:
                    if place is not None and isinstance(row, ast.Tuple):
                        found |= said(row.elts[place], around)
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    names, values = (
                        (target.elts, node.value.elts)
                        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                        else ([target], [node.value])
                    )
                    for name, value in zip(names, values, strict=True):
                        if isinstance(name, ast.Name) and name.id == verb.id:
                            found |= said(value, around)
    return found


def written() -> set[str]:
    return set().union(*(said(verb, around) for _, around, verb in calls())) | set(FROM_ELSEWHERE)


def test_every_act_that_is_written_has_a_sentence_and_no_sentence_is_left_over():
    there = written() - NOT_TOLD
    assert len(there) > 100  # the code was read
    assert there - set(VERBS) == set()
    assert set(VERBS) - there == set()


def test_each_way_of_writing_a_verb_is_understood_by_this_test():
    """A verb in a variable that this test cannot follow is one of those it was told of."""
    lost = {f"{path.name}: {ast.unparse(verb)}" for path, around, verb in calls() if not said(verb, around)}
    assert lost == {
        "audit.py: verb", "staff_login.py: verb", "review_transcript.py: verb", "cli.py: verb", "edit_places.py: verb", "edit_station.py: verb",
        "review_opening.py: verb", "review_opening.py: DECISIONS[decision]", "offers.py: json_data['answer']",
        "figures.py: _OPENED",
    }  # fmt: skip


def test_everything_an_event_can_be_about_has_a_name_and_is_something_that_is_kept():
    tables = set(Base.metadata.tables) | {"ledger_tabs", "figures"}
    assert set(KINDS) <= tables


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_filters_have_no_holes_and_no_two_of_them_read_alike(app_in, language):
    with app_in(language):
        words = [sentence for _, verbs in audit_labels.groups() for _, sentence in verbs]
        assert len(words) == len(set(words)) == len(VERBS)
        assert not [each for each in words if re.search(r"…|%\(|\(\)|（）|  ", each)]
        if language == "en":
            assert not [each for each in words if re.search(r"[\u4e00-\u9fff]", each)]
        assert len({title for title, _ in audit_labels.groups()}) == len(GROUPS)
        assert not [noun for _, noun in audit_labels.kinds() if "…" in noun or "%" in noun]


@pytest.fixture
def app_in(monkeypatch):
    """A request in which the console speaks one language."""
    from flask_babel import Babel

    from backend.console.guard import TRANSLATIONS

    def enter(language):
        app = Flask("words")
        Babel(app, default_translation_directories=str(TRANSLATIONS), locale_selector=lambda: language)
        return app.test_request_context()

    return enter
