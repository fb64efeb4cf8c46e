"""Many short questions at once; which others travel along with one changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from korean_rlhf.endpoint.client import LOOK_AGAIN, Endpoint
from korean_rlhf.endpoint.replies import Reply

Payer: TypeAlias = Callable[[Sequence[str]], Iterable[dict[str, Reply]]]
"""Sends the questions of the keys that it is given, by as many requests as it likes, and yields the
replies of each request as they come. A key that it leaves out has no reply."""


def ask_batches(server: Endpoint, keys: Sequence[str], pay: Payer) -> dict[str, Reply]:
    """Return the reply of each key, paying only for those that nobody has paid for.

    What another thread or process is paying for is waited for, after our own is paid and given
    free: so no two ever wait for each other.

    Raises:
        BudgetSpent: an answer would pass the budget; what was paid until then is kept.
        EndpointError: as `Endpoint.pay`.
    """
    replies: dict[str, Reply] = {}
    wanted = list(dict.fromkeys(keys))
    while wanted:
        kept, mine, others = _take(server, wanted)
        server.count(cached=len(kept))
        replies |= {key: replace(reply, cached=True) for key, reply in kept.items()}
        if mine:
            replies |= _pay(server, mine, pay)
        elif others:
            server.sleep(LOOK_AGAIN)
        wanted = others
    return replies


def unpaid(server: Endpoint, keys: Iterable[str]) -> list[str]:
    """Return those of `keys` whose replies are not in the cache, each once."""
    wanted = list(dict.fromkeys(keys))
    kept = server.cache.kept(wanted) if server.cache is not None else {}
    return [key for key in wanted if key not in kept]


def _take(server: Endpoint, keys: list[str]) -> tuple[dict[str, Reply], list[str], list[str]]:
    """Return the replies kept, the keys that are ours to pay, and those that others pay for."""
    if server.cache is None:
        return {}, keys, []
    return server.cache.take_all(keys, server.claimed_for)


def _pay(server: Endpoint, keys: Sequence[str], pay: Payer) -> dict[str, Reply]:
    """Return what `pay` yields, each kept at once."""
    replies: dict[str, Reply] = {}
    try:
        for paid in pay(keys):
            if server.cache is not None:
                server.cache.put_all(paid)
            replies |= paid
    finally:
        unanswered = [key for key in keys if key not in replies]
        if server.cache is not None and unanswered:
            server.cache.release_all(unanswered)
    return replies
