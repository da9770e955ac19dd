"""What staff have written down besides: the ledger's further facts, visits, talks, known employers, posts of the village."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.seed.history import FIRST_WITH_HISTORY
from backend.seed.places import XINGQUAN, ZHONGTANG
from backend.settings import TIMEZONE
from backend.store.models import Employer, Forwarding, Opening, Staff, Talk, TalkPerson, Visit, Worker

SEED = 20240321
VERIFIED = ("兴泉红李专业合作社", "中塘蔬菜专业合作社", "草海苹果专业合作社", "威宁六桥物业", "黔江安康物业")
# One in so many of the later people has not been heard of for weeks.
STALE_EVERY = 9


def seed_ledgers(session: Session, workers: Sequence[Worker], now: datetime) -> None:
    """Put it in, once, after people, openings and history; `workers` in the order of the plan."""
    staff = {row.region_code: row for row in session.scalars(select(Staff).order_by(Staff.id.desc()))}
    village, town = staff[XINGQUAN], staff[ZHONGTANG]
    _facts(workers, village, town, now)
    _visits(session, workers, village, now)
    for employer in session.scalars(select(Employer).where(Employer.name.in_(VERIFIED))):
        employer.verified_by, employer.verified_at = town.id, now - timedelta(days=60)
    _talk(session, workers, town, now)
    _village_post(session, town, now)
    _forwarded(session, town, now)
    session.flush()


def _facts(workers: Sequence[Worker], village: Staff, town: Staff, now: datetime) -> None:
    rng = random.Random(SEED)
    for number, worker in enumerate(workers):
        worker.skill_level = rng.choice(("none", "basic", "basic", "skilled", "skilled", "certified"))
        worker.employment_status = "waiting" if worker.waiting_since else "working"
        worker.job_willingness = rng.choice(("wants", "wants", "wants", "thinks"))
        worker.at_home = rng.random() < 0.7
        worker.service_needs = rng.choice((["job"], ["job"], ["job", "training"], ["job", "policy"], []))
        worker.confirmed_at = now - timedelta(days=number % 4, hours=number % 11)
        home = worker.person.village_code or ""
        if worker.hardships and home.startswith(ZHONGTANG):
            worker.officer_id = village.id if home == XINGQUAN else town.id
        if number >= FIRST_WITH_HISTORY and number % STALE_EVERY == 0:
            worker.confirmed_at = now - timedelta(days=33 + number % 20)
            worker.asked_current_at = now - timedelta(days=1)
        verified = any(hardship.verified_at for hardship in worker.hardships)
        if verified and number >= FIRST_WITH_HISTORY and number % 4 == 0:
            worker.failed_matches, worker.failed_on = (
                4 + number % 3,
                now.astimezone(TIMEZONE).date() - timedelta(days=2),
            )


def _visits(session: Session, workers: Sequence[Worker], village: Staff, now: datetime) -> None:
    notes = (
        ("home", "屋头老人要照顾，想找本村的活，半天的也行。"),
        ("phone", "手机换过一回，号码没变。想学焊工，等开班。"),
        ("window", "到村上来问过活，腰不好，莫派重活。"),
    )
    near = [worker for worker in workers[FIRST_WITH_HISTORY:] if worker.person.village_code == XINGQUAN]
    for number, worker in enumerate(near[:9]):
        kind, note = notes[number % 3]
        at = now - timedelta(days=3 + 4 * number)
        session.add(
            Visit(
                worker_id=worker.id,
                staff_id=village.id,
                kind=kind,
                at=at,
                note=note,
                next_on=(at + timedelta(days=30)).astimezone(TIMEZONE).date(),
            )
        )


def _talk(session: Session, workers: Sequence[Worker], town: Staff, now: datetime) -> None:
    employer = session.scalars(select(Employer).where(Employer.name == VERIFIED[0])).one()
    talk = Talk(
        kind="one_to_many", region_code=ZHONGTANG, employer_id=employer.id, staff_id=town.id, created_at=now,
        held_on=now.astimezone(TIMEZONE).date() - timedelta(days=6), note="在兴泉社区院坝里，把摘李子的工价、车接送都当面说了。",
    )  # fmt: skip
    session.add(talk)
    session.flush()
    near = [worker for worker in workers[FIRST_WITH_HISTORY:] if worker.person.village_code == XINGQUAN]
    for worker, outcome in zip(near, ("hired", "hired", "thinks", "refused"), strict=False):
        session.add(TalkPerson(talk_id=talk.id, worker_id=worker.id, outcome=outcome))


def _village_post(session: Session, town: Staff, now: datetime) -> None:
    """A public-welfare post of the village, kept for whom nothing else is found (H11)."""
    today = now.astimezone(TIMEZONE).date()
    employer = Employer(
        name="兴泉社区居委会", kind="other", phone="+8610002100001", region_code=XINGQUAN, created_at=now, verified_by=town.id,
        verified_at=now - timedelta(days=90),
    )  # fmt: skip
    session.add(employer)
    session.flush()
    session.add(
        Opening(
            employer_id=employer.id,
            job_type="S02",
            title="村道保洁（公益岗）",
            headcount=2,
            filled=0,
            region_code=XINGQUAN,
            place="兴泉社区",
            starts_on=today + timedelta(days=9),
            ends_on=today + timedelta(days=188),
            hours_from="07:30",
            hours_to="11:30",
            day_part="morning",
            pay_min_fen=80_000,
            pay_max_fen=80_000,
            pay_unit="month",
            settlement="monthly",
            negotiable=False,
            requirements="就业困难人员，村上核实",
            meals=False,
            lodging=False,
            transport=False,
            insured=True,
            status="draft",
            review_flags=[],
            source_kind="policy",
            employment_kind="flexible",
            collected_at=now,
            updated_at=now,
        )
    )


def _forwarded(session: Session, town: Staff, now: datetime) -> None:
    """The town put two of its openings before its villages."""
    near = session.scalars(
        select(Opening)
        .where(Opening.status == "published", Opening.region_code.startswith(ZHONGTANG), Opening.headcount >= 6)
        .order_by(Opening.id)
        .limit(2)
    ).all()
    for opening in near:
        session.add(
            Forwarding(
                opening_id=opening.id,
                to_region=XINGQUAN,
                forwarded_by=town.id,
                forwarded_at=now - timedelta(hours=5),
                note="人手要得急，请在群里说一声。",
            )
        )
