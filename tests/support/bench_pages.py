"""What the console part of `make bench` reads, by whom, and a page's main query as a person would write it.

Every page of the URL map is read by a county; those whose cost depends on how wide somebody looks also by a town, a city, the
province and an auditor. What an address needs comes from `ONE_OF`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from backend.domain.figures import KINDS, SHANGHAI, period
from backend.services.figures import chart_steps
from tests.support.province import NOW

COUNTY = "520101"
# role → its division; the county reads every page, the others those of `WIDE`.
READERS = {"county": COUNTY, "town": COUNTY + "100", "auditor": COUNTY, "city": "5201", "province": "52"}

_OURS = "{column} >= '520101' AND {column} < '520102'"
_TALK_OURS, _PERSON_OURS = _OURS.format(column="c.region_code"), _OURS.format(column="p.village_code")
_HERE = _OURS.format(column="region_code")
OF_COUNTY = "(SELECT id FROM staff WHERE login = 'bench-county')"
# A record of the county for every name an address holds.
ONE_OF = {
    "conversation_id": f"SELECT max(id) FROM conversations WHERE {_HERE}",
    "message_id": f"SELECT max(m.id) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE {_TALK_OURS} AND m.direction = 'inbound'",
    "case_id": f"SELECT max(id) FROM cases WHERE {_HERE}",
    "opening_id": f"SELECT max(id) FROM openings WHERE {_HERE} AND status = 'published'",
    "employer_id": f"SELECT max(id) FROM employers WHERE {_HERE}",
    "worker_id": f"SELECT max(w.id) FROM workers w JOIN persons p ON p.id = w.person_id WHERE {_PERSON_OURS}",
    "household_id": f"SELECT max(household_id) FROM persons p WHERE {_PERSON_OURS}",
    "claim_id": f"SELECT max(h.id) FROM hardships h JOIN workers w ON w.id = h.worker_id JOIN persons p ON p.id = w.person_id WHERE {_PERSON_OURS} AND h.verified_at IS NULL",
    "kept_id": f"SELECT min(w.id) FROM workers w JOIN persons p ON p.id = w.person_id WHERE {_PERSON_OURS}",
    "other_id": f"SELECT max(w.id) FROM workers w JOIN persons p ON p.id = w.person_id WHERE {_PERSON_OURS}",
    "forwarding_id": f"SELECT max(f.id) FROM forwardings f WHERE f.to_region = '{COUNTY}'",
    "talk_id": f"SELECT max(id) FROM talks WHERE {_HERE}",
    "station_id": f"SELECT max(id) FROM stations WHERE {_HERE}",
    "station": f"SELECT max(slug) FROM stations WHERE {_HERE}",
    "staff_id": f"SELECT max(id) FROM staff WHERE {_HERE}",
    "code": f"SELECT max(code) FROM regions WHERE code LIKE '{COUNTY}%' AND level = 'village'",
    "act_id": f"SELECT max(id) FROM ledger_acts WHERE staff_id = {OF_COUNTY}",
    "import_id": f"SELECT max(id) FROM ledger_imports WHERE staff_id = {OF_COUNTY}",
    "figure": "SELECT 'turns'",
    "chart": "SELECT 'understood'",
}
# -- what somebody would write who has only the tables of what happened; {region}: the reader's -----------------------------
_TALK = """
    SELECT c.id, c.last_at, h.number, s.name,
           (SELECT m.body FROM messages m WHERE m.conversation_id = c.id ORDER BY m.id DESC LIMIT 1)
    FROM conversations c JOIN handsets h ON h.id = c.handset_id LEFT JOIN staff s ON s.id = c.taken_by
    WHERE c.region_code >= '{first}' AND c.region_code < '{end}' {more}
    ORDER BY c.last_at DESC, c.id DESC LIMIT 31
"""
_SAID = "AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.{}) "
FILTERS = {
    "/console/conversations": "",
    "/console/conversations?show=low": _SAID.format("confidence < 0.4"),
    "/console/conversations?show=dispute&show=elder": "AND EXISTS (SELECT 1 FROM cases k WHERE k.conversation_id = c.id "
    "AND k.status = 'open' AND k.kind = 'wage_arrears') "
    "AND EXISTS (SELECT 1 FROM persons p WHERE p.id = c.person_id AND p.birth_year < 1961)",
    "/console/conversations?number=1234": "AND h.number LIKE '%1234'",
    "/console/conversations?q=工钱": _SAID.format("body LIKE '%工钱%'"),
    "/console/conversations?q=双河 补贴&show=review": _SAID.format("body LIKE '%双河%'")
    + _SAID.format("body LIKE '%补贴%'"),
    "/console/inbox/news": "AND c.last_at > now() - interval '1 day'",
}
_TURNS = """
    SELECT count(*) FILTER (WHERE m.channel = 'sms' AND m.direction = 'inbound'),
           count(*) FILTER (WHERE m.channel = 'sms' AND m.direction = 'outbound'),
           count(*) FILTER (WHERE m.direction = 'inbound' AND m.intent IS NOT NULL AND m.keys IS NULL),
           count(*) FILTER (WHERE m.direction = 'inbound' AND m.intent <> 'nlu_fallback' AND m.keys IS NULL)
    FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE c.region_code >= '{first}' AND c.region_code < '{end}' AND m.created_at >= '{since}' AND m.created_at < '{until}'
"""
_NOW = NOW.replace(tzinfo=UTC)
_PERIODS = {kind: period(kind, _NOW.astimezone(SHANGHAI).date()) for kind in KINDS}


def _stretches(page: str) -> dict[str, tuple[tuple[datetime, datetime], ...]]:
    """Address → the stretches it tells of: the figures hold each against the one before, a chart tells of all its steps."""
    told = {}
    for kind, asked in _PERIODS.items():
        stretches = [asked.instants(_NOW)]
        if page.endswith(("figures", "/")):
            stretches.append(asked.compared(_NOW))
        elif page.endswith(".svg"):
            steps = chart_steps(asked, _NOW)
            stretches = [(steps[0].instants(_NOW)[0], steps[-1].instants(_NOW)[1])]
        told[page + (f"?period={kind}" if kind != "day" else "")] = tuple(stretches)
    return told


FIGURES = {
    address: stretches
    for page in ("/console/figures", "/console/figures/turns/rows", "/console/figures/charts/line.svg",
                 "/console/figures/charts/understood.svg")
    for address, stretches in _stretches(page).items()
}  # fmt: skip
# The first page tells how the day goes so far by the same figures.
FIGURES["/console/"] = FIGURES["/console/figures"]
TRADES = tuple(f"/console/figures/charts/trades.svg?period={kind}" for kind in KINDS)
# What is read by every role: whose cost depends on how much of the province somebody sees.
WIDE = (*FILTERS, *FIGURES, *TRADES, "/console/audit", "/console/backstop", "/console/cases", "/console/claims",
        "/console/employers", "/console/faces", "/console/forwarded", "/console/households", "/console/ledgers/priority",
        "/console/map", "/console/offers", "/console/openings", "/console/people", "/console/planned-calls", "/console/stale",
        "/console/talks", "/console/teams", "/console/training/examples", "/console/workers")  # fmt: skip
_LISTS = frozenset(
    f"/console/{name}" for name in ("conversations", "audit", "backstop", "cases", "claims", "employers", "forwarded", "households",
    "ledgers/priority", "ledgers/files", "merge", "merge/distinct", "merge/employers", "offers", "openings", "people", "planned-calls", "stale",
    "talks", "teams", "training/examples", "workers")
)  # fmt: skip
# Streams, files and the ways in and out are no pages.
NO_PAGE = re.compile(
    r"static|language|logout|login|/recording$|\.wav|\.csv|\.xlsx|\.pdf|charts/<chart>\.svg|picture\.svg|scores\.svg|\.png|export|<path:|bad-rows|/empty/|/voice"
)


@dataclass(frozen=True)
class Page:
    """`name`: as it is told; `address`: with a record of the county; `reader`: a role of `READERS`."""

    name: str
    address: str
    reader: str = "county"

    @property
    def by_hand(self) -> str:
        """Its main query as a person would write it; "" if it is the page's own costliest."""
        region = READERS[self.reader]
        bounds = {"first": region, "end": str(int(region) + 1)}
        if self.address in FILTERS:
            return _TALK.format(more=FILTERS[self.address], **bounds)
        if self.address in FIGURES:
            return " UNION ALL ".join(
                _TURNS.format(since=since, until=until, **bounds) for since, until in FIGURES[self.address]
            )
        return ""

    @property
    def is_list(self) -> bool:
        """Whether it is cut into pages, so that it shows no more than one of them however much there is."""
        return self.address.partition("?")[0] in _LISTS or self.name.startswith("/screen/<")

    @property
    def of_a_stretch(self) -> bool:
        """Whether it tells of days of which the tenth does not hold as many."""
        return "period=" in self.address

    def __str__(self) -> str:
        name = re.sub(r"<(?:[^:<>]*:)?(\w+)>", r"<\1>", self.name).removeprefix("/console")
        return f"{self.reader:8} {name or '/'}"
