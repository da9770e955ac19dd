"""How the database answers the inbox: by ranges of its indexes, whatever is asked for (sensible at a million turns)."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

from backend.domain import search_words
from backend.store.queries import inbox, inbox_counts, inbox_search
from backend.store.queries.inbox_asked import Asked
from tests.support.province import Province, Size, fill_postgres
from tests.support.talks import fill_talks

COUNTY = "520101"
TALKS = "inbox_entries", "inbox_words", "conversations", "messages"


@pytest.fixture(scope="module")
def talks(postgres, postgres_template):
    """A database of 2,000 conversations."""
    name = postgres.create(postgres_template)
    province = Province(Size(villages=190, workers=1_000, openings=40))
    fill_postgres(postgres.url(name), province)
    fill_talks(postgres.url(name), province, 14_000)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def database_url(request, tmp_path, sqlite_template, kind):
    if kind == "postgresql":
        return request.getfixturevalue("talks")
    return f"sqlite:///{sqlite_template}"


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request):
    return request.param


@pytest.fixture
def plan(database, kind):
    dialect = postgresql.dialect() if kind == "postgresql" else sqlite.dialect()

    def explained(query):
        statement = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        how = "EXPLAIN" if kind == "postgresql" else "EXPLAIN QUERY PLAN"
        with database.read() as session:
            found = session.connection().exec_driver_sql(f"{how} {statement}")
            return "\n".join(str(row[-1]) for row in found)

    return explained


def scans(steps):
    return [line for line in steps.splitlines() for table in TALKS
            if f"Seq Scan on {table}" in line or line.strip().startswith(f"SCAN {table}")]  # fmt: skip


@pytest.mark.parametrize("area", ["52", "5201", COUNTY, "520101100", "520101100001"])
@pytest.mark.parametrize("asked", [{}, {"shows": frozenset({"dispute"})}, {"shows": frozenset({"low", "elder"})}])
def test_a_list_is_a_range_of_one_index_in_its_order_for_every_region(plan, area, asked):
    steps = plan(inbox.main_query(Asked(area, **asked)))
    assert "ix_inbox_entries_mark_area_last_at" in steps
    assert not scans(steps)
    if len(area) <= 6 and not asked:  # a handful of rows may as well be sorted
        assert "Sort" not in steps and "TEMP B-TREE" not in steps


def test_a_number_is_found_by_an_index_of_its_own(plan):
    steps = plan(inbox.main_query(Asked(COUNTY, last4="1234")))
    assert "ix_inbox_entries_last4" in steps
    assert not scans(steps)


def test_what_is_mine_is_looked_up_hand_by_hand(plan):
    steps = plan(inbox.main_query(Asked(COUNTY, hands=("staff:1", "team:2"))))
    assert "ix_inbox_entries_mark_area_last_at" in steps
    assert not scans(steps)


@pytest.mark.parametrize("more", [{}, {"shows": frozenset({"review", "voice"})}, {"last4": "1234"}, {"unread_by": 1}])
def test_words_are_looked_up_in_their_index(plan, more):
    words = search_words.read("双河 补贴").words
    wanted = search_words.entries(words)
    steps = plan(inbox_search.search_query(wanted, wanted[0], [520101], Asked(COUNTY, words=words, **more), None))
    assert "pk_inbox_words" in steps or "sqlite_autoindex_inbox_words" in steps
    assert not scans(steps)


def test_the_news_is_a_range_of_the_same_index(plan):
    steps = plan(inbox_counts.news_query(COUNTY, 1))
    assert "ix_inbox_entries_mark_area_last_at" in steps
    assert not scans(steps)


@pytest.mark.parametrize("kind", ["postgresql"])
def test_what_the_index_finds_is_what_the_words_themselves_say(database, kind):
    with database.read() as session:
        for asked in ("双河", "补贴咋个领", "工钱 双河", "零工市场在"):
            words = search_words.read(asked).words
            page = inbox.page(session, Asked(COUNTY, words=words), 1)
            having = " AND ".join(
                f"EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.body LIKE '%{word}%')"
                for word in words
            )
            plain = session.scalars(
                text(f"SELECT c.id FROM conversations c WHERE {having} ORDER BY c.id DESC LIMIT 30")
            )
            assert [row.id for row in page.rows] == list(plain), asked
