"""What every plot is drawn with: scales, ticks and real text as SVG.

Colours are classes (`s0` to `s3`, `axis`, `grid`, `reference`) that the page's style sheet defines
for light, dark and paper. The drawing is 360 units wide, a phone's width, so that its text is
readable there without zooming.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TypeAlias

WIDTH = 360
LINE_HEIGHT = 200
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 14, 34

Point: TypeAlias = tuple[float, float]


def nice_ticks(low: float, high: float, count: int) -> list[float]:
    """Return about `count` round numbers that span from `low` to `high`.

    >>> nice_ticks(0.0, 9.7, 5)
    [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    >>> nice_ticks(3.0, 3.0, 3)
    [2.5, 3.0, 3.5]
    """
    if high <= low:
        pad = abs(low) / 6 or 0.5
        low, high = low - pad, high + pad
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if rough <= power * factor)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * at, 10) for at in range(first, last + 1)]


class Scale:
    """Maps values to units of the drawing."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.start = low, start
        self.factor = (end - start) / (high - low) if high > low else 0.0

    def __call__(self, value: float) -> float:
        """Return where `value` is drawn."""
        return self.start + (value - self.low) * self.factor


def grid(ticks: Sequence[float], down: Scale) -> str:
    """Return a line across for each tick of the y axis, with its number."""
    parts = []
    for tick in ticks:
        y = down(tick)
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        )
        parts.append(text_at(LEFT - 5, y + 4, number(tick), "end", "tick"))
    return "".join(parts)


def text_width(texts: Sequence[str]) -> float:
    """Return about how wide the widest of `texts` is drawn: a Hangul letter is a square."""
    widths = (sum(11.2 if ord(letter) > 0x2000 else 6.6 for letter in text) for text in texts)
    return min(170.0, max(widths))


def text_at(x: float, y: float, text: str, anchor: str, kind: str) -> str:
    """Return escaped text whose start, middle or end is at (x, y)."""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def svg(parts: Sequence[str], height: float, describe: str) -> str:
    """Return a drawing that says what it shows to a reader who cannot see it."""
    said = escape(describe, quote=True)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{said}">'
        f"{''.join(parts)}</svg>"
    )


def number(value: float) -> str:
    """Return a tick's number, short.

    >>> number(2000.0), number(0.25), number(-1.0), number(12500000.0)
    ('2,000', '0.25', '−1', '12.5M')
    """
    if abs(value) >= 1_000_000:
        shown = f"{value / 1_000_000:g}M"
    elif abs(value) >= 100 or value == int(value):
        shown = f"{value:,.0f}"
    else:
        shown = f"{value:.4g}"
    return shown.replace("-", "−")
