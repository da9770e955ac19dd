"""The inbox: conversations by what they are marked with, by words, unread ones first to the eye; and the news of it (L22)."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, jsonify, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from backend.console import inbox_labels
from backend.console.guard import back_to, me
from backend.console.i18n import gettext
from backend.console.labels import CASES, label
from backend.console.text import Mask, visible, when
from backend.domain import search_words
from backend.domain.access import may_see
from backend.services import inbox_reads, review_transcript
from backend.services.regions import HOME_REGION
from backend.store.queries import inbox as queries
from backend.store.queries import inbox_counts
from backend.store.queries.inbox_asked import Asked, Page, Row
from backend.store.queries.stepping_in import teams_of, waiting_for_person

if TYPE_CHECKING:
    from backend.services.deps import Deps

COUNTED = ("waiting", "person", "dispute", "failed")  # what somebody has to do something about
MOST_MARKED = 100  # conversations of one form
MOST_WAITING = 20  # people in the bar
MOST_SIGNS = 100  # of what is searched for
MOST_KEPT = 3  # searches a session holds: it is a cookie
_AROUND = 36  # signs shown before the first hit


@dataclass(frozen=True)
class Choice:
    """What the address asks for, cleaned of everything that is no filter of ours."""

    shows: tuple[str, ...]
    channel: str
    area: str
    number: str
    words: str
    after: str
    kept: str = ""  # the key under which the browser's session holds the words

    @property
    def last4(self) -> str:
        return self.number if re.fullmatch(r"[0-9]{4}", self.number, re.ASCII) else ""

    def address(self, page: str = "conversations", **other: Any) -> str:
        """This list, or another `page` about the same ones, with something else in it; no cursor unless given."""
        given = {"show": list(self.shows), "channel": self.channel, "area": self.area, "number": self.number,
                 "after": "", **({"s": self.kept} if self.kept else {"q": self.words}), **other}  # fmt: skip
        return url_for(f"console.{page}", **{key: value for key, value in given.items() if value})

    def toggled(self, show: str) -> str:
        others = [one for one in self.shows if one != show]
        return self.address(show=others if show in self.shows else [*others, show])


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/conversations")
    def conversations() -> str:
        member = me()
        choice = _choice(member.region_code)
        search = search_words.read(choice.words)
        with deps.db.read() as db:
            upto = inbox_reads.newest(db)  # asked first: what comes meanwhile has not been shown
            hands = [f"staff:{member.id}", *(f"team:{team}" for team in teams_of(db, member.id))]
            asked = Asked.of(
                choice.area or member.region_code,
                search=search,
                shows=_marks(choice),
                hands=tuple(hands) if "mine" in choice.shows else (),
                unread_by=member.id if "unread" in choice.shows else None,
                last4=choice.last4,
                sees=review_transcript.findable(member.role),
                after=choice.after,
            )
            nothing = search.too_short or (bool(choice.words.strip() or choice.kept) and not search.words)
            page = Page([]) if nothing else queries.page(db, asked, member.id)
            counts = inbox_counts.counts(db, asked.area, COUNTED, hands)
            news = inbox_counts.news(db, member.region_code, member.id)
            counts["unread"] = news.unread
            stamp = _digest(news, waiting_for_person(db, member.region_code, HOME_REGION, MOST_WAITING))
        review_transcript.note_reading(
            deps,
            member,
            "searched_conversations" if choice.last4 or search.words else "listed_conversations",
            ids=[row.id for row in page.rows],
        )
        return render_template(
            "console/conversations.html",
            choice=choice,
            page=page,
            masks={row.id: list_mask(row) for row in page.rows},
            excerpts={row.id: _excerpt(row, search.words) for row in page.rows if row.excerpt},
            counts=counts,
            filters=inbox_labels,
            problem=_problem(choice, search),
            places=_places(deps, member.region_code, choice.area),
            stamp=stamp,
            upto=upto,
            marks=inbox_labels.FILTERS,
            still_on=_still_on(deps, choice),
        )

    @bp.post("/conversations/search")
    def search_conversations() -> ResponseReturnValue:
        """Words go by a form and stay in the session: in an address a name would stand in the history of a shared computer."""
        names = ("q", "number", "channel", "area")
        if set(request.form) - {"csrf_token", "show", *names}:
            abort(400)
        given = {name: request.form.get(name, "").strip() for name in names}
        key = _keep(given.pop("q"))
        asked: dict[str, Any] = {**given, "show": request.form.getlist("show"), "s": key}
        return redirect(url_for("console.conversations", **{name: one for name, one in asked.items() if one}), 303)

    @bp.post("/conversations/read")
    def mark_conversations() -> ResponseReturnValue:
        if set(request.form) - {"csrf_token", "id", "act", "back", "upto"}:
            abort(400)
        act, given, upto = request.form.get("act", ""), request.form.getlist("id"), request.form.get("upto", "")
        if act != "unread" and not re.fullmatch(r"[0-9]{1,9}", upto, re.ASCII):
            abort(400)
        if act == "all":
            inbox_reads.mark_all(deps, me(), int(upto))
            flash(gettext("全部标为读过了。"), "done")
        else:
            if act not in ("read", "unread") or not all(re.fullmatch(r"[0-9]{1,9}", one, re.ASCII) for one in given):
                abort(400)
            wanted = {int(one) for one in given[:MOST_MARKED]}
            done = inbox_reads.mark(deps, me(), wanted, upto=int(upto) if act == "read" else None)
            if not done:
                flash(gettext("还没有选对话。先在前面打勾。"), "problem")
            elif act == "read":
                flash(gettext("%(count)s条标为读过了。", count=done), "done")
            else:
                flash(gettext("%(count)s条标为没读过。", count=done), "done")
        return redirect(back_to(request.form.get("back"), url_for("console.conversations")), 303)

    @bp.get("/inbox/news")
    def inbox_news() -> ResponseReturnValue:
        """What is new, for the script of every page, as cheap as can be: 304 while nothing has changed since `since`.

        {"stamp": "…", "unread": 3, "unread_text": "3", "now": ISO, "waiting": [{"id", "href", "who", "what", "promise",
        "due_at": ISO, "since": ISO}]}, the longest waiting first. 401 {"error": "session_over"} without a session.
        """
        member = me()
        now = deps.clock()
        with deps.db.read() as db:
            found = inbox_counts.news(db, member.region_code, member.id)
            waiting = waiting_for_person(db, member.region_code, HOME_REGION, MOST_WAITING)
        stamp = _digest(found, waiting)
        if stamp in (request.args.get("since"), request.headers.get("If-None-Match", "").strip('"')):
            response = make_response("", 304)
        else:
            response = jsonify(
                stamp=stamp,
                unread=found.unread,
                unread_text=capped(found.unread),
                now=now.isoformat(),
                waiting=[
                    {
                        "id": one.case_id,
                        "href": url_for("console.case", case_id=one.case_id),
                        "who": Mask().phone(one.number) or gettext("不知道号码"),
                        "what": label(CASES, one.kind),
                        "promise": gettext("答应%(time)s前回", time=when(one.due_at, now)),
                        "due_at": one.due_at.isoformat(),
                        "since": one.since.isoformat(),
                    }
                    for one in waiting
                ],
            )
        response.set_etag(stamp)
        return response


def capped(count: int) -> str:
    """99+ where nobody counts on."""
    return "99+" if count >= inbox_counts.AT_MOST else str(count)


def _choice(region: str) -> Choice:
    asked = request.args
    area = asked.get("area", "")
    if area and not (re.fullmatch(r"[0-9]{2,12}", area, re.ASCII) and may_see(region, area)):
        abort(404)  # a place out of her region, like one there is not
    shows = tuple(show for show in inbox_labels.FILTERS if show in asked.getlist("show"))
    channel = asked.get("channel", "")
    return Choice(
        shows=shows,
        channel=channel if channel in inbox_labels.CHANNELS else "",
        area="" if area == region else area,
        number=asked.get("number", "").strip()[:20],
        words=asked.get("q", "")[:MOST_SIGNS] or dict(session.get("searches", [])).get(asked.get("s", ""), ""),
        after=asked.get("after", ""),
        kept=asked.get("s", "")[:8],
    )


def _keep(words: str) -> str:
    """The key of what was searched for; this browser finds the latest few again until somebody logs in anew."""
    if not words:
        return ""
    key = secrets.token_hex(4)
    session["searches"] = [*session.get("searches", []), (key, words[:MOST_SIGNS])][-MOST_KEPT:]
    return key


def _still_on(deps: Deps, choice: Choice) -> list[str]:
    """What narrows the list, as the page calls it: a list without a row says what it was asked for."""
    on = [label(inbox_labels.FILTERS, show) for show in choice.shows]
    on += [label(inbox_labels.CHANNELS, choice.channel)] if choice.channel else []
    on += [deps.regions.name(choice.area) or choice.area] if choice.area else []
    on += [gettext("号码后四位")] if choice.number else []
    return on + ([gettext("搜的字")] if choice.words.strip() else [])


def _marks(choice: Choice) -> frozenset[str]:
    marks = {show for show in choice.shows if show not in ("mine", "unread")}
    return frozenset(marks | ({choice.channel} if choice.channel else set()))


def _problem(choice: Choice, search: search_words.Query) -> str:
    if choice.kept and not choice.words:
        return gettext("上次搜的字没有留着。请再搜一次。")
    if choice.number and not choice.last4:
        return gettext("请填号码的后四位数字。")
    if search.too_short:
        return gettext("一个字太少，找出来会太多。请至少写两个字。")
    if choice.words.strip() and not search.words:
        return gettext("数字和符号不能搜。要找号码，请填号码后四位。")
    return ""


def _places(deps: Deps, region: str, area: str) -> list[tuple[str, str]]:
    """The towns and villages the list can be narrowed to: one level below what is shown, and the way back up."""
    here = area or region
    level = deps.regions.level(here)
    if level == "county":
        return sorted(deps.regions.towns_of(here))
    if level == "town":
        return sorted(deps.regions.villages_of(here))
    town = here[:9]
    return sorted(deps.regions.villages_of(town)) if level == "village" and may_see(region, town) else []


def list_mask(row: Row) -> Mask:
    """A list reveals nothing: what is hidden on the page of the conversation is hidden in its line, whoever reads."""
    return Mask(frozenset(), row.secrets, amounts=True)


def _excerpt(row: Row, words: tuple[str, ...]) -> Markup:
    """The words around the first hit, hits marked. Hidden first and cut then, so that no cut lays a name open."""
    shown = list_mask(row).said(row.excerpt) if row.excerpt else ""
    found = search_words.hits(shown, words)
    start = max(0, found[0][0] - _AROUND) if found else 0
    end = start + 3 * _AROUND
    parts, at = [Markup("…") if start else Markup(""), Markup("")], start
    for first, last in found:
        if last > end:
            break
        parts += [visible(shown[at:first]), Markup("<mark>"), visible(shown[first:last]), Markup("</mark>")]
        at = last
    parts += [visible(shown[at:end]), Markup("…") if end < len(shown) else Markup("")]
    return Markup("").join(parts)


def _digest(found: inbox_counts.News, waiting: list[Any]) -> str:
    told = (found.unread, found.stamp, [(one.case_id, one.due_at) for one in waiting])
    return hashlib.sha256(repr(told).encode()).hexdigest()[:20]
