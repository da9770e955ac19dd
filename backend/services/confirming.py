"""The freshness clock of a worker's entry: set back whenever she searches, takes or changes something herself (P01).

`heard` is called for every act, in one place (`acts.perform`), so that no way of asking for work is forgotten.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from backend.domain.answers import Answer, make
from backend.domain.freshness import MOST_ASKINGS
from backend.services import audit
from backend.services.people import owners, speaker, worker_of
from backend.services.turn import Turn
from backend.store.models import Worker

# Answers to somebody who wants work …
WANTS_WORK = frozenset({"job_offers", "no_jobs", "job_taken", "registered", "already_taken", "full_wait", "waitlisted"})
# … and to somebody who says something for her own entry, wanting work or not.
SPOKE = WANTS_WORK | {"availability_set", "profile_updated", "no_more_jobs", "clash", "job_full"}


def heard(turn: Turn, answers: list[Answer]) -> list[Answer]:
    """Note that the speaker's entry holds; whoever had stopped looking and asks for work is taken up again, and told."""
    kinds = {answer["kind"] for answer in answers}
    if not SPOKE & kinds:
        return answers
    if any(answer.get("for_other") for answer in answers):
        spoken_for = [_of_another(turn)]
    else:
        spoken_for = [worker_of(turn)] if speaker(turn) else _all_set_aside(turn)
    again = False
    for worker in filter(None, spoken_for):
        confirm(worker, turn.now)
        if worker.status == "paused" and WANTS_WORK & kinds:
            take_up_again(worker, turn.now)
            audit.record(turn, "active_again", worker)
            again = True
    return [make("active_again"), *answers] if again else answers


def confirm(worker: Worker, now: datetime) -> None:
    """She, or staff for her, has just said that the entry holds."""
    worker.confirmed_at, worker.asked_in_vain = now, 0


def spoken_with(worker: Worker, now: datetime) -> None:
    """Staff have collected her entry again, visited or rung her: it holds, and silence no longer keeps her from offers."""
    was_silent = worker.status == "paused" and worker.asked_in_vain >= MOST_ASKINGS
    confirm(worker, now)
    if was_silent and worker.job_willingness != "not_now":
        worker.status = "active"


def take_up_again(worker: Worker, now: datetime) -> None:
    """Found by matching again; her waiting begins now (H03), unless it was we who had set her aside."""
    worker.status, worker.job_willingness = "active", "wants"
    worker.waiting_since = worker.waiting_since or now


def stop_looking(worker: Worker) -> None:
    """She does not look for work now: she no longer waits (H03)."""
    worker.waiting_since, worker.job_willingness = None, "not_now"
    set_aside(worker)


def set_aside(worker: Worker) -> None:
    """Not offered anything until she, or staff for her, says that she looks for work again."""
    worker.status = "paused"


def _all_set_aside(turn: Turn) -> list[Worker | None]:
    """Everybody on a shared phone on which nobody is looked for any more: one answer stopped all, one wish begins anew."""
    people = [owner.person_id for owner in owners(turn.session, turn.handset)]
    found = turn.session.scalars(select(Worker).where(Worker.person_id.in_(people), Worker.status != "erased")).all()
    return list(found) if all(worker.status == "paused" for worker in found) else []


def _of_another(turn: Turn) -> Worker | None:
    """Whom the speaker has just registered for; the speaker's own entry is not touched by that."""
    return turn.session.scalar(
        select(Worker).where(Worker.source_message_id == turn.message.id).order_by(Worker.id.desc()).limit(1)
    )
