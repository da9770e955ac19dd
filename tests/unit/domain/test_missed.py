"""Values that stand plainly in a message though the engine marked nothing there."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from backend.domain.entities import values

NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def read(text: str, intent: str) -> set[tuple[str, object]]:
    return {(entity.entity, entity.value) for entity in values([], text, NOW, "sms", intent)}


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("明早六点来卸货", "post_job", {("date", "2026-11-24"), ("clock", "06:00"), ("day_part", "morning")}),
        ("那边提供住宿吗", "job_details", {("benefit", "lodging")}),
        ("是月结吗", "job_details", {("settlement", "monthly")}),
        ("我腿脚不方便 有啥活", "search_jobs", {("hardship", "G04")}),
        ("我们两口子想找活", "search_jobs", {("headcount", 2)}),
        ("拢共欠三千五", "report_problem", {("money", 3500)}),
    ],
)
def test_it_is_read_where_it_has_a_place(text: str, intent: str, expected: set[tuple[str, object]]) -> None:
    assert expected <= read(text, intent)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("慢一点", "slower"), ("说快一点嘛", "repeat"), ("一天到黑发", "stop_messages"), ("我去喂猪了", "goodbye")],
)
def test_it_is_not_read_where_it_has_none(text: str, intent: str) -> None:
    assert read(text, intent) == set()
