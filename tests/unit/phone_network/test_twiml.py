"""A conformance table: what Twilio accepts, what it warns about, what ends a call (telephony §6)."""

import pytest

from backend.phone_network.twiml import TwimlError, lint, parse, seconds_to_say


def response(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'


ACCEPTED = [
    "<Say>你好</Say>",
    '<Say voice="Polly.Zhiyu" language="cmn-CN">你好</Say>',
    '<Say voice="Polly.Zhiyu-Neural" language="cmn-CN">你好</Say>',
    '<Say voice="Google.cmn-CN-Wavenet-A" language="cmn-CN">你好</Say>',
    '<Say voice="Google.cmn-CN-Chirp3-HD-Kore">你好</Say>',
    '<Say voice="alice" language="zh-CN">你好</Say>',
    '<Say loop="0">你好</Say>',
    '<Say voice="Polly.Zhiyu"><prosody rate="80%">慢</prosody><break time="300ms"/><prosody rate="slow">点</prosody></Say>',
    '<Say><sub alias="一百二十元">120元</sub><break strength="weak"/><say-as interpret-as="digits">12</say-as></Say>',
    "<Play>https://line.example/a.mp3</Play>",
    '<Play digits="ww1"/>',
    '<Pause length="3"/>',
    "<Gather/>",
    '<Gather input="dtmf speech" language="cmn-Hans-CN" timeout="8" speechTimeout="2" numDigits="1" finishOnKey=""'
    ' hints="摘果子,采茶" profanityFilter="false" actionOnEmptyResult="true" action="/next" method="POST" bargeIn="true"'
    ' speechModel="googlev2_telephony" enhanced="true" maxSpeechTime="20"><Say>请说</Say><Play>a.wav</Play><Pause/></Gather>',
    '<Gather language="zh-CN" speechTimeout="auto" input="speech"/>',
    '<Record maxLength="60" finishOnKey="#" timeout="5" playBeep="true" trim="trim-silence" action="/left"'
    ' recordingStatusCallback="/kept" recordingStatusCallbackEvent="completed absent" transcribe="false"/>',
    '<Dial timeout="30" action="/dialled" callerId="+8610000012333" hangupOnStar="true" timeLimit="600"'
    ' record="do-not-record" answerOnBridge="true"><Number statusCallbackEvent="initiated answered">+861000000</Number></Dial>',
    "<Dial>+8613800000000</Dial>",
    '<Redirect method="GET">/again?x=1&amp;y=2</Redirect>',
    "<Hangup/>",
    '<Reject reason="busy"/>',
]  # fmt: skip

WARNED = [
    ("<say>你好</say>", 12200),
    ("<Say pitch='high'>你好</Say>", 12200),
    ("<Say voice='Polly.Zhiyuan'>你好</Say>", 13511),
    ("<Say voice='Google.cmn-CN-Wavenet-Z'>你好</Say>", 13511),
    ("<Say language='cmn-Hans-CN'>你好</Say>", 13512),
    ("<Say voice='Polly.Zhiyu' language='en-US'>你好</Say>", 13512),
    ("<Say loop='-1'>你好</Say>", 13510),
    ("<Say></Say>", 13520),
    (f"<Say>{'字' * 4097}</Say>", 13520),
    ("<Say><prosody rate='quick'>你好</prosody></Say>", 13513),
    ("<Say><b>你好</b></Say>", 12200),
    ("<Say voice='woman'>你<break/>好</Say>", 12200),
    ("<Gather language='cmn-CN'/>", 13326),
    ("<Gather timeout='0'/>", 13313),
    ("<Gather timeout='soon'/>", 13313),
    ("<Gather numDigits='0'/>", 13314),
    ("<Gather finishOnKey='A'/>", 13310),
    ("<Gather input='voice'/>", 13325),
    ("<Gather speechTimeout='2.5'/>", 13327),
    (f"<Gather hints='{'长' * 101}'/>", 13330),
    ("<Gather num_digits='1'/>", 12200),
    ("<Gather method='PUT'/>", 13312),
    ("<Gather><Record/></Gather>", 12200),
    ("<Pause length='-1'/>", 13910),
    ("<Record maxLength='0'/>", 13611),
    ("<Dial timeout='0'>+861</Dial>", 13212),
    ("<Dial callerId='a b'>+861</Dial>", 13214),
    ("<Reject reason='no'/>", 13110),
    ("<Hangup now='1'/>", 12200),
    ("<Enqueue>x</Enqueue>", 12200),
    ("<Redirect><Say>x</Say></Redirect>", 12200),
]  # fmt: skip

REFUSED = [
    ("<Response><Say>", "text/xml", 12100),
    ("", "text/xml", 12100),
    ("<Reply/>", "text/xml", 12100),
    ("<Response/>", "application/json", 12300),
    ("<Response/>", None, 12300),
    ('<!DOCTYPE x [<!ENTITY a "b">]><Response/>', "text/xml", 12100),
    (f"<Response><!--{'x' * 70000}--></Response>", "text/xml", 11750),
    (response('<Gather actionOnEmptyResult="true" action=""/>'), "text/xml", 13338),
]


@pytest.mark.parametrize("inside", ACCEPTED)
def test_what_twilio_accepts_passes_without_a_word(inside: str) -> None:
    assert lint(response(inside)) == []


@pytest.mark.parametrize(("inside", "code"), WARNED)
def test_what_twilio_warns_about_is_warned_about_and_the_call_goes_on(inside: str, code: int) -> None:
    document = parse(response(inside + "<Hangup/>"))
    assert code in [warned.code for warned in document.warnings]
    assert document.verbs[-1].name == "Hangup"


@pytest.mark.parametrize(("body", "content_type", "code"), REFUSED)
def test_what_cannot_be_read_ends_the_call(body: str, content_type: str | None, code: int) -> None:
    with pytest.raises(TwimlError) as caught:
        parse(body, content_type)
    assert caught.value.code == code


def test_a_bad_value_falls_back_to_the_default() -> None:
    (gather,) = parse(response('<Gather timeout="soon" numDigits="2"/>')).verbs
    assert gather.attributes == {"numDigits": "2"}


def test_slow_speech_keeps_its_rate_and_its_pauses() -> None:
    (say,) = parse(response('<Say>您好<break time="1s"/><prosody rate="80%">摘脆红李</prosody>。</Say>')).verbs
    assert say.parts == [("您好", None, 0.0), ("", None, 1.0), ("摘脆红李", "80%", 0.0), ("。", None, 0.0)]
    assert say.text == "您好摘脆红李。"


@pytest.mark.parametrize(("rate", "seconds"), [(None, 5.0), ("80%", 6.25), ("slow", 20 / 3), ("x-fast", 10 / 3)])
def test_a_slow_voice_takes_longer(rate: str | None, seconds: float) -> None:
    assert seconds_to_say("字" * 20, rate) == pytest.approx(seconds)
