"""Histograms as small SVG files that need no page around them.

GitHub and Hugging Face show them as images, so fonts and colours stand in the file itself, for a
light and a dark reader. The text is real text: it scales and can be searched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from korean_rlhf.datacard.measures import SCRIPTS, Histogram

WIDTH, HEIGHT = 420, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 34, 46
STYLE = """<style>
text{font:12px "Noto Sans KR","Noto Sans CJK KR","Apple SD Gothic Neo","Malgun Gothic",\
"NanumGothic",sans-serif;fill:#24292f}
.title{font-size:13px;font-weight:bold}
.bar{fill:#2f6fb3}.axis{stroke:#57606a}.grid{stroke:#d8dee4}
.s0{fill:#2f6fb3}.s1{fill:#c2571a}.s2{fill:#2e8b57}.s3{fill:#8250b5}.s4{fill:#8c959f}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.bar,.s0{fill:#6cb0f2}.axis{stroke:#9aa4ae}
.grid{stroke:#3d444d}.s1{fill:#f0883e}.s2{fill:#56d394}.s3{fill:#c297ff}.s4{fill:#9aa4ae}}
</style>"""
"""Of every plot: a page that shows them inline allows it by its digest."""


def histogram_plot(
    histogram: Histogram, counts: npt.NDArray[np.int64], counted: str = "documents"
) -> str:
    """Return a histogram as SVG.

    Args:
        histogram: Title, unit and edges of the n bins.
        counts: (n,) documents in each bin; the outermost hold what lies beyond them.
        counted: What is counted, where it is no documents.
    """
    most = max(1, int(counts.max(initial=0)))
    step = _step(most)
    down = _Scale(0, step * math.ceil(most / step), HEIGHT - BOTTOM, TOP)
    edges = np.log10(histogram.edges) if histogram.logarithmic else histogram.edges
    across = _Scale(float(edges[0]), float(edges[-1]), LEFT, WIDTH - RIGHT)
    parts = [_text(LEFT, 18, histogram.title, "start", "title")]
    parts += [_grid(step * at, down) for at in range(math.ceil(most / step) + 1)]
    parts += [
        _bar(across(left), across(right), down(int(count)), down(0))
        for left, right, count in zip(edges[:-1], edges[1:], counts, strict=True)
        if count
    ]
    parts.append(_x_axis(histogram, across))
    said = f"{histogram.title}: {int(counts.sum()):,} {counted}"
    return _svg(parts, HEIGHT, said)


def script_plot(counts: npt.NDArray[np.int64]) -> str:
    """Return the shares of SCRIPTS in the characters of a corpus as SVG, one bar a script."""
    names = ("한글 · Hangul", "한자 · Hanja", "로마자 · Latin", "숫자 · digits", "그 밖 · others")
    total = max(1, int(counts.sum()))
    shares = ", ".join(
        f"{name} {count / total:.2%}" for name, count in zip(SCRIPTS, counts.tolist(), strict=True)
    )
    title = "문자별 비율 · characters by script"
    return bar_plot(title, names, counts.tolist(), said=f"Characters by script: {shares}")


def bar_plot(title: str, names: Sequence[str], counts: Sequence[int], *, said: str = "") -> str:
    """Return the share of each of `names` in the sum of `counts` as SVG, one bar a name.

    `said` is read out to those who do not see the plot: title, names and shares by default.
    """
    total = max(1, sum(counts))
    left, row = 116, 24
    across = _Scale(0, 1, left, WIDTH - 66)
    parts = [_text(8, 18, title, "start", "title")]
    for place, (name, count) in enumerate(zip(names, counts, strict=True)):
        y = TOP + row * place
        width = max(1.0, across(count / total) - left)
        bar = f'x="{left}" y="{y}" width="{width:.1f}" height="17"'
        parts.append(_text(left - 8, y + 13, name, "end"))
        kind = f"s{place}" if len(names) <= 5 else "bar"  # there are five colours
        parts.append(f'<rect class="{kind}" {bar}/>')
        parts.append(_text(left + width + 5, y + 13, f"{100 * count / total:.2f} %", "start"))
    shares = (f"{name} {count / total:.2%}" for name, count in zip(names, counts, strict=True))
    return _svg(parts, TOP + row * len(names) + 4, said or f"{title}: {', '.join(shares)}")


class _Scale:
    """Maps values to units of the drawing."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.start = low, start
        self.factor = (end - start) / (high - low)

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) * self.factor


def _step(most: int) -> int:
    """Return a round number that goes four times or fewer into `most`, or a little more.

    >>> [_step(most) for most in (1, 7, 80, 9_900)]
    [1, 2, 20, 2500]
    """
    power = 10 ** max(0, math.floor(math.log10(most / 4)) if most > 4 else 0)
    factors = (1, 2, 5, 10) if power == 1 else (1, 2, 2.5, 5, 10)
    return int(next(power * factor for factor in factors if most / 4 <= power * factor))


def _grid(value: int, down: _Scale) -> str:
    y = down(value)
    kind = "grid" if value else "axis"
    line = f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return line + _text(LEFT - 6, y + 4, _short(value), "end")


def _bar(left: float, right: float, top: float, bottom: float) -> str:
    top = min(top, bottom - 1)  # a single document is seen, too
    size = f'width="{right - left - 1:.1f}" height="{bottom - top:.1f}"'
    return f'<rect class="bar" x="{left + 0.5:.1f}" y="{top:.1f}" {size}/>'


def _x_axis(histogram: Histogram, across: _Scale) -> str:
    y = HEIGHT - BOTTOM + 16
    parts = [_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, histogram.unit, "middle")]
    for tick, value in _ticks(histogram):
        parts.append(_text(across(tick), y, _short(value), "middle"))
    return "".join(parts)


def _ticks(histogram: Histogram) -> Sequence[tuple[float, float]]:
    """Return (place on the axis, number that stands there)."""
    first, last = float(histogram.edges[0]), float(histogram.edges[-1])
    if histogram.logarithmic:
        powers = range(round(math.log10(first)), round(math.log10(last)) + 1)
        return [(power, 10**power) for power in powers]
    return [(value, value) for value in np.linspace(first, last, 6).tolist()]


def _short(value: float) -> str:
    """Return a number as an axis shows it.

    >>> _short(2500), _short(150_000), _short(10**6)
    ('2.5k', '150k', '1M')
    """
    if value >= 1_000_000:
        return f"{value / 1_000_000:g}M"
    return f"{value / 1000:g}k" if value >= 1_000 else f"{value:g}"


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(parts: Sequence[str], height: float, describe: str) -> str:
    said = escape(describe, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'width="{WIDTH}" height="{height:.0f}" role="img" aria-label="{said}">'
        f"{STYLE}{''.join(parts)}</svg>\n"
    )
