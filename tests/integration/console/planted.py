"""One record of every kind in a region, each holding a sign that stands nowhere else, for the tests of what others see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from backend.services import audit
from backend.store.models import (
    AuditEvent,
    Case,
    ConversationClosing,
    ConversationNote,
    Correction,
    DialogueModel,
    Draft,
    Forwarding,
    HandsetOwner,
    Hardship,
    Household,
    LedgerAct,
    LedgerChange,
    LedgerImport,
    MergedEntry,
    ModelSwitch,
    PlannedCall,
    Screen,
    StaffCall,
    StaffChange,
    Talk,
    TalkPerson,
    Team,
    TeamMember,
    TrainingExample,
    Visit,
)
from backend.store.queries import duplicates

# Rare signs: no page of ours has them. The first sign of a name and the last digits of a number stay when they are masked.
OWN, SIBLING, FAR = ("龘", "77391"), ("鱻", "77393"), ("麤", "77397")


@dataclass
class Planted:
    """The records of one region: `ids` by parameter name, or by endpoint and name where the name means several things;
    `words` by parameter that names no record; and their sign."""

    sign: tuple[str, str]
    ids: dict[str, int]
    words: dict[str, str] = field(default_factory=dict)

    def id_of(self, endpoint: str, name: str) -> int | None:
        return self.ids.get(f"{endpoint} {name}", self.ids.get(name))


def plant(make: Any, region: str, sign: tuple[str, str]) -> Planted:
    """One record of every kind in `region`, each with the region's sign in whatever words it keeps."""
    rare, digits = sign
    with make() as f:
        words = rare * 3

        def number(lead: str) -> str:
            return f"+86138{lead}{digits}"[:14]

        staff = f.make_staff("village", region, login=f"zz{digits}", name=words, phone=number("001"))
        worker = f.make_worker(words, number=number("002"), village=region, job_types=["A04"], officer_id=staff.id,
                               waiting_since=f.now - timedelta(days=120), failed_matches=9, birth_year=1955,
                               confirmed_at=f.now - timedelta(days=50))  # fmt: skip
        mate = f.make_worker(words, number=number("003"), village=region)
        claim = f._add(Hardship(worker_id=worker.id, code="G04", claimed_at=f.now))
        f._add(Hardship(worker_id=worker.id, code="G03", claimed_at=f.now, verified_at=f.now, evidence=words))
        household = f._add(Household(village_code=region, created_at=f.now))
        worker.person.household_id = mate.person.household_id = household.id
        handset = f.make_handset(number("004"))
        conversation = f.make_conversation(
            handset, region_code=region, person_id=worker.person_id, taken_by=staff.id, taken_at=f.now,
            assigned_to_staff=staff.id,
        )  # fmt: skip
        turn = f.make_message(
            f"我叫{words}，电话138002{digits}", conversation=conversation, intent="register", confidence=0.3,
            media_url=f"http://carrier.test/{digits}", entities=[{"entity": "place", "text": words, "value": words}],
        )  # fmt: skip
        f._add(ConversationNote(conversation_id=conversation.id, staff_id=staff.id, kind="note", body=words, at=f.now))
        correction = f._add(
            Correction(message_id=turn.id, conversation_id=conversation.id, staff_id=staff.id, at=f.now, kind="intent",
                       before={"intent": words}, after={"intent": words})
        )  # fmt: skip
        case = f._add(
            Case(kind="handoff", priority=1, summary=words, details={"words": words}, conversation_id=conversation.id,
                 handset_id=handset.id, region_code=region, source_message_id=turn.id, worker_id=worker.id,
                 recording_url=f"http://carrier.test/{digits}", opened_at=f.now, due_at=f.now + timedelta(hours=1))
        )  # fmt: skip
        boss = f.make_employer(words + "果园", region_code=region, phone=number("005"))
        opening = f.make_opening(employer=boss, region=region, title=words, place=words, requirements=words,
                                 confirmed_at=f.now - timedelta(days=20))  # fmt: skip
        f.make_opening(employer=boss, region=region, status="in_review", title=words, review_flags=["pay_low"])
        f.make_opening(employer=boss, region=region, status="draft", source_kind="policy", title=words)
        offer = f.make_offer(opening, worker)
        f.make_offer(opening, mate, "accepted")
        talk = f._add(Talk(kind="one_to_one", region_code=region, employer_id=boss.id, opening_id=opening.id, staff_id=staff.id,
                           held_on=f.today, note=words, created_at=f.now))  # fmt: skip
        f._add(TalkPerson(talk_id=talk.id, worker_id=worker.id))
        visit = f._add(Visit(worker_id=worker.id, staff_id=staff.id, kind="home", at=f.now, note=words))
        forwarding = f._add(
            Forwarding(opening_id=opening.id, to_region=region, forwarded_by=staff.id, forwarded_at=f.now, note=words)
        )
        imported = f._add(
            LedgerImport(kind="workers", staff_id=staff.id, region_code=region, file_name=f"{words}.xlsx",
                         file_sha256=digits, rows=[], problems=[{"row": 2, "column": words, "reason": words}], row_count=1,
                         read_at=f.now)
        )  # fmt: skip
        planned = f._add(
            PlannedCall(handset_id=handset.id, person_id=worker.person_id, purpose="callback", status="planned",
                        due_at=f.now + timedelta(minutes=3), expires_at=f.now + timedelta(hours=1), attempts=0,
                        created_at=f.now)
        )  # fmt: skip
        team = f._add(Team(name=words, region_code=region, topics=["jobs"], created_by=staff.id, created_at=f.now))
        f._add(TeamMember(team_id=team.id, staff_id=staff.id))
        station = f.make_station(
            region, slug=f"s{digits}", name=words + "驿站", short_name=words, hotline=number("006")
        )
        asked = f._add(
            StaffChange(staff_id=staff.id, kind="disable", status="waiting", asked_by=staff.id, asked_at=f.now)
        )
        draft = f._add(
            Draft(staff_id=staff.id, path=f"/console/{digits}", page="/console/", fields=[["note", words]], at=f.now)
        )
        closing = f._add(
            ConversationClosing(conversation_id=conversation.id, staff_id=staff.id, reason="other", words=words, at=f.now,
                                before={"taken_by": staff.id})
        )  # fmt: skip
        f._add(StaffCall(planned_call_id=planned.id, conversation_id=conversation.id, case_id=case.id, staff_id=staff.id,
                         staff_number=number("007"), form_id=f"call{digits}", created_at=f.now))  # fmt: skip
        example = f._add(TrainingExample(message_id=turn.id, region_code=region, channel="sms", intent="register", text=words,
                                         staff_id=staff.id, at=f.now))  # fmt: skip
        f._add(Screen(station_id=station.id, around=[region], changed_by=staff.id, changed_at=f.now))
        model = f._add(DialogueModel(origin="trained", status="ready", name=f"{int(digits) * 7:016x}", file_kept=True,
                                     requested_by=staff.id, requested_at=f.now))  # fmt: skip
        f._add(
            ModelSwitch(
                model_id=model.id, kind="switch", status="done", asked_by=staff.id, asked_at=f.now, done_at=f.now
            )
        )
        gone = f.make_worker(words, number=number("008"), village=region, status="erased")
        other = f.make_worker(words, number=number("009"), village=region)
        duplicates.say_distinct(f.session, worker.id, other.id, region[:9], by=staff.id, at=f.now)
        undo = {"rows": [["persons", worker.person_id, "name", words, words]], "gone": [], "moved": []}
        merge = f._add(LedgerAct(kind="merge_workers", object_kind="workers", object_id=worker.id, staff_id=staff.id, at=f.now,
                                 args={"other": gone.id}, undo=undo))  # fmt: skip
        f._add(MergedEntry(object_kind="workers", from_id=gone.id, to_id=worker.id, act_id=merge.id))
        bulk = f._add(LedgerAct(kind="officer", object_kind="workers", staff_id=staff.id, at=f.now,
                                args={"officer": staff.id}, done=[[worker.id, None]], failed=[[mate.id, words]]))  # fmt: skip
        about = {
            "workers": worker, "persons": worker.person, "households": household, "employers": boss, "openings": opening,
            "offers": offer, "cases": case, "conversations": conversation, "messages": turn, "talks": talk, "staff": staff,
            "stations": station, "handsets": handset, "planned_calls": planned, "ledger_imports": imported, "teams": team,
            "ledger_acts": bulk, "training_examples": example, "dialogue_models": model,
            "conversation_closings": closing, "regions": f.make_region(region),
        }  # fmt: skip
        events = {}
        for kind, row in about.items():
            audit.write(f.session, f.now, f"staff:{staff.id}", "revealed", row, field="phone", reason=words)
            f.session.flush()
            events[kind] = f.session.scalar(select(func.max(AuditEvent.id)))
        f._add(LedgerChange(event_id=events["workers"], object_kind="workers", object_id=worker.id, field="name",
                            was=words, became=words))  # fmt: skip
        return Planted(
            sign,
            {
                "worker_id": worker.id, "household_id": household.id, "conversation_id": conversation.id, "message_id": turn.id,
                "correction_id": correction.id, "case_id": case.id, "employer_id": boss.id, "opening_id": opening.id,
                "offer_id": offer.id, "talk_id": talk.id, "visit_id": visit.id, "forwarding_id": forwarding.id,
                "import_id": imported.id, "planned_id": planned.id, "team_id": team.id, "station_id": station.id,
                "staff_id": staff.id, "change_id": asked.id, "draft_id": draft.id, "claim_id": claim.id, "object_id": worker.id,
                "person_id": worker.person_id, "handset_id": handset.id, "other_id": mate.id, "kept_id": worker.id, "act_id": bulk.id, "console.take_apart act_id": merge.id,
                "event_id": events["workers"], "example_id": example.id, "model_id": model.id,
            },
            {"code": region, "station": station.slug, "slug": station.slug},
        )  # fmt: skip


def share_phones(make: Any, planted: list[Planted]) -> None:
    """Everybody's phone is used by somebody of each other region, too (T6)."""
    with make() as f:
        for mine in planted:
            for other in planted:
                if other is not mine:
                    f._add(HandsetOwner(handset_id=mine.ids["handset_id"], person_id=other.ids["person_id"],
                                        relation="neighbour", since=f.now))  # fmt: skip
