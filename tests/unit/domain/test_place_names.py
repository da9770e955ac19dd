"""Names staff have written down, found in messages as they stand."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from backend.domain.entities import Span, values
from backend.domain.place_names import PlaceNames, own_names, tidy
from backend.domain.prepare import prepare

NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
NAMES = PlaceNames(["老鹰嘴", "枫香坪"])


def found(text: str, *spans: Span, intent: str = "search_jobs") -> set[tuple[str, object]]:
    return {(e.entity, e.value) for e in values(spans, text, NOW, "sms", intent, names_known=NAMES)}


def span(entity: str, text: str, words: str) -> Span:
    return Span(entity=entity, start=text.index(words), end=text.index(words) + len(words), text=words)


def test_a_name_the_engine_missed_is_a_place() -> None:
    assert ("location", "老鹰嘴") in found("老鹰嘴那边有活没得")
    assert found("老鹰嘴那边有活没得", intent="greet") == set()


def test_a_name_cut_short_is_made_whole() -> None:
    text = "我在老鹰嘴找活"
    assert found(text, span("location", text, "老鹰")) == {("location", "老鹰嘴")}


def test_inside_another_name_it_is_no_place() -> None:
    text = "老板是枫香坪果园的"
    assert found(text, span("employer_name", text, "枫香坪果园"), intent="report_problem") == {
        ("employer_name", "枫香坪果园")
    }


def test_a_name_misheard_is_put_right_by_sound() -> None:
    assert prepare("枫乡坪有活没得", "voice", (), NAMES).text == "枫香坪有活没得"
    assert prepare("枫乡坪有活没得", "voice").text == "枫乡坪有活没得"


@pytest.mark.parametrize(("said", "kept"), [(" 老 鹰嘴 ", "老鹰嘴"), ("三组", "三组"), ("嘴", None), ("<b>", None), ("abc", None), ("好" * 13, None), ("", None)])  # fmt: skip
def test_only_a_short_name_in_characters_is_kept(said: str, kept: str | None) -> None:
    assert tidy(said) == kept


def test_what_the_official_name_gives_away_is_no_name_of_its_own() -> None:
    assert own_names("兴泉社区", "village", ["兴泉", "兴泉村委会", "老街"]) == ["老街"]
