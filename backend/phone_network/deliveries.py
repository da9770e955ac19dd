"""Webhooks that must arrive: a durable queue, some threads, and patience.

Twilio gives an inbound text up after the fallback URL. This network promises its customer more: a text a person has
sent is offered again, with growing pauses, until the line has taken it or a day has passed. So the line may be killed
at any moment and loses nothing; it must only be able to see the same MessageSid twice.
"""

import logging
import random
import threading
import time
from typing import Any

from backend.phone_network.line import Line
from backend.phone_network.store import Store
from backend.phone_network.webhook import Fetched, Request

log = logging.getLogger(__name__)
THREADS = 12
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 10.0
# The line has read it and says that it will never take it.
REFUSED = {400, 410, 413, 414, 415, 422}


class Deliveries:
    """Sends what `Store.next_job` hands out; jobs of one lane (one handset, one message) go one at a time, in order."""

    def __init__(self, store: Store, line: Line, on_text_answer: Any) -> None:
        self._store, self._line = store, line
        self._on_text_answer = on_text_answer
        self._busy: set[str] = set()
        self._stopping = False
        self._threads = [threading.Thread(target=self._run, name=f"deliver-{n}", daemon=True) for n in range(THREADS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        with self._store.changed:
            self._stopping = True
            self._store.changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=20)

    def _claim(self) -> dict[str, Any] | None:
        with self._store.changed:
            while not self._stopping:
                job, due_at = self._store.next_job(self._busy)
                if job:
                    self._busy.add(job["lane"])
                    return job
                # New jobs and the end of a lane's job notify; only the clock needs a time limit.
                self._store.changed.wait(30.0 if due_at is None else max(0.01, due_at - time.time()))
        return None

    def _run(self) -> None:
        while job := self._claim():
            try:
                self._deliver(job)
            except Exception:
                log.exception("delivery_broke", extra={"sid": job["sid"], "kind": job["kind"]})
                self._store.postpone_job(job["id"], LONGEST_PAUSE_S)
            finally:
                with self._store.changed:
                    self._busy.discard(job["lane"])
                    self._store.changed.notify_all()

    def _deliver(self, job: dict[str, Any]) -> None:
        answer = self._line.post(Request(job["url"], "POST", job["params"]), token=job["token"])
        if answer.error_code is not None and job["fallback_url"]:
            trouble = {"ErrorCode": str(answer.error_code), "ErrorUrl": job["url"]}
            second = self._line.post(
                Request(job["fallback_url"], "POST", {**job["params"], **trouble}), token=job["token"] + "-fallback"
            )
            answer = second if second.error_code is None or answer.status not in REFUSED else answer
        if answer.error_code is None:
            if job["kind"] == "text":
                self._store.set_text_status(job["sid"], "received")
                self._on_text_answer(job, answer)
            self._store.finish_job(job["id"])
        elif answer.status in REFUSED or time.time() > job["expires_at"]:
            self._give_up(job, answer)
        else:
            pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(job["attempts"], 10))
            self._store.postpone_job(job["id"], pause * random.uniform(0.7, 1.0))  # noqa: S311

    def _give_up(self, job: dict[str, Any], answer: Fetched) -> None:
        if job["kind"] == "text":
            self._store.set_text_status(job["sid"], "failed", answer.error_code)
        self._store.finish_job(job["id"])
        log.warning("delivery_given_up", extra={"sid": job["sid"], "status": answer.status})
