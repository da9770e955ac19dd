"""Register somebody who stands at the window, without a phone or with a relative's, with her consent on record (W01).

Source: 现场登记 of the notices; consent: PIPL 13–17, who agreed, how, to what, before whom, to which notice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from backend.domain.access import may, may_see
from backend.domain.ledger_words import LABELS
from backend.domain.registration import NOTICE_VERSION
from backend.errors import Conflict, Forbidden, Invalid
from backend.services import audit, find_duplicates, once, worker_ledger
from backend.services.people import handset_to_write_to
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.models import Consent, HandsetOwner, Hardship, Person, Worker
from backend.store.queries import duplicates

if TYPE_CHECKING:
    from backend.services.deps import Deps

HOW = ("spoken", "signed", "relative")
USES = ("offers", "calls", "employers", "reports")
PHONE_OF = ("own", "relative", "none")
RELATIONS = ("father", "mother", "husband", "wife", "son", "daughter", "sibling", "relative", "neighbour")


def register(
    deps: Deps,
    member: Member,
    facts: dict[str, Any],
    *,
    phone_of: str,
    relation: str = "",
    how: str,
    given_by: str = "",
    uses: list[str],
    hardships: list[str],
    not_the_same: bool = False,
    form_number: str = "",
) -> int:
    """Make the entry and return its number. `facts`: by the ledger's columns, `phone` E.164 or absent.

    `relation`: what she is to whoever holds the phone, where it is a relative's. `given_by`: who spoke for her, where `how`
    is relative. `uses`: what she agreed to; offers at least, nothing else can be done with an entry.
    Raises `Forbidden`; `Invalid` naming the fields; `Conflict(reason="alike")` with `ids` where somebody very like her is in
    the library, unless `not_the_same`. One form makes one entry.
    """
    if not may(member.role, "register_at_window"):
        raise Forbidden("this role only looks")
    _check(member, facts, phone_of, relation, how, given_by, uses, hardships)
    now = deps.clock()
    phone = facts.get("phone") if phone_of != "none" else None
    with deps.db.write() as session:
        if (before := once.made_by(session, member, form_number)) is not None:
            return before
        alike = duplicates.like(
            session, member.region_code, HOME_REGION, name=facts["name"], village=facts["village"],
            birth_year=facts.get("birth_year"), phone=phone,
        )  # fmt: skip
        if alike and not not_the_same:
            raise Conflict("somebody very like her is here", reason="alike", ids=[worker.id for worker in alike])
        person = Person(name=facts["name"], created_at=now, updated_at=now)
        session.add(person)
        session.flush()
        worker = Worker(
            person_id=person.id, person=person, job_types=[], unavailable=[], day_parts=[], benefits=[],
            service_needs=[], hardships=[], preferred_channel="sms", waiting_since=now, created_at=now, updated_at=now,
            confirmed_at=now,
        )  # fmt: skip
        worker_ledger.put(session, now, worker, person, {key: value for key, value in facts.items() if key != "phone"})
        worker.hardships.extend(Hardship(code=code, claimed_at=now) for code in dict.fromkeys(hardships))
        session.add(worker)
        if phone:
            handset = handset_to_write_to(session, phone, now)
            held = session.scalar(
                select(HandsetOwner.id).where(HandsetOwner.handset_id == handset.id, HandsetOwner.until.is_(None))
            )
            said = relation if phone_of == "relative" else ("self" if held is None else "family")
            session.add(HandsetOwner(handset_id=handset.id, person_id=person.id, relation=said, since=now))
        session.add(
            Consent(
                person_id=person.id, notice_version=NOTICE_VERSION, channel="staff",
                given_by=given_by if how == "relative" else "self", given_at=now, how=how,
                uses=sorted(set(uses)), taken_by=member.id,
            )
        )  # fmt: skip
        session.flush()
        if alike:  # whoever wants to see the two side by side finds them at once
            find_duplicates.compare_again(session, person.village_code)
        audit.write(
            session, now, member.actor, "registered_at_window", worker, phone_of=phone_of, how=how, uses=sorted(set(uses)),
            alike=[one.id for one in alike],
        )  # fmt: skip
        once.note(session, now, member, form_number, worker.id)
        return worker.id


def _check(
    member: Member, facts: dict[str, Any], phone_of: str, relation: str, how: str, given_by: str, uses: list[str],
    hardships: list[str],
) -> None:  # fmt: skip
    wrong = {}
    if not facts.get("name"):
        wrong["name"] = "needed"
    if not may_see(member.region_code, facts.get("village")):
        wrong["village"] = "a village of the region"
    if phone_of not in PHONE_OF:
        wrong["phone_of"] = "whose phone"
    elif phone_of != "none" and not facts.get("phone"):
        wrong["phone"] = "needed"
    if phone_of == "relative" and relation not in RELATIONS:
        wrong["relation"] = "needed"
    if how not in HOW:
        wrong["how"] = "how the consent was given"
    if how == "relative" and given_by not in RELATIONS:
        wrong["given_by"] = "who spoke for her"
    if "offers" not in uses or set(uses) - set(USES):
        wrong["uses"] = "consent to offers is needed"
    if set(hardships) - set(LABELS):
        wrong["hardships"] = "unknown"
    if wrong:
        raise Invalid("some facts do not hold", wrong)
