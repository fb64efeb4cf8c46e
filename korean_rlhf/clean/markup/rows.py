"""How the cells of a table become one readable line."""

from __future__ import annotations

from collections.abc import Sequence


def readable_row(cells: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of one row, of which each cell is given as its lines.

    A cell that spans rows or columns is shown where it begins, once. Empty cells at both ends are
    left out, those between stay empty. A row with one filled cell is a box around text and keeps
    its lines.

    >>> readable_row([["가"], [], ["다", "라"], []]), readable_row([[], ["첫 줄", "둘째 줄"]])
    (['가 |  | 다 라'], ['첫 줄', '둘째 줄'])
    """
    filled = [number for number, cell in enumerate(cells) if cell]
    if not filled:
        return []
    if len(filled) == 1:
        return list(cells[filled[0]])
    return [" | ".join(" ".join(cell) for cell in cells[filled[0] : filled[-1] + 1])]
