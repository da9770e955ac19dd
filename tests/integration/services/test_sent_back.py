"""What a posting's employer, and those who hold its places, hear of a reviewer's no (P04–P07, M08)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from backend.domain.review import GROUNDS
from backend.errors import Invalid
from backend.services.deps import Deps
from backend.services.review_opening import look_again, review_opening
from backend.store.models import AuditEvent, OutboxRow
from tests.integration.services.test_employer_desk import EMPLOYER, hires, stored, texts

__all__ = ["hires"]
COMPLAINT = "王秀英反映拖欠工钱,她电话13800001234"


def sent_back(deps: Deps, opening_id: int, reason: str, ground: str = "") -> str:
    with deps.db.write() as session:
        review_opening(session, deps, opening_id, "reject", reason, ground=ground, actor="staff:1", staff_id=None)
    return texts(deps, EMPLOYER)[-1]


def taken_down(deps: Deps, opening_id: int, reason: str, ground: str = "") -> str:
    with deps.db.write() as session:
        look_again(session, deps, opening_id, "reject", reason, ground=ground, actor="staff:1", staff_id=None)
    return texts(deps, EMPLOYER)[-1]


def test_who_complained_is_not_told_to_the_employer(hires: Callable[..., int], deps: Deps) -> None:
    """M08: the words stay with the opening as they were typed; the text names nobody and gives no number."""
    opening_id = hires("王秀英")
    text = taken_down(deps, opening_id, COMPLAINT)
    assert "有人反映拖欠工钱" in text and "王" not in text and "1380000" not in text
    assert stored(deps, opening_id).review_reason == COMPLAINT
    with deps.db.read() as session:
        trail = session.scalar(select(AuditEvent).where(AuditEvent.verb == "taken_down"))
    assert trail is not None and "王秀英" not in trail.facts["reason"]


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_ground_is_told_in_its_fixed_words(ground: str, hires: Callable[..., int], deps: Deps) -> None:
    opening_id = hires(status="in_review", published_at=None, source_message_id=1)
    text = sent_back(deps, opening_id, "", ground)
    assert "招人的活没发" in text and GROUNDS[ground][0] in text and "找人回0" in text
    assert stored(deps, opening_id).review_reason == GROUNDS[ground][0]
    # Only what the pay is wrong about is put right by another pay.
    assert ("改成一天一百五" in text) == (ground == "pay")


def test_a_no_needs_a_ground_or_words_and_no_other_ground_than_those(hires: Callable[..., int], deps: Deps) -> None:
    opening_id = hires(status="in_review", published_at=None)
    for reason, ground in (("", ""), ("  ", ""), ("要改", "not one of them")):
        with pytest.raises(Invalid):
            sent_back(deps, opening_id, reason, ground)
    assert stored(deps, opening_id).status == "in_review"


def test_what_was_out_and_is_stopped_is_not_called_unpublished(hires: Callable[..., int], deps: Deps) -> None:
    """P07: the employer hears that those who come are told; they hear that the station stopped it, not he."""
    opening_id = hires("王秀英", "冉启明")
    text = taken_down(deps, opening_id, "", "fee")
    assert "不能再招了" in text and GROUNDS["fee"][0] in text and "我们告诉他们莫来" in text and "没发" not in text
    told = [body for body in texts_to_workers(deps) if "停了" in body]
    assert len(told) == 2 and all("不用去了" in body and "老板" not in body for body in told)


def test_nobody_to_tell_is_not_promised_to_be_told(hires: Callable[..., int], deps: Deps) -> None:
    assert "告诉他们" not in taken_down(deps, hires(), "没得这个活")


def texts_to_workers(deps: Deps) -> list[str]:
    with deps.db.read() as session:
        return list(session.scalars(select(OutboxRow.body).where(OutboxRow.to_number != EMPLOYER)))
