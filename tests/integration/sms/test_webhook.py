"""The SMS door: only what is signed gets in, once, whatever it holds (F1, I1, I2, I5, I6, I7)."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from backend.store.models import Message, Receipt

NUMBER = "+8610000090011"


def inbound(database: Any) -> list[Message]:
    with database.read() as session:
        return session.query(Message).filter_by(direction="inbound").order_by(Message.id).all()


@pytest.mark.parametrize(
    "path", ["/twilio/sms", "/twilio/sms/fallback", "/twilio/sms/status", "/twilio/voice", "/twilio/voice/status"]
)
@pytest.mark.parametrize("signature", ["", "bm90IHNpZ25lZA==", "签名", "x" * 5000])
def test_what_is_not_signed_by_the_carrier_gets_403_and_stores_nothing(
    signed: Any, database: Any, path: str, signature: str
) -> None:
    form = {
        "MessageSid": "SM1",
        "CallSid": "CA1",
        "From": NUMBER,
        "To": "+8610000012333",
        "Body": "有没得活",
        "MessageStatus": "sent",
    }
    answer = signed.post(path, form, signature=signature or "", headers={} if signature else None)
    assert answer.status_code == 403
    assert not inbound(database)
    with database.read() as session:
        assert session.query(Receipt).count() == 0


def test_a_changed_body_no_longer_fits_its_signature(app: Any, settings: Any, database: Any) -> None:
    from tests.support.signing import sign

    form = {"MessageSid": "SM2", "From": NUMBER, "Body": "一"}
    signature = sign(settings, "/twilio/sms", form)
    answer = app.test_client().post(
        "/twilio/sms", data={**form, "Body": "二"}, headers={"X-Twilio-Signature": signature}
    )
    assert answer.status_code == 403 and not inbound(database)


def test_the_same_message_again_is_acknowledged_alike_and_stored_once(signed: Any, database: Any) -> None:
    form = {
        "MessageSid": "SM3",
        "AccountSid": "AC1",
        "From": NUMBER,
        "To": "+8610000012333",
        "Body": "有活没得",
        "NumMedia": "0",
    }
    answers = [signed.post("/twilio/sms", form) for _ in range(3)]
    assert {a.status_code for a in answers} == {200} and len({a.data for a in answers}) == 1
    assert len(inbound(database)) == 1


def test_the_same_message_fifty_at_once_is_one_message(app: Any, settings: Any, database: Any) -> None:
    from tests.support.signing import SignedClient

    form = {
        "MessageSid": "SM4",
        "AccountSid": "AC1",
        "From": NUMBER,
        "To": "+8610000012333",
        "Body": "有活没得",
        "NumMedia": "0",
    }
    line, codes = threading.Barrier(50), []

    def post() -> None:
        client = SignedClient(app, settings)
        line.wait(timeout=60)
        codes.append(client.post("/twilio/sms", form).status_code)

    threads = [threading.Thread(target=post) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert codes == [200] * 50
    assert len(inbound(database)) == 1


@pytest.mark.parametrize(
    "body",
    [
        "活" * 30_000, "a" * 30_000, "\x00有活没得\x00", "😊" * 800, "有\u200b活\u202e没得", "／register_worker", "/delete_profile",
        " ／ apply_job{\"ordinal\": 1}", "{{7*7}}", "'; drop table workers; --", "有沒有摘果子的活兒", "１２３", "\ud7ff\ufffe", "",
    ],
)  # fmt: skip
def test_whatever_is_written_is_stored_and_acknowledged(signed: Any, database: Any, body: str) -> None:
    answer = signed.post("/twilio/sms", {"MessageSid": "SM5", "From": NUMBER, "To": "+8610000012333", "Body": body})
    assert answer.status_code == 200
    [message] = inbound(database)
    assert len(message.body) <= 1_600 and message.raw_truncated == (len(body) > 1_600) and "\x00" not in message.body


def test_bytes_that_are_no_utf8_never_make_a_server_error(app: Any, settings: Any, database: Any) -> None:
    from tests.support.signing import sign

    raw = b"MessageSid=SM6&From=%2B8610000090011&Body=%ff%fe%e6%9c"
    seen = {"MessageSid": "SM6", "From": NUMBER, "Body": b"\xff\xfe\xe6\x9c".decode("utf-8", "replace")}
    answer = app.test_client().post(
        "/twilio/sms", data=raw, content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": sign(settings, "/twilio/sms", seen)},
    )  # fmt: skip
    assert answer.status_code == 200 and len(inbound(database)) == 1


def test_a_request_over_512_kib_is_refused_with_413(app: Any, database: Any) -> None:
    answer = app.test_client().post(
        "/twilio/sms", data={"MessageSid": "SM7", "From": NUMBER, "Body": "a" * (512 * 1024 + 1)}
    )
    assert answer.status_code == 413 and not inbound(database)


def test_a_sender_that_is_no_number_is_refused_plainly(signed: Any, database: Any) -> None:
    answer = signed.post("/twilio/sms", {"MessageSid": "SM8", "From": "anonymous", "Body": "喂"})
    assert answer.status_code == 400 and not inbound(database)
