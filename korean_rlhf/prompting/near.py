"""Texts that are nearly the same, by the Jaccard index of their character n-grams.

No pair is tried that cannot reach the index: two sets of that likeness share one of their rarest
n-grams (prefix filter: Bayardo, Ma and Srikant 2007, "Scaling up all pairs similarity search").
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from korean_rlhf.ngrams import character_ngrams, jaccard, normalise_for_matching

NEAR = 0.4
"""Jaccard index of pairs of syllables from which two questions count as one. The most alike two
of our instructions reach 0.32 (two that ask how one dish differs from another); a question in
another speech level keeps 0.4 to 0.6. One in other words escapes: 얼음은 왜 물에 떠? has 0.12 with
얼음이 물에 뜨는 까닭이 뭐예요?"""
LENGTH = 2
"""Characters of an n-gram: the index was measured with these."""


def grams(text: str) -> frozenset[str]:
    """Return the character n-grams by which `text` is compared."""
    return frozenset(character_ngrams(normalise_for_matching(text), LENGTH))


def near_pairs(texts: Sequence[str], least: float = NEAR) -> Iterator[tuple[int, int]]:
    """Yield (earlier, later) places of each two texts whose index is `least` or more.

    >>> list(near_pairs(["면접이 떨려요.", "오늘 뭐 먹지?", "면접이 떨려."]))
    [(0, 2)]
    """
    sets = [grams(text) for text in texts]
    count = Counter(gram for own in sets for gram in own)
    holders: dict[str, list[int]] = defaultdict(list)
    for place, own in enumerate(sets):
        rarest_first = sorted(own, key=lambda gram: (count[gram], gram))
        prefix = rarest_first[: len(own) - math.ceil(least * len(own)) + 1] if own else []
        earlier = {other for gram in prefix for other in holders[gram]}
        for other in sorted(earlier):
            if jaccard(sets[other], own) >= least:
                yield other, place
        for gram in prefix:
            holders[gram].append(place)
