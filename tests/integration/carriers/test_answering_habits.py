"""What a handset does when the line rings it, over real HTTP: answers, is busy, lets it ring, or is a machine."""

import httpx
import pytest

from backend.carriers.simulator import SimulatorCarrier
from tests.integration.carriers.line import NUMBER, WORKER, TestLine

FIRST = (
    '<Response><Gather timeout="1" actionOnEmptyResult="true" action="/step"><Say>您好。</Say></Gather>'
    "<Redirect>/step</Redirect></Response>"
)


def place(carrier: SimulatorCarrier, line: TestLine, **more: object) -> str:
    fields = {"timeout_s": 1, "machine_url": f"{line.url}/machine?r=7", "time_limit_s": 780, **more}
    return carrier.place_call(
        WORKER, from_=NUMBER, url=f"{line.url}/hello?r=7", status_url=f"{line.url}/placed/status?r=7", **fields
    ).carrier_id


@pytest.mark.parametrize(
    ("habit", "ends"), [("busy", "busy"), ("no-answer", "no-answer"), ("off", "no-answer"), ("ring", "no-answer")]
)
def test_a_handset_that_does_not_answer_says_why(
    handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier, habit: str, ends: str
) -> None:
    handset.put(f"/handsets/{WORKER}", json={"answers": habit}).raise_for_status()
    sid = place(carrier, line)
    told = line.wait_for("/placed/status", 3)
    assert [entry["form"]["CallStatus"] for entry in told] == ["queued", "ringing", ends]
    assert all(entry["signed"] and entry["args"] == {"r": "7"} and entry["form"]["CallSid"] == sid for entry in told)
    assert line.at("/hello") == line.at("/machine") == []


def test_whoever_answers_is_told_to_be_human(handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier) -> None:
    handset.put(f"/handsets/{WORKER}", json={"answers": "answer"}).raise_for_status()
    line.answers["/hello"] = FIRST
    sid = place(carrier, line)
    verdict = line.wait_for("/machine")[0]
    assert verdict["signed"] and verdict["args"] == {"r": "7"}
    assert (verdict["form"]["AnsweredBy"], verdict["form"]["CallSid"]) == ("human", sid)
    first = line.wait_for("/hello")[0]["form"]
    assert (first["Direction"], first["From"], first["To"]) == ("outbound-api", NUMBER, WORKER)


def test_m08_a_machine_answers_is_told_so_and_can_be_hung_up_on(
    handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier
) -> None:
    handset.put(f"/handsets/{WORKER}", json={"answers": "machine"}).raise_for_status()
    line.answers["/hello"] = FIRST
    sid = place(carrier, line)
    assert line.wait_for("/machine")[0]["form"]["AnsweredBy"] == "machine_start"
    carrier.hang_up(sid)
    told = line.wait_for("/placed/status", 4)
    assert [entry["form"]["CallStatus"] for entry in told] == ["queued", "ringing", "in-progress", "completed"]
    carrier.hang_up(sid)  # it has ended already: no error


def test_a_machine_that_nobody_hangs_up_on_hears_silence_as_time_passes(
    handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier
) -> None:
    handset.put(f"/handsets/{WORKER}", json={"answers": "machine"}).raise_for_status()
    line.answers["/hello"] = FIRST
    line.answers["/step"] = "<Response><Hangup/></Response>"
    place(carrier, line)
    assert not line.wait_for("/step")[0]["form"].get("Digits")
    assert line.wait_for("/placed/status", 4)[-1]["form"]["CallStatus"] == "completed"


def test_a_call_ends_at_its_time_limit(handset: httpx.Client, line: TestLine, carrier: SimulatorCarrier) -> None:
    handset.put(f"/handsets/{WORKER}", json={"answers": "answer"}).raise_for_status()
    line.answers["/hello"] = "<Response><Gather><Say>您好。</Say></Gather></Response>"
    place(carrier, line, time_limit_s=1)
    assert line.wait_for("/placed/status", 4)[-1]["form"]["CallStatus"] == "completed"


def test_detection_that_holds_the_call_up_is_refused(handset: httpx.Client, network: object, line: TestLine) -> None:
    """Silence at pick-up sounds like fraud: the line never asks for it."""
    from tests.integration.carriers.line import ACCOUNT, TOKEN

    form = {"To": WORKER, "From": NUMBER, "Url": f"{line.url}/hello", "MachineDetection": "Enable"}
    answer = handset.post(f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json", data=form, auth=(ACCOUNT, TOKEN))
    assert answer.status_code == 400


def test_a_habit_that_does_not_exist_is_refused(handset: httpx.Client) -> None:
    assert handset.put(f"/handsets/{WORKER}", json={"answers": "sleeps"}).status_code == 400
