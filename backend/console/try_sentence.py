"""Try a sentence: see what the line would understand; nothing is stored, nobody is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from backend.console.guard import form, me
from backend.domain.guesses import is_contested, is_unsure
from backend.services.understand import Understood, understand

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from backend.services.deps import Deps

LONGEST = 500
EXAMPLES = (
    "我是兴泉社区的王秀英 五十八了 会采茶",
    "明天有没得摘果子的活",
    "一天不少于一百五，要管饭",
    "老板欠我三千五不给",
    "莫发了",
)


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; `notes` say what stands there, [] for plain words."""

    text: str
    notes: list[tuple[str, str]] = field(default_factory=list)


def marked(text: str, places: list[tuple[int, int, tuple[str, str]]]) -> list[Piece]:
    """`text` cut at every edge of `places` (start, end, note), each stretch with the notes that cover it."""
    inside = [(max(start, 0), min(end, len(text)), note) for start, end, note in places]
    edges = sorted({0, len(text), *(edge for start, end, _ in inside if start < end for edge in (start, end))})
    return [
        Piece(text[first:last], [note for start, end, note in inside if start <= first and last <= end])
        for first, last in pairwise(edges)
    ]


def register(bp: Blueprint, deps: Deps) -> None:
    def page(text: str = "", channel: str = "sms", found: Understood | None = None) -> str:
        shown: dict[str, object] = {}
        if found is not None:
            values = [(e.start, e.end, (e.entity, str(e.value))) for e in found.entities]
            repairs = [(at, at + len(was), ("repair", now)) for was, now, at in found.repairs]
            shown = {
                "pieces": marked(found.normalized_text, values),
                "put_right": marked(found.cleaned, repairs),
                "others": [(name, share) for name, share in found.ranking if name != found.intent][:2],
                "unsure": is_unsure(found.intent, found.confidence, found.ranking)
                or is_contested(found.intent, found.confidence, found.ranking, jobs_shown=False),
            }
        return render_template(
            "console/try.html", text=text, channel=channel, found=found, examples=EXAMPLES, longest=LONGEST, **shown
        )

    @bp.get("/try")
    def try_page() -> str:
        return page()

    @bp.post("/try")
    def try_sentence() -> ResponseReturnValue:
        given = form("text", "channel")
        text, channel = given["text"][:LONGEST], "voice" if given["channel"] == "voice" else "sms"
        if not text.strip():
            return page(text, channel)
        return page(text, channel, understand(deps, text, channel, deps.clock(), me().region_code))
