"""A WAV file as a telephone can play it: what is in it, and the same sound with nothing else around it.

Source: the RIFF container of Microsoft and IBM (format tags 1, 6, 7 and 0xFFFE); Twilio's `Play` takes all three codings.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

PCM, A_LAW, MU_LAW, EXTENSIBLE = 1, 6, 7, 0xFFFE
RATES_HZ = (8000, 16000)
LEAST_S, MOST_S = 0.3, 30.0
MOST_BYTES = 16000 * 2 * 30 + 4096  # the largest that is allowed, and its header
# A PCM recording whose loudest sample lies below this (of 32,767) is a microphone that was off.
QUIET = 300


class NotPlayable(ValueError):
    """`reason`: not_wav, coding, stereo, rate, too_short, too_long, silent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Sound:
    """`coding` PCM (16 bit), A_LAW or MU_LAW; mono; `samples` as they stand in the file."""

    coding: int
    rate_hz: int
    samples: bytes

    @property
    def seconds(self) -> float:
        return len(self.samples) / (self.rate_hz * (2 if self.coding == PCM else 1))

    def to_wav(self) -> bytes:
        """The file with its two chunks alone: no comments, no names of devices or people."""
        width = 2 if self.coding == PCM else 1
        form = struct.pack("<HHIIHH", self.coding, 1, self.rate_hz, self.rate_hz * width, width, width * 8)
        if self.coding != PCM:
            form += struct.pack("<H", 0)
        pad = b"\0" * (len(self.samples) % 2)
        chunks = [b"fmt " + struct.pack("<I", len(form)) + form]
        if self.coding != PCM:
            chunks.append(b"fact" + struct.pack("<II", 4, len(self.samples)))
        chunks.append(b"data" + struct.pack("<I", len(self.samples)) + self.samples + pad)
        body = b"WAVE" + b"".join(chunks)
        return b"RIFF" + struct.pack("<I", len(body)) + body


def read(file: bytes) -> Sound:
    """The sound in `file`. Raises `NotPlayable` for anything a caller would not hear well."""
    if len(file) < 44 or file[:4] != b"RIFF" or file[8:12] != b"WAVE":
        raise NotPlayable("not_wav")
    form, samples, at = b"", None, 12
    while at + 8 <= len(file) and samples is None:
        name, length = file[at : at + 4], struct.unpack_from("<I", file, at + 4)[0]
        chunk = file[at + 8 : at + 8 + length]
        if name == b"fmt ":
            form = chunk
        elif name == b"data":
            samples = chunk  # a recorder that was cut off may have promised more than there is
        at += 8 + length + length % 2
    if samples is None or len(form) < 16:
        raise NotPlayable("not_wav")
    coding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", form)
    if coding == EXTENSIBLE and len(form) >= 26:
        coding = struct.unpack_from("<H", form, 24)[0]
    if (coding, bits) not in {(PCM, 16), (A_LAW, 8), (MU_LAW, 8)}:
        raise NotPlayable("coding")
    if channels != 1:
        raise NotPlayable("stereo")
    if rate not in RATES_HZ:
        raise NotPlayable("rate")
    sound = Sound(coding, rate, samples[: len(samples) // 2 * 2] if coding == PCM else samples)
    if sound.seconds < LEAST_S:
        raise NotPlayable("too_short")
    if sound.seconds > MOST_S:
        raise NotPlayable("too_long")
    if coding == PCM and _loudest(sound.samples) < QUIET:
        raise NotPlayable("silent")
    return sound


def _loudest(samples: bytes) -> int:
    return max(abs(value) for (value,) in struct.iter_unpack("<h", samples))
