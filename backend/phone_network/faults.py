"""Scripted trouble, so that tests can ask for the bad day a carrier has once a year (reliability D6–D8, F6)."""

import threading
from dataclasses import dataclass
from typing import Any

# What may be asked for, by place. `send`: a text we hand to the network. `receipts`: its status callbacks.
# `inbound`: the webhook of a text from a handset. `call`: a call we ask the network to place.
FAULTS = {
    "send": {
        "429", "500", "503", "timeout", "drop", "accept_then_drop", "accept_then_500", "bad_body", "undelivered",
        "failed", "code",
    },
    "receipts": {"silent", "duplicate", "out_of_order"},
    "inbound": {"duplicate"},
    "call": {"429", "500", "timeout", "drop", "accept_then_drop", "code"},
}  # fmt: skip


@dataclass
class Fault:
    """`times` uses are left; `number` limits it to one handset; `code` is a Twilio error; `delay_s` goes with timeout."""

    where: str
    do: str
    times: int = 1
    number: str | None = None
    code: int | None = None
    delay_s: float = 30.0
    retry_after_s: float | None = None


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, asked: dict[str, Any]) -> Fault:
        """Raises ValueError with a plain sentence for a fault that does not exist."""
        where, do = str(asked.get("where", "send")), str(asked.get("do", ""))
        if do not in FAULTS.get(where, set()):
            known = "; ".join(f"{place}: {', '.join(sorted(kinds))}" for place, kinds in FAULTS.items())
            raise ValueError(f"There is no fault {do!r} at {where!r}. Known: {known}.")
        fault = Fault(
            where, do, int(asked.get("times", 1)), asked.get("number"), asked.get("code"),
            float(asked.get("delay_s", 30.0)), asked.get("retry_after_s"),
        )  # fmt: skip
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, where: str, number: str) -> Fault | None:
        """Use up one fault for this place and handset."""
        with self._lock:
            for fault in self._faults:
                if fault.where == where and fault.number in (None, number) and fault.times > 0:
                    fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                    return fault
        return None
