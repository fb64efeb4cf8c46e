"""How much of a text is said again: word n-grams and character n-grams.

The measures of word n-grams are those of Rae et al. 2021 (Gopher, arXiv:2112.11446, table A1) as
datatrove 0.10 computes them for FineWeb-2; the benchmark `clean` compares the numbers.
"""

from __future__ import annotations

import numpy as np

from korean_rlhf.clean.quality.characters import SPACE
from korean_rlhf.clean.quality.hashes import Places, RollingHashes, among, standing_twice
from korean_rlhf.clean.quality.words import Words

TOP = (2, 3, 4)
"""Words in an n-gram of which the most frequent one counts."""
DUPLICATE = (5, 6, 7, 8, 9, 10)
"""Words in an n-gram of which every one that came before counts."""
CHARACTER_NGRAM = 10
"""Characters in one n-gram of repeated-ngrams."""
_SAMPLE = 20_000
"""Characters measured for repeated-ngrams; a longer text repeats within its beginning, too."""


def repetition_measures(words: Words, size: int) -> dict[str, float]:
    """Return how much of a text of `size` characters its word n-grams repeat.

    top-N-gram: characters of the most frequent n-gram of N words with a space between two, times
    how often it stands; of two n-grams as frequent the first counts. duplicate-N-grams: characters,
    without spaces, of n-grams that came before; the next is looked for behind such a one.

    >>> from korean_rlhf.clean.quality.characters import Characters
    >>> from korean_rlhf.clean.quality.words import eojeols
    >>> text = "하나 둘 셋 넷 다섯 여섯 하나 둘 셋 넷 다섯"
    >>> found = repetition_measures(eojeols(Characters.of(text)), len(text))
    >>> round(found["top-2-gram"], 3), round(found["duplicate-5-grams"], 3)
    (0.308, 0.269)
    """
    measured = {f"top-{n}-gram": top / max(1, size) for n, top in _tops(words).items()}
    for n, again in _duplicates(words).items():
        measured[f"duplicate-{n}-grams"] = again / max(1, size)
    return measured


def _tops(words: Words) -> dict[int, int]:
    """Return for each n of TOP the characters of the most frequent n-gram, all of them."""
    begins, words = _atoms(words)
    stops = np.append(begins[1:], len(words))
    hashes = RollingHashes(words.hashes)
    counts = {n: max(0, len(begins) - n + 1) for n in TOP}
    return {n: _top(words, hashes, begins[: counts[n]], stops[n - 1 :]) for n in TOP}


def _atoms(words: Words) -> tuple[Places, Words]:
    """Split words at the spaces inside them; return where each word begins among the pieces.

    Kiwi gives such words. N-grams are compared as they read: "한 번" + "더" is "한" + "번 더".
    """
    if not np.any(words.flags & SPACE):
        return np.arange(len(words)), words
    text = words.codes.tobytes().decode("utf-32-le")
    pieces = [
        text[start:end].split(" ")
        for start, end in zip(words.starts.tolist(), words.ends.tolist(), strict=True)
    ]
    begins = np.cumsum([0, *map(len, pieces)])[:-1]
    return begins, Words.of([part for piece in pieces for part in piece])


def _top(words: Words, hashes: RollingHashes, begins: Places, stops: Places) -> int:
    if not len(begins):
        return 0
    found = hashes.between(begins, stops)
    twice = standing_twice(found)
    most, first = 1, 0
    if len(twice):
        # A value that stands k times is here k - 1 times, side by side.
        values, counts = np.unique(twice, return_counts=True)
        most = int(counts.max()) + 1
        first = int(among(found, values[counts == most - 1]).argmax())
    begin, stop = begins[first], stops[first]
    spaces = int(stop - begin) - 1
    return (int(words.ends[stop - 1] - words.starts[begin]) + spaces) * most


def _duplicates(words: Words) -> dict[int, int]:
    """Return for each n of DUPLICATE the characters of n-grams that came before."""
    least, none = DUPLICATE[0], dict.fromkeys(DUPLICATE, 0)
    if len(words) <= least:
        return none
    starts, ends = words.starts, words.ends
    # Equal n-grams begin with equal characters, at least as many as the shortest n-gram has.
    shortest = int((ends[least - 1 :] - starts[: len(starts) - least + 1]).min())
    begins = starts[: len(starts) - least + 1]
    found = words.rolling.between(begins, begins + shortest)
    twice = standing_twice(found)
    if not len(twice):
        return none
    places = np.flatnonzero(among(found, twice))
    return {n: _duplicate(words, places[places <= len(words) - n], n) for n in DUPLICATE}


def _duplicate(words: Words, places: Places, n: int) -> int:
    """Return the characters of the n-grams of `places` that came before."""
    starts, ends = words.starts[places], words.ends[places + n - 1]
    found = words.rolling.between(starts, ends)
    twice = standing_twice(found)
    if not len(twice):
        return 0
    chosen = among(found, twice)
    seen: set[int] = set()
    characters = free = 0
    lengths = (ends - starts)[chosen].tolist()
    for value, place, length in zip(
        found[chosen].tolist(), places[chosen].tolist(), lengths, strict=True
    ):
        if place < free:
            continue
        if value in seen:
            characters += length
            free = place + n
        else:
            seen.add(value)
    return characters


def repeated_ngrams(words: Words) -> float:
    """Return the share of character 10-grams already seen, spaces left out.

    Of the first 20,000 characters; all positions count, unlike above.
    """
    size = min(len(words.codes), _SAMPLE)
    count = size - CHARACTER_NGRAM + 1
    if count <= 0:
        return 0.0
    found = words.rolling.between(slice(0, count), slice(CHARACTER_NGRAM, size + 1))
    return len(standing_twice(found)) / count
