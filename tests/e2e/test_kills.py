"""`kill -9` of every process at random moments while people text: nothing lost, nothing done twice (F1–F7, T1)."""

from __future__ import annotations

import random
import threading
from collections import Counter

import httpx
import pytest
from sqlalchemy import func, select, text

from backend.store.models import Case, Handset, HandsetOwner, Message, Offer, Opening, OutboxRow, Worker
from tests.e2e.support_copies import Copy
from tests.e2e.support_faults import Books
from tests.support.stack import Stack
from tests.support.waiting import wait_for

# Twenty kills; "network" is the customer's side of the telephone company, which loses our connections with it.
KILLS = ["web"] * 5 + ["worker"] * 6 + ["rasa"] * 3 + ["actions"] * 3 + ["network"] * 3
NUMBERS = 16
SETTLED_WITHIN_S = 240
HEALED_WITHIN_S = 180
HOLDS = ("accepted", "arrived", "no_show", "completed", "paid")

# Some of it needs the engine and some does not, since the engine is among the killed. All end with a wish for a person.
SCRIPTS = (
    ["我是兴泉社区的{name} 五十八了 会采茶", "1", "有没得摘果子的活", "1", "我要人工"],
    ["找活路", "1", "我报的", "0"],
    ["登记", "{name}", "有没得活路", "我要人工"],
    ["有没得砌砖的活", "2", "莫发了", "找人工"],
)
SURNAMES = "冉谭田杨陈罗向龚李张庞何黄邓石吴"


def at_any_cost(stack: Stack, number: str, words: str) -> None:
    """Send until the network has taken it, as a person does whose handset says "not sent"."""

    def sent() -> bool:
        try:
            stack.send(number, words)
        except httpx.HTTPError:
            return False
        return True

    wait_for(sent, 60, "the network takes a text")


def places_wrong(books: Books) -> set[int]:
    """Openings whose count of taken places is not the number of people who have one."""
    with books.read() as session:
        taken = dict(session.execute(
            select(Offer.opening_id, func.count()).where(Offer.status.in_(HOLDS)).group_by(Offer.opening_id)
        ).all())  # fmt: skip
        return {
            o.id for o in session.scalars(select(Opening)) if o.filled != taken.get(o.id, 0) or o.filled > o.headcount
        }


def doubled_effects(books: Books, handset_like: str) -> list[str]:
    with books.read() as session:
        handsets = dict(
            session.execute(select(Handset.id, Handset.number).where(Handset.number.like(handset_like))).all()
        )
        owners = Counter(session.scalars(select(HandsetOwner.handset_id).where(HandsetOwner.handset_id.in_(handsets))))
        wrong = [f"{handsets[h]} has {n} people" for h, n in owners.items() if n > 1]
        ids = select(Message.id).where(Message.handset_id.in_(handsets))
        for model, column in (
            (Worker, Worker.source_message_id),
            (Offer, Offer.message_id),
            (Case, Case.source_message_id),
        ):
            per_message = Counter(session.scalars(select(column).where(column.in_(ids))))
            wrong += [f"message {m} made {n} rows of {model.__tablename__}" for m, n in per_message.items() if n > 1]
    return wrong


def asked_for_a_person_in_vain(books: Books, numbers: list[str]) -> set[str]:
    with books.read() as session:
        heard = session.scalars(
            select(Handset.number)
            .join(Case, Case.handset_id == Handset.id)
            .where(Case.kind == "handoff", Handset.number.in_(numbers))
        )
        return set(numbers) - set(heard)


def test_killing_anything_at_any_moment_loses_nothing_and_doubles_nothing(
    copy: Copy, request: pytest.FixtureRequest
) -> None:
    """Twenty kills among some seventy texts of sixteen people; then a sender dies with a text taken and not recorded."""
    stack, books = copy.stack, copy.books
    seed = 20230707 if "sqlite" in request.node.name else 20230708
    rng = random.Random(seed)
    prefix = f"+86100077{seed % 10}"
    numbers = [f"{prefix}{n:05}" for n in range(NUMBERS)]
    wrong_before = places_wrong(books)
    left = {
        number: [line.format(name=SURNAMES[n] + "桂兰") for line in SCRIPTS[n % len(SCRIPTS)]]
        for n, number in enumerate(numbers)
    }
    kills = rng.sample(KILLS, len(KILLS))
    killed = []
    texts = sum(map(len, left.values()))
    per_kill = -(-texts // len(kills))
    for name in kills:
        for _ in range(per_kill):
            if waiting := [number for number, lines in left.items() if lines]:
                number = rng.choice(waiting)
                at_any_cost(stack, number, left[number].pop(0))
        # Anywhere within what a text takes from the webhook to the carrier.
        threading.Event().wait(rng.uniform(0.0, 0.4))
        stack.kill(name)
        killed.append(name)
    assert not any(left.values())

    # F6: the carrier has taken the text and the sender dies before it knows.
    dying = f"{prefix}99999"
    wait_for(lambda: _alive(stack), HEALED_WITHIN_S, "the network is back")
    stack.network.post(
        "/faults", json={"where": "send", "do": "timeout", "number": dying, "delay_s": 25}
    ).raise_for_status()
    at_any_cost(stack, dying, "我要人工")
    wait_for(lambda: books.network(dying, "to_handset"), 60, f"the carrier takes the answer (seed {seed})")
    stack.kill("worker")

    like = prefix + "%"
    try:
        wait_for(lambda: not books.unsettled(like), SETTLED_WITHIN_S, "every accepted text is answered")
    except AssertionError as late:
        raise AssertionError(f"seed {seed}, killed {killed}: {late}; open: {books.unsettled(like)[:12]}") from late
    said = f"seed {seed}, killed {killed}"
    assert len(books.network(like, "from_handset")) > 60
    assert books.differences(like) == [], said
    assert doubled_effects(books, like) == [], said
    assert asked_for_a_person_in_vain(books, [*numbers, dying]) == set(), said
    assert places_wrong(books) <= wrong_before, said
    if books.db.engine.dialect.name == "sqlite":
        with books.read() as session:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    assert Counter(killed) == Counter(KILLS)
    wait_for(lambda: healed(stack), HEALED_WITHIN_S, f"nothing is degraded any more ({said})")


def _alive(stack: Stack) -> bool:
    try:
        return stack.network.get("/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def healed(stack: Stack) -> bool:
    """The engine answers a text again and nothing is away; a turn has to go well before the last failure is forgotten."""
    stack.text("+8610007799998", "后天有没得摘李子的活")
    try:
        answer = stack.http.get("/readyz")
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and answer.json()["degraded"] == []


def test_a_lost_answer_of_the_carrier_is_settled_from_its_own_list(copy: Copy) -> None:
    """F6, D6: taken or not, the text reaches the handset once, and the row says so with the carrier's own id."""
    stack, books = copy.stack, copy.books
    faults = ("accept_then_drop", "accept_then_500", "bad_body", "drop", "500", "429")
    numbers = {f"+86100076500{place}00": fault for place, fault in enumerate(faults)}
    for number, fault in numbers.items():
        stack.network.post("/faults", json={"where": "send", "do": fault, "number": number}).raise_for_status()
        stack.send(number, "我要人工")
    wait_for(lambda: not books.unsettled("+86100076500%"), 60, "every row is settled")
    assert books.differences("+86100076500%") == []
    for number, fault in numbers.items():
        [arrived] = books.network(number, "to_handset")
        with books.read() as session:
            row = session.scalars(select(OutboxRow).where(OutboxRow.to_number == number)).one()
            assert (row.carrier_id, row.reference) == (arrived["sid"], arrived["reference"]), fault
            assert row.attempts == (1 if fault in ("accept_then_drop", "accept_then_500", "bad_body") else 2), fault
