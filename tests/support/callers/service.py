"""The service the callers call, seen from behind: the records that are there before, and what is true afterwards.

Whether somebody got what she called for is read from the API and the database, never from what the line said.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import httpx

from tests.support.callers.mishearing import sound
from tests.support.callers.people import (
    ANSWERED,
    ANYTHING,
    CLOSED,
    ELDER,
    FIND,
    LEAVE,
    MARKET,
    PERSON,
    REGISTER,
    VILLAGE,
    WAGES,
    WITHDRAW,
    Caller,
)

DISTRICT, ELSEWHERE = "500114", "520526"  # whoever is from elsewhere has moved here
OPEN_HOURS = {CLOSED: ("00:00", "00:00")}
ALL_DAY = ("00:00", "23:59:59.999999")  # in its last minute, too
BY_A_PERSON = ("handoff", "voicemail")


class Running(Protocol):
    """A running copy, as tests/support/stack.py has it."""

    data_dir: Path
    network: httpx.Client

    def api(self, method: str, path: str, **more: Any) -> httpx.Response: ...
    def get(self, path: str, **params: Any) -> Any: ...


@dataclass
class Verdict:
    """What came of a call. `wrong`: stored facts that are not hers, of the `stored` ones that were confirmed to her."""

    reached: bool = False
    by_a_person: bool = False
    stored: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass
class Before:
    """What was hers before the call: worker id, and the place she has taken."""

    worker: int | None = None
    offer: int | None = None


class Service:
    def __init__(self, running: Running) -> None:
        self.running = running
        self._before: dict[int, Before] = {}

    # -- before ----------------------------------------------------------------------------------------------------

    def prepare(self, callers: list[Caller]) -> list[Caller]:
        """Give every caller who is known to the line a record of the demo county; return all with their numbers."""
        free = self._free_workers()
        places = self._openings_to_take()
        ready = []
        for caller in callers:
            if not caller.needs_record:
                ready.append(caller)
                continue
            worker = next(free)
            changes: dict[str, Any] = {
                "job_types": list(caller.wish.codes or ("A04", "A07")),
                "village": caller.village_code,
            }
            if caller.goal == VILLAGE:
                changes["village"] = _another(caller.village_code)
            if caller.goal == FIND:
                changes["pay_expectation"] = {"min": caller.wish.floor, "unit": "day"}
            changes["birth_year"] = _this_year() - caller.age
            changes["name"] = caller.name
            self.running.api("PATCH", f"/workers/{worker['id']}", json=changes).raise_for_status()
            before = self._before[caller.index] = Before(worker["id"])
            if caller.goal == WITHDRAW:
                before.offer = self._take(worker["id"], next(places))
            ready.append(replace(caller, number=worker["phone"]))
        return ready

    def _free_workers(self) -> Iterator[dict[str, Any]]:
        """Demo workers who are alone on their number and have taken nothing, those of the district first."""
        for region in (DISTRICT, ELSEWHERE):
            cursor = None
            while True:
                page = self.running.get("/workers", region=region, limit=200, **({"cursor": cursor} if cursor else {}))
                for worker in page["items"]:
                    number = worker["phone"]
                    if not number or len(self.running.get("/workers", phone=number)["items"]) > 1:
                        continue
                    if not self.running.get("/offers", worker_id=worker["id"])["items"]:
                        yield worker
                cursor = page["next"]
                if not cursor:
                    break
        raise AssertionError("the demo county has too few workers for these callers")

    def _openings_to_take(self) -> Iterator[int]:
        """Published openings with places to spare, each as often as it has them and two are left."""
        page = self.running.get("/openings", status="published", region=DISTRICT, limit=200)
        for opening in page["items"]:
            for _ in range(max(0, opening["headcount"] - opening["filled"] - 2)):
                yield opening["id"]

    def _take(self, worker: int, opening: int) -> int:
        body = {"opening_id": opening, "worker_id": worker, "channel": "staff"}
        offer: int = self.running.api("POST", "/offers", json=body).raise_for_status().json()["id"]
        self.running.api("POST", f"/offers/{offer}/answer", json={"answer": "accept"}).raise_for_status()
        return offer

    def staff(self, how: str) -> None:
        """From now on a call put through is answered, is not answered, or finds the stations closed, at any hour."""
        opens, closes = OPEN_HOURS.get(how, ALL_DAY)
        with self._database() as db:
            db.execute("UPDATE stations SET opens_at = ?, closes_at = ?", (opens, closes))
            db.execute("INSERT OR IGNORE INTO revisions (name, number) VALUES ('places', 0)")
            db.execute("UPDATE revisions SET number = number + 1 WHERE name = 'places'")
            hotlines = [row[0] for row in db.execute("SELECT DISTINCT hotline FROM stations WHERE hotline != ''")]
        for number in hotlines:
            habit = "answer" if how == ANSWERED else "no-answer"
            self.running.network.put(f"/handsets/{number}", json={"answers": habit}).raise_for_status()

    # -- afterwards ------------------------------------------------------------------------------------------------

    def judge(self, caller: Caller) -> Verdict:
        """Look up what has become of her wish."""
        verdict = Verdict()
        kinds = {case["kind"] for case in self.running.get("/cases", phone=caller.number)["items"]}
        verdict.by_a_person = bool(kinds & set(BY_A_PERSON))
        {
            FIND: self._took, REGISTER: self._registered, VILLAGE: self._moved, WITHDRAW: self._withdrew,
            LEAVE: self._left,
        }.get(caller.goal, lambda caller, verdict: None)(caller, verdict)  # fmt: skip
        if caller.goal == WAGES:
            verdict.reached = bool(kinds & {"wage_arrears", "other_problem"}) or verdict.by_a_person
        elif caller.goal == PERSON:
            verdict.reached = verdict.by_a_person
        elif caller.goal == MARKET:
            verdict.reached = "market_info" in self._told(caller.number)
        if caller.habit == ELDER and verdict.by_a_person:
            verdict.reached = True  # V17: the first trouble of somebody of 65 leads to a person
        return verdict

    def _workers(self, caller: Caller) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.running.get("/workers", phone=caller.number)["items"]
        return items

    def _offers(self, caller: Caller, status: str) -> list[dict[str, Any]]:
        return [
            offer
            for worker in self._workers(caller)
            for offer in self.running.get("/offers", worker_id=worker["id"], status=status)["items"]
        ]

    def _took(self, caller: Caller, verdict: Verdict) -> None:
        wish = caller.wish
        for offer in self._offers(caller, "accepted"):
            opening = self.running.get(f"/openings/{offer['opening_id']}")
            verdict.stored += 2
            if wish is not ANYTHING and opening["job_type"] not in wish.codes:
                verdict.wrong.append(f"kind of work {opening['job_type']}")
            if opening["pay"]["unit"] != "day" or (opening["pay"]["min"] or 0) < wish.floor:
                verdict.wrong.append(f"pay {opening['pay']['min']}")
            verdict.reached = True
        verdict.reached = verdict.reached and not verdict.wrong

    def _registered(self, caller: Caller, verdict: Verdict) -> None:
        workers = self._workers(caller)
        if len(workers) != 1:
            verdict.wrong += ["somebody else registered"] * (len(workers) > 1)
            return
        [worker] = workers
        verdict.reached = bool(worker["consent"])
        facts = {
            "name": worker["name"] is None or sound(worker["name"]) == sound(caller.name),
            "age": worker["birth_year"] in (None, _this_year() - caller.age),
            "village": worker["village"] in (None, caller.village_code),
            "trade": not worker["job_types"] or _fits(worker["job_types"], caller.wish.codes),
        }
        if (pay := worker["pay_expectation"]) and pay["min"] is not None:
            facts["pay"] = (pay["min"], pay["unit"]) == (caller.wish.floor, "day")
        if worker["availability"]["from"]:
            facts["days"] = worker["availability"]["to"] is None
        missing = [name for name, value in (("age", worker["birth_year"]), ("village", worker["village"])) if not value]
        verdict.stored += len(facts) - len(missing)
        verdict.wrong += [name for name, right in facts.items() if not right]
        verdict.reached = verdict.reached and not missing

    def _moved(self, caller: Caller, verdict: Verdict) -> None:
        worker = self.running.get(f"/workers/{self._before[caller.index].worker}")
        verdict.reached = worker["village"] == caller.village_code
        if worker["village"] != _another(caller.village_code):
            verdict.stored = 1
            verdict.wrong += [] if verdict.reached else [f"village {worker['village_name']}"]

    def _withdrew(self, caller: Caller, verdict: Verdict) -> None:
        offer = self.running.get(f"/offers/{self._before[caller.index].offer}")
        verdict.reached = offer["status"] == "withdrawn"
        verdict.stored = int(verdict.reached)
        others = self._offers(caller, "accepted")
        verdict.wrong += ["took another place"] * any(one["id"] != offer["id"] for one in others)

    def _left(self, caller: Caller, verdict: Verdict) -> None:
        taken = self._offers(caller, "accepted")
        verdict.wrong += ["took a place"] * bool(taken)
        heard = self._told(caller.number)
        verdict.reached = not taken and bool({"job_offers", "no_jobs"} & heard)

    def _told(self, number: str) -> set[str]:
        """The kinds of answers that were spoken to this number, as the transcript has them."""
        with self._database() as db:
            rows = db.execute(
                "SELECT m.answer FROM messages m JOIN handsets h ON h.id = m.handset_id "
                "WHERE h.number = ? AND m.direction = 'outbound' AND m.channel = 'voice' AND m.answer IS NOT NULL",
                (number,),
            ).fetchall()
        return {one["kind"] for (answer,) in rows for one in (json.loads(answer) or {}).get("answers", [])}

    def by_keys_instead(self) -> int:
        """How many spoken turns of all calls the dialogue engine did not answer in time: the keys were offered instead."""
        with self._database() as db:
            [row] = db.execute(
                "SELECT count(*) FROM messages WHERE direction = 'outbound' AND channel = 'voice' "
                "AND answer LIKE '%\"unavailable\"%'"
            ).fetchall()
        return int(row[0])

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.running.data_dir / "linggong.sqlite3", timeout=timedelta(seconds=30).total_seconds())
        try:
            with db:
                yield db
        finally:
            db.close()


def _fits(stored: list[str], wanted: tuple[str, ...]) -> bool:
    """Her trade, or by key the family it belongs to (田头: farm work)."""
    return bool(set(stored) & set(wanted)) or {code[0] for code in stored} == {code[0] for code in wanted}


def _this_year() -> int:
    """Where the line is; the machine may keep another day."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).year


def _another(village: str) -> str:
    return "500114121001" if village != "500114121001" else "500114121002"
