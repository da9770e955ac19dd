"""The scores of the last trainings as lines: what is at 97 of a hundred moves by tenths, so the scale begins where they do."""

from __future__ import annotations

from collections.abc import Sequence

import pygal  # type: ignore[import-untyped]

from backend.console import charts
from backend.console.i18n import gettext
from backend.console.training_labels import FIGURES
from backend.settings import TIMEZONE
from backend.store.models import DialogueModel


def drawn(rows: Sequence[DialogueModel]) -> bytes:
    """`rows`: the oldest first, each with its figures."""
    shown = {name: [100 * row.figures[name] for row in rows if row.figures] for name in ("intent", "entity_f1")}
    lowest = min((value for values in shown.values() for value in values), default=90)
    chart = charts._settings(
        pygal.Line, width=720, height=300, nothing=gettext("还没有成绩"), range=(max(0, int(lowest) - 1), 100),
        stroke_style={"width": 3}, dots_size=5, truncate_label=-1, truncate_legend=-1, legend_box_size=14,
        value_formatter=lambda value: f"{value:.1f}%",
    )  # fmt: skip
    chart.x_labels = [f"{row.requested_at.astimezone(TIMEZONE):%m-%d %H:%M}" for row in rows]
    for name, values in shown.items():
        chart.add(gettext(FIGURES[name]), values)
    return charts._drawn(chart, "scores")
