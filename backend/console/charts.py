"""Charts as SVG, drawn here: no script in them, and a text table stands beside each for whoever does not see it."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

import pygal  # type: ignore[import-untyped]
from pygal.style import Style  # type: ignore[import-untyped]

# Importing pygal puts a finder of the old kind among Python's own; every later import would warn of it, and slow down.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

# Told apart by those who do not see red and green alike, too: blue, orange, green, purple of unlike darkness.
COLOURS = ("#0f5c55", "#d07a00", "#3a6ea5", "#7b3f8c")
FONTS = '"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif'
# A picture with a style sheet inside; nothing else of it may be loaded or run.
CSP = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = Style(
    background="#fffefb", plot_background="#fffefb", foreground="#1c2a29", foreground_strong="#1c2a29", foreground_subtle="#586562",
    guide_stroke_color="#dfdace", major_guide_stroke_color="#dfdace", colors=COLOURS, font_family=FONTS, label_font_size=15,
    major_label_font_size=15, value_font_size=15, value_label_font_size=15, legend_font_size=16, title_font_size=18,
    no_data_font_size=22, opacity=".92", transition="0s",
)  # fmt: skip
_NO_PICTURE = re.compile(r"(?s)<script.*?</script>|<script[^>]*/>|<!--.*?-->")
# Half a desk or a whole phone wide: what is drawn at this size is read at that.
WIDTH, HEIGHT = 540, 300


def _settings(kind: type, *, width: int, height: int, nothing: str, **more: object) -> pygal.Graph:
    return kind(
        style=_STYLE, js=[], width=width, height=height, no_data_text=nothing, legend_at_bottom=True, pretty_print=False,
        explicit_size=False, disable_xml_declaration=True, show_legend=True, margin=12, spacing=12, **more,
    )  # fmt: skip


def _drawn(chart: pygal.Graph, name: str) -> bytes:
    chart.uuid = name  # else every drawing of the same figures differs
    return _NO_PICTURE.sub("", chart.render()).encode()


def lines(
    name: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]], *, nothing: str,
    most: float | None = None, unit: str = "",
) -> bytes:  # fmt: skip
    """Lines over days. `series`: (what, one value for each of `labels`); a gap where there is None."""
    whole = most is None
    chart = _settings(
        pygal.Line, width=WIDTH, height=HEIGHT, nothing=nothing, range=(0, most) if most else None, include_x_axis=True,
        stroke_style={"width": 3}, dots_size=4, x_labels_major_every=3, show_minor_x_labels=False, truncate_label=-1, truncate_legend=-1,
        value_formatter=lambda value: f"{value:,.0f}{unit}" if value is not None else "", allow_interruptions=True,
        legend_box_size=14,
    )  # fmt: skip
    if whole and max((value or 0 for _, values in series for value in values), default=0) < 5:
        chart.range = (0, 5)  # a busy-looking axis of halves says nothing
        chart.y_labels = list(range(6))
    chart.x_labels = list(labels)
    for number, (what, values) in enumerate(series):
        # Every other line is dashed: where two run on each other, both are seen.
        dashed = {"width": 3, "dasharray": "5, 7"} if number % 2 else {"width": 3}
        chart.add(what, list(values), stroke_style=dashed)
    return _drawn(chart, name)


def bars(name: str, rows: Sequence[tuple[str, float]], *, nothing: str) -> bytes:
    """Bars across, the longest on top. `rows`: (what, how many)."""
    chart = _settings(
        pygal.HorizontalBar, width=WIDTH, height=60 + 34 * max(len(rows), 2), nothing=nothing, truncate_label=-1,
        print_values=True, print_values_position="top", value_formatter=lambda value: f"{value:,.0f}",
    )  # fmt: skip
    chart.show_legend = False
    # A Chinese sign is wider than the library reckons.
    chart.margin_left = 12 + 6 * max((len(what) for what, _ in rows), default=0)
    top = max((value for _, value in rows), default=0)
    step = max(1, -(-int(top) // 5))
    chart.y_labels = list(range(0, int(top) + step + 1, step))
    turned = list(reversed(rows))
    chart.x_labels = [what for what, _ in turned]
    chart.add("", [value for _, value in turned])
    return _drawn(chart, name)
