"""还在找活吗? by text and by phone; what the answers change, and what silence does (P01, H03, M10, V21, D11)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.services import still_looking
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import AuditEvent, HandsetOwner, OutboxRow, PlannedCall, Worker, WorkerTrade
from backend.worker.loops import one_turn
from tests.support.clock import SettableClock
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.placed import Answered, count, says, tell, texts
from tests.support.signing import SignedClient

Make = Callable[[], Any]


def test_p01_a_week_without_a_word_and_she_is_asked_once(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps
) -> None:
    worker_id = silent()
    assert still_looking.ask_workers(deps) == 1
    assert still_looking.ask_workers(deps) == 0
    assert texts(deps) == ["【黔江零工】还在找活吗?是回1,不是回2,找人回0"]
    assert entry(worker_id).asked_in_vain == 1


def test_one_says_yes_and_the_entry_is_current_for_another_week(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    """M04: the bare number answers this question."""
    worker_id = silent()
    waiting = entry(worker_id).waiting_since
    still_looking.ask_workers(deps)
    assert "记下了" in says(signed, deps, "1")
    found = entry(worker_id)
    assert (found.status, found.confirmed_at, found.asked_in_vain) == ("active", clock(), 0)
    assert found.job_willingness == "wants" and found.waiting_since is not None
    assert waiting is None or found.waiting_since == waiting
    clock.advance(days=5)
    assert still_looking.ask_workers(deps) == 0


def test_two_says_no_she_is_offered_nothing_and_told_how_to_come_back(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, signed: SignedClient, database: Any
) -> None:
    worker_id = silent(job_types=["A04"])
    still_looking.ask_workers(deps)
    answer = says(signed, deps, "不找了")
    assert "先不给你找活了" in answer and "找活" in answer
    assert (entry(worker_id).status, entry(worker_id).waiting_since) == ("paused", None)
    assert count(database, WorkerTrade, WorkerTrade.worker_id == worker_id) == 0  # what matching looks into
    assert count(database, AuditEvent, AuditEvent.verb == "not_looking") == 1


def test_whoever_stopped_and_asks_for_work_is_looked_for_again_and_told_so(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    worker_id = silent()
    still_looking.ask_workers(deps)
    says(signed, deps, "2")
    clock.advance(days=3)
    assert "又给你找活了" in says(signed, deps, "找活")
    found = entry(worker_id)
    assert (found.status, found.waiting_since) == ("active", clock())  # her waiting begins anew (H03)
    assert "又给你找活了" not in says(signed, deps, "找活")


def test_whoever_searches_by_herself_is_not_asked(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    worker_id = silent()
    says(signed, deps, "找活")
    assert entry(worker_id).confirmed_at == clock()
    clock.advance(hours=1)
    assert still_looking.ask_workers(deps) == 0


def test_nobody_is_asked_on_a_day_on_which_the_line_has_written_already_or_out_of_hours(
    silent: Callable[..., int], deps: Deps, clock: SettableClock, make: Make
) -> None:
    """M10, and never two texts of our own accord on one day."""
    worker_id = silent()
    evening = clock().astimezone(TIMEZONE).replace(hour=19, minute=30)
    morning = clock()
    clock.set(evening)
    assert still_looking.ask_workers(deps) == 0
    clock.set(morning)
    with make() as f:
        worker = f.session.get_one(Worker, worker_id)
        handset = (
            f.session.scalars(select(HandsetOwner).where(HandsetOwner.person_id == worker.person_id)).one().handset
        )
        message = f.make_message("", conversation=f.make_conversation(handset, last_at=clock() - timedelta(hours=1)),
                                 direction="outbound")  # fmt: skip
        f.session.add(OutboxRow(message_id=message.id, to_number=NUMBER, body="活", kind="initiated", reference="r1",
                                due_at=clock(), created_at=clock()))  # fmt: skip
    assert still_looking.ask_workers(deps) == 0
    clock.set(clock() + timedelta(days=8))  # her day of the week has passed: she is asked as soon as may be
    assert still_looking.ask_workers(deps) == 1


def test_nobody_with_a_place_or_an_open_offer_is_asked(
    silent: Callable[..., int], deps: Deps, make: Make, clock: SettableClock
) -> None:
    worker_id = silent()
    with make() as f:
        worker = f.session.get_one(Worker, worker_id)
        offer_id = f.make_offer(f.make_opening(), worker, "accepted").id
    assert still_looking.ask_workers(deps) == 0
    with make() as f:
        from backend.store.models import Offer

        f.session.get_one(Offer, offer_id).status = "withdrawn"
    assert still_looking.ask_workers(deps) == 1


def test_d11_two_schedulers_ask_once(silent: Callable[..., int], deps: Deps) -> None:
    silent()
    barrier, asked = threading.Barrier(4), []

    def tick() -> None:
        barrier.wait()
        asked.append(still_looking.ask_workers(deps))

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(asked) == [0, 0, 0, 1]
    assert len(texts(deps)) == 1


def test_asked_twice_in_vain_she_is_left_in_peace_and_set_aside_after_sixty_days(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, clock: SettableClock, database: Any
) -> None:
    worker_id = silent()
    said = entry(worker_id).confirmed_at
    assert said is not None
    asked = []
    while clock() - said < timedelta(days=60):
        asked.append(still_looking.ask_workers(deps))
        assert still_looking.set_aside_the_silent(deps) == 0
        clock.advance(days=7)
    assert sum(asked) == 2 and asked[:2] == [1, 1]
    assert len(texts(deps)) == 2 and entry(worker_id).status == "active"
    assert still_looking.set_aside_the_silent(deps) == 1
    assert still_looking.set_aside_the_silent(deps) == 0
    assert entry(worker_id).status == "paused"
    assert "好久没听到你回话" in texts(deps)[-1]
    assert count(database, AuditEvent, AuditEvent.verb == "set_aside") == 1


@pytest.fixture
def shared(silent: Callable[..., int], make: Make) -> tuple[int, int]:
    """Two who share a phone, and a week without a word."""
    first = silent()
    with make() as f:
        worker = f.session.get_one(Worker, first)
        owner = f.session.scalars(select(HandsetOwner).where(HandsetOwner.person_id == worker.person_id)).one()
        other = f.make_worker("田大山", confirmed_at=worker.confirmed_at)
        f.session.add(HandsetOwner(handset_id=owner.handset_id, person_id=other.person_id, relation="spouse",
                                   since=f.now))  # fmt: skip
        return first, other.id


def test_v21_a_shared_phone_is_asked_for_all_at_once_and_names_nobody(
    shared: tuple[int, int], entry: Callable[[int], Worker], deps: Deps, signed: SignedClient
) -> None:
    first, second = shared
    assert still_looking.ask_workers(deps) == 1
    [text] = texts(deps)
    assert "登记了2个人找活" in text and "有的不找了回4" in text and "田" not in text
    assert entry(second).asked_in_vain == 1
    assert "先都留" in says(signed, deps, "4")
    assert (entry(first).status, entry(second).status) == ("active", "active")


def test_v21_in_a_call_the_same_key_says_that_some_of_them_have_stopped(
    shared: tuple[int, int], entry: Callable[[int], Worker], due: Any, deps: Deps, make: Make, signed: SignedClient
) -> None:
    """Three is 不要再打来 in every call of ours, so the text does not use it."""
    with make() as f:
        for worker_id in shared:
            f.session.get_one(Worker, worker_id).preferred_channel = "voice"
    assert still_looking.ask_workers(deps) == 1
    answered = Answered(signed, due())
    assert "都还在找" in answered.text and "有的不找按4" in answered.text
    assert "先都留" in answered.press("4").text
    assert [entry(worker_id).status for worker_id in shared] == ["active", "active"]


def test_v21_a_shared_phone_that_stopped_looking_is_taken_up_again_by_one_wish_for_work(
    shared: tuple[int, int], entry: Callable[[int], Worker], deps: Deps, signed: SignedClient, clock: SettableClock
) -> None:
    still_looking.ask_workers(deps)
    assert "回“找活”" in says(signed, deps, "2")
    assert [entry(worker_id).status for worker_id in shared] == ["paused", "paused"]
    clock.advance(days=3)
    assert "又给你找活了" in says(signed, deps, "找活")
    assert [entry(worker_id).status for worker_id in shared] == ["active", "active"]
    assert "又给你找活了" not in says(signed, deps, "找活")


def test_v21_one_of_a_shared_phone_who_stopped_is_not_taken_up_by_the_other(
    shared: tuple[int, int], entry: Callable[[int], Worker], deps: Deps, signed: SignedClient, make: Make
) -> None:
    first, second = shared
    with make() as f:
        f.session.get_one(Worker, second).status = "paused"
    assert "又给你找活了" not in says(signed, deps, "找活")
    assert [entry(first).status, entry(second).status] == ["active", "paused"]


def test_who_would_rather_talk_is_rung_and_answers_by_key(
    silent: Callable[..., int], entry: Callable[[int], Worker], due: Any, deps: Deps, signed: SignedClient,
    clock: SettableClock,
) -> None:  # fmt: skip
    worker_id = silent(preferred_channel="voice")
    assert still_looking.ask_workers(deps) == 1
    assert texts(deps) == []
    answered = Answered(signed, due())
    assert "还在找活不" in answered.text and "不找了按2" in answered.text
    assert "记下了" in answered.press("1").text
    assert entry(worker_id).confirmed_at == clock()


def test_by_phone_the_no_is_told_in_a_text_afterwards(
    silent: Callable[..., int], entry: Callable[[int], Worker], due: Any, deps: Deps, signed: SignedClient
) -> None:
    """DESIGN §3.4: what is changed on the bare number is also texted to it."""
    worker_id = silent(preferred_channel="voice")
    still_looking.ask_workers(deps)
    answered = Answered(signed, due())
    assert "先不给您找活了" in answered.speak("不找了").text
    answered.hang_up()
    assert entry(worker_id).status == "paused"
    assert any("先不给你找活了" in text for text in texts(deps))


def test_m09_a_call_nobody_picks_up_becomes_the_text(
    silent: Callable[..., int], due: Any, deps: Deps, signed: SignedClient
) -> None:
    silent(preferred_channel="voice")
    still_looking.ask_workers(deps)
    for _ in range(3):
        tell(signed, due(), "no-answer")
    assert texts(deps) == ["【黔江零工】还在找活吗?是回1,不是回2,找人回0"]


def test_a_call_is_not_placed_any_more_when_she_has_spoken_meanwhile(
    silent: Callable[..., int], due: Any, deps: Deps, signed: SignedClient, clock: SettableClock, database: Any
) -> None:
    silent(preferred_channel="voice")
    still_looking.ask_workers(deps)
    clock.advance(minutes=1)
    signed.sms(NUMBER, "找活")
    assert one_turn(deps)
    assert due() is None
    assert count(database, PlannedCall, PlannedCall.suppressed_reason == "answered") == 1


def test_another_number_cannot_answer_for_her(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, signed: SignedClient
) -> None:
    worker_id = silent()
    still_looking.ask_workers(deps)
    signed.sms("+8610000000999", "2")
    assert one_turn(deps)
    assert entry(worker_id).status == "active"


def test_a_call_of_hers_after_the_question_finds_the_same_line(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, signed: SignedClient, clock: SettableClock
) -> None:
    worker_id = silent()
    still_looking.ask_workers(deps)
    clock.advance(minutes=5)
    PhoneCall(signed, NUMBER).press("1")
    assert entry(worker_id).confirmed_at == clock()


def test_m05_an_answer_two_days_later_is_still_to_the_question(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    """The conversation has ended after a day of silence; the week of the question has not."""
    worker_id = silent()
    still_looking.ask_workers(deps)
    clock.advance(days=2)
    assert "记下了" in says(signed, deps, "1")
    assert entry(worker_id).confirmed_at == clock()


def test_m05_a_week_later_the_number_answers_nothing_any_more(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    worker_id = silent()
    still_looking.ask_workers(deps)
    clock.advance(days=8)
    says(signed, deps, "2")
    assert entry(worker_id).status == "active"


def test_by_phone_too_whoever_had_stopped_hears_that_she_is_looked_for_again(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, signed: SignedClient, make: Make
) -> None:
    worker_id = silent(job_types=["A04"])
    with make() as f:
        f.session.get_one(Worker, worker_id).status = "paused"
        f.make_opening()
    heard = PhoneCall(signed, NUMBER).press("1").text
    assert "又给您找活了" in heard and "摘脆红李" in heard
    assert entry(worker_id).status == "active"


def test_the_api_tells_when_somebody_last_spoke_for_an_entry(
    silent: Callable[..., int], entry: Callable[[int], Worker], api: Any, make: Make
) -> None:
    worker_id = silent()
    with make() as f:
        f.make_opening()
    told = api.get(f"/api/v1/workers/{worker_id}").get_json()["confirmed_at"]
    said = entry(worker_id).confirmed_at
    assert said is not None and told == said.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert api.get("/api/v1/openings").get_json()["items"][0]["confirmed_at"]
