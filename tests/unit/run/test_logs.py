"""What logs may hold."""

from __future__ import annotations

import pytest
import structlog

from backend.logs import configure, mask_numbers, scrub


@pytest.mark.parametrize(
    "line",
    [
        "sent to +8613812345678",
        "phone=13812345678",
        "id 500114199001011234",
        "from %2B8613812345678 again",
        "138 1234 5678",
    ],
)
def test_phone_and_identity_numbers_lose_their_middle(line: str) -> None:
    masked = mask_numbers(line)
    assert "****" in masked
    assert "12345" not in masked
    assert "199001" not in masked


@pytest.mark.parametrize(
    "line", ["2026-11-22T03:54:26.123456Z level=info", "message_id=1234 offer_id=99", "port 8000 in 27 s", "SM00000000000000000000000000000012"]
)  # fmt: skip
def test_times_and_row_ids_stay_readable(line: str) -> None:
    assert mask_numbers(line) == line


def test_chinese_in_a_foreign_programs_line_is_dropped_since_somebody_wrote_it() -> None:
    assert scrub("Timeout for message 我是兴泉社区的王秀英，想找活 after 60 s") == "Timeout for message … after 60 s"


def test_an_exception_is_logged_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    """T14: `int("王秀英")` and a failing row both name what they could not take."""
    configure("test")
    try:
        try:
            int("王秀英")
        except ValueError as problem:
            raise RuntimeError("Failing row contains (王秀英, 58)") from problem
    except RuntimeError:
        structlog.get_logger().exception("deed_failed", deed=7)
    [line] = capsys.readouterr().out.splitlines()
    assert "王秀英" not in line and "58)" not in line
    assert "event=deed_failed" in line and "deed=7" in line
    assert "builtins.ValueError" in line and "builtins.RuntimeError" in line and "test_logs.py" in line
