"""Twilio's error codes as (permanent, reason), in one table.

Permanent means: the same message to the same number cannot succeed by being sent again. Trouble with the account or
the sender number is not permanent: the message is kept and goes out once staff have put it right.
Source: Twilio's error and warning dictionary.
"""

TWILIO_ERRORS: dict[int, tuple[bool, str]] = {
    20003: (False, "the account or its token was refused"),
    20404: (True, "the carrier knows no such thing"),
    20429: (False, "too many requests"),
    14107: (False, "too many messages from this sender"),
    21201: (True, "no receiver number"),
    21205: (False, "the address for the call's script is not valid"),
    21210: (False, "the calling number is not ours to use"),
    21211: (True, "not a valid number"),
    21212: (False, "the sender number is not valid"),
    21214: (True, "the number cannot be reached"),
    21215: (True, "calls to this region are not allowed"),
    21216: (True, "calls to this number are not allowed"),
    21217: (True, "not a valid number"),
    21219: (True, "the number is not verified for this account"),
    21408: (True, "texts to this region are not allowed"),
    21602: (True, "the message is empty"),
    21603: (False, "no sender number"),
    21604: (True, "no receiver number"),
    21606: (False, "the sender number cannot send texts"),
    21608: (True, "the number is not verified for this account"),
    21610: (True, "the person has opted out at the carrier"),
    21611: (False, "the sender's queue is full"),
    21612: (True, "no route to this number"),
    21614: (True, "not a mobile number"),
    21617: (True, "the message is too long"),
    30001: (False, "the carrier's queue is full"),
    30002: (False, "the account is suspended"),
    30003: (False, "the handset is off or out of reach"),
    30004: (True, "the receiver blocks these messages"),
    30005: (True, "unknown number"),
    30006: (True, "a landline or an unreachable carrier"),
    30007: (True, "held back by the carrier's filter"),
    30008: (False, "the carrier gave no reason"),
    30009: (False, "a part of the message was lost"),
    30010: (True, "the message costs more than allowed"),
}


def describe(code: int | str | None) -> tuple[bool, str]:
    """Return (permanent, reason) for a code of a REST error or of a receipt; an unknown code may be tried again."""
    try:
        number = int(code) if code is not None else 0
    except ValueError:
        number = 0
    return TWILIO_ERRORS.get(number, (False, "the carrier refused, without a reason we know"))
