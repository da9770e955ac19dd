"""Try a sentence: see what the line would understand; nothing is stored, nobody is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from backend.console.guard import form, me
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


def register(bp: Blueprint, deps: Deps) -> None:
    def page(text: str = "", channel: str = "sms", found: Understood | None = None) -> str:
        return render_template(
            "console/try.html", text=text, channel=channel, found=found, examples=EXAMPLES, longest=LONGEST
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
