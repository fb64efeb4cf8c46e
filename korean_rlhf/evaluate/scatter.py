"""Two measures of each checkpoint against each other, with their intervals, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from korean_rlhf.evaluate.drawing import (
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Scale,
    grid,
    nice_ticks,
    number,
    svg,
    text_at,
)

FOOT = 220
"""Where the x axis is drawn."""
LEGEND_ROW = 15
CORNERS = ((1, True), (1, False), (-1, False), (-1, True))
"""(right or left, below or above) of a point, in turn: numbers of close points stay apart."""


@dataclass(frozen=True, slots=True)
class Place:
    """One checkpoint."""

    label: str
    x: float
    y: float
    x_spread: float
    """Half width of the interval."""
    y_spread: float


def scatter_chart(places: Sequence[Place], *, x_label: str, y_label: str, describe: str) -> str:
    """Return checkpoints as numbered crosses, joined in their order, "" without any.

    The numbers stand in a list below: names beside points that lie close would hide each other.
    """
    if not places:
        return ""
    xs = [edge for one in places for edge in (one.x - one.x_spread, one.x + one.x_spread)]
    ys = [edge for one in places for edge in (one.y - one.y_spread, one.y + one.y_spread)]
    x_ticks, y_ticks = nice_ticks(min(xs), max(xs), 4), nice_ticks(min(ys), max(ys), 4)
    across = Scale(x_ticks[0], x_ticks[-1], LEFT, WIDTH - RIGHT - 8)
    down = Scale(y_ticks[0], y_ticks[-1], FOOT, TOP + 14)
    parts = [text_at(2, TOP, y_label, "start", "label"), grid(y_ticks, down)]
    parts += [text_at(across(tick), FOOT + 14, number(tick), "middle", "tick") for tick in x_ticks]
    parts.append(text_at((LEFT + WIDTH - RIGHT) / 2, FOOT + 30, x_label, "middle", "label"))
    path = " ".join(f"{across(one.x):.1f},{down(one.y):.1f}" for one in places)
    parts.append(f'<polyline class="path" points="{path}"/>' if len(places) > 1 else "")
    parts += [_cross(one, across, down) for one in places]
    parts += [_numbered(at, one, across, down) for at, one in enumerate(places, start=1)]
    return svg(parts, FOOT + 38 + LEGEND_ROW * len(places), describe)


def _cross(one: Place, across: Scale, down: Scale) -> str:
    x, y = across(one.x), down(one.y)
    left, right = across(one.x - one.x_spread), across(one.x + one.x_spread)
    low, high = down(one.y - one.y_spread), down(one.y + one.y_spread)
    return (
        f'<line class="whisker s0" x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<line class="whisker s0" x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>'
        f'<circle class="dot s0" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
    )


def _numbered(at: int, one: Place, across: Scale, down: Scale) -> str:
    """Write the number of a point in the next corner of its cross, and its line of the list."""
    right, below = CORNERS[at % len(CORNERS)]
    x, y = across(one.x) + 9 * right, down(one.y) + (14 if below else -6)
    told = f"{at}. {one.label}: {one.x:.1f}, {one.y:.1f}".replace("-", "−")
    return text_at(x, y, str(at), "middle", "value") + text_at(
        LEFT, FOOT + 34 + LEGEND_ROW * at, told, "start", "label"
    )
