"""Ids that stay unique when documents of several sources come together."""

from __future__ import annotations

import hashlib
from array import array


class UniqueIds:
    """Ids given out so far: the second document of an id becomes "id#2".

    An id is remembered by 8 bytes of its hash, in 11 to 22 bytes of memory, three times that
    while the table grows; a repeated one takes a hundred bytes more. No two documents ever
    get one id; that one is renamed without need has a chance of 1 in 3,700 for a hundred million
    documents, and the same inputs always give the same ids.

    >>> ids = UniqueIds()
    >>> [ids.unique(name) for name in ("a", "a", "a#2", "a")]
    ['a', 'a#2', 'a#2#2', 'a#3']
    """

    def __init__(self) -> None:
        self._given = _Hashes()
        self._times: dict[int, int] = {}
        """Hash of a repeated id -> the last number given to it."""

    def unique(self, name: str) -> str:
        """Return `name`, or `name` with a number if it was given out before."""
        key = _hash(name)
        if self._given.add(key):
            return name
        number = self._times.get(key, 1) + 1
        while not self._given.add(_hash(f"{name}#{number}")):
            number += 1
        self._times[key] = number
        return f"{name}#{number}"


def _hash(name: str) -> int:
    """Return 8 bytes of hash above 0, the same in every process."""
    digest = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


class _Hashes:
    """A set of 64-bit numbers above 0 in one array: open addressing, linear probing."""

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * 1024))
        self._count = 0

    def add(self, key: int) -> bool:
        """Take `key` in; return whether it is new."""
        if 4 * self._count >= 3 * len(self._slots):
            self._grow()
        place = _place(self._slots, key)
        if self._slots[place]:
            return False
        self._slots[place] = key
        self._count += 1
        return True

    def _grow(self) -> None:
        larger = array("Q", [0]) * (2 * len(self._slots))
        for key in self._slots:
            if key:
                larger[_place(larger, key)] = key
        self._slots = larger


def _place(slots: array[int], key: int) -> int:
    """Return where `key` is, or the free slot where it goes."""
    mask = len(slots) - 1
    place = key & mask
    while slots[place] not in (0, key):
        place = (place + 1) & mask
    return place
