"""What the JSON API takes. Unknown fields are refused (T8); text that a database cannot hold is refused (I6)."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from backend.api.paging import LARGEST_ID
from backend.domain.openings import DAY_PARTS, PAY_UNITS, SETTLEMENTS
from backend.domain.review import GROUNDS
from backend.settings import TIMEZONE
from backend.store.models.openings import STATUSES

LONGEST_TEXT = 200
OFFER_STATUSES = (
    "offered",
    "accepted",
    "waitlisted",
    "declined",
    "expired",
    "withdrawn",
    "arrived",
    "no_show",
    "completed",
    "paid",
)
CASE_STATUSES = ("open", "taken", "closed")


class Text(fields.String):
    """A line of text: no NUL (PostgreSQL cannot store it) and no half of a surrogate pair (nobody can)."""

    def __init__(self, *, longest: int = LONGEST_TEXT, **more: Any) -> None:
        super().__init__(validate=validate.Length(max=longest), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise ValidationError("Holds characters that are not text.")
        return text


class Phone(fields.String):
    """An E.164 number. A `+` that came through a query as a space is put back; eleven national digits get +86."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        number = re.sub(r"[\s-]", "", super()._deserialize(value, attr, data, **more))
        if re.fullmatch(r"1\d{10}", number):
            number = "+86" + number
        elif re.fullmatch(r"86\d{10,11}", number):
            number = "+" + number
        if not re.fullmatch(r"\+[1-9]\d{7,14}", number):
            raise ValidationError("An E.164 number, e.g. +8610001000001.")
        return number


def Region(**more: Any) -> fields.String:
    return fields.String(validate=validate.Regexp(r"^\d{2,12}$", error="A division code of 2 to 12 digits."), **more)


def Id(**more: Any) -> fields.Integer:
    return fields.Integer(strict=more.pop("strict", False), validate=validate.Range(1, LARGEST_ID), **more)


def _one_of(words: tuple[str, ...], **more: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(words, error="One of: {choices}."), **more)


class Body(Schema):
    class Meta:
        unknown = RAISE


# -- queries ---------------------------------------------------------------------------------------------------------
class ListQuery(Schema):
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200), metadata={"description": "rows per page"})
    cursor = fields.String(metadata={"description": "`next` of the page before"})


class MatchQuery(Schema):
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 200))


class MessageQuery(ListQuery):
    phone = Phone()


class WorkerQuery(ListQuery):
    phone = Phone()
    region = Region()


class OpeningQuery(ListQuery):
    status = _one_of(STATUSES)
    region = Region()


class OfferQuery(ListQuery):
    worker_id = Id()
    opening_id = Id()
    status = _one_of(OFFER_STATUSES)


class CaseQuery(ListQuery):
    status = _one_of(CASE_STATUSES)
    kind = Text(longest=40)
    worker_id = Id()
    phone = Phone()


class ConversationQuery(ListQuery):
    phone = Phone()
    region = Region()


# -- bodies ----------------------------------------------------------------------------------------------------------
class Pay(Body):
    """Yuan, with the basis it is paid by."""

    min = fields.Float(allow_none=True, validate=validate.Range(0, 1_000_000, min_inclusive=False))
    max = fields.Float(allow_none=True, validate=validate.Range(0, 1_000_000, min_inclusive=False))
    unit = _one_of(PAY_UNITS, allow_none=True)
    settlement = _one_of(SETTLEMENTS, allow_none=True)
    negotiable = fields.Boolean(allow_none=True)


class Hours(Body):
    from_ = fields.String(
        data_key="from", allow_none=True, validate=validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d$", error="HH:MM")
    )
    to = fields.String(allow_none=True, validate=validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d$", error="HH:MM"))
    day_part = _one_of(DAY_PARTS, allow_none=True)


class EmployerIn(Body):
    id = Id()
    name = Text()
    phone = Phone(allow_none=True)


class OpeningFields(Body):
    title = Text()
    headcount = fields.Integer(validate=validate.Range(1, 500))
    place = Text(allow_none=True)
    starts_on = fields.Date()
    ends_on = fields.Date()
    hours = fields.Nested(Hours, allow_none=True)
    pay = fields.Nested(Pay, allow_none=True)
    requirements = Text(allow_none=True)
    meals = fields.Boolean(allow_none=True)
    lodging = fields.Boolean(allow_none=True)
    transport = fields.Boolean(allow_none=True)
    insured = fields.Boolean(allow_none=True)


class OpeningIn(OpeningFields):
    job_type = fields.String(required=True)
    region = Region(required=True)
    employer = fields.Nested(EmployerIn, required=True)
    starts_on = fields.Date(required=True)


class OpeningPatch(OpeningFields):
    job_type = fields.String()
    region = Region()
    status = _one_of(("withdrawn", "in_review"))


class ReviewIn(Body):
    decision = _one_of(("publish", "reject"), required=True)
    reason = Text(longest=500, load_default="", allow_none=True)
    ground = _one_of(tuple(GROUNDS), load_default="", allow_none=True)


class OfferIn(Body):
    opening_id = Id(required=True, strict=True)
    worker_id = Id(required=True, strict=True)
    channel = _one_of(("sms", "voice", "staff"), load_default="sms")


class OfferAnswerIn(Body):
    answer = _one_of(("accept", "decline"), required=True)


class PayExpectation(Body):
    min = fields.Float(allow_none=True, validate=validate.Range(0, 1_000_000, min_inclusive=False))
    max = fields.Float(allow_none=True, validate=validate.Range(0, 1_000_000, min_inclusive=False))
    unit = _one_of(PAY_UNITS, allow_none=True)


class Days(Body):
    from_ = fields.Date(data_key="from", required=True)
    to = fields.Date(required=True)


class Availability(Body):
    from_ = fields.Date(data_key="from", allow_none=True)
    to = fields.Date(allow_none=True)
    day_parts = fields.List(_one_of(DAY_PARTS))
    term = _one_of(("long", "short"), allow_none=True)
    unavailable = fields.List(fields.Nested(Days), validate=validate.Length(max=50))


class HardshipIn(Body):
    code = _one_of(tuple(f"G{number:02}" for number in range(1, 15)), required=True)
    verified = fields.Boolean(load_default=False)


class WorkerPatch(Body):
    name = Text(longest=40)
    gender = _one_of(("male", "female"), allow_none=True)
    birth_year = fields.Integer(allow_none=True, validate=validate.Range(1900, 2100))
    village = Region(allow_none=True)
    region = Region(allow_none=True)
    job_types = fields.List(fields.String(), validate=validate.Length(max=30))
    pay_expectation = fields.Nested(PayExpectation, allow_none=True)
    availability = fields.Nested(Availability)
    hardship = fields.List(fields.Nested(HardshipIn), validate=validate.Length(max=14))
    household_id = Id(allow_none=True)
    preferred_channel = _one_of(("sms", "voice"))
    speech_rate = fields.Integer(
        validate=validate.Range(30, 120), metadata={"description": "percent of the normal pace"}
    )
    waiting_since = fields.AwareDateTime(allow_none=True, default_timezone=UTC)


class UnderstandIn(Body):
    # Any text at all: what cannot be stored or shown is cleaned on the way, never refused.
    text = fields.String(required=True)
    channel = _one_of(("sms", "voice"), load_default="sms")
    now = fields.AwareDateTime(allow_none=True, load_default=None, default_timezone=TIMEZONE)
