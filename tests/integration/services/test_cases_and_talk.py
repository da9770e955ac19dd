"""What goes to a person, and the small talk around it (R01, R02, V06, V08, W08, W10, W13)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.services.deps import Deps
from backend.store.models import Case, Handset, Hardship
from backend.store.models import Person as StoredPerson
from tests.integration.services.conftest import Person, conversation_of, kinds
from tests.support.clock import SettableClock


def cases(deps: Deps) -> list[Case]:
    with deps.db.read() as session:
        rows = list(session.scalars(select(Case).order_by(Case.id)))
        session.expunge_all()
        return rows


# -- rights ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("channel", ["sms", "voice"])
@pytest.mark.parametrize(("problem", "number"), [("injury", "120"), ("violence", "110")])
def test_danger_names_the_emergency_number_first_on_both_channels(
    worker: Person, deps: Deps, problem: str, number: str, channel: str
) -> None:
    answers = worker.say("report_problem", channel=channel, problem=problem)
    assert (answers[0]["kind"], answers[0]["emergency"]) == ("case_opened", number)
    assert (cases(deps)[0].kind, cases(deps)[0].priority) == (problem, 1)


def test_danger_words_found_before_any_model_decide_the_kind(worker: Person, deps: Deps) -> None:
    worker.say("report_problem", "把我关起来不准走", params={"danger": "violence"})
    assert cases(deps)[0].kind == "violence"


def test_unpaid_wages_open_a_case_with_the_words_the_sum_and_a_date(worker: Person, deps: Deps) -> None:
    answers = worker.say(
        "report_problem",
        "田老板欠我三千五",
        problem="wage_arrears",
        money=3500,
        employer_name="田老板",
        location="兴泉社区",
    )
    case = cases(deps)[0]
    assert (case.kind, case.priority, case.source_message_id) == ("wage_arrears", 2, worker.last_message_id)
    assert case.details["money"] == [3500]
    assert "田老板" in case.summary
    assert case.worker_id is not None
    assert case.region_code == "500114121002"
    assert answers[0]["who"] == "中塘镇社保所"
    assert answers[0]["due_at"] == "2026-06-11T09:30:00+00:00"  # the next working day, half past five
    # M08: nothing of the dispute in what is texted.
    assert "3500" not in str(answers)
    assert "田老板" not in str(answers)
    assert answers[0]["said"] == {}


def test_a_second_message_on_the_same_matter_joins_the_open_case(worker: Person, deps: Deps) -> None:
    worker.say("report_problem", "老板跑了", problem="wage_arrears")
    worker.say("report_problem", "欠我三千五", problem="wage_arrears", money=3500)
    [case] = cases(deps)
    assert len(case.details["message_ids"]) == 2
    assert case.details["money"] == [3500]


def test_a_stranger_gets_a_case_that_the_home_county_sees(person, deps: Deps) -> None:  # type: ignore[no-untyped-def]
    person("+8610000555020").say("report_problem", "老板跑了", problem="wage_arrears")
    assert cases(deps)[0].region_code == "500114"


# -- services --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("act", "said", "kind"),
    [
        ("ask_policy", {"policy_topic": "startup_loan"}, "policy"),
        ("sign_up_training", {"training_topic": "电焊"}, "training"),
        ("register_return", {"location": "广东"}, "returnee"),
        ("register_unemployment", {}, "unemployment"),
    ],
)
def test_each_service_opens_a_case_and_says_who_answers_by_when(
    worker: Person, deps: Deps, act: str, said: dict[str, str], kind: str
) -> None:
    [answer] = worker.say(act, "原话", **said)
    assert (answer["kind"], answer["case_kind"], answer["who"]) == ("case_opened", kind, "中塘镇社保所")
    assert cases(deps)[0].kind == kind
    assert cases(deps)[0].due_at.isoformat() == answer["due_at"]


def test_a_returnee_claims_the_label_unverified(worker: Person, deps: Deps) -> None:
    worker.say("register_return", "我从广东回来了", location="广东")
    worker.say("register_return", "回来了", location="广东")
    with deps.db.read() as session:
        [label] = session.scalars(select(Hardship)).all()
        assert (label.code, label.verified_at) == ("G10", None)


# -- a person --------------------------------------------------------------------------------------------------------
def test_a_person_asked_for_in_opening_hours_is_there_now(worker: Person, deps: Deps) -> None:
    [answer] = worker.say("talk_to_human", "喊个人来接")
    assert answer["open_now"] is True
    assert answer["station"]["name"] == "中塘镇零工驿站"
    assert (cases(deps)[0].kind, cases(deps)[0].priority) == ("handoff", 1)


def test_out_of_hours_it_says_when_somebody_will_call_back(worker: Person, deps: Deps, clock: SettableClock) -> None:
    clock.advance(hours=10)  # eight in the evening
    [answer] = worker.say("talk_to_human")
    assert answer["open_now"] is False
    assert answer["due_at"] == "2026-06-11T01:00:00+00:00"


def test_asking_three_times_is_one_case(worker: Person, deps: Deps) -> None:
    for _ in range(3):
        worker.say("talk_to_human")
    assert len(cases(deps)) == 1


# -- messages, market, talk ------------------------------------------------------------------------------------------
def test_messages_stop_and_start_again_for_the_number(worker: Person, deps: Deps) -> None:
    assert kinds(worker.say("stop_messages")) == ["opted_out"]
    with deps.db.read() as session:
        assert session.scalars(select(Handset.opted_out_at)).one() is not None
    assert kinds(worker.say("resume_messages")) == ["opted_in"]
    with deps.db.read() as session:
        assert session.scalars(select(Handset.opted_out_at)).one() is None


def test_the_market_is_the_nearest_station_or_the_one_of_the_place_named(worker: Person, person) -> None:  # type: ignore[no-untyped-def]
    assert worker.say("ask_market_info")[0]["station"]["slug"] == "zhongtang"
    assert person("+8610000555021").say("ask_market_info")[0]["station"]["slug"] == "station-500114"
    assert person("+8610000555022").say("ask_market_info", location="中塘镇")[0]["station"]["slug"] == "zhongtang"


def test_a_greeting_never_tells_whether_the_number_is_known(worker: Person, person) -> None:  # type: ignore[no-untyped-def]
    assert worker.say("greet") == person("+8610000555023").say("greet")


def test_slower_is_remembered_for_the_person_and_ends_at_the_slowest(worker: Person, deps: Deps) -> None:
    assert [worker.say("slower")[0]["rate"] for _ in range(3)] == [65, 50, 50]
    assert worker.say("faster")[0]["rate"] == 65
    with deps.db.read() as session:
        assert session.scalars(select(StoredPerson.speech_rate)).one() == 65


def test_not_understood_is_an_either_or_then_the_menu_then_a_person(worker: Person, deps: Deps) -> None:
    assert [kinds(worker.say("not_understood", "哇啦哇啦")) for _ in range(3)] == [
        ["not_understood"],
        ["menu"],
        ["human"],
    ]
    assert len(cases(deps)) == 1


def test_something_understood_in_between_starts_the_count_again(worker: Person) -> None:
    worker.say("not_understood", "哇啦哇啦")
    worker.say("greet", "你好")
    assert kinds(worker.say("not_understood", "哇啦哇啦")) == ["not_understood"]


def test_cancel_drops_the_registration_being_filled_in(person) -> None:  # type: ignore[no-untyped-def]
    speaker = person("+8610000555024")
    speaker.say("register", "我来登个记", intent="register_worker")
    assert speaker.say("cancel", "算了不弄了") == [{"kind": "cancelled", "what": "registration"}]
    assert speaker.context().get("registration") is None
    assert speaker.say("cancel") == [{"kind": "cancelled", "what": None}]


def test_after_a_digression_the_open_form_is_recalled_once(person) -> None:  # type: ignore[no-untyped-def]
    speaker = person("+8610000555025")
    assert speaker.say("resume_form") == []
    speaker.say("register", "我来登个记", intent="register_worker")
    assert speaker.say("resume_form") == [{"kind": "resume_hint", "form": "registration", "field": "person_name"}]


def test_help_inside_a_form_is_about_its_question(person) -> None:  # type: ignore[no-untyped-def]
    speaker = person("+8610000555026")
    assert speaker.say("help") == [{"kind": "help", "topic": None}]
    speaker.say("register", "我来登个记", intent="register_worker")
    assert speaker.say("help") == [{"kind": "help", "topic": "person_name"}]


def test_repeating_by_voice_leaves_out_what_is_said_by_text_only(worker: Person, deps: Deps) -> None:
    worker.say("greet")
    with deps.db.write() as session:
        conversation = conversation_of(session, worker.number)
        assert conversation is not None
        conversation.context = {**conversation.context, "last_answers": [{"kind": "profile", "facts": {"age": 58}}]}
    assert kinds(worker.say("repeat")) == ["profile"]
    assert kinds(worker.say("repeat", channel="voice")) == ["repeat_nothing"]


# -- digressions by phone, and numbers to nothing ----------------------------------------------------------------------
def test_the_open_question_is_asked_again_and_takes_the_keys_back(worker: Person, deps: Deps) -> None:
    """M04: after a look at something else by phone the keys answer the form again."""
    worker.say("register", person_name="冉光明", channel="voice")
    worker.say("note_registration", age=52, channel="voice")
    worker.say("note_registration", location="兴泉社区", channel="voice")
    worker.say("ask_market_info", channel="voice")
    [asked] = worker.say("reopen_form", channel="voice")
    assert (asked["kind"], asked["field"], asked["noted"]) == ("ask", "job_type", {})
    assert worker.context()["pending"]["options"]["2"]["act"] == "note_registration"


def test_with_no_form_open_there_is_only_the_menu(worker: Person) -> None:
    assert kinds(worker.say("reopen_form", channel="voice")) == ["menu"]


@pytest.mark.parametrize("said", ["58", "五十八", "58。"])
def test_a_number_to_nothing_begins_no_registration(person, said: str) -> None:  # type: ignore[no-untyped-def]
    stranger = person("+8610000555009")
    assert kinds(stranger.say("inform", said, age=58)) == ["choice_unknown"]
    assert "registration" not in stranger.context()


def test_an_age_told_as_one_still_begins_it(person) -> None:  # type: ignore[no-untyped-def]
    assert kinds(person("+8610000555009").say("inform", "我五十八岁", age=58)) == ["ask"]
