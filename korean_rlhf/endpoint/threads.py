"""Many requests under way, their results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS_A_REQUEST = 2
"""Threads for each request that may be under way: while one works at an answer, another asks."""
AHEAD = 4
"""Items begun for each thread before the first result is taken: one slow answer does not idle the
others, and a long list stays on disk."""


def each(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    width: int,
    stop: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """Yield `function(item)` in the order of `items`, with `width` of them under way.

    Items are drawn only as results are taken. The first error calls `stop`, waits for what is under
    way, and ends the work.

    >>> list(each(str, [1, 2, 3], width=2))
    ['1', '2', '3']
    """
    pending: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(width, thread_name_prefix="endpoint")
    try:
        for item in items:
            pending.append(pool.submit(function, item))
            if len(pending) >= AHEAD * width:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    except BaseException:
        stop()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
