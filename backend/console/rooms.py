"""The rooms of the console: what stands in its head, the tabs below it, and which page belongs where."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from flask import current_app

from backend.console.labels import N_
from backend.domain.access import may


@dataclass(frozen=True)
class Tab:
    """`modules`: the files of this folder whose pages stand under the tab. `verb`: who may not do it does not see it.

    `head`: tabs that follow each other under the same head stand behind it, in a row of their own.
    """

    endpoint: str
    name: str
    modules: tuple[str, ...]
    verb: str = ""
    head: str = ""


@dataclass(frozen=True)
class Room:
    icon: str
    name: str
    tabs: tuple[Tab, ...] = field(default=())

    def tabs_for(self, role: str) -> list[Tab]:
        return [tab for tab in self.tabs if not tab.verb or may(role, tab.verb)]

    def heads_for(self, role: str) -> list[tuple[str, list[Tab]]]:
        """What stands in the room's row of tabs, each with the tabs behind it."""
        return [
            (name, list(behind)) for name, behind in groupby(self.tabs_for(role), key=lambda tab: tab.head or tab.name)
        ]


PEOPLE, IN_NEED = N_("劳动力"), N_("困难帮扶")

ROOMS = (
    Room(
        "i-today",
        N_("今天"),
        (
            Tab("console.today", N_("今天"), ("dashboard",)),
            Tab("console.figures", N_("数字"), ("figures", "figure_charts")),
        ),
    ),
    Room(
        "i-sms",
        N_("对话"),
        (
            Tab(
                "console.conversations",
                N_("对话"),
                ("inbox", "conversations", "conversation_files", "correcting", "step_in"),
            ),
        ),
    ),
    Room(
        "i-case",
        N_("待办"),
        (
            Tab("console.cases", N_("待办"), ("cases",)),
            Tab("console.planned_calls", N_("要打的电话"), ("planned_calls",)),
        ),
    ),
    Room(
        "i-job",
        N_("岗位"),
        (
            Tab("console.openings", N_("岗位"), ("openings", "hiring", "ranking")),
            Tab("console.employers", N_("用工方"), ("employers",)),
            Tab("console.forwarded", N_("转来的"), ("forwarded",)),
            Tab("console.faces", N_("上墙"), ("faces",)),
            Tab("console.job_map", N_("地图"), ("job_map",)),
        ),
    ),
    Room(
        "i-hand",
        N_("台账"),
        (
            Tab("console.workers", N_("花名册"), ("workers", "bulk", "ledger_history"), head=PEOPLE),
            Tab("console.window", N_("现场登记"), ("window",), "register_at_window", head=PEOPLE),
            Tab("console.merge_list", N_("很像的人"), ("merge",), "merge_entries", head=PEOPLE),
            Tab("console.stale", N_("久未更新"), ("stale",), head=PEOPLE),
            Tab("console.claims", N_("困难核实"), ("claims",), "verify_hardship", head=IN_NEED),
            Tab("console.priority_ledger", N_("重点群体"), ("priority_ledger",), "see_need", head=IN_NEED),
            Tab("console.households", N_("一户一人"), ("households",), "see_need", head=IN_NEED),
            Tab("console.backstop", N_("公益岗兜底"), ("backstop",), "see_need", head=IN_NEED),
            Tab("console.offers", N_("派活"), ("offers",)),
            Tab("console.talks", N_("洽谈"), ("talks",)),
            Tab("console.stations", N_("市场和驿站"), ("stations",)),
            Tab("console.ledger_files", N_("Excel"), ("ledger_files",)),
        ),
    ),
    Room(
        "i-try",
        N_("训练"),
        (
            Tab("console.training_page", N_("训练"), ("training",)),
            Tab("console.examples", N_("学的句子"), ("examples",)),
            Tab("console.try_page", N_("试一句"), ("try_sentence",)),
        ),
    ),
    Room(
        "i-settings",
        N_("设置"),
        (
            Tab("console.places", N_("地名"), ("places",)),
            Tab("console.recordings_page", N_("录音"), ("recordings",)),
            Tab("console.teams", N_("班组"), ("teams",), "manage_teams"),
            Tab("console.people", N_("人员"), ("people",), "manage_staff"),
            Tab("console.audit_log", N_("操作记录"), ("audit_log",), "read_audit"),
            Tab("console.account", N_("我的账号"), ("account",)),
        ),
    ),
)


def place_of(endpoint: str | None) -> tuple[Room, Tab] | tuple[None, None]:
    """The room and the tab of a page; neither for what stands outside of all, such as the way in."""
    view = current_app.view_functions.get(endpoint or "")
    module = getattr(view, "__module__", "").rpartition(".")[2]
    for room in ROOMS:
        for tab in room.tabs:
            if module in tab.modules:
                return room, tab
    return None, None
