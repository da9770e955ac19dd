"""What the audit trail tells, as sentences people say."""

from __future__ import annotations

from typing import Any

from backend.console import figures_labels, ledger_labels, review_labels, step_in_labels
from backend.console.audit_verbs import GROUPS, KINDS, VERBS
from backend.console.i18n import gettext
from backend.console.labels import N_, REVEAL_FIELDS, REVEAL_REASONS, ROLES, label
from backend.console.people_labels import CHANGES

# Where an object's own page is: its endpoint and the name of its id.
PAGES = {
    "workers": ("console.worker", "worker_id"),
    "households": ("console.household", "household_id"),
    "employers": ("console.employer_page", "employer_id"),
    "openings": ("console.opening", "opening_id"),
    "cases": ("console.case", "case_id"),
    "conversations": ("console.conversation", "conversation_id"),
    "talks": ("console.talk", "talk_id"),
}
# A reason is a code of the form it was given in; the same code may be another reason elsewhere.
_REASONS: dict[str, dict[str, str]] = {
    "exported_ledger": ledger_labels.EXPORT_REASONS,
    "closed": step_in_labels.REASONS,
    "household": ledger_labels.HOUSEHOLD_REASONS,
    "joined_household": ledger_labels.HOUSEHOLD_REASONS,
    "left_household": ledger_labels.HOUSEHOLD_REASONS,
    "merged": ledger_labels.HOUSEHOLD_REASONS,
    "hardship_verified": ledger_labels.FOUND_TRUE,
    "hardship_rejected": ledger_labels.TAKEN_BACK,
    "hardship_unverified": ledger_labels.TAKEN_BACK,
}
_OTHER_REASONS = REVEAL_REASONS | review_labels.EXPORT_REASONS
# Objects that have a name instead of a number.
_NAMED = {"ledger_tabs": ledger_labels.TABS, "figures": figures_labels.SETS}
ACTORS = {
    "scheduler": N_("机器（到点）"),
    "api": N_("接口"),
    "worker": N_("机器"),
    "operator": N_("系统管理员"),
}


def sentence(event: Any, names: dict[str, str]) -> str:
    """The event without who and when: `看了劳动力12号的电话，原因：回电`. Only ids and codes, never a value."""
    facts = event.facts or {}
    values = {
        "object": thing(event, names),
        "field": label(REVEAL_FIELDS, str(facts.get("field", ""))),
        "change": label(CHANGES, str(facts.get("kind", ""))),
    }
    pattern = VERBS.get(event.verb)
    words = (
        gettext(pattern, **values) if pattern else "：".join(part for part in (event.verb, values["object"]) if part)
    )
    if event.verb == "moved" and isinstance(facts.get("became"), list):
        words += f"（{label(ROLES, facts['was'][0])} → {label(ROLES, facts['became'][0])}）"
    if isinstance(count := facts.get("count", facts.get("rows")), int):
        words += gettext("（%(count)s条）", count=count)
    if reason := facts.get("reason"):
        words += gettext("，原因：%(reason)s", reason=label(_REASONS.get(event.verb, _OTHER_REASONS), str(reason)))
    return words


def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """What the list can be narrowed to: (group, [(verb, its sentence about no single thing)])."""
    return [
        (
            gettext(title),
            [
                (verb, gettext(pattern, object=gettext(noun), field=gettext("电话、姓名"), change=gettext("改动")))
                for verb, pattern in verbs.items()
            ],
        )
        for title, noun, verbs in GROUPS
    ]


def kinds() -> list[tuple[str, str]]:
    """What an event can be about: (kind, its noun)."""
    return [(kind, gettext(noun)) for kind, (noun, _) in KINDS.items()]


def thing(event: Any, names: dict[str, str]) -> str:
    """What the event is about: one's own people by name, everything else by kind and number."""
    if event.object_kind == "staff" and (name := names.get(f"staff:{event.object_id}")):
        return gettext("%(name)s的账号", name=name)
    if event.object_kind not in KINDS:
        return ""
    named = _NAMED.get(event.object_kind)
    return gettext(KINDS[event.object_kind][1], number=label(named, event.object_id) if named else event.object_id)


def actor(event: Any, names: dict[str, str]) -> str:
    """Who did it. Somebody who is not of one's own region is a colleague from elsewhere, without a name."""
    kind, _, number = event.actor.partition(":")
    if kind == "staff":
        return names.get(event.actor) or gettext("上级或外地的工作人员")
    if kind == "handset":
        return gettext("打热线的人（号码%(number)s）", number=number)
    return label(ACTORS, kind)
