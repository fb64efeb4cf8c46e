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
    nice_ticks,
    number,
    svg,
    text_at,
)

FOOT = 220
"""Where the x axis is drawn."""


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
    """Return checkpoints as crosses with names, joined in their order; "" without any."""
    if not places:
        return ""
    xs = [edge for one in places for edge in (one.x - one.x_spread, one.x + one.x_spread)]
    ys = [edge for one in places for edge in (one.y - one.y_spread, one.y + one.y_spread)]
    x_ticks, y_ticks = nice_ticks(min(xs), max(xs), 4), nice_ticks(min(ys), max(ys), 4)
    across = Scale(x_ticks[0], x_ticks[-1], LEFT, WIDTH - RIGHT - 8)
    down = Scale(y_ticks[0], y_ticks[-1], FOOT, TOP + 14)
    parts = [text_at(2, TOP, y_label, "start", "label")]
    parts += [_horizontal(tick, down) for tick in y_ticks]
    parts += [text_at(across(tick), FOOT + 14, number(tick), "middle", "tick") for tick in x_ticks]
    parts.append(text_at((LEFT + WIDTH - RIGHT) / 2, FOOT + 30, x_label, "middle", "label"))
    path = " ".join(f"{across(one.x):.1f},{down(one.y):.1f}" for one in places)
    parts.append(f'<polyline class="path" points="{path}"/>' if len(places) > 1 else "")
    parts += [_cross(one, across, down) for one in places]
    return svg(parts, FOOT + 38, describe)


def _horizontal(tick: float, down: Scale) -> str:
    y = down(tick)
    line = f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return line + text_at(LEFT - 5, y + 4, number(tick), "end", "tick")


def _cross(one: Place, across: Scale, down: Scale) -> str:
    x, y = across(one.x), down(one.y)
    left, right = across(one.x - one.x_spread), across(one.x + one.x_spread)
    low, high = down(one.y - one.y_spread), down(one.y + one.y_spread)
    inside = x < (LEFT + WIDTH) / 2
    return (
        f'<line class="whisker s0" x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<line class="whisker s0" x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>'
        f'<circle class="dot s0" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
        + text_at(
            x + (7 if inside else -7), y - 6, one.label, "start" if inside else "end", "value"
        )
    )
