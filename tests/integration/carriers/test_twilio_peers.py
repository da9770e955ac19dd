"""The Twilio adapter against Twilio doubles that others wrote: `emulate`, and Twilio's OpenAPI behind Prism."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from backend.carriers import CarrierError
from backend.carriers.twilio import TwilioCarrier
from tests.integration.carriers.line import WORKER, TestLine
from tests.peers.start import EMULATE_ACCOUNT, EMULATE_NUMBER, EMULATE_TOKEN, emulate, prism


@pytest.fixture(scope="module")
def shared_line() -> Iterator[TestLine]:
    line = TestLine(account=EMULATE_ACCOUNT, token=EMULATE_TOKEN).start()
    yield line
    line.stop()


@pytest.fixture(scope="module")
def emulate_url(shared_line: TestLine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with emulate(tmp_path_factory.mktemp("emulate"), shared_line.url) as url:
        yield url


@pytest.fixture(scope="module")
def prism_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prism(tmp_path_factory.mktemp("prism")) as url:
        yield url


@pytest.fixture
def twilio(emulate_url: str) -> TwilioCarrier:
    return TwilioCarrier(EMULATE_ACCOUNT, EMULATE_TOKEN, api_base_url=emulate_url)


def test_emulate_takes_a_text_and_calls_the_status_url_signed(twilio: TwilioCarrier, shared_line: TestLine) -> None:
    sent = twilio.send_sms(
        WORKER, "【中塘零工】明早7点", from_=EMULATE_NUMBER, reference="out-9", status_url=f"{shared_line.url}/e/status"
    )
    assert sent.carrier_id.startswith("SM")
    receipt = shared_line.wait_for("/e/status")[0]
    assert receipt["signed"]
    assert receipt["args"] == {"reference": "out-9"}
    assert receipt["form"]["MessageSid"] == sent.carrier_id


def test_a_text_is_found_in_emulates_list_by_number_words_and_time(twilio: TwilioCarrier) -> None:
    since, body = datetime.now(UTC), "查一查"
    assert twilio.find_sent(WORKER, body, since, "out-10") is None
    sent = twilio.send_sms(WORKER, body, from_=EMULATE_NUMBER, reference="out-10", status_url="http://127.0.0.1:9/s")
    found = twilio.find_sent(WORKER, body, since, "out-10")
    assert found is not None
    assert found.carrier_id == sent.carrier_id
    assert twilio.find_sent(WORKER, body, since + timedelta(minutes=5), "out-10") is None


def test_emulate_places_a_call(twilio: TwilioCarrier, shared_line: TestLine) -> None:
    placed = twilio.place_call(
        WORKER, from_=EMULATE_NUMBER, url=f"{shared_line.url}/hello", status_url=f"{shared_line.url}/e/call-status"
    )
    assert placed.carrier_id.startswith("CA")


def test_emulates_refusal_keeps_its_code(twilio: TwilioCarrier) -> None:
    with pytest.raises(CarrierError) as caught:
        twilio.send_sms(WORKER, "x", from_="+15550001111", reference="r", status_url="http://127.0.0.1:9/s")
    assert caught.value.code == "21606"
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize(("what", "path"), [("inbound-message", "/twilio/sms"), ("inbound-call", "/twilio/voice")])
def test_emulates_webhooks_carry_a_signature_we_accept(
    emulate_url: str, shared_line: TestLine, what: str, path: str
) -> None:
    httpx.post(
        f"{emulate_url}/_twilio/simulate/{what}", auth=(EMULATE_ACCOUNT, EMULATE_TOKEN), trust_env=False,
        data={"To": EMULATE_NUMBER, "From": WORKER, "Body": "我要找活路 100% & ＋"},
    ).raise_for_status()  # fmt: skip
    seen = shared_line.wait_for(path)[-1]
    assert seen["signed"]
    assert seen["form"]["From"] == WORKER


def test_every_request_we_make_fits_twilios_openapi(prism_url: str) -> None:
    # Prism wants the repeated field StatusCallbackEvent as an array and refuses Twilio's own form of it.
    twilio = TwilioCarrier(
        EMULATE_ACCOUNT, EMULATE_TOKEN, api_base_url=prism_url, call_events=(),
        voice_fallback_url="https://line.example/twilio/voice/fallback",
    )  # fmt: skip
    status_url = "https://line.example/twilio/sms/status"
    assert twilio.send_sms(WORKER, "你好", from_=EMULATE_NUMBER, reference="r", status_url=status_url).carrier_id
    placed = twilio.place_call(
        WORKER, from_=EMULATE_NUMBER, url="https://line.example/v", status_url=status_url, timeout_s=25,
        machine_url="https://line.example/machine", time_limit_s=780,
    )  # fmt: skip
    assert placed.carrier_id
    twilio.hang_up("CA" + "1" * 32)
    assert twilio.find_sent(WORKER, "not there", datetime.now(UTC), "r") is None
    service = TwilioCarrier(
        EMULATE_ACCOUNT, EMULATE_TOKEN, api_base_url=prism_url, messaging_service_sid="MG" + "1" * 32
    )
    assert service.send_sms(WORKER, "你好", from_=EMULATE_NUMBER, reference="r", status_url=status_url).carrier_id


def test_prism_would_have_refused_a_wrong_request(prism_url: str) -> None:
    """Proof that the test above can fail."""
    answer = httpx.post(
        f"{prism_url}/2010-04-01/Accounts/{EMULATE_ACCOUNT}/Calls.json", auth=(EMULATE_ACCOUNT, EMULATE_TOKEN),
        data={"To": WORKER, "From": EMULATE_NUMBER, "Url": "https://line.example/v", "Method": "SHOUT"}, trust_env=False,
    )  # fmt: skip
    assert answer.status_code == 422
