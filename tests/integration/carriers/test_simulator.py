"""The simulated network over real HTTP: texts, receipts, calls, and the bad days a carrier has."""

import io
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from backend.carriers import CarrierBusy, CarrierError
from backend.carriers.simulator import SimulatorCarrier
from backend.phone_network.server import Network, build
from tests.integration.carriers.line import ACCOUNT, NUMBER, STAFF, TOKEN, WORKER, TestLine
from tests.support.waiting import wait_for

LISTEN = (
    '<Response><Gather input="dtmf speech" numDigits="1" action="/step"><Say>想找活，按1。</Say></Gather></Response>'
)


def send(carrier: SimulatorCarrier, line: TestLine, body: str = "【中塘零工】收到", reference: str = "out-1"):
    return carrier.send_sms(WORKER, body, from_=NUMBER, reference=reference, status_url=f"{line.url}/twilio/sms/status")


def test_a_text_from_a_handset_reaches_the_line_signed(handset: httpx.Client, line: TestLine) -> None:
    text = handset.post(f"/handsets/{WORKER}/texts", json={"body": "我要找活路 😀\x00"}).json()
    (seen,) = line.wait_for("/twilio/sms")
    assert seen["signed"]
    assert seen["form"]["MessageSid"] == text["sid"]
    assert seen["form"] | {"Body": "我要找活路 😀\x00", "From": WORKER, "To": NUMBER, "NumMedia": "0"} == seen["form"]
    assert seen["token"]


def test_a_picture_message_says_how_many_pictures(handset: httpx.Client, line: TestLine) -> None:
    handset.post(f"/handsets/{WORKER}/texts", json={"body": "", "media": [{"content_type": "image/png"}]})
    form = line.wait_for("/twilio/sms")[0]["form"]
    assert (form["NumMedia"], form["MediaContentType0"]) == ("1", "image/png")


def test_texts_of_one_handset_arrive_in_order_though_the_line_stumbles(handset: httpx.Client, line: TestLine) -> None:
    failures = iter([("", 500)] * 4)
    line.answers["/twilio/sms"] = lambda form: next(failures, ("", 204))
    line.answers["/twilio/sms/fallback"] = ("", 500)
    for number in range(5):
        handset.post(f"/handsets/{WORKER}/texts", json={"body": str(number)})
    seen = line.wait_for("/twilio/sms", 9)
    assert [entry["form"]["Body"] for entry in seen] == ["0"] * 5 + ["1", "2", "3", "4"]
    assert len({entry["token"] for entry in seen[:5]}) == 1


def test_the_fallback_url_takes_over_and_learns_why(handset: httpx.Client, line: TestLine) -> None:
    line.answers["/twilio/sms"] = ("", 500)
    handset.post(f"/handsets/{WORKER}/texts", json={"body": "在吗"})
    form = line.wait_for("/twilio/sms/fallback")[0]["form"]
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("11200", f"{line.url}/twilio/sms")
    assert form["Body"] == "在吗"


def test_a_text_sent_while_the_line_is_dead_arrives_after_both_have_restarted(tmp_path: Path) -> None:
    first = TestLine().start()
    port = first.port
    first.stop()
    options = {"account_sid": ACCOUNT, "auth_token": TOKEN, "number": NUMBER, "public_base_url": first.url}
    network = build(tmp_path, **options)
    network.start()
    sid = httpx.post(f"{network.url}/handsets/{WORKER}/texts", json={"body": "喂"}, trust_env=False).json()["sid"]
    network.stop()
    line = TestLine(port).start()
    network = build(tmp_path, **options)
    network.start()
    try:
        assert line.wait_for("/twilio/sms")[0]["form"]["MessageSid"] == sid
    finally:
        network.stop()
        line.stop()


def test_a_text_from_the_line_shows_on_the_handset_and_brings_receipts(
    handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier
) -> None:
    body = "【中塘零工】" + "摘脆红李，明早7点，" * 8
    sent = send(carrier, line, body)
    assert (sent.status, sent.segments) == ("queued", 2)
    (bubble,) = handset.get(f"/handsets/{WORKER}/texts", params={"wait": 20}).json()["items"]
    assert (bubble["body"], bubble["sid"], bubble["direction"]) == (body, sent.carrier_id, "to_handset")
    receipts = line.wait_for("/twilio/sms/status", 3)
    assert [receipt["form"]["MessageStatus"] for receipt in receipts] == ["queued", "sent", "delivered"]
    assert all(receipt["signed"] and receipt["args"] == {"reference": "out-1"} for receipt in receipts)


@pytest.mark.parametrize(
    ("fault", "states"),
    [
        ({"where": "receipts", "do": "out_of_order"}, ["delivered", "sent", "queued"]),
        ({"where": "receipts", "do": "duplicate"}, ["queued", "queued", "sent", "sent", "delivered", "delivered"]),
        ({"where": "send", "do": "undelivered"}, ["queued", "sent", "undelivered"]),
    ],
)
def test_receipts_can_come_wrongly(
    handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier, fault: dict, states: list[str]
) -> None:
    handset.post("/faults", json=fault).raise_for_status()
    send(carrier, line)
    seen = line.wait_for("/twilio/sms/status", len(states))
    assert [entry["form"]["MessageStatus"] for entry in seen] == states
    assert seen[-1]["form"].get("ErrorCode") == ("30003" if "undelivered" in states else None)


def test_a_handset_that_is_off_gets_nothing_delivered(
    handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier
) -> None:
    handset.put(f"/handsets/{WORKER}", json={"answers": "off"}).raise_for_status()
    send(carrier, line)
    assert line.wait_for("/twilio/sms/status", 3)[-1]["form"]["MessageStatus"] == "undelivered"


@pytest.mark.parametrize("fault", ["accept_then_drop", "accept_then_500", "bad_body", "timeout"])
def test_a_lost_answer_is_unknown_and_the_message_is_found_again(
    handset: httpx.Client, line: TestLine, network: Network, carrier: SimulatorCarrier, fault: str
) -> None:
    """F6: never resend blindly; ask the carrier's own list."""
    hasty = SimulatorCarrier(ACCOUNT, TOKEN, network_url=network.url, timeout_s=1)
    handset.post("/faults", json={"do": fault, "delay_s": 2}).raise_for_status()
    before = datetime.now(UTC)
    with pytest.raises(CarrierError) as caught:
        send(hasty, line, "你好", "out-7")
    assert caught.value.outcome_unknown
    assert not caught.value.permanent
    found = wait_for(lambda: carrier.find_sent(WORKER, "你好", before, "out-7"), what="the list has it")
    (bubble,) = handset.get(f"/handsets/{WORKER}/texts").json()["items"]
    assert found.carrier_id == bubble["sid"]
    assert carrier.find_sent(WORKER, "你好", before, "out-8") is None


def test_a_connection_cut_before_taking_is_unknown_and_nothing_is_found(
    handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier
) -> None:
    handset.post("/faults", json={"do": "drop"}).raise_for_status()
    with pytest.raises(CarrierError) as caught:
        send(carrier, line)
    assert caught.value.outcome_unknown
    assert carrier.find_sent(WORKER, "【中塘零工】收到", datetime.now(UTC) - timedelta(minutes=1), "out-1") is None


def test_a_busy_carrier_says_when_to_come_back(
    handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier
) -> None:
    handset.post("/faults", json={"do": "429", "retry_after_s": 7}).raise_for_status()
    with pytest.raises(CarrierBusy) as caught:
        send(carrier, line)
    assert (caught.value.retry_after_s, caught.value.outcome_unknown, caught.value.permanent) == (7, False, False)


@pytest.mark.parametrize(("code", "permanent"), [(21610, True), (21614, True), (30003, False), (30008, False)])
def test_a_refusal_keeps_its_code(
    handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier, code: int, permanent: bool
) -> None:
    handset.post("/faults", json={"do": "code", "code": code}).raise_for_status()
    with pytest.raises(CarrierError) as caught:
        send(carrier, line)
    assert (caught.value.code, caught.value.permanent, caught.value.outcome_unknown) == (str(code), permanent, False)


def test_a_carrier_that_is_away_took_nothing(line: TestLine) -> None:
    away = SimulatorCarrier(ACCOUNT, TOKEN, network_url="http://127.0.0.1:9", timeout_s=2)
    with pytest.raises(CarrierError) as caught:
        send(away, line)
    assert not caught.value.outcome_unknown
    assert not caught.value.permanent


def test_a_wrong_token_is_refused(line: TestLine, network: Network) -> None:
    with pytest.raises(CarrierError) as caught:
        send(SimulatorCarrier(ACCOUNT, "wrong", network_url=network.url), line)
    assert caught.value.code == "20003"


def test_a_web_page_elsewhere_cannot_use_the_handsets(handset: httpx.Client) -> None:
    assert handset.get(f"/handsets/{WORKER}/texts", headers={"Origin": "http://evil.example"}).status_code == 403
    assert handset.get(f"/handsets/{WORKER}/texts", headers={"Host": "evil.example"}).status_code == 403


# Calls ----------------------------------------------------------------------------------------------------------------


def kinds(state: dict) -> list[str]:
    return [event["kind"] for event in state["events"]]


def test_a_call_hears_the_line_and_its_key_goes_back_signed(handset: httpx.Client, line: TestLine) -> None:
    line.answers["/twilio/voice"] = LISTEN
    line.answers["/step"] = "<Response><Say>好，再见。</Say><Hangup/></Response>"
    call = handset.post(f"/handsets/{WORKER}/calls").json()
    assert (kinds(call), call["waiting_for"]) == (["say", "listen"], "input")
    after = handset.post(f"/calls/{call['sid']}/digits", json={"digits": "1"}).json()
    assert [event["text"] for event in after["events"] if event["kind"] == "say"] == ["好，再见。"]
    assert after["ended"]
    first, step = line.at("/twilio/voice")[0], line.at("/step")[0]
    assert first["signed"]
    assert step["signed"]
    assert (first["form"]["CallStatus"], first["form"]["Direction"]) == ("ringing", "inbound")
    assert (step["form"]["Digits"], step["form"]["CallSid"]) == ("1", call["sid"])
    status = line.wait_for("/twilio/voice/status")[0]
    assert status["signed"]
    assert status["form"]["CallStatus"] == "completed"


def test_hanging_up_tells_the_line(handset: httpx.Client, line: TestLine) -> None:
    line.answers["/twilio/voice"] = LISTEN
    call = handset.post(f"/handsets/{WORKER}/calls").json()
    assert handset.post(f"/calls/{call['sid']}/hangup").json()["ended"]
    assert line.wait_for("/twilio/voice/status")[0]["form"]["CallSid"] == call["sid"]


def test_whoever_dials_again_has_left_the_last_call(handset: httpx.Client, line: TestLine) -> None:
    line.answers["/twilio/voice"] = LISTEN
    first = handset.post(f"/handsets/{WORKER}/calls").json()["sid"]
    second = handset.post(f"/handsets/{WORKER}/calls").json()
    assert second["waiting_for"] == "input"
    assert line.wait_for("/twilio/voice/status")[0]["form"]["CallSid"] == first


def test_a_broken_line_goes_to_the_fallback_and_then_apologises(handset: httpx.Client, line: TestLine) -> None:
    line.answers["/twilio/voice"] = ("", 500)
    line.answers["/twilio/voice/fallback"] = "<Response><Say>请稍后再打。</Say></Response>"
    call = handset.post(f"/handsets/{WORKER}/calls").json()
    assert line.at("/twilio/voice/fallback")[0]["form"]["ErrorCode"] == "11200"
    assert "请稍后再打。" in [event.get("text") for event in call["events"]]
    line.answers["/twilio/voice/fallback"] = ("", 500)
    call = handset.post(f"/handsets/{WORKER}/calls").json()
    assert kinds(call) == ["warning", "error", "say", "end"]


def test_a_dialled_person_answers_and_both_hear_each_other(handset: httpx.Client, line: TestLine) -> None:
    line.answers["/twilio/voice"] = f'<Response><Dial timeout="20" action="/dialled">{STAFF}</Dial></Response>'
    line.answers["/dialled"] = "<Response><Say>通话结束。</Say></Response>"
    call = handset.post(f"/handsets/{WORKER}/calls").json()
    assert call["waiting_for"] == "dial"
    (ringing,) = handset.get(f"/handsets/{STAFF}/calls").json()["items"]
    handset.post(f"/calls/{ringing['sid']}/answer").raise_for_status()
    handset.post(f"/calls/{call['sid']}/speech", json={"text": "我的工钱没拿到"})
    heard = handset.get(f"/calls/{ringing['sid']}/events").json()["events"]
    assert [event["text"] for event in heard if event["kind"] == "bridged"] == ["我的工钱没拿到"]
    handset.post(f"/calls/{ringing['sid']}/hangup")
    form = line.wait_for("/dialled")[0]["form"]
    assert (form["DialCallStatus"], form["DialCallSid"]) == ("completed", ringing["sid"])


@pytest.mark.parametrize(("habit", "status"), [("busy", "busy"), ("no-answer", "no-answer"), ("answer", None)])
def test_a_dialled_handset_follows_its_habit(
    handset: httpx.Client, line: TestLine, habit: str, status: str | None
) -> None:
    handset.put(f"/handsets/{STAFF}", json={"answers": habit}).raise_for_status()
    line.answers["/twilio/voice"] = f'<Response><Dial action="/dialled"><Number>{STAFF}</Number></Dial></Response>'
    call = handset.post(f"/handsets/{WORKER}/calls").json()
    if status:
        assert line.wait_for("/dialled")[0]["form"]["DialCallStatus"] == status
    else:

        def answered() -> bool:
            seen = handset.get(f"/calls/{call['sid']}/events").json()
            return ("dial_result", "answered") in [(event["kind"], event.get("status")) for event in seen["events"]]

        wait_for(answered)


def test_a_recording_is_a_real_wav_only_the_account_can_fetch(
    handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier
) -> None:
    line.answers["/twilio/voice"] = (
        '<Response><Record action="/left" finishOnKey="#" maxLength="60" recordingStatusCallback="/kept"/></Response>'
    )
    call = handset.post(f"/handsets/{WORKER}/calls").json()
    handset.post(f"/calls/{call['sid']}/speech", json={"text": "我叫王秀英"})
    handset.post(f"/calls/{call['sid']}/digits", json={"digits": "#"})
    form = line.wait_for("/left")[0]["form"]
    assert (form["Digits"], int(form["RecordingDuration"]) >= 1) == ("#", True)
    assert line.wait_for("/kept")[0]["form"]["RecordingSid"] == form["RecordingSid"]
    with wave.open(io.BytesIO(carrier.fetch_recording(form["RecordingUrl"]))) as sound:
        assert (sound.getframerate(), sound.getnframes() > 8000 // 2) == (8000, True)
    assert httpx.get(form["RecordingUrl"], trust_env=False).status_code == 401
    with pytest.raises(CarrierError):
        carrier.fetch_recording("http://127.0.0.1:1/2010-04-01/Accounts/x/Recordings/RE1")


def test_hanging_up_during_a_recording_still_hands_it_over(handset: httpx.Client, line: TestLine) -> None:
    line.answers["/twilio/voice"] = '<Response><Record action="/left"/></Response>'
    call = handset.post(f"/handsets/{WORKER}/calls").json()
    handset.post(f"/calls/{call['sid']}/speech", json={"text": "请回电话"})
    handset.post(f"/calls/{call['sid']}/hangup")
    form = line.wait_for("/left")[0]["form"]
    assert (form["Digits"], form["CallStatus"]) == ("hangup", "completed")


@pytest.mark.parametrize(("act", "states"), [
    ("answer", ["initiated", "ringing", "in-progress", "completed"]), ("decline", ["initiated", "ringing", "busy"]),
])  # fmt: skip
def test_a_call_from_the_line_rings_a_handset(
    handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier, act: str, states: list[str]
) -> None:
    line.answers["/hello"] = "<Response><Say>您好，这里是零工热线。</Say></Response>"
    placed = carrier.place_call(
        WORKER,
        from_=NUMBER,
        url=f"{line.url}/hello?offer=7",
        status_url=f"{line.url}/twilio/voice/status",
        timeout_s=20,
    )
    (ringing,) = handset.get(f"/handsets/{WORKER}/calls").json()["items"]
    assert ringing["sid"] == placed.carrier_id
    handset.post(f"/calls/{placed.carrier_id}/{act}").raise_for_status()
    seen = [entry["form"]["CallStatus"] for entry in line.wait_for("/twilio/voice/status", len(states))]
    assert seen == [state.replace("initiated", "queued") for state in states]
    assert [entry["args"] for entry in line.at("/hello")] == ([{"offer": "7"}] if act == "answer" else [])
