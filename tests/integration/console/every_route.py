"""Every route of the service with an address, a form and what an answer tells: what the tests of `test_isolation.py` walk."""

from __future__ import annotations

import hashlib
import html
import io
import zipfile
from html.parser import HTMLParser
from typing import Any

from sqlalchemy import select

from backend.store.models import Base
from tests.integration.console.conftest import VILLAGE, Browser, bare
from tests.integration.console.planted import Planted

GONE = 2_147_483_000  # an id nothing has
# How a route's parameter is filled in, by its name. A name that ends in `_id` names a record: its key in `Planted.ids`.
# A parameter that names no record has its value here.
WORDS = {
    "anything": "nowhere", "filename": "console.css", "kind": "workers", "prompt_id": "greeting", "figure": "calls_in",
    "chart": "line", "act": "find_jobs", "turn_token": "x", "code": None, "station": None,
    "name": "workers", "what": "digits", "sid": "CA1", "number": "13800000000", "slug": None,
}  # fmt: skip
# Forms no page of the planted records shows, by endpoint: they are sent as written.
FIELDS: dict[str, dict[str, str]] = {
    "console.reply": {"text": "您好", "form_id": "a"},
    "console.reply_to_case": {"text": "您好", "form_id": "a"},
    "console.close_case": {"resolution": "办好了"},
    "console.write_name": {"name": "王小云"},
    "console.review": {"decision": "publish", "reason": ""},
    "console.review_after": {"decision": "publish", "reason": ""},
    "console.judge_hardship": {"code": "G03", "decision": "verify", "reason": "papers_seen", "evidence": "看了证"},
    "console.change_staff": {"version": "1", "kind": "disable"},
    "console.edit_staff": {"version": "1", "name": "张三", "phone": ""},
    "console.export_audit": {"reason": "audit"},
    "console.end_session_of": {"session": "0" * 16},
    "console.decide_change": {"decision": "approve"},
    "console.add_to_household": {"worker": str(GONE), "reason": "moved"},
    "console.merge_household": {"other": str(GONE), "reason": "moved"},
    "console.add_to_talk": {"worker": str(GONE)},
    "console.give_post": {"post": str(GONE)},
    "console.invite_staff": {"login": "odd one", "name": "", "role": "village", "region_code": VILLAGE, "phone": ""},
}
# Tables that tell that somebody was here, not what they did.
TRACES = frozenset(
    {"audit_events", "audit_seals", "audit_checks", "staff_sessions", "login_attempts", "drafts", "inbox_reads", "inbox_floors"}
)  # fmt: skip


class Patient(Browser):
    """Takes every answer in whole and closes it, files too."""

    def _seen(self, answer: Any) -> Any:
        super()._seen(answer)
        answer.get_data()
        answer.close()
        return answer


# -- what there is to ask ------------------------------------------------------------------------------------------------
def routes(app: Any, *starts: str) -> list[Any]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(starts or ("console.", "screen."))]


def address(rule: Any, of: Planted | None) -> str:
    """The route's address for the records of `of`; None: for records nobody has."""
    filled: dict[str, Any] = {}
    for name in rule.arguments:
        if name in WORDS:
            word = WORDS[name]
            if word is None:
                word = of.words[name] if of else {"code": "999999999999"}.get(name, "nowhere")
            options = getattr(rule._converters[name], "items", None)  # `<any(a, b):name>` takes one of its own
            filled[name] = sorted(options)[0] if options and word not in options else word
        elif of is None and name.endswith("_id"):
            filled[name] = GONE + (name == "other_id")  # two that are not there are not one and the same
        elif of is not None and (id_ := of.id_of(rule.endpoint, name)) is not None:
            filled[name] = id_
        else:
            raise AssertionError(
                f"{rule}: nobody has said what `{name}` stands for. Add it to WORDS in {__file__}, or, if it names a "
                f"record, call it <kind>_id, plant one in `plant` and return its id."
            )
    return str(rule.build(filled)[1])


class _Forms(HTMLParser):
    """The forms of a page: action → what a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._fields: dict[str, str] | None = None
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._fields = {}
            if have.get("method") == "post" and "action" in have:
                self.forms.setdefault(have["action"], self._fields)
        if self._fields is None:
            return
        name = have.get("name", "")
        if tag in ("input", "button") and name and have.get("type") not in ("file", "submit"):
            self._fields.setdefault(name, have.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and not self._fields.get(self._select):
            self._fields[self._select] = have.get("value", "")
        elif tag == "textarea" and name:
            self._fields[name] = "好"
        if have.get("formaction") and self._fields is not None:
            self.forms.setdefault(have["formaction"], self._fields)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "select":
            self._select = ""


def forms_of_own(app: Any, browser: Browser, own: Planted) -> dict[str, dict[str, str]]:
    """Endpoint → a form as a page of one's own records shows it."""
    found: dict[str, dict[str, str]] = {}
    matcher = app.url_map.bind("localhost")
    for rule in routes(app, "console."):
        if "GET" in rule.methods:
            answer = browser.visit(address(rule, own))
            if answer.mimetype != "text/html":
                continue
            parser = _Forms()
            parser.feed(answer.text)
            for action, fields in parser.forms.items():
                try:
                    endpoint, _ = matcher.match(html.unescape(action).split("?")[0].split("#")[0], method="POST")
                except Exception:
                    continue
                fields.pop("csrf_token", None)
                found.setdefault(endpoint, fields)
    return {**found, **FIELDS}


def told(answer: Any) -> str:
    """All that an answer tells but for its tokens: its head and its words, of a workbook or an archive too."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie")
    data = answer.get_data()
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"\n".join(archive.read(name) for name in archive.namelist())
    return head + "\n" + html.unescape(bare(data.decode("utf-8", "replace")))


def leaks(answer: Any, signs: tuple[tuple[str, str], ...]) -> list[str]:
    text = told(answer)
    escaped = [f"\\u{ord(rare):04x}" for rare, _ in signs]
    return [mark for mark in [*(mark for sign in signs for mark in sign), *escaped] if mark in text.replace("%", "")]


def plain(answer: Any, path: str) -> str:
    """The body without what differs from one request to the next."""
    text = answer.get_data(as_text=True).replace(html.escape(path), "").replace(path, "")
    return bare(text)


def state(database: Any) -> dict[str, str]:
    """What every table holds, but for the traces of a visit."""
    with database.read() as session:
        return {
            table.name: hashlib.sha256(
                repr(sorted(map(repr, session.execute(select(table)).all()))).encode()
            ).hexdigest()
            for table in Base.metadata.sorted_tables
            if table.name not in TRACES
        }
