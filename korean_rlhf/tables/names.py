"""Ids that stay unique when documents of several sources come together."""

from __future__ import annotations


class UniqueIds:
    """Ids given out so far: the second document of an id becomes "id#2".

    >>> ids = UniqueIds()
    >>> [ids.unique(name) for name in ("a", "a", "a#2", "a")]
    ['a', 'a#2', 'a#2#2', 'a#3']
    """

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        """Hash of the id -> how often it came; 8 bytes a name instead of the name."""

    def unique(self, name: str) -> str:
        """Return `name`, or `name` with a number if it was given out before."""
        key = hash(name)
        if key not in self._seen:
            self._seen[key] = 1
            return name
        number = self._seen[key] + 1
        while hash(f"{name}#{number}") in self._seen:
            number += 1
        self._seen[key] = number
        self._seen[hash(f"{name}#{number}")] = 1
        return f"{name}#{number}"
