"""An employer about his own postings, by the number they came from (E01, E03, DESIGN §3.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.services.deps import Deps
from backend.services.review_opening import review_opening
from backend.settings import TIMEZONE
from backend.store.models import AuditEvent, Employer, Offer, Opening, OutboxRow
from tests.integration.services.conftest import Talk, kinds

EMPLOYER = "+8610000555100"


@pytest.fixture
def today(clock: Any) -> date:
    return clock().astimezone(TIMEZONE).date()  # type: ignore[no-any-return]


@pytest.fixture
def owner(talk: Callable[..., Talk]) -> Talk:
    return talk(EMPLOYER)


@pytest.fixture
def hires(town: None, make: Callable[[], Any]) -> Callable[..., int]:
    """A posting of the employer's number, 摘脆红李 for tomorrow and the day after, with so many who have a place."""

    def plant(*names: str, headcount: int = 5, **more: Any) -> int:
        with make() as f:
            boss = f.make_employer("田家果园", phone=EMPLOYER)
            opening = f.make_opening(employer=boss, headcount=headcount, **more)
            for name in names:
                f.make_offer(opening, f.make_worker(name), "accepted", answered_at=f.now)
            return int(opening.id)

    return plant


def stored(deps: Deps, opening_id: int) -> Opening:
    with deps.db.read() as session:
        return session.get_one(Opening, opening_id)


def texts(deps: Deps, number: str) -> list[str]:
    with deps.db.read() as session:
        return list(session.scalars(select(OutboxRow.body).where(OutboxRow.to_number == number).order_by(OutboxRow.id)))


# -- who is coming -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("有哪些人来", "search_jobs"),
        ("来了几个", "my_applications"),
        ("招到人没得", "post_job"),
        ("有没得人报名", "inform"),
    ],
)
def test_the_number_hears_who_is_coming_whatever_the_engine_took_the_words_for(
    owner: Talk, hires: Callable[..., int], words: str, intent: str
) -> None:
    hires("王秀英", "冉光荣")
    [told] = owner.read(words, intent).say(words)
    assert told["kind"] == "who_comes"
    assert told["posts"][0]["coming"] == 2 and told["posts"][0]["names"] == ["王秀英", "冉光荣"]


def test_my_jobs_of_a_number_that_only_hires_are_its_postings(owner: Talk, hires: Callable[..., int]) -> None:
    hires("王秀英")
    assert kinds(owner.read("我的活", "my_applications").say("我的活")) == ["who_comes"]


def test_by_phone_nobody_is_named_aloud_the_names_go_to_the_number_by_text(
    owner: Talk, hires: Callable[..., int], deps: Deps
) -> None:
    """V13, DESIGN §3.4: anybody can call under this number."""
    hires("王秀英")
    answers = owner.read("哪些人来", "search_jobs").say("哪些人来", channel="voice")
    assert kinds(answers) == ["who_comes", "names_by_text"]
    assert "王秀英" not in str(answers)
    assert "王秀英" in texts(deps, EMPLOYER)[0]


def test_the_same_words_from_any_other_number_are_no_employers(
    talk: Callable[..., Talk], hires: Callable[..., int]
) -> None:
    hires("王秀英")
    stranger = talk("+8610000555199").read("有哪些人来", "out_of_scope")
    assert "who_comes" not in kinds(stranger.say("有哪些人来"))


def test_who_hires_and_works_is_asked_which_of_the_two_is_meant(
    owner: Talk, hires: Callable[..., int], make: Callable[[], Any], deps: Deps
) -> None:
    hires()
    with make() as f:
        worker = f.make_worker("田大山", number=EMPLOYER)
        f.make_offer(f.make_opening(title="砌砖", job_type="B03"), worker, "accepted", answered_at=f.now)
    assert kinds(owner.read("不做了", "withdraw_application").say("不做了")) == ["either_or"]
    assert kinds(owner.say("1")) == ["confirm_close"]
    owner.read("我的活", "my_applications")
    assert kinds(owner.say("我的活")) == ["either_or"]
    assert kinds(owner.say("2")) == ["my_list"]


# -- once more ---------------------------------------------------------------------------------------------------------
def test_last_weeks_posting_is_posted_again_for_the_next_such_days_after_one_yes(
    owner: Talk, hires: Callable[..., int], deps: Deps, today: date
) -> None:
    before = hires(status="expired", starts_on=today - timedelta(days=7), ends_on=today - timedelta(days=6), hours_from="07:00",
                   hours_to="17:00", meals=True, insured=False, requirements="会爬矮梯")  # fmt: skip
    [asked] = owner.read("上周那个再发一次", "post_job").say("上周那个再发一次")
    assert asked["kind"] == "confirm_posting"
    assert asked["facts"]["date"].startswith((today + timedelta(days=7)).isoformat())
    assert kinds(owner.say("1")) == ["posting_received"]
    with deps.db.read() as session:
        again = session.scalars(select(Opening).order_by(Opening.id.desc())).first()
        assert again is not None and again.repeats_id == before
        assert (again.title, again.headcount, again.pay_min_fen, again.hours_from) == ("摘脆红李", 5, 12_000, "07:00")
        assert (again.meals, again.insured, again.requirements, again.status) == (True, False, "会爬矮梯", "in_review")
        assert again.ends_on - again.starts_on == timedelta(days=1)


def test_another_day_said_with_it_is_taken_and_a_correction_before_the_yes_too(
    owner: Talk, hires: Callable[..., int], deps: Deps, today: date
) -> None:
    hires(status="expired", starts_on=today - timedelta(days=7), ends_on=today - timedelta(days=7))
    [asked] = owner.read("照旧 后天", "post_job", date="后天").say("照旧 后天")
    assert asked["facts"]["date"] == (today + timedelta(days=2)).isoformat()
    [asked] = owner.read("要八个人", "inform", headcount="八个人").say("要八个人")
    assert asked["facts"]["headcount"] == 8


# -- enough, off -------------------------------------------------------------------------------------------------------
def test_enough_keeps_those_who_have_a_place_and_is_taken_back_by_a_reply(
    owner: Talk, hires: Callable[..., int], deps: Deps
) -> None:
    opening_id = hires("王秀英", "冉光荣")
    [asked] = owner.read("招满了", "inform").say("招满了")
    assert (asked["kind"], asked["coming"]) == ("confirm_close", 2)
    assert kinds(owner.say("1")) == ["posting_closed"]
    opening = stored(deps, opening_id)
    assert (opening.status, opening.headcount, opening.filled) == ("filled", 2, 2)
    assert kinds(owner.read("改回去", "out_of_scope").say("改回去")) == ["posting_reopened"]
    opening = stored(deps, opening_id)
    assert (opening.status, opening.headcount, opening.waves_stopped_at) == ("published", 5, None)
    assert opening.next_wave_at is not None


def test_enough_does_not_tell_those_only_asked_that_the_work_is_called_off(
    owner: Talk, hires: Callable[..., int], make: Callable[[], Any], deps: Deps
) -> None:
    """The work goes on and their neighbours have a place in it: they hear that it takes nobody on any more."""
    opening_id = hires("王秀英")
    with make() as f:
        asked = f.make_worker("冉光荣", number="+8610000222002")
        f.make_offer(f.session.get_one(Opening, opening_id), asked, "offered")
    owner.read("招满了", "inform").say("招满了")
    assert kinds(owner.say("1")) == ["posting_closed"]
    [told] = texts(deps, "+8610000222002")
    assert "不招了" in told and "取消" not in told


def test_called_off_tells_the_workers_and_taken_back_asks_them_anew(
    owner: Talk, hires: Callable[..., int], deps: Deps
) -> None:
    opening_id = hires("王秀英")
    owner.read("都不用来了", "withdraw_application").say("都不用来了")
    assert kinds(owner.say("2")) == ["posting_closed"]
    assert stored(deps, opening_id).status == "withdrawn"
    [answer] = owner.read("改回去", "cancel").say("改回去")
    assert (answer["kind"], answer["asked_again"]) == ("posting_reopened", 1)
    with deps.db.read() as session:
        assert session.scalars(select(Offer.status)).all() == ["offered"]
    assert stored(deps, opening_id).status == "published"


def test_in_a_call_what_people_count_on_is_called_off_only_by_a_text_of_the_number(
    owner: Talk, hires: Callable[..., int], deps: Deps
) -> None:
    opening_id = hires("王秀英")
    owner.read("不用来了", "withdraw_application").say("不用来了", channel="voice")
    assert kinds(owner.say("2", channel="voice")) == ["close_by_text"]
    assert stored(deps, opening_id).status == "published"
    assert "一个都不要来了,回2" in texts(deps, EMPLOYER)[0]
    assert kinds(owner.say("2")) == ["posting_closed"]
    assert stored(deps, opening_id).status == "withdrawn"


def test_a_day_later_nothing_is_taken_back_any_more(
    owner: Talk, hires: Callable[..., int], deps: Deps, clock: Any
) -> None:
    opening_id = hires()
    owner.read("不招了", "inform").say("不招了")
    owner.say("1")
    clock.advance(hours=25)
    assert "posting_reopened" not in kinds(owner.read("改回去", "out_of_scope").say("改回去"))
    assert stored(deps, opening_id).status == "withdrawn"


def test_no_keeps_it_open(owner: Talk, hires: Callable[..., int], deps: Deps) -> None:
    opening_id = hires()
    owner.read("不招了", "inform").say("不招了")
    assert kinds(owner.say("2")) == ["who_comes"]
    assert stored(deps, opening_id).status == "published"


def test_of_several_postings_it_is_asked_which(owner: Talk, hires: Callable[..., int], deps: Deps) -> None:
    hires()
    second = hires(title="砌砖", job_type="B03")
    [asked] = owner.read("不招了", "inform").say("不招了")
    assert (asked["kind"], asked["purpose"]) == ("which_job", "hiring")
    assert kinds(owner.say("1")) == ["confirm_close"]
    owner.say("1")
    assert stored(deps, second).status == "withdrawn"  # the latest stands first


# -- more, otherwise ---------------------------------------------------------------------------------------------------
def test_two_more_people_and_back(owner: Talk, hires: Callable[..., int], deps: Deps) -> None:
    opening_id = hires("王秀英", headcount=1, status="filled")
    assert kinds(owner.read("多要两个", "inform").say("多要两个")) == ["posting_changed"]
    opening = stored(deps, opening_id)
    assert (opening.headcount, opening.status) == (3, "published")
    assert kinds(owner.read("改回去", "out_of_scope").say("改回去")) == ["posting_changed"]
    assert stored(deps, opening_id).headcount == 1


def test_in_a_call_a_number_is_read_back_before_it_changes_anything(
    owner: Talk, hires: Callable[..., int], deps: Deps
) -> None:
    """V11."""
    hires()
    second = hires(headcount=2)
    owner.read("多要两个", "inform")
    assert kinds(owner.say("多要两个", channel="voice")) == ["which_job"]
    [asked] = owner.say("1", channel="voice")
    assert (asked["kind"], asked["facts"]["headcount"]) == ("confirm_heard", 4)
    assert stored(deps, second).headcount == 2
    assert kinds(owner.say("1", channel="voice")) == ["posting_changed"]
    assert stored(deps, second).headcount == 4


@pytest.mark.parametrize("words", ["多要一百万个", "只要0个人"])
def test_a_number_nobody_can_want_changes_nothing(
    owner: Talk, hires: Callable[..., int], deps: Deps, words: str
) -> None:
    opening_id = hires()
    answers = owner.read(words, "inform").say(words)
    assert set(kinds(answers)) & {"posting_problem", "change_what"}
    assert stored(deps, opening_id).headcount == 5


def test_the_day_changes_while_nobody_counts_on_it_and_not_after(
    owner: Talk, hires: Callable[..., int], deps: Deps, today: date
) -> None:
    opening_id = hires()
    owner.read("改成大后天", "update_profile", date="大后天")
    assert kinds(owner.say("改成大后天")) == ["posting_changed"]
    opening = stored(deps, opening_id)
    assert (opening.starts_on, opening.ends_on) == (today + timedelta(days=3), today + timedelta(days=4))


def test_where_people_have_a_place_the_day_stays_and_the_way_on_is_told(
    owner: Talk, hires: Callable[..., int], deps: Deps, today: date
) -> None:
    opening_id = hires("王秀英")
    owner.read("改成大后天", "update_profile", date="大后天")
    [answer] = owner.say("改成大后天")
    assert (answer["kind"], answer["reason"]) == ("posting_fixed", "places_taken")
    assert stored(deps, opening_id).starts_on == today + timedelta(days=1)


def test_what_is_changed_after_the_review_is_looked_at_again(
    owner: Talk, hires: Callable[..., int], deps: Deps
) -> None:
    """P04: a wage far from what is usual does not slip past the reviewer by a change."""
    opening_id = hires()
    for _ in range(3):
        with deps.db.write() as session:
            _past(session, opening_id)
    owner.read("改成一天五十块", "update_profile", pay="一天五十块").say("改成一天五十块")
    opening = stored(deps, opening_id)
    assert (opening.pay_min_fen, opening.review_flags) == (5_000, ["pay_low"])
    assert (opening.status, opening.reviewed_at) == ("in_review", None)


def _past(session: Any, opening_id: int) -> None:
    like = session.get_one(Opening, opening_id)
    other = Employer(name="别家果园", phone=None, region_code="500114121002", created_at=like.collected_at)
    session.add(other)
    session.flush()
    session.add(Opening(employer_id=other.id, job_type="A04", title="摘果", headcount=1, region_code=like.region_code, starts_on=like.starts_on,
                        ends_on=like.ends_on, pay_min_fen=12_000, pay_max_fen=12_000, pay_unit="day", status="expired", review_flags=[],
                        collected_at=like.collected_at, updated_at=like.updated_at))  # fmt: skip


def test_what_was_sent_back_is_put_right_by_saying_so_and_goes_to_review_again(
    owner: Talk, hires: Callable[..., int], deps: Deps
) -> None:
    """P04: the reason is told in plain words, the employer answers with the change, the history keeps both."""
    opening_id = hires(status="in_review", published_at=None, requirements="只要女的", source_message_id=1)
    with deps.db.write() as session:
        review_opening(session, deps, opening_id, "reject", "工价太低，也不能只要女的", actor="staff:1", staff_id=None)
    assert "工价太低" in texts(deps, EMPLOYER)[-1]
    assert kinds(owner.read("改成一天一百五", "update_profile", pay="一天一百五").say("改成一天一百五")) == [
        "submitted_again"
    ]
    opening = stored(deps, opening_id)
    assert (opening.status, opening.pay_min_fen, opening.review_reason) == ("in_review", 15_000, None)
    assert opening.review_flags == ["sex_words"]
    with deps.db.read() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.object_kind == "openings").order_by(AuditEvent.id)
        ).all()
        assert [event.verb for event in events] == ["rejected", "submitted_again"]
        assert events[0].facts["reason"] == "工价太低，也不能只要女的"


def test_taking_the_condition_back_is_a_change_too(owner: Talk, hires: Callable[..., int], deps: Deps) -> None:
    opening_id = hires(status="rejected", published_at=None, requirements="只要女的", reviewed_at=deps.clock())
    owner.read("去掉那个要求", "out_of_scope").say("去掉那个要求")
    opening = stored(deps, opening_id)
    assert (opening.status, opening.requirements, opening.review_flags) == ("in_review", "", [])


def test_without_the_engine_the_same_words_still_work(owner: Talk, hires: Callable[..., int], engine: Any) -> None:
    hires("王秀英")
    engine.away = True
    engine.on_turn = None
    assert "who_comes" in kinds(owner.say("有哪些人来"))


# -- which posting -----------------------------------------------------------------------------------------------------
def test_the_fourth_posting_is_reached_too(owner: Talk, hires: Callable[..., int], deps: Deps) -> None:
    first, *_ = [hires(title=f"活{n}") for n in range(4)]
    [asked] = owner.read("不招了", "inform").say("不招了")
    assert asked["more"] and len(asked["openings"]) == 3
    [asked] = owner.say("4")
    assert [one["id"] for one in asked["openings"]] == [first]
    assert len(owner.say("4")[0]["openings"]) == 3, "the first come again"
    owner.say("4")
    assert kinds(owner.say("1")) == ["confirm_close"]
    owner.say("1")
    assert stored(deps, first).status == "withdrawn"


def test_what_was_said_with_it_is_kept_while_the_others_are_looked_through(
    owner: Talk, hires: Callable[..., int], deps: Deps
) -> None:
    first, *_ = [hires(title=f"活{n}") for n in range(4)]
    owner.read("改成一天一百五", "update_profile", pay="一天一百五").say("改成一天一百五")
    owner.say("4")
    assert kinds(owner.say("1")) == ["posting_changed"]
    assert stored(deps, first).pay_min_fen == 15_000


def test_the_day_that_is_said_tells_two_of_a_trade_apart(
    owner: Talk, hires: Callable[..., int], deps: Deps, today: date
) -> None:
    later = today + timedelta(days=3)
    hires()
    hires(starts_on=later, ends_on=later)
    [asked] = owner.read("大后天那个不招了", "inform", date="大后天").say("大后天那个不招了")
    assert (asked["kind"], asked["opening"]["starts_on"]) == ("confirm_close", later.isoformat())


def test_what_has_enough_already_is_not_asked_about_once_more(
    owner: Talk, hires: Callable[..., int], deps: Deps
) -> None:
    hires("王秀英", headcount=1, status="filled", closed_at=deps.clock())
    other = hires(title="砌砖", job_type="B03")
    [asked] = owner.read("招满了", "inform").say("招满了")
    assert (asked["kind"], asked["opening"]["id"]) == ("confirm_close", other)
