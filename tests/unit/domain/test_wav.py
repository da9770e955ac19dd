"""What a recorder may hand in as a prompt's voice, and what of it is kept (V07)."""

from __future__ import annotations

import io
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import wav
from tests.support import sounds


@pytest.mark.parametrize("rate_hz", [8000, 16000])
def test_a_plain_recording_is_kept_as_it_is(rate_hz: int) -> None:
    data = sounds.samples(1.5, rate_hz)
    kept = wav.read(sounds.wav(data, rate_hz=rate_hz)).to_wav()
    with wave.open(io.BytesIO(kept)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (rate_hz, 1, 2)
        assert file.readframes(file.getnframes()) == data
    assert wav.read(kept).to_wav() == kept


@pytest.mark.parametrize("coding", [wav.A_LAW, wav.MU_LAW])
def test_the_telephones_own_codings_are_taken(coding: int) -> None:
    data = bytes(range(256)) * 40 + b"\x55"  # an odd number of bytes is padded in the file
    sound = wav.read(sounds.wav(data, coding=coding, bits=8))
    assert (sound.coding, sound.samples) == (coding, data)
    assert wav.read(sound.to_wav()) == sound


def test_comments_and_names_in_the_file_are_not_kept() -> None:
    secret = sounds.chunk(b"LIST", b"INFOIART\x06\0\0\0Wang\0\0")
    kept = wav.read(sounds.wav(before=secret, after=secret)).to_wav()
    assert b"Wang" not in kept


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "not_wav"), (b"ID3\x04" + b"\0" * 100, "not_wav"), (b"RIFF\0\0\0\0WAVE" + b"\0" * 40, "not_wav"),
        (sounds.wav(coding=2), "coding"), (sounds.wav(coding=3, bits=32), "coding"), (sounds.wav(bits=8), "coding"),
        (sounds.wav(channels=2), "stereo"), (sounds.wav(rate_hz=44100), "rate"),
        (sounds.wav(sounds.samples(0.1)), "too_short"), (sounds.wav(b""), "too_short"),
        (sounds.wav(sounds.samples(31.0)), "too_long"), (sounds.wav(b"\0" * 16000), "silent"),
    ],
)  # fmt: skip
def test_what_a_caller_would_not_hear_is_refused_with_the_reason(file: bytes, reason: str) -> None:
    with pytest.raises(wav.NotPlayable) as problem:
        wav.read(file)
    assert problem.value.reason == reason


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda tail: sounds.wav()[:60] + tail))
def test_no_file_whatever_is_in_it_breaks_the_reader(file: bytes) -> None:
    try:
        sound = wav.read(file)
    except wav.NotPlayable:
        return
    assert wav.LEAST_S <= sound.seconds <= wav.MOST_S
