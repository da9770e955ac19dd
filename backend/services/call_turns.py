"""What a call needs of the store: the call itself, its turns once each, and what the line may know of the caller.

A turn of a call is a message like any other, in the conversation of its number, so that staff read SMS and calls as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.answers import Answer
from backend.domain.calling import takes_texts
from backend.domain.case_rules import is_open
from backend.errors import NotFound
from backend.services import acts, manner
from backend.services.deps import Deps
from backend.services.people import handset_for, has_elder, is_elder
from backend.services.receive_message import BODY_LIMIT, conversation_for, storable
from backend.services.reopen import reopen
from backend.services.turn import Facts, Turn
from backend.settings import TIMEZONE
from backend.store.models import Call, CallTurn, Conversation, Handset, Message
from backend.store.queries.employers import hiring_now

RESUMES_WITHIN = timedelta(hours=24)  # V19
LONGEST_KEYS = 32  # kept of a storm of keys; what was pressed is read as a whole before it is cut
LONGEST_STATION = 10  # characters of its name that are said
FINAL = frozenset({"completed", "failed", "busy", "no-answer", "canceled"})


@dataclass(frozen=True)
class Caller:
    """What the call flow may know at one turn; nothing of it is ever read out."""

    today: date
    elapsed_s: float
    turns: int
    pace: int  # percent (V06)
    staff_open: bool
    hotline: str
    over_65: bool
    taken_over: bool
    unfinished: tuple[str, ...]  # facts of a registration that is not finished
    pending: str | None  # kind of the question that a short answer would answer
    towns: tuple[tuple[str, str], ...]
    region: str | None = None  # whose recorded voices are heard (V07)
    wording: str = "local"  # local | mandarin
    takes_texts: bool = True  # a landline takes none
    hiring: bool = False  # postings of this number that are not over
    station: str = ""  # whose line this is, e.g. 中塘; "" where no station answers


def open_call(session: Session, deps: Deps, *, sid: str, number: str) -> tuple[Call, bool]:
    """Return the call of this CallSid, made at its first webhook, and whether it is new."""
    now = deps.clock()
    # The handset's row lock makes two webhooks of one number take turns here.
    handset = handset_for(session, deps, number, now)
    known = session.scalar(
        select(Call).where(Call.carrier == deps.carrier.name, Call.call_sid == sid).with_for_update()
    )
    if known is not None:
        return known, False
    conversation = conversation_for(session, handset, now)
    reopen(session, conversation, now)
    call = Call(carrier=deps.carrier.name, call_sid=sid, handset_id=handset.id, conversation_id=conversation.id,
                direction="inbound", state={}, turn=0, started_at=now, last_at=now)  # fmt: skip
    session.add(call)
    session.flush()
    return call, True


def find_call(session: Session, deps: Deps, *, sid: str, call_id: int | None = None) -> Call:
    """The call, locked for this turn; NotFound unless id and CallSid belong together."""
    call = session.scalar(select(Call).where(Call.carrier == deps.carrier.name, Call.call_sid == sid).with_for_update())
    if call is None or (call_id is not None and call.id != call_id):
        raise NotFound("There is no such call.")
    return call


def handset_of_call(deps: Deps, sid: str) -> int | None:
    with deps.db.read() as session:
        return session.scalar(select(Call.handset_id).where(Call.carrier == deps.carrier.name, Call.call_sid == sid))


def given_answer(session: Session, call: Call, nonce: str) -> str | None:
    """The TwiML this turn got before, if it was answered: it gets the same bytes again (I3)."""
    turn = session.get(CallTurn, (call.id, nonce))
    return turn.twiml if turn else None


def keep_answer(session: Session, deps: Deps, call: Call, nonce: str, twiml: str, state: Mapping[str, Any]) -> None:
    """Close a turn: its TwiML, and where the call is now."""
    now = deps.clock()
    session.add(CallTurn(call_id=call.id, nonce=nonce, twiml=twiml, at=now))
    call.state, call.last_at, call.turn = dict(state), now, call.turn + 1


@dataclass(frozen=True)
class Heard:
    """What the carrier brought at one turn: `words` for the record, keys as pressed, the recogniser's own certainty 0–1."""

    words: str
    keys: str = ""
    confidence: float | None = None
    recording_url: str | None = None
    intent: str | None = None  # what words to the line itself were known as, without the engine


def hear(session: Session, deps: Deps, call: Call, nonce: str, heard: Heard) -> Message:
    """Store what the caller did at this turn, once; `status` answered: only words go to the engine (see `to_be_answered`)."""
    carrier_id = f"{call.call_sid}:{nonce}"
    account = deps.settings.twilio_account_sid
    known = session.scalar(
        select(Message).where(
            Message.carrier == call.carrier, Message.account == account, Message.carrier_id == carrier_id
        )
    )
    if known is not None:
        return known
    now = deps.clock()
    body = storable(heard.words)
    message = Message(
        conversation_id=call.conversation_id, handset_id=call.handset_id, direction="inbound", channel="voice",
        body=body[:BODY_LIMIT], raw_truncated=len(body) > BODY_LIMIT, status="answered",
        handled_by="menu" if heard.intent else "keypad", intent=heard.intent,
        created_at=now, carrier=call.carrier, account=account, carrier_id=carrier_id,
        media_url=heard.recording_url, media_count=1 if heard.recording_url else 0,
        call_id=call.id, keys=storable(heard.keys)[:LONGEST_KEYS] or None, recogniser_confidence=heard.confidence,
    )  # fmt: skip
    session.add(message)
    session.flush()
    _conversation(session, call).last_at = now
    return message


def to_be_answered(session: Session, call: Call, message: Message, *, reading: int | None = None) -> None:
    """Hand the message to the conversation service, as a text would be; `reading`: the opening just read out."""
    conversation = _conversation(session, call)
    context = {key: value for key, value in (conversation.context or {}).items() if key != "reading"}
    conversation.context = {**context, "reading": reading} if reading else context
    message.status, message.handled_by = "received", None


def not_understood_in_time(session: Session, message_id: int) -> None:
    """The number was busy with another turn: the keys answer instead, the words stay on record."""
    message = session.get_one(Message, message_id)
    message.status, message.handled_by, message.turn_token = "answered", "menu", None


def intent_of(session: Session, message_id: int) -> str | None:
    return session.get_one(Message, message_id).intent


def perform(
    session: Session, deps: Deps, call: Call, message: Message, act: str, params: Mapping[str, Any]
) -> list[Answer]:
    """Do what a key asked for, in the caller's transaction; once per turn."""
    turn = Turn(
        deps=deps,
        session=session,
        now=deps.clock(),
        conversation=_conversation(session, call),
        handset=session.get_one(Handset, call.handset_id),
        message=message,
        channel="voice",
    )
    answers = acts.perform(turn, act, Facts(params=dict(params)))
    turn.remember("last_answers", answers)
    return answers


@dataclass(frozen=True)
class Line:
    """One thing the line said; `prompt`: its id in the catalogue, None where it was put together."""

    zh: str
    en: str
    prompt: str | None = None


def said(
    session: Session, deps: Deps, call: Call, in_reply_to: Message, lines: list[Line], answers: list[Answer]
) -> None:
    """Store what the line said, line by line, with its English and the prompts it was said from."""
    if not lines:
        return
    session.add(
        Message(
            conversation_id=call.conversation_id, handset_id=call.handset_id, direction="outbound", channel="voice",
            body="\n".join(line.zh for line in lines), gloss="\n".join(line.en for line in lines),
            answer={"answers": answers} if answers else None, status="delivered", in_reply_to=in_reply_to.id,
            created_at=deps.clock(), handled_by=in_reply_to.handled_by, call_id=call.id,
            prompts=[line.prompt for line in lines],
        )
    )  # fmt: skip


def caller(session: Session, deps: Deps, call: Call) -> Caller:
    now = deps.clock()
    conversation, handset = _conversation(session, call), session.get_one(Handset, call.handset_id)
    station = deps.regions.station_for(conversation.region_code)
    hotline = str(station.get("hotline") or "")
    context, year = conversation.context or {}, now.astimezone(TIMEZONE).year
    person = manner.known_speaker(session, conversation, handset)
    return Caller(
        today=now.astimezone(TIMEZONE).date(),
        elapsed_s=(now - call.started_at).total_seconds(),
        turns=call.turn,
        pace=manner.pace(handset, person),
        wording=manner.wording(handset, person),
        staff_open=bool(hotline) and is_open(now, station["opens_at"], station["closes_at"]),
        hotline=hotline,
        # Whoever is known to speak counts by her own age; on a phone nobody is known on yet, the oldest does.
        over_65=is_elder(person, year) if person is not None else has_elder(session, handset, year),
        taken_over=conversation.taken_by is not None,
        unfinished=tuple((context.get("registration") or {}).get("facts") or {}),
        pending=(context.get("pending") or {}).get("kind"),
        towns=_towns(deps, conversation.region_code),
        region=conversation.region_code,
        takes_texts=takes_texts(handset.number),
        hiring=bool(hiring_now(session, handset.number, now.astimezone(TIMEZONE).date())),
        station=station["short_name"].removesuffix("零工热线").removesuffix("零工")[:LONGEST_STATION],
    )


def _conversation(session: Session, call: Call) -> Conversation:
    return session.get_one(Conversation, call.conversation_id)


def _towns(deps: Deps, region_code: str | None) -> tuple[tuple[str, str], ...]:
    """The towns a caller may be from: the number's own if known, else its county's, those with a station first."""
    regions = deps.regions
    for code in [region_code, *regions.ancestors(region_code)] if region_code else []:
        if code and regions.level(code) == "town":
            return ((code, regions.name(code)),)
    with_station = {station["region_code"] for station in regions.stations()}
    towns = regions.towns_of(regions.county_of(region_code))
    return tuple(sorted(towns, key=lambda town: (not any(code.startswith(town[0]) for code in with_station), town[0])))


def dropped_call(session: Session, deps: Deps, call: Call) -> dict[str, Any] | None:
    """The state in which this number's line dropped within 24 h, in the same conversation (V19)."""
    before = session.scalar(
        select(Call).where(Call.handset_id == call.handset_id, Call.id < call.id).order_by(Call.id.desc()).limit(1)
    )
    if before is None or before.ended_at is None or before.conversation_id != call.conversation_id:
        return None
    return dict(before.state) if deps.clock() - before.last_at <= RESUMES_WITHIN else None


def call_progress(session: Session, deps: Deps, sid: str, status: str) -> Call | None:
    """Note how the call goes on; a call that has ended stays ended, whatever comes late."""
    call = session.scalar(select(Call).where(Call.carrier == deps.carrier.name, Call.call_sid == sid).with_for_update())
    if call is None or call.ended_at is not None:
        return None
    call.status = status
    if status in FINAL:
        call.ended_at = deps.clock()
    return call
