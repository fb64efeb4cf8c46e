"""A score over the steps of each stage, with intervals and lines to compare with, as SVG."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from korean_rlhf.evaluate.drawing import (
    BOTTOM,
    LEFT,
    LINE_HEIGHT,
    RIGHT,
    TOP,
    WIDTH,
    Scale,
    grid,
    nice_ticks,
    svg,
    text_at,
    text_width,
)

FEW = 8
"""Up to so many marks, each has a whisker and its value in writing."""
LEGEND_ROW = 15
DASHES = ("4 3", "1.5 3", "8 3", "8 3 1.5 3", "12 3")
"""Lines are told apart by their dashes, not by colour."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One score of a checkpoint."""

    step: int
    value: float
    low: float
    high: float
    text: str
    chosen: bool = True
    """Filled: the checkpoint that its stage stands for."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The checkpoints of one stage, by step."""

    title: str
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Line:
    """A level to compare with."""

    label: str
    value: float


def stage_curve(stretches: Sequence[Stretch], *, describe: str, lines: Sequence[Line] = ()) -> str:
    """Return the stages side by side, "" without any mark; steps are to scale within a stage.

    Args:
        stretches: Stages in the order they ran.
        describe: What the plot shows, for a reader who cannot see it.
        lines: Chance first, then what stands beside; at most as many as DASHES.
    """
    drawn = [stretch for stretch in stretches if stretch.marks]
    if not drawn:
        return ""
    marks = [mark for stretch in drawn for mark in stretch.marks]
    kept = lines[: len(DASHES)]
    bounds = [edge for mark in marks for edge in (mark.low, mark.high)]
    bounds += [line.value for line in kept]
    ticks = nice_ticks(min(bounds), max(bounds), 5)
    down = Scale(min(ticks[0], *bounds), max(ticks[-1], *bounds), LINE_HEIGHT - BOTTOM, TOP)
    parts = [grid(ticks, down)]
    parts += [_level(line, dash, down) for line, dash in zip(kept, DASHES, strict=False)]
    for stretch, (left, right) in zip(drawn, _places(drawn), strict=True):
        parts.append(_stretch(stretch, left, right, down, few=len(marks) <= FEW))
    parts.append(_legend(kept))
    return svg(parts, LINE_HEIGHT + 6 + LEGEND_ROW * len(kept), describe)


def _places(stretches: Sequence[Stretch]) -> list[tuple[float, float]]:
    """Return left and right edge of each stage: wider where there are more checkpoints."""
    weights = [len(stretch.marks) + 1 for stretch in stretches]
    room = WIDTH - RIGHT - LEFT
    edges = [LEFT + room * sum(weights[:at]) / sum(weights) for at in range(len(weights) + 1)]
    return list(itertools.pairwise(edges))


def _stretch(stretch: Stretch, left: float, right: float, down: Scale, *, few: bool) -> str:
    steps = [mark.step for mark in stretch.marks]
    margin = (right - left) / (len(steps) + 1) if len(steps) > 1 else (right - left) / 2
    across = Scale(steps[0], steps[-1], left + margin, right - margin)
    places = [(across(mark.step), mark) for mark in stretch.marks]
    foot = LINE_HEIGHT - BOTTOM
    parts = [
        f'<line class="axis" x1="{left + 2:.1f}" x2="{right - 2:.1f}" y1="{foot}" y2="{foot}"/>',
        text_at((left + right) / 2, foot + 29, stretch.title, "middle", "label"),
        _steps(places, foot),
    ]
    if len(places) > 1:
        above = [f"{x:.1f},{down(mark.high):.1f}" for x, mark in places]
        below = [f"{x:.1f},{down(mark.low):.1f}" for x, mark in reversed(places)]
        middle = " ".join(f"{x:.1f},{down(mark.value):.1f}" for x, mark in places)
        parts.append(f'<polygon class="ribbon" points="{" ".join(above + below)}"/>')
        parts.append(f'<polyline class="curve s0" points="{middle}"/>')
    parts += [_mark(x, mark, down, few) for x, mark in places]
    return "".join(parts)


def _mark(x: float, mark: Mark, down: Scale, few: bool) -> str:
    y = down(mark.value)
    kind = "dot s0" if mark.chosen else "ring s0"
    drawn = f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{3.5 if few else 2.5}"/>'
    if not few:
        return drawn
    whisker = (
        f'<line class="whisker s0" x1="{x:.1f}" x2="{x:.1f}" '
        f'y1="{down(mark.low):.1f}" y2="{down(mark.high):.1f}"/>'
    )
    return whisker + drawn + text_at(x, down(mark.high) - 4, mark.text, "middle", "value")


def _steps(places: Sequence[tuple[float, Mark]], foot: float) -> str:
    """Write the steps below, as many as have room; the last one always."""
    shown = [(x, f"{mark.step:,}") for x, mark in places]
    room = text_width([text for _, text in shown]) + 6
    *before, last = shown
    kept: list[tuple[float, str]] = []
    for x, text in before:
        if (not kept or x - kept[-1][0] >= room) and last[0] - x >= room:
            kept.append((x, text))
    return "".join(text_at(x, foot + 14, text, "middle", "tick") for x, text in [*kept, last])


def _level(line: Line, dash: str, down: Scale) -> str:
    y = down(line.value)
    return (
        f'<line class="reference" stroke-dasharray="{dash}" x1="{LEFT}" x2="{WIDTH - RIGHT}" '
        f'y1="{y:.1f}" y2="{y:.1f}"/>'
    )


def _legend(lines: Sequence[Line]) -> str:
    parts = []
    for row, (line, dash) in enumerate(zip(lines, DASHES, strict=False)):
        y = LINE_HEIGHT + 14 + LEGEND_ROW * row
        parts.append(
            f'<line class="reference" stroke-dasharray="{dash}" x1="{LEFT}" x2="{LEFT + 30}" '
            f'y1="{y - 4}" y2="{y - 4}"/>'
        )
        parts.append(text_at(LEFT + 36, y, line.label, "start", "label"))
    return "".join(parts)
