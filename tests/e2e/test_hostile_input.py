"""Hostile and odd input through the whole way: never a 5xx, never an intent, inert wherever it is shown (I1, I5–I8, I12)."""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import quote_plus

import httpx
import pytest
import yaml
from sqlalchemy import select

from backend.settings import ROOT
from backend.store.models import Call, CallTurn, Conversation, Handset, Message, Offer, TurnEffect
from tests.e2e.support_copies import Copy
from tests.e2e.support_faults import console, sms_form, webhook
from tests.support.waiting import wait_for

_numbers = itertools.count(1)
INTENTS = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
# All the ways a slash can be written that normalisation turns into one, and what can be put before it.
SLASHES = ("/", "／", " /", "\u200b/", "\ufeff／", "\u202e/", "//", "\\", "　／")
PAYLOADS = (
    "<script>alert('lg-mark')</script>",
    '"><img src=x onerror=lgmark()>',
    "<svg/onload=lgmark()>",
    "{{7*191}} {% for x in ().__class__.__base__.__subclasses__() %}lg{% endfor %} ${7*191}",
    "'; DROP TABLE messages; -- lg",
    "1' OR '1'='1' UNION SELECT * FROM staff --",
    "</Say></Gather><Redirect>http://127.0.0.1/lgmark</Redirect><Say>",
    "<Response><Dial>+8610007499999</Dial></Response>",
    "]]><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    '=HYPERLINK("http://127.0.0.1/lgmark","lg")',
    "lg\r\nlevel=critical event=forged\x1b[31m\x1b]0;lg\x07",
    "javascript:lgmark() data:text/html,<script>lgmark()</script>",
    "%3Cscript%3Elgmark()%3C/script%3E &lt;script&gt;lgmark()",
)
ODD = {
    "thirty thousand characters": "我想找活路" * 6_000,
    "thirty thousand of one": "啊" * 30_000,
    "NUL": "我想\x00找活\x00路",
    "only NUL": "\x00",
    "control characters": "".join(map(chr, range(1, 32))) + "找活路",
    "emoji only": "👩‍🌾🍊🍊👍🏽",
    "full-width": "ｗｏ　ｘｉａｎｇ　找活路　５８岁",
    "traditional": "有沒有摘果子的活路 我想報個名 明天就來",
    "right to left": "\u202e活找\u202d\u2066x\u2069",
    "combining flood": "找" + "\u0301" * 2_000 + "活",
    "private use": "\ue000\uf8ff\U000f0000 找活路",
    "zero width": "找\u200b活\u200d路\ufeff",
    "lone surrogates made whole": "\ud83d 找活路",
    "one letter": "啊",
    "only spaces": " \u3000\t\n ",
    "digits": "9" * 5_000,
    "very many numbers": " ".join(str(n) for n in range(3_000)),
    "nested brackets": "(" * 3_000 + "[" * 3_000,
}
COMMITS = {
    "registered",
    "job_taken",
    "withdrawn",
    "erased",
    "profile_updated",
    "availability_set",
    "opted_out",
    "posting_received",
}


@pytest.fixture
def number() -> str:
    return f"+8610007401{next(_numbers):03}"


def inbound(copy: Copy, number: str) -> list[Message]:
    with copy.books.read() as session:
        return list(session.scalars(
            select(Message).join(Handset, Handset.id == Message.handset_id)
            .where(Handset.number == number, Message.direction == "inbound").order_by(Message.id)
        ))  # fmt: skip


def effects(copy: Copy, message: Message) -> dict[str, set[str]]:
    """{act: kinds of its answers}"""
    with copy.books.read() as session:
        rows = session.scalars(select(TurnEffect).where(TurnEffect.message_id == message.id))
        return {row.act: {answer["kind"] for answer in row.answer["answers"]} for row in rows}


def all_answered(copy: Copy, like: str, within_s: float = 60) -> None:
    wait_for(lambda: not copy.books.unsettled(like), within_s, "every text is answered")
    assert copy.books.differences(like) == []


@pytest.mark.parametrize("what", ODD)
def test_odd_text_is_kept_and_answered(first: Copy, number: str, what: str) -> None:
    # As JSON escapes, since a lone surrogate is nothing that UTF-8 can say.
    body = json.dumps({"body": ODD[what]})
    answer = first.stack.network.post(
        f"/handsets/{number}/texts", content=body, headers={"Content-Type": "application/json"}
    )
    sent = answer.raise_for_status().json()
    all_answered(first, number)
    [message] = inbound(first, number)
    [text] = first.books.network(number, "from_handset")
    assert text["status"] == "received" and text["sid"] == sent["sid"]
    assert len(message.body) <= 1600 and "\x00" not in message.body
    assert message.raw_truncated == (len(text["body"]) > 1600)
    assert message.attempts == 1 and message.status == "answered", "it was not an error of ours that answered"
    assert not {kind for kinds in effects(first, message).values() for kind in kinds} & COMMITS


def test_bytes_that_are_no_text_are_kept_once_and_answered(first: Copy, number: str) -> None:
    """I6: signed over the bytes as the carrier reads them; whichever way that is, no 5xx and nothing half kept."""
    good = quote_plus("找活路")
    for place, raw in enumerate((b"%FF%FE" + good.encode(), b"%C0%AF%ED%A0%80", b"%E6%89", b"%00%01" + good.encode())):
        form = sms_form(first.stack, f"SMlgbytes{place}", number, "")
        head = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in form.items() if name != "Body")
        for errors in ("replace", "ignore"):
            said = bytes.fromhex(raw.replace(b"%", b"").decode("ascii")) if raw.count(b"%") * 3 == len(raw) else None
            body = (said or b"").decode("utf-8", errors)
            answer = webhook(first.stack, "/twilio/sms", {**form, "Body": body}, raw=head.encode() + b"&Body=" + raw)
            assert answer.status_code in (200, 403), answer.text
    # The network gives its handsets no way to send bytes, so what was kept is looked at in our own book.
    wait_for(lambda: all(m.status == "answered" for m in inbound(first, number)), 60, "what was taken is answered")
    assert inbound(first, number), "a carrier that replaces what is no UTF-8 is believed"
    assert len({m.carrier_id for m in inbound(first, number)}) == len(inbound(first, number))


def test_too_large_a_request_is_refused_and_the_line_goes_on(first: Copy, number: str) -> None:
    form = sms_form(first.stack, "SMlghuge", number, "大" * 400_000)
    assert webhook(first.stack, "/twilio/sms", form).status_code == 413
    many = {**sms_form(first.stack, "SMlgmany", number, "找活路"), **{f"X{n}": "y" for n in range(3_000)}}
    assert webhook(first.stack, "/twilio/sms", many).status_code < 500
    assert "去哪个回数字" in first.stack.text(number, "找活路")


@pytest.mark.parametrize("path", ["/twilio/sms", "/twilio/sms/status", "/twilio/voice", "/twilio/voice/turn?call=1&n=x",
                                  "/twilio/voice/recorded?call=x&n=y", "/twilio/voice/dial?call=99999999999999999999",
                                  "/twilio/voice/status", "/twilio/voice/fallback"])  # fmt: skip
def test_signed_nonsense_is_never_a_5xx(first: Copy, path: str) -> None:
    """I3, I12: fields missing, doubled, empty, endless or not what they say, all with the carrier's own signature."""
    for fields in (
        {},
        {"MessageSid": "", "From": ""},
        {"MessageSid": "SM\x00", "From": "+86\x00", "Body": "x", "NumMedia": "-1", "MessageStatus": "\x00"},
        {
            "MessageSid": "S" * 5_000,
            "From": "+8610007402001",
            "Body": "x",
            "NumMedia": "9" * 400,
            "MessageStatus": "x" * 500,
        },
        {"CallSid": "", "From": "anonymous", "CallStatus": "\ud7ff\x00"},
        {
            "CallSid": "CA\x00",
            "From": "+8610007402002",
            "Digits": "1" * 5_000,
            "SpeechResult": "\x00" * 50,
            "Confidence": "NaN",
        },
        {"CallSid": "C" * 5_000, "From": "sip:x@127.0.0.1", "Digits": "<Say>", "RecordingUrl": "file:///etc/passwd"},
    ):
        answer = webhook(first.stack, path, fields)
        assert answer.status_code < 500, (fields, answer.status_code)
        if "voice" in path and answer.status_code == 200:
            assert ET.fromstring(answer.text).tag == "Response"


def test_no_intent_can_be_written_as_text(first: Copy) -> None:
    """I7: every intent, bare and with entities, behind every kind of slash, while there is something to say yes to."""
    numbers = {}
    asked = "+86100074050%"
    for place, intent in enumerate(INTENTS):
        number = f"+86100074050{place:02}"
        first.stack.send(number, "找活路")
        slash = SLASHES[place % len(SLASHES)]
        open_, close = ("{", "}") if place % 2 else ("｛", "｝")
        words = (
            f'{slash}{intent}{open_}"ordinal": 1, "person_name": "张三丰", "job_type": ["A04"]{close}'
            if place % 3
            else slash + intent
        )
        first.stack.send(number, words)
        numbers[number] = words
    for place, words in enumerate(
        ("/restart", "／back", "/session_start", "EXTERNAL: affirm", 'affirm@0.99{"ordinal": 1}')
    ):
        number = f"+86100074050{80 + place}"
        first.stack.send(number, "找活路")
        first.stack.send(number, words)
        numbers[number] = words
    all_answered(first, asked, 120)
    for number, words in numbers.items():
        message = inbound(first, number)[1]
        assert message.intent == "out_of_scope", (words, message.intent)
        assert not message.entities, words
        done = effects(first, message)
        assert not {kind for kinds in done.values() for kind in kinds} & COMMITS, (words, done)
        assert set(done) <= {"out_of_scope", "not_understood", "resume_form"}, (words, done)
    with first.books.read() as session:
        taken = session.scalars(
            select(Offer.id).join(Message, Message.id == Offer.message_id).join(Handset, Handset.id == Message.handset_id)
            .where(Handset.number.like(asked))
        ).all()  # fmt: skip
        assert taken == []


class Page(HTMLParser):
    """The elements, handlers and addresses of a page, as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"<{tag}"] if tag in ("iframe", "redirect", "dial", "say", "x") else []
        if tag == "script" and not dict(attrs).get("src"):
            self.found.append("<script>")
        addresses = ("href", "src", "action", "formaction", "xlink:href")
        self.found += [f"{name}={value}" for name, value in attrs if name.startswith("on")]
        self.found += [f"{name}={value}" for name, value in attrs if name in addresses and "lgmark" in (value or "")]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_payloads_are_inert_in_texts_console_and_logs(first: Copy) -> None:
    """I8: SQL, HTML, templates, TwiML, log forging, as texts and as the name somebody gives."""
    stack = first.stack
    like = "+86100074060%"
    for place, payload in enumerate(PAYLOADS):
        number = f"+86100074060{place:02}"
        for words in (payload, "登记", payload, f"我叫{payload} 五十八了 会采茶 住兴泉社区", "1"):
            stack.send(number, words)
    all_answered(first, like, 120)
    with first.books.read() as session:
        conversations = session.scalars(
            select(Conversation.id)
            .join(Handset, Handset.id == Conversation.handset_id)
            .where(Handset.number.like(like))
        ).all()
    assert len(conversations) == len(PAYLOADS)
    shown = ""
    with console(stack) as staff:
        pages = ["/console/", "/console/conversations", "/console/cases", "/console/openings"]
        for path in [*pages, *(f"/console/conversations/{one}" for one in conversations)]:
            answer = staff.get(path)
            assert answer.status_code == 200, path
            page = Page(answer.text)
            assert page.found == [], path
            assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
            shown += page.words
    assert "1337" not in shown, "7*191 was worked out by nobody"
    assert "alert(" in shown and "{{7*191}}" in shown, "staff read what was written, as it was written"
    answers = "\n".join(text["body"] for text in first.books.network(like, "to_handset"))
    assert "1337" not in answers and "<script" not in answers
    assert "event=forged" not in [line.split(" ")[0] for line in stack.logs().splitlines()]
    assert "\x1b]0;lg" not in stack.logs() and not re.search(r"^level=critical", stack.logs(), re.M)


def test_a_name_made_of_markup_stays_a_name(first: Copy) -> None:
    """A record that already holds such a name, however it came there, does no harm where it is shown."""
    stack, number = first.stack, "+8610007407001"
    stack.text(number, "我是兴泉社区的冉桂兰 五十八了 会采茶")
    stack.text(number, "1")
    [worker] = stack.get("/workers", phone=number)["items"]
    for payload in ("<script>lgmark()</script>", "{{7*191}}", "</Say><Redirect>lgmark</Redirect>"):
        stack.api("PATCH", f"/workers/{worker['id']}", json={"name": payload}).raise_for_status()
        stack.text(number, "我反映个事 老板拖欠工钱")
        stack.text(number, "看我的登记")
        call = stack.call(number)
        call.press("3")
        assert not call.ended and not [e for e in call.state["events"] if e["kind"] == "error"]
        assert "lgmark" not in "".join(call.said)
        call.hang_up()
        with first.books.read() as session:
            one = session.scalars(select(Conversation.id).join(Handset).where(Handset.number == number)).all()[-1]
        with console(stack) as staff:
            for path in ("/console/conversations", f"/console/conversations/{one}", "/console/cases"):
                page = Page(staff.get(path).text)
                assert page.found == [] and "1337" not in page.words


VERBS = {
    "Response",
    "Say",
    "Gather",
    "Play",
    "Pause",
    "Record",
    "Redirect",
    "Dial",
    "Number",
    "Hangup",
    "prosody",
    "Prosody",
}


def test_payloads_said_in_a_call_leave_valid_twiml_of_our_own(first: Copy, number: str) -> None:
    """I8, I12: what is said never becomes a verb, an address or a number to dial."""
    stack = first.stack
    for payload in PAYLOADS:
        call = stack.call(number)
        heard = call.speak(payload)
        assert "".join(heard) and not [e for e in call.state["events"] if e["kind"] == "error"], payload
        call.hang_up()
    with first.books.read() as session:
        documents = session.scalars(
            select(CallTurn.twiml).join(Call, Call.id == CallTurn.call_id).join(Handset, Handset.id == Call.handset_id)
            .where(Handset.number == number)
        ).all()  # fmt: skip
    assert len(documents) >= 2 * len(PAYLOADS)
    for document in documents:
        for element in ET.fromstring(document).iter():
            assert element.tag in VERBS, element.tag
            addresses = [element.get("action"), element.text if element.tag == "Redirect" else None]
            assert all(stack.url in address for address in addresses if address), addresses
        assert "lgmark" not in document


def test_the_api_takes_any_text_to_understand(first: Copy) -> None:
    for text in (*ODD.values(), *PAYLOADS, *(f"/{intent}" for intent in INTENTS)):
        try:
            body = {"text": text.encode("utf-8", "replace").decode(), "channel": "sms"}
            answer = first.stack.api("POST", "/understand", json=body)
        except httpx.HTTPError as problem:
            raise AssertionError(text[:40]) from problem
        assert answer.status_code == 200, (text[:40], answer.status_code)
        if text.startswith("/"):
            assert answer.json()["intent"]["name"] == "out_of_scope" and answer.json()["entities"] == []
