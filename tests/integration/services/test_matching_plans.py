"""How the database answers the matching, with 5,000 workers; how fast is measured by `make bench ARGS=--matching` (W03 W04)."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from backend.domain.openings import kindred_of
from backend.services import matches
from backend.services.regions import RegionBook
from backend.store.models import Opening
from backend.store.queries import candidates
from tests.support.bench_matching import NOW
from tests.support.province import TODAY, Province, Size, fill_postgres, fill_sqlite

SIZE = Size(villages=570, workers=5_000, openings=3_000)  # three counties


@pytest.fixture
def province(database, database_url):
    if database_url.startswith("sqlite"):
        fill_sqlite(database_url.removeprefix("sqlite:///"), Province(SIZE))
    else:
        fill_postgres(database_url, Province(SIZE))
    return database


@pytest.fixture
def plan(province):
    """`plan(statement, values)` → how the database means to answer it, as one text."""
    postgres = province.engine.dialect.name == "postgresql"

    def explained(session, statement, values):
        how = "EXPLAIN" if postgres else "EXPLAIN QUERY PLAN"
        return "\n".join(str(row[-1]) for row in session.execute(text(f"{how} {statement}"), values))

    return explained


def test_the_search_for_workers_goes_from_place_to_place_through_an_index(province, plan):
    regions = RegionBook(province)
    with province.read() as session:
        places = regions.nearby().nearest("520101100001", ("520101",), 400)
        steps = plan(session, candidates._worker_ids(province.engine.dialect.name).text, {
            **candidates.lists(session, {"places": places, "kindred": sorted(kindred_of(["A04"]))}),
            "trade": "A04", "opening": 1, "same": 110, "others": 50, "helped": 30,
        })  # fmt: skip
    assert "ix_worker_trades_village_code_job_type" in steps and "ix_worker_trades_priority" in steps
    assert "Seq Scan on worker_trades" not in steps and "SCAN t\n" not in steps + "\n"


def test_the_search_for_openings_reads_a_countys_trades_through_an_index(province, plan):
    postgres = province.engine.dialect.name == "postgresql"
    with province.read() as session:
        steps = plan(session, candidates._seen(province.engine.dialect.name, True, False).element.text, {
            **candidates.lists(session, {"seen_from": ["52", "5201", "520101"], "trades": ["A04"]}),
            "today": TODAY if postgres else str(TODAY), "most": 400, "first": "520101", "end": "520102",
        })  # fmt: skip
    assert "ix_openings_open_job_type_region_code" in steps and "ix_openings_shared_visible_to_job_type" in steps
    assert "Seq Scan on openings" not in steps and "SCAN j\n" not in steps + "\n"


def test_both_ways_of_searching_openings_find_the_same_ones(province):
    regions = RegionBook(province)
    home = "520101100001"
    shared = {"seen_from": ["52", "5201", "520101", "520101100", home], "today": TODAY, "trades": ["A01", "A04", "B01"]}
    with province.read() as session:
        read, all_of_them = candidates.open_openings(session, county="520101", **shared)
        walked = candidates.nearest_openings(
            session, places=regions.nearby().nearest(home, ("52",), 3000), counties=["520101"], limit=5000, **shared
        )
    assert all_of_them and read
    assert {row.id for row in read} == {row.id for row in walked}


def test_the_best_fifty_are_ranked_whoever_is_asked(province):
    regions = RegionBook(province)
    with province.read() as session:
        opening = session.query(Opening).filter_by(status="published").order_by(Opening.id).first()
        ranked, facts = matches.ranked_workers(session, regions, NOW, opening)
    assert len(ranked) >= 30 and all(facts[one.id].region_code.startswith(opening.region_code[:6]) for one in ranked)
    assert [one.suitable for one in ranked] == sorted((one.suitable for one in ranked), reverse=True)
