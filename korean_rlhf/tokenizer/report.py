"""How well a tokenizer fits Korean, measured on documents it did not learn from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.tokenizer.template import SPECIAL_TOKENS

BATCH = 512


def measure(
    tokenizer: ChatTokenizer, held_out: Sequence[str], learned: Iterable[str]
) -> dict[str, Any]:
    """Return the report of a tokenizer.

    Args:
        tokenizer: The tokenizer.
        held_out: Texts that it did not learn from; when there are none, `learned` is measured.
        learned: Texts that it learned from. A token that never occurs in them is dead: it served
            only as a step to a longer one.
    """
    used: set[int] = set()
    known: list[str] = []
    for text, ids in encoded(tokenizer, learned):
        used.update(ids)
        if not held_out:
            known.append(text)
    figures = measure_texts(tokenizer, held_out or known)
    ordinary = tokenizer.vocabulary_size - len(SPECIAL_TOKENS)
    dead = [id_ for id_ in range(len(SPECIAL_TOKENS), tokenizer.vocabulary_size) if id_ not in used]
    return {
        "vocabulary_size": tokenizer.vocabulary_size,
        "held_out": bool(held_out),
        **figures,
        "dead_tokens": len(dead),
        "dead_share": round(len(dead) / ordinary, 4),
    }


def measure_texts(tokenizer: ChatTokenizer, texts: Sequence[str]) -> dict[str, Any]:
    """Return counts and ratios over `texts`; an eojeol (어절) is what stands between spaces."""
    tokens = size = characters = eojeols = whole = 0
    for text, ids in encoded(tokenizer, texts):
        tokens += len(ids)
        size += len(text.encode())
        characters += len(text)
        eojeols += len(text.split())
        whole += tokenizer.decode(ids) == unicodedata.normalize("NFC", text)
    return {
        "documents": len(texts),
        "tokens": tokens,
        "bytes_per_token": round(size / max(tokens, 1), 3),
        "characters_per_token": round(characters / max(tokens, 1), 3),
        "tokens_per_eojeol": round(tokens / max(eojeols, 1), 3),
        "round_trip_failures": len(texts) - whole,
    }


def encoded(tokenizer: ChatTokenizer, texts: Iterable[str]) -> Iterator[tuple[str, list[int]]]:
    """Yield each text with its ids, computed in batches."""
    rest = iter(texts)
    while batch := list(islice(rest, BATCH)):
        yield from zip(batch, tokenizer.encode_many(batch), strict=True)


def table(report: dict[str, Any]) -> str:
    """Return the report as lines for people.

    >>> print(table({"bytes_per_token": 4.5, "round_trip_failures": 0}))
    bytes per token          4.5
    round trip failures        0
    """
    return "\n".join(
        f"{name.replace('_', ' '):<22} {_shown(value):>5}" for name, value in report.items()
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}"
