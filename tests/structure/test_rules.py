"""Each rule of talking (V01–V23 for calls, M01–M10 for texts) is named by a test, so that it can be asked for by its id.

`python -m pytest -k …` finds tests by name; `python -m tests.structure.test_rules` prints which tests name which rule.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from backend.settings import ROOT

TESTS = ROOT / "tests"
RULES = [*(f"V{n:02}" for n in range(1, 24)), *(f"M{n:02}" for n in range(1, 11))]
# V01, "V18–V20" and "V18-V20".
_NAMED = re.compile(r"\b([VM])(\d\d)(?:\s*[–-]\s*\1?(\d\d))?\b")


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def rules_of(words: str) -> set[str]:
    found = set()
    for letter, first, last in _NAMED.findall(words):
        found |= {f"{letter}{n:02}" for n in range(int(first), int(last or first) + 1)}
    return found


@cache
def by_rule() -> dict[str, list[str]]:
    """Rule id → "path::test" of every test whose name or docstring names it."""
    named: dict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        if "node_modules" in path.parts or path == Path(__file__).resolve():
            continue
        for function in functions(path):
            for rule in rules_of(f"{function.name} {ast.get_docstring(function) or ''}"):
                named[rule].append(f"{path.relative_to(ROOT)}::{function.name}")
    return dict(named)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_named_by_a_test(rule: str) -> None:
    assert by_rule().get(rule), f"no test names {rule}"


def test_a_range_of_rules_names_each_of_them() -> None:
    assert rules_of("V18–V20, M03 and W01") == {"V18", "V19", "V20", "M03"}


def main() -> int:
    named = by_rule()
    for rule in RULES:
        sys.stdout.write(f"{rule}\n" + "".join(f"    {test}\n" for test in named.get(rule, [])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
