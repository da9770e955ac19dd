"""Recordings in the console: upload, listen, take away, put back; one's own region, token, size, audit (V07, T6, T8)."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from backend.phone_network.server import build
from ivr.recorded import recorded_for, to_record
from tests.integration.console.conftest import COUNTY, FAR_VILLAGE, OTHER_TOWN, TOWN, VILLAGE, words
from tests.support import sounds

LOUD, LOUDER = sounds.wav(sounds.samples(1.0, loud=4000)), sounds.wav(sounds.samples(1.0, loud=9000))


@pytest.fixture(autouse=True)
def places_read_anew(staff, deps):
    deps.regions.reload()


def upload(browser, code=TOWN, content=LOUD, prompt="greeting", wording="local"):
    """The form as a browser sends it; encoded here, since the test client would leave a file open for a large one."""
    fields = {"csrf_token": browser.token, "prompt": prompt, "wording": wording}
    boundary, body = encode_multipart({**fields, "file": FileStorage(io.BytesIO(content), "voice.wav")})
    answer = browser.client.post(
        f"/console/recordings/{code}/keep", data=body, content_type=f'multipart/form-data; boundary="{boundary}"'
    )
    return browser._seen(answer)


def test_a_recording_is_put_in_place_heard_and_written_down(browse, deps, audited, staff):
    browser = browse("zhen")
    page = words(browser.visit("/console/recordings"))
    assert "机器念" in page
    assert "您好,这里是零工热线" in page
    assert upload(browser).status_code == 303
    page = words(browser.visit(f"/console/recordings/{TOWN}"))
    assert "这里录的" in page
    assert "下一通电话就听得到" in page
    answer = browser.visit(f"/console/recordings/{TOWN}/greeting.wav")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "audio/wav", LOUD)
    assert recorded_for(deps, VILLAGE, "local")("greeting").startswith(f"{TOWN}/")
    [event] = audited("recording_kept")
    assert (event.actor, event.object_id) == (f"staff:{staff['zhen']}", TOWN)
    assert event.facts == {"prompt": "greeting", "wording": "local"}


def test_a_recording_is_taken_away_and_put_back(browse, deps, audited):
    browser = browse("zhen")
    browser.visit("/console/recordings")
    upload(browser)
    upload(browser, content=LOUDER)
    assert browser.visit(f"/console/recordings/{TOWN}/greeting.wav?before=1").data == LOUD
    more = {"prompt": "greeting", "wording": "local"}
    assert browser.submit(f"/console/recordings/{TOWN}/restore", **more).status_code == 303
    assert browser.visit(f"/console/recordings/{TOWN}/greeting.wav").data == LOUD
    browser.visit("/console/recordings")
    assert browser.submit(f"/console/recordings/{TOWN}/remove", **more).status_code == 303
    assert browser.visit(f"/console/recordings/{TOWN}/greeting.wav").status_code == 404
    assert recorded_for(deps, TOWN, "local")("greeting") is None
    assert (len(audited("recording_put_back")), len(audited("recording_removed"))) == (1, 1)


def test_mandarin_has_recordings_of_its_own(browse, deps):
    browser = browse("xian")
    page = words(browser.visit("/console/recordings?wording=mandarin"))
    assert "您好,这里是零工热线" in page
    upload(browser, COUNTY, prompt="wrong_key", wording="mandarin")
    assert recorded_for(deps, TOWN, "mandarin")("wrong_key").endswith("/wrong_key.mandarin.wav")
    assert recorded_for(deps, TOWN, "local")("wrong_key") is None


def test_the_list_can_be_turned_and_narrowed(browse):
    browser = browse("zhen")
    browser.visit("/console/recordings")
    upload(browser, prompt="main")
    assert words(browser.visit(f"/console/recordings/{TOWN}?only=done")).count("这里录的") == 1
    missing = browser.visit(f"/console/recordings/{TOWN}?only=missing")
    assert 'id="prompt-main_short"' in missing.text and "main_short" not in words(missing), "staff read what is said"
    last = -(-len(to_record()) // 20)
    assert f'id="prompt-{to_record()[-1].id}"' in browser.visit(f"/console/recordings/{TOWN}?page={last}").text
    assert browser.visit(f"/console/recordings/{TOWN}?page=9999").status_code == 200


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "WAV"), (b"MZ" + b"\0" * 500, "WAV"), (sounds.wav(rate_hz=44100), "采样率"), (sounds.wav(channels=2), "单声道"),
     (sounds.wav(b"\0" * 16000), "没有声音"), (sounds.wav(sounds.samples(31.0)), "30秒")],
)  # fmt: skip
def test_a_file_that_a_telephone_cannot_play_is_refused_with_the_reason(browse, deps, content, why):
    browser = browse("zhen")
    browser.visit("/console/recordings")
    answer = upload(browser, content=content)
    assert answer.status_code == 422
    assert why in words(answer)
    assert recorded_for(deps, TOWN, "local")("greeting") is None


def test_half_a_minute_at_the_higher_rate_fits_and_a_film_does_not(browse):
    browser = browse("zhen")
    browser.visit("/console/recordings")
    whole = sounds.wav(sounds.samples(30.0, 16000), rate_hz=16000)
    assert len(whole) > 900_000
    assert upload(browser, content=whole).status_code == 303
    browser.visit("/console/recordings")
    assert upload(browser, content=b"\0" * 2_000_000).status_code == 413
    # A form may hold a hundred thousand characters, to be told so, and no more than that.
    assert browser.submit("/console/try", text="x" * 2_200_000, channel="sms").status_code == 413


@pytest.mark.parametrize(
    ("login", "code"), [("cun", TOWN), ("zhen", OTHER_TOWN), ("zhen", COUNTY), ("xian", FAR_VILLAGE)]
)
def test_a_place_outside_ones_region_is_not_found_by_any_route(browse, login, code):
    browser = browse(login)
    assert browser.visit(f"/console/recordings/{code}").status_code == 404
    assert browser.visit(f"/console/recordings/{code}/greeting.wav").status_code == 404
    browser.visit("/console/recordings")
    assert upload(browser, code).status_code == 404
    for action in ("remove", "restore"):
        browser.visit("/console/recordings")
        assert (
            browser.submit(f"/console/recordings/{code}/{action}", prompt="greeting", wording="local").status_code
            == 404
        )


def test_the_city_looks_and_does_not_record(browse):
    browser = browse("shi")
    assert "换上" not in words(browser.visit(f"/console/recordings/{COUNTY}"))
    assert upload(browser, COUNTY).status_code == 403


def test_a_form_without_its_token_and_a_prompt_that_is_none_change_nothing(browse, deps):
    browser = browse("zhen")
    browser.visit("/console/recordings")
    assert upload(browser, prompt="../../demo").status_code == 404
    browser.visit("/console/recordings")
    assert upload(browser, prompt="jobs_found").status_code == 404
    browser.token = "forged"
    assert upload(browser).status_code == 403
    assert recorded_for(deps, TOWN, "local")("greeting") is None


def test_without_a_local_voice_there_is_nothing_to_hear_and_no_error(browse):
    browser = browse("zhen")
    assert browser.visit("/console/recordings/voice/greeting.wav").status_code == 404
    assert "<audio" not in browser.visit("/console/recordings").text


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed (apt install espeak-ng)")
def test_what_nobody_recorded_is_heard_in_the_local_voice(browse, deps, tmp_path):
    network = build(
        tmp_path,
        account_sid="AC" + "1" * 32,
        auth_token="t",
        number="+8610000012333",
        public_base_url="http://127.0.0.1:9",
    )
    network.start()
    try:
        deps.settings = replace(deps.settings, network_url=network.url)
        browser = browse("zhen")
        assert "/console/recordings/voice/greeting.wav" in browser.visit("/console/recordings").text
        answer = browser.visit("/console/recordings/voice/greeting.wav?wording=mandarin")
        assert (answer.status_code, answer.data[:4]) == (200, b"RIFF")
    finally:
        network.stop()
