"""The TwiML executor, stepped by hand: no sound, no network, no clock."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.phone_network.executor import APPLICATION_ERROR, CallExecutor, Recording
from backend.phone_network.twiml import Verb
from backend.phone_network.webhook import Fetched, Request

URL = "https://line.example/twilio/voice"


class Stepper:
    """A call over a dictionary of documents; keeps what was asked for."""

    def __init__(self, documents: dict[str, str | Fetched | Callable[[Request], str]], **options: Any) -> None:
        self.documents, self.asked, self.kept = documents, [], []
        options.setdefault("patient", True)
        self.call = CallExecutor(URL, fetch=self._fetch, keep=self._keep, now=0.0, **options)
        self.call.start(0.0)

    def _fetch(self, request: Request) -> Fetched:
        self.asked.append(request)
        answer = self.documents.get(request.url.removeprefix("https://line.example"), Fetched(404, error_code=11200))
        answer = answer(request) if callable(answer) else answer
        return answer if isinstance(answer, Fetched) else Fetched(200, f"<Response>{answer}</Response>", "text/xml")

    def _keep(self, recording: Recording, verb: Verb) -> dict[str, str]:
        self.kept.append(recording)
        return {"RecordingUrl": "https://net/RE1", "RecordingSid": "RE1"}

    @property
    def said(self) -> list[str]:
        return [event.data["text"] for event in self.call.events if event.kind == "say"]

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.call.events]

    @property
    def last(self) -> dict[str, str]:
        return self.asked[-1].params


def start(voice: str, **documents: str | Fetched) -> Stepper:
    return Stepper({"/twilio/voice": voice, **{f"/{name}": body for name, body in documents.items()}})


# (attributes of Gather, what the caller does, what the action gets; None: it is not asked)
GATHERED = [
    ('numDigits="1"', [("press", "1")], {"Digits": "1"}),
    ('numDigits="2"', [("press", "5"), ("press", "8")], {"Digits": "58"}),
    ('numDigits="2"', [("press", "589")], {"Digits": "58"}),
    ("", [("press", "123#")], {"Digits": "123", "FinishedOnKey": "#"}),
    ("", [("press", "12"), ("silence",)], {"Digits": "12"}),
    ("", [("press", "#")], None),
    ('finishOnKey=""', [("press", "1#"), ("silence",)], {"Digits": "1#"}),
    ('finishOnKey="*" numDigits="4"', [("press", "1#*")], {"Digits": "1#", "FinishedOnKey": "*"}),
    ('numDigits="1" finishOnKey="#"', [("press", "*")], {"Digits": "*"}),
    ("", [("silence",)], None),
    ('actionOnEmptyResult="true"', [("silence",)], {"Digits": ""}),
    ('input="speech" language="cmn-Hans-CN"', [("speak", "摘果子")],
     {"SpeechResult": "摘果子", "Language": "cmn-Hans-CN", "Confidence": "0.9"}),
    ('input="dtmf speech" numDigits="1"', [("speak", "要得")], {"SpeechResult": "要得"}),
    ('input="dtmf speech" numDigits="1"', [("press", "1")], {"Digits": "1"}),
    ('input="dtmf"', [("speak", "喂"), ("silence",)], None),
    ('input="speech"', [("press", "1"), ("silence",)], None),
    ('input="dtmf speech" numDigits="2"', [("press", "5"), ("speak", "八"), ("press", "8")], {"Digits": "58"}),
]  # fmt: skip


@pytest.mark.parametrize(("attributes", "acts", "expected"), GATHERED)
def test_gather_hands_on_what_twilio_would(
    attributes: str, acts: list[tuple[str, ...]], expected: dict[str, str] | None
) -> None:
    step = start(f'<Gather action="/next" {attributes}><Say>请按</Say></Gather><Say>没听到</Say>', next="<Say>好</Say>")
    for act in acts:
        getattr(step.call, act[0])(*act[1:], 1.0)
    assert step.call.ended
    if expected is None:
        assert step.said == ["请按", "没听到"]
    else:
        assert step.said == ["请按", "好"]
        assert step.asked[-1].url == "https://line.example/next"
        assert expected.items() <= step.last.items()


def test_a_gather_without_action_asks_its_own_document_again() -> None:
    step = Stepper({"/twilio/voice": lambda request: "<Say>好</Say>" if request.params.get("Digits") else "<Gather/>"})
    step.call.press("1#", 0.0)
    assert [request.url for request in step.asked] == [URL, URL]
    assert step.said == ["好"]


def test_relative_addresses_are_read_from_the_document_they_stand_in() -> None:
    step = Stepper({
        "/twilio/voice": "<Redirect>menu/start?lang=zh</Redirect>",
        "/twilio/menu/start?lang=zh": '<Gather numDigits="1" action="../step"/>',
        "/twilio/step": "<Hangup/>",
    })  # fmt: skip
    step.call.press("1", 0.0)
    assert step.asked[-1].url == "https://line.example/twilio/step"


def test_a_listener_runs_out_of_patience_after_the_words_and_the_timeout() -> None:
    step = Stepper({"/twilio/voice": '<Gather timeout="8"><Say>一二三四</Say></Gather><Say>再问</Say>'}, patient=False)
    assert step.call.wait is not None
    assert step.call.wait.deadline == pytest.approx(9.0)
    step.call.advance(8.9)
    assert step.said == ["一二三四"]
    step.call.advance(9.0)
    assert step.said == ["一二三四", "再问"]


def test_a_reader_is_waited_for_but_a_half_typed_number_is_not() -> None:
    step = start('<Gather timeout="3" action="/next"/>', next="<Hangup/>")
    step.call.advance(900.0)
    assert not step.call.ended
    step.call.press("12", 901.0)
    step.call.advance(904.0)
    assert step.last["Digits"] == "12"


def test_a_key_interrupts_the_words_unless_barge_in_is_off() -> None:
    for attribute, said in (("true", ["好"]), ("false", [])):
        step = Stepper(
            {"/twilio/voice": f'<Gather numDigits="1" bargeIn="{attribute}" action="/n"><Say>{"字" * 40}</Say></Gather>',
             "/n": "<Say>好</Say>"},
            patient=False,
        )  # fmt: skip
        step.call.press("1", 2.0)
        assert step.said[1:] == said


def test_a_pause_takes_its_time_and_keys_in_it_go_unheard() -> None:
    step = start('<Pause length="2"/><Say>好</Say>')
    step.call.press("1", 1.0)
    step.call.advance(1.9)
    assert step.kinds == ["pause", "unheard"]
    step.call.advance(2.0)
    assert step.said == ["好"]


@pytest.mark.parametrize(("document", "outcome", "said"), [
    ("<Hangup/><Say>x</Say>", "completed", []),
    ("<Reject/>", "failed", []),
    ('<Reject reason="busy"/>', "busy", []),
    ("<Say>好</Say><Reject/><Say>x</Say>", "completed", ["好"]),
    ("<Say>好</Say>", "completed", ["好"]),
    ("", "completed", []),
])  # fmt: skip
def test_a_call_ends_as_the_document_says(document: str, outcome: str, said: list[str]) -> None:
    step = start(document)
    assert (step.call.ended, step.call.outcome, step.said) == (True, outcome, said)


@pytest.mark.parametrize("broken", [
    Fetched(500, error_code=11200), Fetched(None, error_code=11205), Fetched(200, "<Response>", "text/xml"),
    Fetched(200, "<Response/>", "application/json"),
])  # fmt: skip
def test_a_broken_document_goes_to_the_fallback_and_then_to_an_apology(broken: Fetched) -> None:
    fallback = "https://line.example/fallback"
    step = Stepper({"/twilio/voice": broken, "/fallback": "<Say>请稍后</Say>"}, fallback_url=fallback)
    assert step.said == ["请稍后"]
    assert step.last["ErrorUrl"] == URL
    assert step.last["ErrorCode"] in {"11200", "11205", "12100", "12300"}
    step = Stepper({"/twilio/voice": broken, "/fallback": broken}, fallback_url=fallback)
    assert (step.said, step.call.ended) == ([APPLICATION_ERROR], True)


def test_a_line_that_sends_the_call_in_a_circle_is_cut_off() -> None:
    step = start("<Redirect>/twilio/voice</Redirect>")
    assert step.call.ended
    assert step.said == [APPLICATION_ERROR]
    assert len(step.asked) < 100


def test_waiting_in_a_circle_with_pauses_is_allowed() -> None:
    step = start('<Pause length="1"/><Redirect>/twilio/voice</Redirect>')
    step.call.advance(120.0)
    assert not step.call.ended


@pytest.mark.parametrize(("status", "bridged"), [("busy", False), ("no-answer", False), ("completed", True)])
def test_dial_tells_its_action_how_it_went(status: str, bridged: bool) -> None:
    step = start('<Dial action="/next" timeout="20"><Number>+8613800000000</Number></Dial>', next="<Say>好</Say>")
    assert step.call.events[-1].data["numbers"] == ["+8613800000000"]
    if bridged:
        step.call.dialled("answered", 5.0, sid="CA9")
    step.call.dialled(status, 9.0, sid="CA9", duration_s=4)
    assert {"DialCallStatus": status, "DialCallSid": "CA9", "DialCallDuration": "4"}.items() <= step.last.items()
    assert step.said == ["好"]


def test_dial_gives_up_after_its_timeout_and_goes_on() -> None:
    step = start('<Dial timeout="20">+8613800000000</Dial><Say>没有人接</Say>')
    step.call.advance(19.9)
    assert step.said == []
    step.call.advance(20.0)
    assert step.said == ["没有人接"]


def test_the_star_key_leaves_a_dialled_person_if_asked_for() -> None:
    step = start('<Dial hangupOnStar="true" action="/next">+8613800000000</Dial>', next="<Hangup/>")
    step.call.dialled("answered", 1.0, sid="CA9")
    step.call.press("*", 2.0)
    assert step.last["DialCallStatus"] == "completed"


# (what the caller does, the Digits the action gets; None: nothing was recorded)
RECORDED = [
    ([("speak", "我叫"), ("speak", "王秀英"), ("press", "#")], "#"),
    ([("speak", "我叫王秀英"), ("silence",)], ""),
    ([("press", "5"), ("speak", "喂"), ("press", "#")], "#"),
    ([("silence",)], None),
    ([("press", "#")], None),
]


@pytest.mark.parametrize(("acts", "digits"), RECORDED)
def test_record_hands_over_what_was_said(acts: list[tuple[str, ...]], digits: str | None) -> None:
    step = start('<Record action="/left" finishOnKey="#" maxLength="60"/><Say>没录到</Say>', left="<Say>录好了</Say>")
    for act in acts:
        getattr(step.call, act[0])(*act[1:], 1.0)
    if digits is None:
        assert step.said == ["没录到"]
        assert step.kept == []
    else:
        assert step.said == ["录好了"]
        assert step.last["Digits"] == digits
        assert step.kept[0].words.replace(" ", "") in {"我叫王秀英", "喂"}


def test_a_recording_stops_at_its_longest() -> None:
    step = start('<Record action="/left" maxLength="10"/>', left="<Say>录好了</Say>")
    step.call.speak("字" * 100, 1.0)
    step.call.advance(10.0)
    assert step.last["RecordingDuration"] == "10"


def test_hanging_up_in_a_recording_keeps_it() -> None:
    step = start('<Record action="/left"/>', left="<Say>x</Say>")
    step.call.speak("请回电话", 1.0)
    step.call.hang_up(2.0)
    assert step.last["Digits"] == "hangup"
    assert step.said == []
    assert step.call.ended


def test_hanging_up_ends_the_call_anywhere() -> None:
    for document in ("<Gather/>", "<Pause length='9'/>", "<Record/>", "<Dial>+8613800000000</Dial>"):
        step = start(document)
        step.call.hang_up(1.0)
        assert (step.call.ended, step.call.outcome) == (True, "completed")
        step.call.press("1", 2.0)  # What comes after the end is nothing.


def test_a_call_can_be_taken_elsewhere_while_it_waits() -> None:
    step = start("<Gather/>", other="<Say>换个地方</Say>")
    step.call.replace(Request("https://line.example/other"), 1.0)
    assert step.said == ["换个地方"]


def test_no_call_lasts_for_ever() -> None:
    step = start("<Gather/>")
    step.call.advance(4 * 3600.0)
    assert step.call.ended


def test_what_twilio_only_warns_about_is_heard_all_the_same() -> None:
    step = start('<Say voice="Nobody">好</Say>')
    assert step.kinds == ["warning", "say", "end"]


def test_a_recogniser_says_how_sure_it_is() -> None:
    """V04: what the line makes of an unsure hearing can be tried."""
    step = start('<Gather input="speech" action="/next"/>', next="<Hangup/>")
    step.call.speak("有火没得", 1.0, None, 0.4)
    assert step.last["Confidence"] == "0.4"
    sure = start('<Gather input="speech" action="/next"/>', next="<Hangup/>")
    sure.call.speak("有活没得", 1.0)
    assert sure.last["Confidence"] == "0.9"
