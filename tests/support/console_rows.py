"""What a county's console holds besides people, work and conversations, for its benchmark: accounts, the trail, calls, notes,
corrections, talks, visits, files. Made in the database from what is already there, the same at every run.

How often: three events of the trail a conversation, a call for each conversation by phone, a correction for one turn in
fifty, a note for one conversation in twenty, a planned call for one in ten, a visit for one worker in ten, a talk for one
opening in twenty; an account for every division, a station for every town, a team for every county.
"""

from __future__ import annotations

import psycopg

from tests.support.province import NOW

_NOW = f"timestamptz '{NOW}+00'"
# Each member of staff of a village works where its conversations are; `v.id` is the account of the village.
_VILLAGES = "JOIN staff v ON v.region_code = {}.region_code"
_STATEMENTS = (
    # -- places, people, work: what the matching's province leaves out ---------------------------------------------------
    """UPDATE persons SET name = '王' || chr(20000 + id % 5000) || chr(20500 + id % 3000), birth_year = 1950 + id % 50,
       gender = CASE id % 2 WHEN 0 THEN 'female' ELSE 'male' END""",
    f"UPDATE workers SET confirmed_at = {_NOW} - (id % 60) * interval '1 day', failed_matches = id % 9",
    """UPDATE households h SET village_code = p.village_code
       FROM (SELECT household_id, min(village_code) AS village_code FROM persons GROUP BY 1) p WHERE p.household_id = h.id""",
    """UPDATE employers e SET region_code = o.region_code, phone = '+86139' || lpad(e.id::text, 8, '0')
       FROM (SELECT employer_id, min(region_code) AS region_code FROM openings GROUP BY 1) o WHERE o.employer_id = e.id""",
    "UPDATE openings SET status = 'in_review', review_flags = '[\"pay_low\"]' WHERE id % 50 = 0",
    f"""UPDATE offers SET offered_at = {_NOW} - id * interval '5 minutes', expires_at = {_NOW} - (id - 6) * interval '5 minutes',
        wave = 1, answered_at = CASE status WHEN 'offered' THEN NULL ELSE {_NOW} - (id - 3) * interval '5 minutes' END,
        taken_at = CASE WHEN status IN ('accepted', 'paid') THEN {_NOW} - (id - 3) * interval '5 minutes' END""",
    # -- accounts, stations, teams ---------------------------------------------------------------------------------------
    f"""INSERT INTO staff (login, password_hash, name, role, region_code, language, active, created_at)
        SELECT 'at-' || code, 'none', '岗' || code, level, code, 'zh', true, {_NOW} FROM regions""",
    """INSERT INTO stations (slug, region_code, kind, name, short_name, address, opens_at, closes_at, hotline, services)
       SELECT 's' || code, code, 'station', name || '零工驿站', left(name, 8), '', '08:00', '18:00', '+8610000012333', '[]'
       FROM regions WHERE level = 'town'""",
    f"""INSERT INTO teams (name, region_code, topics, active, version, created_at)
        SELECT name || '组', code, '["jobs"]', true, 1, {_NOW} FROM regions WHERE level = 'county'""",
    "INSERT INTO team_members (team_id, staff_id) SELECT t.id, s.id FROM teams t JOIN staff s USING (region_code)",
    # -- around the conversations ----------------------------------------------------------------------------------------
    """INSERT INTO calls (carrier, call_sid, handset_id, conversation_id, direction, status, state, turn, started_at, last_at,
       ended_at) SELECT 'bench', 'CA' || c.id, c.handset_id, c.id, CASE c.id % 4 WHEN 0 THEN 'outbound' ELSE 'inbound' END,
       'completed', '{}', 4, c.started_at, c.last_at, c.last_at FROM conversations c
       WHERE EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.channel = 'voice')""",
    *(
        f"""INSERT INTO audit_events (at, actor, verb, object_kind, object_id, facts, region_code, county_code, town_code)
            SELECT c.last_at, {actor}, '{verb}', '{kind}', {object_id}, '{facts}', c.region_code, left(c.region_code, 6),
            left(c.region_code, 9) FROM conversations c {_VILLAGES.format("c")} ORDER BY c.id"""
        for actor, verb, kind, object_id, facts in (
            ("'handset:' || c.handset_id", "registered", "workers", "c.person_id::text", "{}"),
            ("'staff:' || v.id", "listed_conversations", "conversations", "''", '{"ids": [1, 2, 3]}'),
            (
                "'staff:' || v.id",
                "revealed",
                "conversations",
                "c.id::text",
                '{"field": "phone", "reason": "call_back"}',
            ),
        )
    ),
    f"""INSERT INTO conversation_notes (conversation_id, staff_id, kind, body, at)
        SELECT c.id, v.id, 'note', '下周再问一次', c.last_at FROM conversations c {_VILLAGES.format("c")} WHERE c.id % 20 = 0""",
    f"""INSERT INTO corrections (message_id, conversation_id, staff_id, at, kind, before, after, ledger)
        SELECT m.id, c.id, v.id, m.created_at, 'intent', '{{}}', '{{"intent": "apply_job"}}', '[]'
        FROM messages m JOIN conversations c ON c.id = m.conversation_id {_VILLAGES.format("c")}
        WHERE m.direction = 'inbound' AND m.id % 49 = 0""",
    """UPDATE messages SET reviewed_at = created_at, corrected = '{"intent": "apply_job"}'
       WHERE direction = 'inbound' AND id % 49 = 0""",
    f"""INSERT INTO training_examples (message_id, region_code, channel, intent, text, staff_id, at)
        SELECT m.id, c.region_code, m.channel, m.intent, m.body, v.id, m.created_at
        FROM messages m JOIN conversations c ON c.id = m.conversation_id {_VILLAGES.format("c")}
        WHERE m.direction = 'inbound' AND m.id % 49 = 0 AND m.intent <> 'nlu_fallback'""",
    f"""INSERT INTO planned_calls (handset_id, person_id, purpose, status, due_at, expires_at, attempts, created_at, finished_at)
        SELECT c.handset_id, c.person_id, 'callback', CASE WHEN c.id % 500 = 0 THEN 'planned' ELSE 'answered' END, c.last_at,
        {_NOW} + interval '1 hour', 1, c.last_at, CASE WHEN c.id % 500 = 0 THEN NULL ELSE c.last_at END
        FROM conversations c WHERE c.id % 10 = 0""",
    # -- around people and work ------------------------------------------------------------------------------------------
    f"""INSERT INTO visits (worker_id, staff_id, kind, at, note)
        SELECT w.id, v.id, 'home', {_NOW} - (w.id % 300) * interval '1 day', '在家' FROM workers w
        JOIN persons p ON p.id = w.person_id JOIN staff v ON v.region_code = p.village_code WHERE w.id % 10 = 0""",
    f"""INSERT INTO talks (kind, region_code, employer_id, opening_id, staff_id, held_on, note, created_at)
        SELECT 'one_to_many', o.region_code, o.employer_id, o.id, v.id, {_NOW}::date - (o.id % 200)::int, '', {_NOW}
        FROM openings o {_VILLAGES.format("o")} WHERE o.id % 20 = 0""",
    """INSERT INTO talk_persons (talk_id, worker_id, outcome)
       SELECT t.id, t.id * 3 + n, 'thinks' FROM talks t CROSS JOIN generate_series(0, 2) n
       WHERE t.id * 3 + n <= (SELECT max(id) FROM workers)""",
    f"""INSERT INTO forwardings (opening_id, to_region, forwarded_by, forwarded_at, note, seen_at)
        SELECT o.id, left(o.region_code, 6), v.id, {_NOW} - (o.id % 90) * interval '1 day', '',
        CASE WHEN o.id % 4 = 0 THEN NULL ELSE {_NOW} END FROM openings o {_VILLAGES.format("o")} WHERE o.id % 10 = 0""",
    f"""INSERT INTO ledger_imports (kind, staff_id, region_code, file_name, file_sha256, rows, problems, row_count, read_at)
        SELECT 'workers', v.id, v.region_code, '名册' || n || '.xlsx', md5(v.id || '-' || n), '[]',
        '[{{"row": 2, "column": "年龄", "value": "五十", "reason": "要写数字", "notice": false}}]', 1, {_NOW} - n * interval '1 day'
        FROM staff v CROSS JOIN generate_series(1, 12) n WHERE v.role IN ('village', 'county')""",
    f"""INSERT INTO ledger_acts (kind, object_kind, staff_id, at, args, waiting, done, failed, undo)
        SELECT 'officer', 'workers', v.id, {_NOW} - n * interval '1 day', '{{}}', '[]', '[[1, null]]', '[]', '{{}}'
        FROM staff v CROSS JOIN generate_series(1, 12) n WHERE v.role IN ('village', 'county')""",
)


def fill_console(url: str) -> None:
    """Add the console's own rows to a database that `fill_postgres` and `fill_talks` have filled."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET timezone = 'UTC'")
        # As with the rest: what is drawn to fit need not be looked up row by row.
        connection.execute("SET session_replication_role = replica")
        tables = connection.execute("SELECT table_name FROM information_schema.columns WHERE column_name = 'id' AND "
                                    "table_schema = 'public' AND is_identity = 'NO' AND column_default LIKE 'nextval%'")  # fmt: skip
        for (table,) in tables.fetchall():
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)")  # fmt: skip
        for statement in _STATEMENTS:
            connection.execute(statement.encode())
        connection.execute("VACUUM ANALYZE")
