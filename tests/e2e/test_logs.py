"""No word anybody wrote, no name and no number in any log, after everything the other tests did to the service (T14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select, text

from backend.store.models import Handset, Message, Opening, Person
from tests.e2e.support_copies import Copy
from tests.e2e.support_faults import webhook
from tests.support.waiting import wait_for

CHINESE = re.compile(r"[\u3400-\u9fff]{4,}")
LONGEST_LEFT = 12  # characters of a message that would be enough to know it by


def logs_of(copy: Copy) -> str:
    """Every kept log line, and what of it was shown on the console; the welcome there is our own words."""
    console = "\n".join(line for line in copy.stack.console().splitlines() if line.startswith("["))
    return copy.stack.logs() + "\n" + console


@contextmanager
def broken(copy: Copy, table: str) -> Iterator[None]:
    """Every row that is to be written into `table` is refused by the database, as a bug of ours would have it."""
    sqlite = copy.books.db.engine.dialect.name == "sqlite"
    make = (
        f"CREATE TRIGGER lg_broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'broken for a test'); END",
        "CREATE FUNCTION lg_broken() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'broken for a test: %', NEW; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER lg_broken BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION lg_broken()",
    )
    undo = ("DROP TRIGGER lg_broken",) if sqlite else (f"DROP TRIGGER lg_broken ON {table}", "DROP FUNCTION lg_broken")
    with copy.books.db.write() as session:
        for statement in make[:1] if sqlite else make[1:]:
            session.execute(text(statement))
    try:
        yield
    finally:
        with copy.books.db.write() as session:
            for statement in undo:
                session.execute(text(statement))


def test_an_error_of_ours_is_logged_without_what_was_said(copy: Copy) -> None:
    """The worst case: a statement that holds the words fails, and its traceback is logged."""
    stack, number, caller = copy.stack, "+8610007600001", "+8610007600002"
    words = "我是兴泉社区的欧阳金凤 五十八了 会采茶 身份证500114196801019876"
    call = stack.call(caller)
    with broken(copy, "turn_effects"):
        stack.send(number, words)
        heard = "".join(call.press("1"))
        assert heard and not call.ended, "the caller hears a sentence and has a way on"
        wait_for(
            lambda: "turn_failed" in stack.logs() and "voice_turn_failed" in stack.logs(), 60, "the errors are logged"
        )
    with broken(copy, "messages"):
        form = {"MessageSid": "SMlgbroken", "From": number, "Body": words, "AccountSid": "AC", "To": "+8610000012333"}
        assert webhook(stack, "/twilio/sms", form).status_code == 500, (
            "not acknowledged, so that the carrier tries again"
        )
    wait_for(lambda: stack.received(number), 60, "the text is answered all the same")
    call.hang_up()
    assert not copy.books.differences(number)
    kept = logs_of(copy)
    for secret in ("欧阳金凤", "采茶", "500114196801019876", "10007600001", "10007600002"):
        assert secret not in kept


def test_no_log_holds_a_word_a_name_or_a_number(copy: Copy) -> None:
    """Everything ever stored is looked for: what people wrote, what they were told, every name, every number."""
    kept = logs_of(copy)
    assert len(kept) > 10_000, "there is something to look through"
    with copy.books.read() as session:
        bodies = [body for (body,) in session.execute(select(Message.body))]
        names = {name for name in session.scalars(select(Person.name)) if name and len(name) > 1}
        numbers = {number.removeprefix("+86") for number in session.scalars(select(Handset.number))}
        titles = {title for title in session.scalars(select(Opening.title)) if len(title) > 3}
    assert len(bodies) > 20 and len(names) > 250 and len(numbers) > 200
    written = {part for body in bodies for part in CHINESE.findall(body)}
    # Words in letters, such as payloads, are looked for by what is left of them in one piece.
    written |= {
        line.strip()[: LONGEST_LEFT * 2]
        for body in bodies
        for line in body.splitlines()
        if len(line.strip()) > LONGEST_LEFT
    }
    found = sorted(secret for secret in written | names | numbers | titles if secret in kept)
    assert found == []


def test_the_logs_still_say_what_happened(copy: Copy) -> None:
    """Silence would pass, too: ids and events are there to follow a message by."""
    stack, number = copy.stack, "+8610007600077"
    stack.text(number, "找活路")
    with copy.books.read() as session:
        message = session.scalars(select(Message).join(Handset).where(Handset.number == number)).first()
    assert message is not None
    for said in ("act", "sms_received"):  # by two processes, each in its own time
        line = rf"event={said} .*message_id={message.id}\b"
        wait_for(lambda line=line: re.search(line, stack.logs()), what=f"{said} is logged by its ids")
