"""Plays a script on the real processes: texts and calls as a handset does, and looks up what is then true."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.domain.sms_text import segment_count
from tests.e2e.script import Conversation
from tests.support.clock import today
from tests.support.stack import HandsetCall, Stack
from tests.support.waiting import wait_for

TOWN = "500114121"  # 中塘镇
WITHIN_S = 60


@dataclass
class Player:
    """Plays one script from one number; a failure names the step and shows everything said so far."""

    stack: Stack
    number: str
    said: list[str] = field(default_factory=list)
    openings: dict[str, int] = field(default_factory=dict)
    offers: dict[str, int] = field(default_factory=dict)
    call: HandsetCall | None = None
    seen: int = 0

    def play(self, script: Conversation) -> None:
        for turn in script.turns:
            [(step, expected)] = turn.items()
            try:
                self.step(step, expected)
            except AssertionError as failure:
                told = "\n".join(self.said)
                raise AssertionError(f"{script.file}: {script.it}\nat “{step}”: {failure}\n\n{told}") from None

    def understood(self, channel: str) -> set[str]:
        """The intents that this number's words by `channel` have been read as so far."""
        with self._database() as db:
            rows = db.execute(
                "SELECT m.intent FROM messages m JOIN handsets h ON h.id = m.handset_id "
                "WHERE h.number = ? AND m.direction = 'inbound' AND m.channel = ? AND m.intent IS NOT NULL",
                (self.number, channel),
            ).fetchall()
        return {intent for (intent,) in rows}

    def step(self, step: str, expected: Any) -> None:
        if step.startswith("> "):
            self.texts(step[2:], expected or [])
            return
        if step == "call" or step.split()[0] in ("press", "say", "silence", "hang"):
            self.calls(step, expected or [])
            return
        getattr(self, "_" + step.replace(" ", "_"))(expected)

    # -- by text --------------------------------------------------------------------------------------------------
    def texts(self, words: str, expected: list[str]) -> None:
        self.said.append(f"> {words}")
        before = {one["id"] for one in self._messages("inbound")}
        sent = self.stack.send(self.number, words)

        def answers() -> list[str]:
            fresh = {one["id"] for one in self._messages("inbound") if one["id"] not in before}
            return [one["body"] for one in self._messages("outbound") if one["in_reply_to"] in fresh]

        [answer, *_] = wait_for(answers, WITHIN_S, "an answer is written")
        self._reaches_the_handset(sent["seq"], answer)
        keeps_the_rules(answer)
        holds(answer, expected)

    def _texts_after(self, after: int) -> list[dict[str, Any]]:
        page = self.stack.network.get(f"/handsets/{self.number}/texts", params={"after": after})
        return [one for one in page.raise_for_status().json()["items"] if one["direction"] == "to_handset"]

    def _reaches_the_handset(self, after: int, answer: str) -> None:
        """A text of our own accord, an offer say, may come in between; the answer is the one that was asked for."""

        def arrived() -> list[int]:
            return [one["seq"] for one in self._texts_after(after) if one["body"] == answer]

        self.seen = max(self.seen, wait_for(arrived, WITHIN_S, "the answer reaches the handset")[0])
        self.said.append(f"< {answer}")

    def _gets(self, expected: list[str]) -> None:
        """By day a text of our own accord, a decision say, may come first; the one meant is the first that holds it all."""
        came: list[str] = []

        def meant() -> str | None:
            texts = self._texts_after(self.seen)
            came[:] = [str(one["body"]) for one in texts]
            return next((body for body in came if _is_held(body, expected)), None)

        try:
            answer = wait_for(meant, WITHIN_S, f"a text with {expected} reaches the handset")
        finally:
            self.said += [f"< {body}" for body in came]
        self.seen = next(one["seq"] for one in self._texts_after(self.seen) if one["body"] == answer)
        keeps_the_rules(answer)

    def _told(self, expected: list[str]) -> None:
        """A text of our own accord, written by now; at night it leaves in the morning (M10)."""

        def written() -> list[str]:
            bodies = [str(one["body"]) for one in self._messages("outbound")]
            return [body for body in bodies if all(part in body for part in expected)]

        [text, *_] = wait_for(written, WITHIN_S, f"a text with {expected} is written")
        self.said.append(f"< {text}")
        keeps_the_rules(text)

    # -- by phone -------------------------------------------------------------------------------------------------
    def calls(self, step: str, expected: list[str]) -> None:
        what, _, more = step.partition(" ")
        self.said.append(f"☎ {step}")
        before = self.call.waiting_for if self.call else None
        if what == "call":
            self.call = self.stack.call(self.number)
        else:
            call = self.call
            assert call is not None and not call.ended, "the call is over"
            if what == "press":
                call.press(more)
            elif what == "say":
                call.speak(more)
            elif what == "silence":
                call.silence()
            else:
                call.hang_up()
        heard = "".join(self.call.heard_last)
        self.said.append(f"  {heard}")
        if what == "hang":
            wait_for(self._call_has_ended, WITHIN_S, "the carrier says that the call has ended")
            return
        assert heard or (step.startswith("say ") and before == "recording"), "the line said nothing"
        ends = "ENDS" in expected
        assert self.call.ended == ends, "the call ended" if not ends else "the call goes on"
        holds(heard, [one for one in expected if one != "ENDS"])

    def _rings(self, expected: list[str] | None) -> None:
        self._comes_due("ring")
        self.call = self.stack.answer(self.number, WITHIN_S)
        heard = "".join(self.call.heard_last)
        self.said += ["☎ (it rings, she answers)", f"  {heard}"]
        assert "机器" in heard and "按0" in heard, "who calls, and the way to a person, come first"
        holds(heard, expected or [])

    def _rings_busy(self, _: Any) -> None:
        self._rings_and("busy", "busy")

    def _rings_out(self, _: Any) -> None:
        self._rings_and("no-answer", "no-answer")

    def _rings_machine(self, _: Any) -> None:
        self._rings_and("machine", "completed")

    def _rings_and(self, habit: str, ends: str) -> None:
        before = len(self._ringings())
        self._comes_due(habit)
        self.said.append(f"☎ (it rings: {habit})")
        wait_for(lambda: [one for one in self._ringings()[before:] if one == ends], WITHIN_S, f"the call ends: {ends}")

    def _comes_due(self, habit: str) -> None:
        """What this number's handset does when it rings, and the planned call due now."""
        self.stack.network.put(f"/handsets/{self.number}", json={"answers": habit}).raise_for_status()
        wait_for(lambda: self._planned("planned"), 60, "a call to this number is planned")
        past = (datetime.now(UTC) - timedelta(seconds=5)).replace(tzinfo=None).isoformat(" ")
        self._sql(
            "UPDATE planned_calls SET due_at = ? WHERE status = 'planned' AND handset_id = "
            "(SELECT id FROM handsets WHERE number = ?)",
            (past, self.number),
        )

    def _planned(self, status: str) -> list[Any]:
        with self._database() as db:
            return db.execute(
                "SELECT p.id FROM planned_calls p JOIN handsets h ON h.id = p.handset_id WHERE h.number = ? AND p.status = ?",
                (self.number, status),
            ).fetchall()

    def _ringings(self) -> list[str]:
        """How each ringing of this number stands, the first first."""
        with self._database() as db:
            rows = db.execute(
                "SELECT a.status FROM call_attempts a JOIN handsets h ON h.id = a.handset_id WHERE h.number = ? ORDER BY a.id",
                (self.number,),
            ).fetchall()
        return [status for (status,) in rows]

    def _not_rung(self, _: Any) -> None:
        assert not self._planned("planned"), "a call is planned"

    def _job_is_over(self, _: Any) -> None:
        last = (today() - timedelta(days=2)).isoformat()
        mine = "worker_id IN (SELECT w.id FROM workers w JOIN handset_owners o ON o.person_id = w.person_id " \
               "JOIN handsets h ON h.id = o.handset_id WHERE h.number = ?) AND status = 'accepted'"  # fmt: skip
        self._sql(f"UPDATE offers SET starts_on = ?, ends_on = ? WHERE {mine}", (last, last, self.number))

    def _call_has_ended(self) -> bool:
        assert self.call is not None
        with self._database() as db:
            row = db.execute("SELECT ended_at FROM calls WHERE call_sid = ?", (self.call.sid,)).fetchone()
        return bool(row and row[0])

    # -- what others do -------------------------------------------------------------------------------------------
    def _opening(self, told: dict[str, Any]) -> None:
        """Post and publish one; `in days` counts from today, 6 unless told."""
        told = dict(told)
        start = today() + timedelta(days=told.pop("in days", 6))
        name, lasts, publish = told.pop("as"), told.pop("days", 1), told.pop("publish", True)
        body = {
            "job_type": "A04", "headcount": 3, "region": TOWN,
            "employer": {"name": "云上果园(虚构)", "phone": "+8610002008001"},
            "starts_on": start.isoformat(), "ends_on": (start + timedelta(days=lasts - 1)).isoformat(),
            "pay": {"min": 120, "max": 120, "unit": "day"}, **told,
        }  # fmt: skip
        made = self.stack.api("POST", "/openings", json=body).raise_for_status().json()
        self.openings[name] = made["id"]
        if publish:
            review = {"decision": "publish"}
            self.stack.api("POST", f"/openings/{made['id']}/review", json=review).raise_for_status()

    def _fill(self, name: str) -> None:
        """Other people take every place that is left."""
        opening = self.stack.get(f"/openings/{self.openings[name]}")
        for match in self.stack.get(f"/openings/{opening['id']}/matches", limit=50)["items"]:
            if opening["filled"] >= opening["headcount"]:
                return
            if match["phone"] == self.number:
                continue
            offer = {"opening_id": opening["id"], "worker_id": match["worker_id"]}
            made = self.stack.api("POST", "/offers", json=offer)
            if made.status_code < 300:
                self.stack.api("POST", f"/offers/{made.json()['id']}/answer", json={"answer": "accept"})
            opening = self.stack.get(f"/openings/{opening['id']}")
        raise AssertionError("nobody takes the place")

    def _offer(self, name: str) -> None:
        [worker] = self._people()
        body = {"opening_id": self.openings[name], "worker_id": worker["id"]}
        self.offers[name] = self.stack.api("POST", "/offers", json=body).raise_for_status().json()["id"]

    def _expire(self, name: str) -> None:
        past = "2000-01-01 00:00:00"
        self._sql("UPDATE offers SET expires_at = ? WHERE id = ?", (past, self.offers[name]))

    def _withdraw(self, name: str) -> None:
        self.stack.api("PATCH", f"/openings/{self.openings[name]}", json={"status": "withdrawn"}).raise_for_status()

    def _publish_posting(self, expected: list[str]) -> None:
        """The town publishes what this number has posted; the employer is told."""
        opening = self._posting()
        self.stack.api("POST", f"/openings/{opening['id']}/review", json={"decision": "publish"}).raise_for_status()
        self.openings["posting"] = opening["id"]

    def _days_pass(self, days: int) -> None:
        back = timedelta(days=days)
        with self._database() as db:
            handset = db.execute("SELECT id FROM handsets WHERE number = ?", (self.number,)).fetchone()[0]
            for table, column, key in (
                ("handsets", "last_seen_at", "id"), ("conversations", "last_at", "handset_id"),
                ("conversations", "started_at", "handset_id"), ("messages", "created_at", "handset_id"),
            ):  # fmt: skip
                rows = db.execute(f"SELECT rowid, {column} FROM {table} WHERE {key} = ?", (handset,)).fetchall()
                for row, at in rows:
                    then = (datetime.fromisoformat(at) - back).isoformat(" ") if at else None
                    db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (then, row))

    # -- what is true then ----------------------------------------------------------------------------------------
    def _worker(self, expected: dict[str, Any] | None) -> None:
        people = self._people()
        if not expected:
            assert not people, f"somebody is registered: {people}"
            return
        [worker] = people
        _agrees(worker, expected)

    def _workers(self, names: list[str]) -> None:
        assert sorted(str(one["name"]) for one in self._people()) == sorted(names)

    def _offers(self, expected: dict[str, int]) -> None:
        """How many of this number's offers stand at each status; an opening's name instead of a number names it."""
        [worker] = self._people()
        for status, wanted in expected.items():
            found = self.stack.get("/offers", worker_id=worker["id"], status=status)["items"]
            if isinstance(wanted, int):
                assert len(found) == wanted, f"{len(found)} {status}: {found}"
            else:
                assert self.openings[wanted] in [one["opening_id"] for one in found], f"{status}: {found}"

    def _opening_of(self, expected: dict[str, Any]) -> None:
        _agrees(
            self.stack.get(f"/openings/{self.openings[expected['as']]}"),
            {k: v for k, v in expected.items() if k != "as"},
        )

    def _posting(self, expected: dict[str, Any] | None = None) -> dict[str, Any]:
        """The opening this number has posted, as the API tells it."""
        with self._database() as db:
            row = db.execute(
                "SELECT o.id FROM openings o JOIN employers e ON e.id = o.employer_id WHERE e.phone = ? ORDER BY o.id DESC",
                (self.number,),
            ).fetchone()
        assert row, "nothing was posted"
        opening: dict[str, Any] = self.stack.get(f"/openings/{row[0]}")
        _agrees(opening, expected or {})
        return opening

    def _case(self, expected: dict[str, Any]) -> None:
        """The newest case that this number's words have opened."""
        words = {message["id"] for message in self._messages("inbound")}
        cases = [
            one
            for one in self.stack.get("/cases", kind=expected["kind"], limit=200)["items"]
            if one["source_message_id"] in words
        ]
        assert cases, f"no case {expected['kind']}"
        _agrees(max(cases, key=lambda one: one["id"]), expected)

    def _no_case(self, kind: str) -> None:
        words = {message["id"] for message in self._messages("inbound")}
        assert not [
            one for one in self.stack.get("/cases", kind=kind, limit=200)["items"] if one["source_message_id"] in words
        ]

    def _messages(self, direction: str) -> list[dict[str, Any]]:
        return [
            one
            for one in self.stack.get("/messages", phone=self.number, limit=200)["items"]
            if one["direction"] == direction
        ]

    def _people(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.stack.get("/workers", phone=self.number)["items"]
        return items

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.stack.data_dir / "linggong.sqlite3", timeout=20)

    def _sql(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._database() as db:
            db.execute(statement, values)


def keeps_the_rules(text: str) -> None:
    """What holds for every text we send (M01, M06)."""
    assert text.startswith("【"), "not signed"
    assert segment_count(text) <= 2, f"{segment_count(text)} segments"
    assert "http" not in text and "None" not in text and "{" not in text, "not fit to be read"


def holds(said: str, expected: list[str]) -> None:
    for one in expected:
        one = str(one)
        if one.startswith("!"):
            assert one[1:] not in said, f"“{one[1:]}” was said"
        else:
            assert any(part in said for part in one.split("|")), f"“{one}” was not said"


def _is_held(said: str, expected: list[str]) -> bool:
    try:
        holds(said, expected)
    except AssertionError:
        return False
    return True


def _agrees(found: dict[str, Any], expected: dict[str, Any]) -> None:
    for key, value in expected.items():
        if key == "age":
            value, key = today().year - value, "birth_year"
        got = found.get(key)
        if isinstance(value, dict) and isinstance(got, dict):
            _agrees(got, value)
        elif value == "ANY":
            assert got, f"{key} is empty"
        else:
            assert got == value, (
                f"{key} is {json.dumps(got, ensure_ascii=False)}, not {json.dumps(value, ensure_ascii=False)}"
            )
