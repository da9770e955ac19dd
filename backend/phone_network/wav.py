"""Make a real WAV of typed words: a hum with one syllable per character, so that a recording can be fetched and played.

There is no voice in a text-only phone. The words themselves travel in the file's comment (RIFF INFO, ICMT), where a
player shows them, and in the recording's JSON.
"""

import io
import math
import struct
import wave
from array import array

RATE_HZ = 8000
SYLLABLE_S, GAP_S = 0.16, 0.05
MAX_SYLLABLES = 600


def hum(words: str) -> bytes:
    """Return an 8 kHz, 16-bit mono WAV; its length follows the number of characters."""
    samples = array("h")
    gap = array("h", [0] * int(RATE_HZ * GAP_S))
    for character in words[:MAX_SYLLABLES] or " ":
        if character.isspace():
            samples.extend(gap * 3)
            continue
        pitch = 170 + (ord(character) % 12) * 9
        count = int(RATE_HZ * SYLLABLE_S)
        samples.extend(
            int(5000 * math.sin(math.pi * n / count) * math.sin(2 * math.pi * pitch * n / RATE_HZ))
            for n in range(count)
        )
        samples.extend(gap)
    sound = io.BytesIO()
    with wave.open(sound, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(samples.tobytes())
    return _with_comment(sound.getvalue(), words)


def _with_comment(wav: bytes, words: str) -> bytes:
    text = words.encode("utf-8", "replace")[:4000] + b"\0"
    if len(text) % 2:
        text += b"\0"
    info = b"INFOICMT" + struct.pack("<I", len(text)) + text
    chunk = b"LIST" + struct.pack("<I", len(info)) + info
    body = wav[8:] + chunk
    return b"RIFF" + struct.pack("<I", len(body)) + body


def is_wav(sound: bytes) -> bool:
    return len(sound) > 44 and sound[:4] == b"RIFF" and sound[8:12] == b"WAVE"
