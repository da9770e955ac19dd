"""A province's conversations for the benchmark of the console: what people say, the line's answers, cases and calls.

Invented by mixing trades, places and ways of saying; the same at every run. Seven turns a conversation, three in ten by
phone; one in twelve has a case, one in six holds a reading the line was not sure of. The inbox's own rows are made by the
product's rules (domain/inbox.py, domain/search_words.py), so that what is measured is what a running line would hold.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from backend.domain.inbox import LISTED, TurnFacts, areas, flags, marks
from backend.domain.lexicon import job_codes, job_name
from backend.domain.search_words import tokens
from tests.support.province import NOW, Province, Row, Village, _as_text, _batches

TURNS_A_TALK = 7
STORIES = 1500
_WISHES = (
    ("search_jobs", "{place}有没得{trade}的活路"), ("search_jobs", "我想找点{trade}的事做 一天{pay}要得"),
    ("register_worker", "我是{place}的 会{trade} 想登个记"), ("report_problem", "给{place}那个老板做{trade} 工钱拖了{pay}没给"),
    ("ask_policy", "{age}岁了 问下{place}的补贴咋个领"), ("set_availability", "{trade}的话 下周都有空"),
    ("ask_market_info", "零工市场在{place}哪里嘛"), ("out_of_scope", "今天{place}落雨没得"), ("nlu_fallback", "嗯 那个 {trade}"),
    ("apply_job", "{place}那个{trade}我要去"), ("talk_to_human", "{trade}的事 找个人来跟我说嘛"),
)  # fmt: skip
_NEXT = (("affirm", "要得"), ("deny", "不去了"), ("job_details", "一天好多钱 管不管饭"), ("more_jobs", "还有没得别的"))
_NAMES = (
    "兴泉",
    "中塘",
    "双河",
    "石门",
    "茶园",
    "大坪",
    "龙潭",
    "三岔",
    "新场",
    "白果",
    "木瓜",
    "青杠",
    "马槽",
    "竹林",
    "桃子",
)


@dataclass(frozen=True)
class Story:
    turns: tuple[tuple[str, str, str | None, float | None], ...]  # direction, body, intent, confidence
    channel: str
    case: str | None
    flags: int
    lists: tuple[str, ...]
    tokens: tuple[int, ...]


def _stories(rng: random.Random) -> list[Story]:
    trades = list(job_codes())
    return [_story(rng, trades) for _ in range(STORIES)]


def _story(rng: random.Random, trades: list[str]) -> Story:
    channel = "voice" if rng.random() < 0.3 else "sms"
    turns: list[tuple[str, str, str | None, float | None]] = []
    for n in range(TURNS_A_TALK):
        if n % 2:
            turns.append(
                ("outbound", "【第一镇零工】有三个活：摘果子一天一百二，管饭；回1就去，回2听下一个。", None, None)
            )
            continue
        intent, said = rng.choice(_WISHES if n == 0 or rng.random() < 0.3 else _NEXT)
        words = said.format(place=rng.choice(_NAMES), trade=job_name(rng.choice(trades)), pay=rng.choice(("一百二", "两百", "三千")),
                            age=rng.choice(("五十八", "六十三", "七十")))  # fmt: skip
        sure = 0.95 if rng.random() > 0.06 else 0.3
        turns.append(("inbound", words, intent, sure))
    case = rng.choice(("wage_arrears", "handoff", "policy", "training")) if rng.random() < 1 / 12 else None
    open_case = [(case, "open" if rng.random() < 0.3 else "closed")] if case else []
    carried = marks(
        [
            TurnFacts(one[0] == "inbound", channel, "answered", one[2], one[3], rng.random() < 0.4, False, None)
            for one in turns
        ],
        open_case,
        elder=rng.random() < 0.25,
    )
    spoken = {token for one in turns for token in tokens(one[1])}
    status = open_case[0][1] if open_case else None
    return Story(tuple(turns), channel, f"{case} {status}" if case else None, flags(carried),
                 ("", *sorted(carried & LISTED)), tuple(sorted(spoken)))  # fmt: skip


def fill_talks(url: str, province: Province, turns: int) -> int:
    """COPY `turns` turns of the province's workers into a database that holds its people; return how many conversations."""
    rng = random.Random(11)
    stories = _stories(rng)
    talks = turns // TURNS_A_TALK
    homes = rng.choices(province.villages, cum_weights=province._village_weights, k=province.size.workers)
    told = [rng.randrange(len(stories)) for _ in range(talks)]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET timezone = 'UTC'")
        connection.execute("SET session_replication_role = replica")
        for table, columns, rows in _tables(province, homes, stories, told):
            with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:  # type: ignore[arg-type]
                for some in _batches(rows):
                    copy.write("".join("\t".join(map(_as_text, row)) + "\n" for row in some))
        connection.execute("VACUUM ANALYZE")
    return talks


def _tables(
    province: Province, homes: list[Village], stories: list[Story], told: list[int]
) -> Iterator[tuple[str, tuple[str, ...], Iterator[Row]]]:
    people = province.size.workers
    at = str(NOW)
    yield (
        "handsets", ("id", "number", "speech_rate", "wording", "first_seen_at", "last_seen_at"),
        ((n, f"+86100{n:08}", 80, "local", at, at) for n in range(1, people + 1)),
    )  # fmt: skip
    yield (
        "handset_owners", ("id", "handset_id", "person_id", "relation", "since"),
        ((n, n, n, "self", at) for n in range(1, people + 1)),
    )  # fmt: skip
    whole = list(enumerate(told, start=1))
    seat = [(n * 7907) % people for n, _ in whole]
    when = [NOW - timedelta(minutes=2 * (len(told) - n)) for n, _ in whole]
    yield (
        "conversations", ("id", "handset_id", "person_id", "region_code", "started_at", "last_at", "context"),
        ((n, seat[n - 1] + 1, seat[n - 1] + 1, homes[seat[n - 1]].code, when[n - 1], when[n - 1], "{}") for n, _ in whole),
    )  # fmt: skip
    yield (
        "messages",
        ("id", "conversation_id", "handset_id", "direction", "channel", "body", "gloss", "status", "created_at", "raw_truncated",
         "media_count", "intent", "confidence", "handled_by", "attempts"),
        ((TURNS_A_TALK * (n - 1) + k + 1, n, seat[n - 1] + 1, one[0], stories[s].channel, one[1], "",
          "answered" if one[0] == "inbound" else "delivered", when[n - 1] + timedelta(seconds=k), False, 0, one[2], one[3],
          "rasa", 1) for n, s in whole for k, one in enumerate(stories[s].turns)),
    )  # fmt: skip
    yield (
        "cases",
        ("id", "kind", "status", "priority", "summary", "details", "conversation_id", "handset_id", "region_code", "opened_at",
         "due_at", "county_code", "town_code", "closed_at"),
        ((n, stories[s].case.split()[0], stories[s].case.split()[1], 2, stories[s].turns[0][1], "{}", n, seat[n - 1] + 1,
          homes[seat[n - 1]].code, when[n - 1], when[n - 1], homes[seat[n - 1]].code[:6], homes[seat[n - 1]].code[:9],
          _closed(stories[s].case, when[n - 1])) for n, s in whole if stories[s].case),
    )  # fmt: skip
    yield (
        "inbox_entries", ("conversation_id", "mark", "area", "last_at", "flags", "last4", "last_in"),
        ((n, mark, area, when[n - 1], stories[s].flags, f"{seat[n - 1] + 1:08}"[-4:], TURNS_A_TALK * n)
         for n, s in whole for mark in stories[s].lists for area in areas(homes[seat[n - 1]].code)),
    )  # fmt: skip
    yield (
        "inbox_words", ("token", "county", "conversation_id"),
        ((token, homes[seat[n - 1]].code[:6], n) for n, s in whole for token in stories[s].tokens),
    )  # fmt: skip


def _closed(case: str | None, at: datetime) -> datetime | None:
    return at + timedelta(hours=3) if case and case.endswith("closed") else None
