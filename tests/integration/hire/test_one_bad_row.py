"""What goes wrong with one opening holds up no other (F7); what a tick reads is what is due (C6)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, select, text

from backend.services import both_sides, follow_up, instant_hire
from backend.services.deps import Deps
from backend.store.models import Case, Opening
from backend.store.queries import waves as queries
from backend.store.session import Database
from tests.integration.hire.conftest import Hire


def test_f7_gathered_texts_of_the_others_go_out(hire: Hire, deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = hire.opening(next_wave_at=None), hire.opening(next_wave_at=None, title="摘柑子")
    with hire.make() as f:
        for opening_id in (bad, good):
            f.session.get(Opening, opening_id).tell_employer_at = deps.clock()
    tell = both_sides._tell

    def broken(session: Any, deps: Any, opening: Opening, now: Any) -> None:
        if opening.id == bad:
            raise RuntimeError("a row that cannot be")
        tell(session, deps, opening, now)

    monkeypatch.setattr(both_sides, "_tell", broken)
    assert both_sides.tell_gathered(deps) == 1
    assert hire.get(good).tell_employer_at is None
    assert hire.get(bad).tell_employer_at is not None


def test_f7_openings_that_fail_do_not_keep_the_others_waiting(
    hire: Hire, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire.workers(2)
    bad = hire.opening(urgent=True)
    good = hire.opening(title="摘柑子")
    look = instant_hire._look

    def broken(session: Any, deps: Any, opening: Opening, now: Any) -> Any:
        if opening.id == bad:
            raise RuntimeError("a row that cannot be")
        return look(session, deps, opening, now)

    monkeypatch.setattr(instant_hire, "_look", broken)
    monkeypatch.setattr(instant_hire, "AT_ONCE", 1)
    assert hire.wave() == 0
    assert hire.wave() == 2
    assert len(hire.asked(good)) == 2
    assert hire.get(bad).next_wave_at > deps.clock(), "it has its turn again"  # type: ignore[operator]


# PostgreSQL reads a few rows whole, and rightly.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_ticks_read_what_is_due_through_indexes(hire: Hire, database: Database, deps: Deps) -> None:
    hire.workers(2)
    hire.opening()
    hire.wave()
    with database.read() as session:
        read: list[str] = []
        event.listen(session.connection().engine, "before_cursor_execute", lambda *said: read.append(said[2]))
        queries.due(session, deps.clock(), 50)
        queries.answered(session, "A04", "500114", deps.clock())
        follow_up.ask_how_it_went(deps)
    assert "INDEXED BY ix_openings_next_wave_at" in read[0]
    assert any("INDEXED BY ix_offers_not_followed_up" in one for one in read)
    with database.read() as session:
        plan = session.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT id FROM openings WHERE job_type = 'A04' AND region_code >= '5' "
                "AND region_code < '6' AND openings.wave > 0 AND starts_on >= '2026-06-01'"
            )
        )
        assert "ix_openings_in_waves" in " ".join(row[3] for row in plan)
        assert queries.answered(session, "A04", "500114", deps.clock().replace(year=2025)) == (0, 0)


def test_a_task_about_an_opening_knows_it_by_its_column(hire: Hire, database: Database) -> None:
    opening_id = hire.opening()
    hire.wave()
    with database.read() as session:
        assert session.scalars(select(Case.opening_id).where(Case.kind == "nobody_left")).all() == [opening_id]
