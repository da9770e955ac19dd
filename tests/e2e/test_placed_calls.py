"""Calls of ours on the real processes when the carrier or a process fails in the middle (F6, F7, I11)."""

from __future__ import annotations

import sqlite3

import pytest

from tests.e2e.player import Player
from tests.support.stack import Stack
from tests.support.waiting import wait_for

WITHIN_S = 60


def rows(stack: Stack, number: str, columns: str) -> list[tuple[object, ...]]:
    """Of every ringing of this number, the first first."""
    with sqlite3.connect(stack.data_dir / "linggong.sqlite3", timeout=20) as db:
        return db.execute(
            f"SELECT {columns} FROM call_attempts a JOIN handsets h ON h.id = a.handset_id "
            "JOIN planned_calls p ON p.id = a.planned_call_id WHERE h.number = ? ORDER BY a.id",
            (number,),
        ).fetchall()


@pytest.mark.parametrize(("fault", "number"), [("accept_then_drop", "+8610009800001"), ("timeout", "+8610009800002")])
def test_f6_a_call_whose_placing_had_no_known_outcome_rings_once_and_is_found_by_its_webhooks(
    stack: Stack, fault: str, number: str
) -> None:
    player = Player(stack, number)
    player.step("call", [])
    player.step("hang up", [])
    asked = {"where": "call", "do": fault, "number": number, "delay_s": 12}
    stack.network.post("/faults", json=asked).raise_for_status()
    player.step("rings", ["没办完"])
    wait_for(lambda: rows(stack, number, "a.call_sid")[0][0], WITHIN_S, "the webhook brings the call's id")
    player.step("press 1", ["找活"])
    player.step("hang up", [])
    wait_for(lambda: rows(stack, number, "a.status")[0][0] == "completed", WITHIN_S, "the ringing is over")
    assert rows(stack, number, "p.status, p.attempts") == [("answered", 1)]


def test_i11_a_worker_killed_again_and_again_never_rings_a_number_more_than_three_times(stack: Stack) -> None:
    number = "+8610009800003"
    player = Player(stack, number)
    player.step("call", [])
    player.step("hang up", [])
    for _ in range(3):
        player.step("rings busy", None)
        stack.kill("worker")
    wait_for(lambda: rows(stack, number, "p.status")[0][0] == "unreached", WITHIN_S, "the plan is over")
    player.step("call", [])
    player.step("hang up", [])
    wait_for(lambda: stack.pid("worker"), WITHIN_S, "the worker is back")
    player._comes_due("ring")  # one more, for another broken call: the number has been rung enough

    def put_away() -> bool:
        with sqlite3.connect(stack.data_dir / "linggong.sqlite3", timeout=20) as db:
            return bool(
                db.execute(
                    "SELECT 1 FROM planned_calls p JOIN handsets h ON h.id = p.handset_id "
                    "WHERE h.number = ? AND p.suppressed_reason = 'number_cap'",
                    (number,),
                ).fetchone()
            )

    wait_for(put_away, WITHIN_S, "the fourth ringing is put away")
    assert len(rows(stack, number, "a.id")) == 3
