"""Plots as SVG with real text: they scale, print, follow the reader's font and colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from korean_rlhf.evaluate.drawing import (
    BOTTOM,
    LEFT,
    LINE_HEIGHT,
    RIGHT,
    TOP,
    WIDTH,
    Point,
    Scale,
    grid,
    nice_ticks,
    number,
    svg,
    text_at,
    text_width,
)

MOST_POINTS = 240
"""Longer curves are averaged into this many points."""


@dataclass(frozen=True, slots=True)
class Series:
    """One curve."""

    label: str
    points: Sequence[Point]
    dots: bool = False
    """Mark each point: for measurements that are few."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One measured value with its interval."""

    label: str
    value: float
    low: float
    high: float
    text: str
    series: int = 0
    """Colour."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar from 0."""

    label: str
    value: float
    text: str


def line_chart(series: Sequence[Series], *, x_label: str, describe: str) -> str:
    """Return curves over a common x axis, "" when none has two points.

    Args:
        series: The curves; one with a single point is drawn as a dot.
        x_label: What is on the x axis.
        describe: What the plot shows, for a reader who cannot see it.
    """
    drawn = [Series(one.label, _usable(one.points), one.dots) for one in series]
    drawn = [one for one in drawn if one.points]
    if not drawn or all(len(one.points) < 2 for one in drawn):
        return ""
    xs = [x for one in drawn for x, _ in one.points]
    ys = [y for one in drawn for _, y in one.points]
    ticks = nice_ticks(min(ys), max(ys), 5)
    low, high = min(ticks[0], min(ys)), max(ticks[-1], max(ys))
    across = Scale(min(xs), max(xs), LEFT, WIDTH - RIGHT)
    down = Scale(low, high, LINE_HEIGHT - BOTTOM, TOP)
    parts = [grid(ticks, down), _x_axis(nice_ticks(min(xs), max(xs), 4), across, x_label)]
    for place, one in enumerate(drawn):
        parts.append(_curve(one, place, across, down))
    parts.append(_legend([one.label for one in drawn]) if len(drawn) > 1 else "")
    height = LINE_HEIGHT + (16 if len(drawn) > 1 else 0)
    return svg(parts, height, describe)


def dot_chart(
    dots: Sequence[Dot],
    *,
    describe: str,
    reference: float | None = None,
    reference_label: str = "",
    percent: bool = False,
) -> str:
    """Return values with their intervals, one a line; `reference` is drawn across all.

    The axis is marked as the values are written: of shares in per cent, so told.
    """
    if not dots:
        return ""
    row = 24
    label_width = text_width([dot.label for dot in dots])
    value_width = text_width([dot.text for dot in dots]) + 4
    bounds = [edge for dot in dots for edge in (dot.low, dot.high)]
    if reference is not None:
        bounds.append(reference)
    ticks = nice_ticks(min(bounds), max(bounds), 3)
    across = Scale(
        min(ticks[0], *bounds), max(ticks[-1], *bounds), label_width + 4, WIDTH - value_width
    )
    height = row * len(dots) + 30
    parts = []
    for tick in ticks:
        x = across(tick)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{height - 26}"/>')
        said = number(100 * tick if percent else tick)
        parts.append(text_at(x, height - 12, said, "middle", "tick"))
    if reference is not None:
        x = across(reference)
        parts.append(
            f'<line class="reference" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{height - 26}"/>'
        )
        parts.append(text_at(x, height - 1, reference_label, "middle", "tick note"))
    for place, dot in enumerate(dots):
        y = row * place + 16
        parts.append(text_at(label_width, y + 4, dot.label, "end", "label"))
        parts.append(
            f'<line class="whisker s{dot.series}" x1="{across(dot.low):.1f}" '
            f'x2="{across(dot.high):.1f}" y1="{y}" y2="{y}"/>'
            f'<circle class="dot s{dot.series}" cx="{across(dot.value):.1f}" cy="{y}" r="4"/>'
        )
        parts.append(text_at(WIDTH, y + 4, dot.text, "end", "value"))
    return svg(parts, height + 4, describe)


def bar_chart(bars: Sequence[Bar], *, describe: str) -> str:
    """Return horizontal bars from 0, one a line."""
    if not bars:
        return ""
    row = 22
    label_width = text_width([bar.label for bar in bars])
    value_width = text_width([bar.text for bar in bars]) + 8
    most = max(bar.value for bar in bars) or 1.0
    across = Scale(0.0, most, label_width + 6, WIDTH - value_width)
    parts = []
    for place, bar in enumerate(bars):
        y = row * place + 4
        parts.append(text_at(label_width, y + 12, bar.label, "end", "label"))
        width = max(1.0, across(bar.value) - across(0.0))
        parts.append(
            f'<rect class="bar" x="{across(0.0):.1f}" y="{y}" '
            f'width="{width:.1f}" height="15" rx="2"/>'
        )
        parts.append(text_at(across(0.0) + width + 5, y + 12, bar.text, "start", "value"))
    return svg(parts, row * len(bars) + 6, describe)


def _usable(points: Sequence[Point]) -> list[Point]:
    """Return the finite points, averaged into MOST_POINTS groups when there are more."""
    finite = [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y)]
    if len(finite) <= MOST_POINTS:
        return finite
    groups = [
        finite[at * len(finite) // MOST_POINTS : (at + 1) * len(finite) // MOST_POINTS]
        for at in range(MOST_POINTS)
    ]
    return [
        (sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group))
        for group in groups
    ]


def _x_axis(ticks: Sequence[float], across: Scale, label: str) -> str:
    y = LINE_HEIGHT - BOTTOM
    parts = [f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>']
    for tick in ticks:
        if LEFT - 1 <= across(tick) <= WIDTH - RIGHT + 1:
            parts.append(text_at(across(tick), y + 14, number(tick), "middle", "tick"))
    parts.append(text_at((LEFT + WIDTH - RIGHT) / 2, y + 29, label, "middle", "tick"))
    return "".join(parts)


def _curve(series: Series, place: int, across: Scale, down: Scale) -> str:
    places = [(across(x), down(y)) for x, y in series.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    drawn = f'<polyline class="curve s{place % 4}" points="{path}"/>' if len(places) > 1 else ""
    if series.dots or len(places) == 1:
        drawn += "".join(
            f'<circle class="dot s{place % 4}" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>'
            for x, y in places
        )
    return drawn


def _legend(labels: Sequence[str]) -> str:
    parts, x = [], float(LEFT)
    for place, label in enumerate(labels):
        y = LINE_HEIGHT + 8
        parts.append(f'<circle class="dot s{place % 4}" cx="{x + 4:.1f}" cy="{y - 4}" r="4"/>')
        parts.append(text_at(x + 12, y, label, "start", "label"))
        x += 24 + 11 * len(label)
    return "".join(parts)
