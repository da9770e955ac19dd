"""`lingong text` and `lingong call` against the real network and a small real line."""

import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.carriers.simulator import SimulatorCarrier
from backend.phone_network.cli import main
from backend.phone_network.server import Network
from tests.integration.carriers.line import NUMBER, STAFF, WORKER, TestLine


def run(network: Network | None, *words: str, typed: str | None = None) -> Result:
    options = ["--network", network.url] if network else []
    return CliRunner().invoke(main, [*options, *words], input=typed)


@pytest.fixture
def answering(line: TestLine, carrier: SimulatorCarrier) -> TestLine:
    """A line that answers every text as it should: acknowledge first, send after."""

    def answer(form: dict[str, str]) -> tuple[str, int]:
        status_url = f"{line.url}/twilio/sms/status"
        options = {"from_": NUMBER, "reference": form["MessageSid"], "status_url": status_url}
        threading.Thread(target=carrier.send_sms, args=(form["From"], "【中塘零工】好"), kwargs=options).start()
        return "", 204

    line.answers["/twilio/sms"] = answer
    return line


def test_a_text_prints_the_answer(network: Network, answering: TestLine) -> None:
    result = run(network, "text", "我要找活路", "--from", WORKER)
    assert (result.exit_code, result.output) == (0, "【中塘零工】好\n")
    inbox = run(network, "inbox", "--from", WORKER)
    assert inbox.output == "> 我要找活路\n< 【中塘零工】好\n"


def test_a_text_without_an_answer_says_that_it_is_kept(network: Network) -> None:
    result = run(network, "text", "在吗", "--from", WORKER, "--wait", "0.3")
    assert result.exit_code == 1
    assert "The message is kept" in result.output


def test_a_call_takes_keys_words_and_silence(network: Network, line: TestLine) -> None:
    line.answers["/twilio/voice"] = (
        '<Response><Gather input="dtmf speech" numDigits="1" action="/step"><Say>想找活，按1。</Say></Gather>'
        "<Redirect>/again</Redirect></Response>"
    )
    line.answers["/again"] = (
        '<Response><Gather input="dtmf speech" numDigits="1" action="/step"><Say>再说一遍。</Say></Gather></Response>'
    )
    line.answers["/step"] = lambda form: (
        "<Response><Say>再见。</Say></Response>" if form.get("Digits") == "1" else line.answers["/again"]
    )
    result = run(network, "call", "--from", WORKER, typed="\n摘果子\n1\n")
    assert result.exit_code == 0
    heard = [text for text in result.output.splitlines() if "☎" in text]
    assert [text.partition("☎ ")[2] for text in heard] == ["想找活，按1。", "再说一遍。", "再说一遍。", "再见。"]
    assert result.output.endswith("(call ended)\n")
    assert [entry["form"].get("SpeechResult") for entry in line.at("/step")] == ["摘果子", None]


def test_leaving_the_keyboard_hangs_up(network: Network, line: TestLine) -> None:
    line.answers["/twilio/voice"] = "<Response><Gather><Say>您好</Say></Gather></Response>"
    result = run(network, "call", "--from", WORKER, typed="")
    assert "(hung up)" in result.output
    assert line.wait_for("/twilio/voice/status")[0]["form"]["CallStatus"] == "completed"


def test_a_dialled_person_is_waited_for(network: Network, line: TestLine) -> None:
    network.store.set_answers(STAFF, "busy")
    line.answers["/twilio/voice"] = f'<Response><Dial action="/after">{STAFF}</Dial></Response>'
    line.answers["/after"] = "<Response><Say>没有人接。</Say></Response>"
    result = run(network, "call", "--from", WORKER)
    assert "… busy" in result.output
    assert "☎ 没有人接。" in result.output


def test_a_network_that_is_away_is_said_plainly() -> None:
    result = run(None, "--network", "http://127.0.0.1:9", "text", "在吗")
    assert result.exit_code == 1
    assert "make run" in result.output
    assert "Traceback" not in result.output


def test_the_address_comes_from_the_demos_settings(network: Network, tmp_path: Path) -> None:
    (tmp_path / "demo.env").write_text(f"NETWORK_URL={network.url}\n")
    result = run(None, "--data-dir", str(tmp_path), "inbox", "--from", WORKER)
    assert (result.exit_code, result.output) == (0, "")


def test_a_wrong_number_is_refused_before_anything_is_sent() -> None:
    assert "use a number" in run(None, "text", "在吗", "--from", "12").output
