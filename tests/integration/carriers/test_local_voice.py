"""The network's own voice: real espeak-ng, made once, never in the way of a call; without it there are captions."""

from __future__ import annotations

import io
import shutil
import wave
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask

from backend.domain import wav
from backend.phone_network import voice
from backend.phone_network.page import create_blueprint
from backend.phone_network.server import Network
from backend.phone_network.voice import Voice, pinyin

espeak = pytest.mark.skipif(
    shutil.which(voice.PROGRAM) is None, reason="espeak-ng is not installed (apt install espeak-ng)"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("您好,按1。", "nin2 hao3, an4 yi1."), ("三十块半天，对吗？", "san1 shi2 kuai4 ban4 tian1, dui4 ma5?"),
        ("绿茶", "lv4 cha2"), ("重庆的银行", "chong2 qing4 de5 yin2 hang2"), ("<b>;$(rm)", "b; rm"), ("🌾", ""),
    ],
)  # fmt: skip
def test_chinese_becomes_syllables_with_tones(text: str, said: str) -> None:
    assert pinyin(text) == said


def seconds(sound: bytes) -> float:
    with wave.open(io.BytesIO(sound)) as file:
        return file.getnframes() / file.getframerate()


@espeak
def test_a_sentence_is_spoken_at_the_pace_asked_for_and_kept(tmp_path: Path) -> None:
    """V06: about 130 characters a minute at the pace everybody gets first."""
    own, text = Voice(tmp_path), "想找活,按一。想登记,按二。我报的活,按三。别的事,按四。"
    sound = own.wav(text, 80)
    assert sound is not None
    assert 100 <= sum("一" <= sign <= "龥" for sign in text) / seconds(sound) * 60 <= 160
    slower = own.wav(text, 50)
    assert slower is not None and seconds(slower) > 1.3 * seconds(sound)
    kept = sorted((tmp_path / "voice").iterdir())
    assert len(kept) == 2
    kept[0].write_bytes(b"kept")
    assert b"kept" in {own.wav(text, 80), own.wav(text, 50)}


@espeak
def test_something_is_really_heard(tmp_path: Path) -> None:
    sound = Voice(tmp_path).wav("您好")
    assert sound is not None
    with wave.open(io.BytesIO(sound)) as file:
        samples = file.readframes(file.getnframes())
    assert wav.Sound(wav.PCM, 8000, samples).seconds > 0
    assert max(samples[1::2], default=0) > 0
    assert Voice(tmp_path).wav("🌾 …") is None


def test_a_machine_without_the_voice_says_so_and_the_page_keeps_its_captions(tmp_path: Path) -> None:
    none = Voice(tmp_path, program="no-such-voice")
    assert not none.there
    assert none.wav("您好") is None


def test_a_voice_that_fails_is_no_error_of_the_call(tmp_path: Path) -> None:
    broken = tmp_path / "espeak-broken"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    assert Voice(tmp_path, program=str(broken)).wav("您好") is None
    assert list((tmp_path / "voice").iterdir()) == []


@espeak
def test_the_page_gets_the_voice_through_its_own_address(network: Network, handset: httpx.Client) -> None:
    web = Flask("web")
    web.register_blueprint(create_blueprint(network.url, list))
    page = web.test_client()
    assert page.get("/phone/api/line").get_json()["voice"] is True
    answer = page.get("/phone/api/voice", query_string={"text": "您好", "pace": "80"})
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert seconds(answer.data) > 0.3
    assert page.get("/phone/api/voice", query_string={"text": "", "pace": "x"}).status_code == 404


def test_a_network_that_is_away_leaves_the_page_its_captions() -> None:
    web = Flask("web")
    web.register_blueprint(create_blueprint("http://127.0.0.1:9", list))
    answer: Any = web.test_client().get("/phone/api/voice?text=好")
    assert answer.status_code == 502


def test_the_first_files_go_when_too_many_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "MOST_KEPT", 2)
    speaker = tmp_path / "speaker"
    speaker.write_text('#!/bin/sh\nwhile [ "$1" != -w ]; do shift; done\ncat > "$2"\n')
    speaker.chmod(0o755)
    own = Voice(tmp_path, program=str(speaker))
    for text in ("一", "二", "三", "四"):
        assert own.wav(text)
    assert len(list((tmp_path / "voice").glob("*.wav"))) == 2
