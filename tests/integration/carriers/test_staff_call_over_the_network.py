"""Ringing back end to end: the product itself on a real port, the demo's network, two handsets (V15)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from backend.app import create_app
from backend.carriers.simulator import SimulatorCarrier
from backend.phone_network.server import build
from backend.services import place_calls, staff_call
from backend.services.deps import Deps
from backend.services.staff_login import Member
from backend.store.models import Case, Message, StaffCall
from tests.support.served import served
from tests.support.waiting import wait_for

STAFF_PHONE, PERSON = "+8610001110007", "+8610001110008"


@pytest.fixture
def world(deps: Deps, tmp_path: Path) -> Iterator[tuple[Deps, httpx.Client]]:
    """The product answering on a port, its carrier the network, and somebody at the handsets."""
    made: dict[str, Any] = {}
    with served(lambda environ, start: made["app"](environ, start)) as url:
        settings = dataclasses.replace(deps.settings, public_base_url=url)
        network = build(
            tmp_path / "network", account_sid=settings.twilio_account_sid, auth_token=settings.twilio_auth_token,
            number=settings.twilio_phone_number, public_base_url=settings.public_base_url,
        )  # fmt: skip
        network.start()
        carrier = SimulatorCarrier(
            settings.twilio_account_sid, settings.twilio_auth_token, network_url=network.url, timeout_s=30
        )
        ours = dataclasses.replace(deps, settings=settings, carrier=carrier)
        made["app"] = create_app(deps=ours)
        with httpx.Client(base_url=network.url, trust_env=False, timeout=30) as handsets:
            yield ours, handsets
        network.stop()


def ringing(handsets: httpx.Client, number: str) -> dict[str, Any]:
    """The call that rings at a handset now, with its events."""
    found: list[dict[str, Any]] = []

    def rings() -> bool:
        found[:] = [call for call in handsets.get(f"/handsets/{number}/calls").json()["items"] if not call.get("ended")]
        return bool(found)

    wait_for(rings)
    return handsets.get(f"/calls/{found[0]['sid']}/events").json()


def test_two_handsets_are_joined_and_neither_sees_the_others_number(world, make) -> None:
    deps, handsets = world
    with make() as f:
        f.make_station()
        f.make_region("500114121002")
        staff = f.make_staff("town", "500114121", name="田镇干", phone=STAFF_PHONE)
        conversation = f.make_conversation(f.make_handset(PERSON), region_code="500114121002")
        case = Case(kind="handoff", priority=1, summary="要人工", details={}, conversation_id=conversation.id,
                    handset_id=conversation.handset_id, region_code="500114121", opened_at=f.now, due_at=f.now)  # fmt: skip
        f.session.add(case)
        f.session.flush()
        talk, case_id = conversation.id, case.id
        member = Member(**{k: getattr(staff, k) for k in ("id", "login", "name", "role", "region_code", "language")})
    staff_call.ring(deps, member, talk, phone="mine", close_case=True, form_id="form-one-1")
    assert place_calls.place_next(deps)
    hers = ringing(handsets, STAFF_PHONE)
    handsets.post(f"/calls/{hers['sid']}/answer").raise_for_status()
    handsets.post(f"/calls/{hers['sid']}/digits", json={"digits": "1"}).raise_for_status()
    theirs = ringing(handsets, PERSON)
    shown = [event["from"] for event in theirs["events"] if event["kind"] == "ringing"]
    assert shown == [deps.settings.twilio_phone_number]
    assert STAFF_PHONE not in str(theirs)
    handsets.post(f"/calls/{theirs['sid']}/answer").raise_for_status()
    handsets.post(f"/calls/{theirs['sid']}/hangup").raise_for_status()

    def over() -> bool:
        with deps.db.read() as session:
            return session.scalars(select(StaffCall.status)).one() == "answered"

    wait_for(over)
    with deps.db.read() as session:
        assert session.get(Case, case_id).status == "closed"
        assert "接通了" in session.scalars(select(Message.body)).one()
