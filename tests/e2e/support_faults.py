"""What the fault tests share: an engine one can spoil, the books of both sides, a console login, signed webhooks."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from backend.settings import inner_ports
from backend.store.models import Message, OutboxRow
from backend.store.session import Database
from tests.support.stack import Stack

TURN = "/webhooks/rest/webhook"
# What an engine that is not well answers a turn with, all of them with status 200 (D3).
SPOILT = {
    "nothing": (b"[]", "application/json"),
    "html": (b"<html><body>It works!</body></html>", "text/html"),
    "no json": (b'[{"recipient_id": ', "application/json"),
    "another turn's answer": (b'[{"recipient_id": "x", "custom": {"kind": "job_taken"}}]', "application/json"),
    "huge": (b"[" + b'{"text": "x"},' * 100_000 + b"{}]", "application/json"),
}


class SpoiltEngine:
    """Stands between the service and the real engine. `how`: "well", a key of SPOILT, or "silent" (never answers)."""

    def __init__(self) -> None:
        self.how = "well"
        self.upstream = ""
        self._released = threading.Event()
        self._client = httpx.Client(trust_env=False, timeout=60)
        handler = type("Handler", (_Handler,), {"engine": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, name="spoilt-engine", daemon=True).start()

    @contextmanager
    def spoilt(self, how: str) -> Iterator[None]:
        self.how = how
        self._released.clear()
        try:
            yield
        finally:
            self.how = "well"
            self._released.set()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, bytes, str] | None:
        """Status, body and type; None: the connection is cut, as it is when nobody listens."""
        if path.startswith(TURN) and self.how == "silent":
            self._released.wait(60)
            return None
        if path.startswith(TURN) and self.how in SPOILT:
            return 200, *SPOILT[self.how]
        try:
            answer = self._client.request(
                method, self.upstream + path, content=body, headers={"Content-Type": "application/json"}
            )
        except httpx.HTTPError:
            return None
        return answer.status_code, answer.content, answer.headers.get("Content-Type", "text/plain")

    def stop(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._client.close()


class _Handler(BaseHTTPRequestHandler):
    engine: SpoiltEngine
    protocol_version = "HTTP/1.1"

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.engine.answer(self.command, self.path, body)
        if answer is None:
            self.close_connection = True
            return
        status, content, kind = answer
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:  # who asked has gone: its deadline is shorter than this test's patience
            self.close_connection = True

    do_GET = do_POST = _pass_on

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing to say."""


def behind(engine: SpoiltEngine, stack: Stack) -> None:
    """Let `engine` pass on what `stack` asks to the stack's own engine."""
    engine.upstream = f"http://127.0.0.1:{inner_ports(stack.port)['rasa']}"


# -- the books of both sides ---------------------------------------------------------------------------------------
class Books:
    """What the line has written down and what the network has, read from their own databases."""

    def __init__(self, stack: Stack, database_url: str | None = None) -> None:
        self._network = stack.data_dir / "network.sqlite3"
        self.db = Database(database_url or f"sqlite:///{stack.data_dir / 'linggong.sqlite3'}")

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self.db.read() as session:
            yield session

    def network(self, handset_like: str, direction: str) -> list[dict[str, Any]]:
        """The network's texts of the handsets whose numbers are LIKE `handset_like`, oldest first."""
        return network_rows(
            self._network,
            "SELECT * FROM texts WHERE handset LIKE ? AND direction = ? ORDER BY seq",
            handset_like,
            direction,
        )

    def inbound(self, session: Session, sids: list[str]) -> list[Message]:
        return list(session.scalars(select(Message).where(Message.carrier_id.in_(sids)).order_by(Message.id)))

    def replies(self, session: Session, message_ids: list[int]) -> list[tuple[Message, OutboxRow]]:
        rows = session.execute(
            select(Message, OutboxRow)
            .join(OutboxRow, OutboxRow.message_id == Message.id)
            .where(Message.in_reply_to.in_(message_ids), Message.channel == "sms", Message.direction == "outbound")
            .order_by(Message.id)
        )
        return [(message, row) for message, row in rows]

    def of_itself(self, session: Session, handset_like: str) -> set[str]:
        """References of the texts the line sent unasked: at some hours who takes work is soon reminded of it."""
        return set(
            session.scalars(
                select(OutboxRow.reference)
                .join(Message, OutboxRow.message_id == Message.id)
                .where(OutboxRow.to_number.like(handset_like), Message.in_reply_to.is_(None))
            )
        )

    def unsettled(self, handset_like: str) -> list[str]:
        """What is still under way for these handsets, in words; nothing once every accepted text has been answered."""
        sent = self.network(handset_like, "from_handset")
        left = [f"{t['sid']}: not taken by the line" for t in sent if t["status"] != "received"]
        with self.read() as session:
            known = self.inbound(session, [t["sid"] for t in sent])
            left += [f"message {m.id}: {m.status}" for m in known if m.status in ("received", "processing")]
            replies = self.replies(session, [m.id for m in known])
            answered = {message.in_reply_to for message, _ in replies}
            left += [f"message {m.id}: no answer" for m in known if m.id not in answered]
            left += [f"outbox {row.id}: {row.status}" for _, row in replies if row.status not in ("sent", "delivered")]
        return left

    def differences(self, handset_like: str) -> list[str]:
        """Where the books of both sides do not agree: a text lost, kept twice, unanswered, or answered twice."""
        sent, came = self.network(handset_like, "from_handset"), self.network(handset_like, "to_handset")
        wrong = []
        with self.read() as session:
            known = self.inbound(session, [t["sid"] for t in sent])
            kept = Counter(m.carrier_id for m in known)
            wrong += [f"{t['sid']} is kept {kept[t['sid']]} times" for t in sent if kept[t["sid"]] != 1]
            replies = self.replies(session, [m.id for m in known])
            answers = Counter(message.in_reply_to for message, _ in replies)
            alone = [m for m in known if m.handled_by != "together"]  # the others share the answer of the next (M07)
            wrong += [f"message {m.id} has {answers[m.id]} answers" for m in alone if answers[m.id] != 1]
            arrived = Counter(text["reference"] for text in came)
            wrong += [
                f"outbox {row.id} ({row.attempts} tries) reached the handset {arrived[row.reference]} times"
                for _, row in replies
                if arrived[row.reference] != 1
            ]
            of_itself = self.of_itself(session, handset_like)
        wrong += [f"{reference} reached the handset {arrived[reference]} times" for reference in of_itself
                  if arrived[reference] > 1]  # fmt: skip
        kept_alone = {m.carrier_id for m in alone}
        per_number = Counter(t["handset"] for t in sent if t["sid"] in kept_alone)
        per_number.subtract(Counter(t["handset"] for t in came if t["reference"] not in of_itself))
        wrong += [f"{number} misses {n} answers" for number, n in per_number.items() if n]
        return wrong

    def close(self) -> None:
        self.db.close()


def network_rows(path: Path, sql: str, *values: Any) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql, values)]


# -- other ways in -------------------------------------------------------------------------------------------------
def webhook(
    stack: Stack, path: str, fields: Mapping[str, str], *, raw: bytes | None = None, client: httpx.Client | None = None
) -> httpx.Response:
    """POST a carrier's form, signed. `raw` is the body as bytes where `fields` cannot say it; they are what was signed."""
    signer = RequestValidator(stack.secrets["TWILIO_AUTH_TOKEN"])
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signer.compute_signature(stack.url + path, dict(fields)),
    }
    return (client or stack.http).post(stack.url + path, content=raw or urlencode(fields).encode(), headers=headers)


def sms_form(stack: Stack, sid: str, number: str, body: str) -> dict[str, str]:
    return {
        "MessageSid": sid, "SmsSid": sid, "AccountSid": stack.secrets["TWILIO_ACCOUNT_SID"], "From": number,
        "To": stack.secrets["TWILIO_PHONE_NUMBER"], "Body": body, "NumMedia": "0", "NumSegments": "1",
        "ApiVersion": "2010-04-01",
    }  # fmt: skip


@contextmanager
def console(stack: Stack, role: str = "COUNTY") -> Iterator[httpx.Client]:
    """A member of staff who has logged in to the demo's console."""
    with httpx.Client(base_url=stack.url, trust_env=False, timeout=30, follow_redirects=True) as browser:
        page = browser.get("/console/login").text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token, "the login page carries its token"
        answer = browser.post(
            "/console/login",
            data={
                "csrf_token": token[1],
                "login": stack.secrets[f"DEMO_STAFF_{role}_LOGIN"],
                "password": stack.secrets[f"DEMO_STAFF_{role}_PASSWORD"],
            },
            headers={"Origin": stack.url},
        )
        assert answer.status_code == 200 and "/login" not in str(answer.url), answer.status_code
        yield browser
