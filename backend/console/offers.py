"""派活台账: whom which opening was put to, the latest first, and what became of it (W07, W12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from backend.console import ledger_labels, table
from backend.console.guard import me
from backend.console.labels import N_
from backend.console.openings import shown_of
from backend.console.text import Mask
from backend.domain.access import may, may_see
from backend.services import review_transcript
from backend.services.regions import HOME_REGION
from backend.store.queries import offer_list as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

COLUMNS = (
    table.Column("opening", N_("岗位")),
    table.Column("worker", N_("姓名")),
    table.Column("status", N_("怎么样了")),
    table.Column("days", N_("哪几天"), "day"),
    table.Column("place", N_("务工地点")),
    table.Column("asked", N_("什么时候问的"), "new"),
    table.Column("answered", N_("什么时候回的")),
)


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/offers")
    def offers() -> str:
        member = me()
        status = request.args.get("status", "")
        status = status if status in queries.STATUSES else ""
        sort = table.sort_asked(tuple(queries.SORTS))
        sieve = table.sieve_asked(member.region_code, "words", "place", "trade", "day")
        need = may(member.role, "verify_hardship")
        with deps.db.read() as session:
            rows, after = queries.page(
                session,
                member.region_code,
                status=status,
                need=need,
                sort=sort,
                after=request.args.get("after", ""),
                sieve=sieve,
            )
            total = None if sieve.args else queries.count(session, member.region_code, status, need, table.MOST_COUNTED)
        review_transcript.note_reading(deps, member, "listed_offers", ids=[row.id for row in rows], **sieve.facts)
        rows = table.readable(rows, sieve, lambda row: shown_of(deps, row.opening))
        return render_template(
            "console/offers.html",
            list=table.Table("console.offers", COLUMNS, rows, sorts=queries.SORTS, sort=sort, next=after, total=total,
                             most=table.MOST_COUNTED, sieve=sieve,
                             args={**({"status": status} if status else {}), **sieve.args}),
            places=deps.regions.villages_of(member.region_code),
            status=status, statuses=queries.STATUSES, words=ledger_labels, mask=Mask(),
            ours=lambda person: may_see(member.region_code, person.village_code or HOME_REGION),
        )  # fmt: skip
