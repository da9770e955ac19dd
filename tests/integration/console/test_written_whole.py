"""What staff write is kept whole or not at all: too much of it is said so, and stands in its field to be shortened (bad input)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from backend.store.models import Case, Employer, Opening, Visit
from tests.integration.console.conftest import VILLAGE, words

LONG = "屋头漏雨，要修。" * 12_500


@pytest.fixture
def entries(make: Any) -> dict[str, int]:
    """One of each, in the village: a worker, a case, an opening to review, one that is out, and its employer."""
    with make() as f:
        f.make_region(VILLAGE)
        out = f.make_opening(region=VILLAGE, employer=f.make_employer(region_code=VILLAGE))
        case = Case(
            kind="policy", priority=3, summary="问补贴", details={}, region_code=VILLAGE, opened_at=f.now, due_at=f.now
        )
        return {
            "worker": f.make_worker("王小云", village=VILLAGE).id,
            "case": f._add(case).id,
            "draft": f.make_opening(region=VILLAGE, status="in_review").id,
            "out": out.id,
            "employer": out.employer_id,
        }


@pytest.mark.parametrize(
    ("page", "act", "field", "others"),
    [
        ("/console/workers/{worker}", "/visit", "note", {"kind": "home", "next_on": ""}),
        ("/console/cases/{case}", "/close", "resolution", {}),
        ("/console/openings/{draft}", "/review", "reason", {"decision": "reject"}),
        ("/console/openings/{out}", "/review-after", "reason", {"decision": "reject"}),
        ("/console/openings/{out}", "/close", "reason", {"how": "off"}),
        ("/console/employers/{employer}", "/verify", "reason", {"verified": "yes"}),
    ],
)
def test_a_hundred_thousand_signs_are_refused_with_their_number_and_stay_in_the_field(
    browse: Any, entries: dict[str, int], database: Any, page: str, act: str, field: str, others: dict[str, str]
) -> None:
    browser = browse("zhen")
    address = page.format(**entries)
    fields = re.findall(
        rf'<form[^>]*action="{address}{act}".*?<textarea name="{field}"([^>]*)>', browser.visit(address).text, re.S
    )
    assert len(fields) == 1 and "maxlength" not in fields[0], "a browser cuts what is pasted in silence"
    answer = browser.submit(f"{address}{act}", **{field: LONG, **others})
    assert answer.status_code == 422
    assert "现在有100000个字" in words(answer)
    assert LONG in answer.text
    with database.read() as session:
        assert session.scalars(select(Visit)).all() == []
        assert session.get_one(Case, entries["case"]).status == "open"
        assert session.get_one(Opening, entries["draft"]).status == "in_review"
        assert session.get_one(Opening, entries["out"]).status == "published"
        assert session.get_one(Employer, entries["employer"]).verified_at is None
