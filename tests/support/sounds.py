"""WAV files as recorders write them, for the tests of recordings."""

from __future__ import annotations

import math
import struct


def samples(seconds: float = 1.0, rate_hz: int = 8000, loud: int = 8000) -> bytes:
    """A hum as 16-bit samples."""
    return b"".join(
        struct.pack("<h", int(loud * math.sin(2 * math.pi * 220 * n / rate_hz))) for n in range(int(seconds * rate_hz))
    )


def wav(data: bytes | None = None, *, coding: int = 1, channels: int = 1, rate_hz: int = 8000, bits: int = 16,
        before: bytes = b"", after: bytes = b"") -> bytes:  # fmt: skip
    """A RIFF file around `data`; `before`, `after`: whole other chunks."""
    data = samples(rate_hz=rate_hz) if data is None else data
    width = channels * bits // 8
    form = struct.pack("<HHIIHH", coding, channels, rate_hz, rate_hz * width, width, bits)
    body = b"WAVE" + before + b"fmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) + after
    return b"RIFF" + struct.pack("<I", len(body)) + body


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
