"""The handset page: what it hands on to the network, and what it refuses."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.phone_network.page import create_blueprint
from backend.phone_network.server import Network
from tests.integration.carriers.line import WORKER, TestLine

PERSON = {"number": WORKER, "name": "王秀英", "village": "兴泉社区", "age": 58}


def gloss(kind: str, key: str) -> str | None:
    return {"call": f"English for {key.partition(' ')[2]}"}.get(kind)


@pytest.fixture
def page(network: Network) -> FlaskClient:
    app = Flask("web")
    app.register_blueprint(create_blueprint(network.url, lambda: [PERSON], gloss))
    return app.test_client()


def test_the_page_needs_nothing_from_elsewhere_and_no_inline_code(page: FlaskClient) -> None:
    answer = page.get("/phone")
    html = answer.text
    assert answer.status_code == 200
    assert "三步" in html
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    for inline in (" style=", " onclick=", "<style", "http://", "https://"):
        assert inline not in html
    for name in ("phone.js", "phone.css", "strings.js", "sound.js", "icon.svg"):
        with page.get(f"/phone/static/{name}") as answer:
            assert answer.status_code == 200


def test_a_text_goes_through_to_the_line_and_shows_in_the_list(page: FlaskClient, line: TestLine) -> None:
    sent = page.post(f"/phone/api/handsets/{WORKER}/texts", json={"body": "我要找活路"})
    assert sent.status_code == 201
    assert line.wait_for("/twilio/sms")[0]["form"]["Body"] == "我要找活路"
    (shown,) = page.get(f"/phone/api/handsets/{WORKER}/texts?after=0").get_json()["items"]
    assert (shown["sid"], shown["direction"]) == (sent.get_json()["sid"], "from_handset")


def test_a_call_goes_through_by_key(page: FlaskClient, line: TestLine) -> None:
    line.answers["/twilio/voice"] = '<Response><Gather numDigits="1" action="/step"><Say>您好</Say></Gather></Response>'
    line.answers["/step"] = "<Response><Say>再见</Say></Response>"
    call = page.post(f"/phone/api/handsets/{WORKER}/calls", json={"patient": True}).get_json()
    page.post(f"/phone/api/calls/{call['sid']}/digits", json={"digits": "1"})
    seen = page.get(f"/phone/api/calls/{call['sid']}/events?after=0").get_json()
    assert [event["text"] for event in seen["events"] if event["kind"] == "say"] == ["您好", "再见"]
    assert seen["ended"]


def test_another_site_cannot_use_the_phone(page: FlaskClient) -> None:
    path = f"/phone/api/handsets/{WORKER}/texts"
    assert page.post(path, data={"body": "x"}).status_code == 403
    assert page.post(path, json={"body": "x"}, headers={"Origin": "http://evil.example"}).status_code == 403


@pytest.mark.parametrize("path", [
    "handsets/12345/texts", f"handsets/{WORKER}/faults", "calls/CA1/faults", "handsets/..%2F..%2Ffaults/texts",
])  # fmt: skip
def test_only_the_handset_addresses_are_handed_on(page: FlaskClient, path: str) -> None:
    assert page.post(f"/phone/api/{path}", json={}).status_code in {404, 405}


def test_the_people_and_the_gloss_come_from_the_service(page: FlaskClient) -> None:
    assert page.get("/phone/api/people").get_json()["items"] == [PERSON]
    assert page.get("/phone/api/gloss?kind=call&id=CA1 您好").get_json() == {"gloss": "English for 您好"}
    assert page.get("/phone/api/gloss?kind=sms&id=SM1").get_json() == {"gloss": None}


def test_what_a_recording_says_comes_from_the_service(page: FlaskClient, network: Network) -> None:
    assert page.get("/phone/api/words?file=greeting.wav").get_json() == {"words": None}
    app = Flask("web")
    app.register_blueprint(create_blueprint(network.url, list, words={"greeting.wav": "您好"}.get))
    assert app.test_client().get("/phone/api/words?file=greeting.wav").get_json() == {"words": "您好"}


def test_a_network_that_is_away_is_said_plainly() -> None:
    app = Flask("web")
    app.register_blueprint(create_blueprint("http://127.0.0.1:9", list))
    answer = app.test_client().get(f"/phone/api/handsets/{WORKER}/texts")
    assert answer.status_code == 502
    assert "没有开" in answer.get_json()["detail"]
