"""Rules of staff accounts: who looks after whose, what a good password is, codes people copy by hand (T8, T9, T11)."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from backend.domain.access import may_see

# Whose accounts each role looks after, in its own region and below. Accounts of the city and the province are made by
# whoever keeps the service running (`python -m backend.cli add-staff`).
MANAGES: dict[str, frozenset[str]] = {
    "town": frozenset({"village"}),
    "county": frozenset({"village", "town", "operator", "auditor"}),
}
# A county colleague's account, like a raise to the county's role, takes a second pair of eyes from the same county.
SECONDED = "county"
# Digits of the division code an account of this role is for.
_DIGITS = {"village": (12,), "town": (9,), "county": (6,), "operator": (6, 9), "auditor": (6,)}
# Who has a second factor where it is required: whoever sees or changes more than one village, or works from outside.
SECOND_FACTOR_ROLES = frozenset({"town", "county", "city", "province", "operator", "auditor"})

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")

# Whoever did something in the console so lately counts as at her desk; pages that refresh themselves count as nothing.
AT_THE_DESK = timedelta(minutes=5)

# No 0/O, 1/I/L: they are read out and copied from paper.
_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUP = 4
INVITATION_SIGNS, RECOVERY_SIGNS = 16, 12  # 79 and 59 bits

# What guessers try first, as it is left when digits and signs at the ends and common disguises are taken off.
_COMMON = frozenset(
    [
        "password", "passwort", "passphrase", "iloveyou", "woaini", "woainima", "woaizuguo", "welcome", "welcometo",
        "admin", "administrator", "root", "letmein", "changeme", "default", "secret", "master", "superman", "batman",
        "dragon", "monkey", "football", "baseball", "sunshine", "princess", "shadow", "michael", "computer", "internet",
        "qwerty", "qwertyuiop", "qazwsx", "qazwsxedc", "asdfgh", "asdfghjkl", "zxcvbnm", "test", "testtest", "user",
        "guest", "login", "zhongguo", "beijing", "chongqing", "guizhou", "guiyang", "qianjiang", "weining", "mima",
        "wodemima", "nihao", "nihaoma", "laoban", "linggong", "linggongrexian", "hotline", "console", "aini", "aaaa",
    ]
)  # fmt: skip
_RUNS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
_DISGUISES = str.maketrans("@$!013457", "asiolea" + "st")


def is_at_desk(seen_at: datetime | None, now: datetime) -> bool:
    return seen_at is not None and now - seen_at <= AT_THE_DESK


def fits(role: str, region_code: str) -> bool:
    """Whether an account of `role` can be for this division: a village account for a village, and so on."""
    return region_code.isascii() and region_code.isdigit() and len(region_code) in _DIGITS.get(role, ())


def manages(role: str, region_code: str, other_role: str, other_region: str) -> bool:
    """Whether somebody of `role` and `region_code` changes the other's account alone."""
    return other_role in MANAGES.get(role, ()) and may_see(region_code, other_region)


def manages_with_another(role: str, region_code: str, other_role: str, other_region: str) -> bool:
    """Whether they may ask for a change of it, which a colleague then approves (T8)."""
    return role == SECONDED and other_role == SECONDED and may_see(region_code, other_region)


def roles_to_give(role: str) -> frozenset[str]:
    """What a member of this role can make an account of, alone or with another."""
    return MANAGES.get(role, frozenset()) | ({SECONDED} if role == SECONDED else frozenset())


def password_problem(password: str, *own: str) -> str | None:
    """What speaks against a password, as a code (short, long, own, common); None: nothing. `own`: login, name, phone.

    Length and a look at what guessers try first, no rules of signs (NIST SP 800-63B §5.1.1.2, ASVS 6.2).
    """
    if len(password) < SHORTEST_PASSWORD:
        return "short"
    if len(password) > LONGEST_PASSWORD:
        return "long"
    plain = password.casefold()
    for word in own:
        word = word.casefold().removeprefix("+86")
        if len(word) >= 3 and word in plain and len(plain.replace(word, "")) < 8:
            return "own"
    return "common" if _is_common(plain) else None


def _is_common(plain: str) -> bool:
    if len(set(plain)) < 5:
        return True
    if any(plain == plain[:size] * (len(plain) // size) for size in range(1, 7) if len(plain) % size == 0):
        return True
    if any(plain in run * 2 or plain[::-1] in run * 2 for run in _RUNS):
        return True
    bare = re.sub(r"^[\d\W_]+|[\d\W_]+$", "", plain)
    disguised = re.sub(r"^[\d\W_]+|[\d\W_]+$", "", plain.translate(_DISGUISES))
    return bool({bare, disguised, re.sub(r"[\W_\d]", "", disguised)} & _COMMON) or (not bare and len(set(plain)) < 6)


def new_code(signs: int = INVITATION_SIGNS) -> str:
    """A random code in groups of four: `K7QM-3XWD-…`."""
    text = "".join(secrets.choice(_SIGNS) for _ in range(signs))
    return "-".join(text[at : at + _GROUP] for at in range(0, signs, _GROUP))


def plain_code(typed: str) -> str:
    """A code as it is compared: without gaps, dashes and case."""
    return re.sub(r"[\s\-－—]", "", typed).upper()[:80]


def device_of(user_agent: str) -> str:
    """What a session was opened on, as `system-browser`, each a word of the page's labels; `other-other` at worst."""
    words = user_agent.casefold()
    system = next(
        (name for mark, name in (("iphone", "iphone"), ("ipad", "ipad"), ("android", "android"), ("harmony", "harmony"),
                                 ("windows", "windows"), ("mac os", "mac"), ("linux", "linux")) if mark in words), "other",
    )  # fmt: skip
    browser = next(
        (name for mark, name in (("micromessenger", "wechat"), ("edg", "edge"), ("firefox", "firefox"), ("qqbrowser", "qq"),
                                 ("ucbrowser", "uc"), ("chrome", "chrome"), ("safari", "safari")) if mark in words), "other",
    )  # fmt: skip
    return f"{system}-{browser}"
