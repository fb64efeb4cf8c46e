"""The probability that a text is Korean, by a fastText model that the user has."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from korean_rlhf.engine import local_path
from korean_rlhf.errors import BadInput, MissingExtra, MissingInput

KOREAN = ("__label__ko", "__label__kor_Hang", "__label__kor")
"""What Korean is called by lid.176 and its like, by GlotLID and NLLB, and by three letters."""
_SAMPLE = 10_000
"""Characters that are looked at; fastText's answer changes little after a few hundred."""


def score(text: str, file: str) -> float:
    """Return the probability of Korean, from 0 to 1; 0.0 for a text without a word.

    Source: Joulin et al. 2017, arXiv:1607.01759.
    """
    words = " ".join(text[:_SAMPLE].split())  # fastText takes a newline for the end of the text
    if not words:
        return 0.0
    labels, probabilities = language_model(file).predict(words, k=-1)
    found = zip(labels, probabilities, strict=True)
    # The library gives 1.00001 for what rounds to 1.
    return min(1.0, sum(float(chance) for label, chance in found if label in KOREAN))


@functools.cache
def language_model(file: str) -> Any:
    """Return the model in `file`.

    Raises:
        MissingExtra: fasttext-predict is not installed.
        MissingInput: there is no such file.
        BadInput: it is no fastText model, or knows no Korean.
    """
    try:
        import fasttext
    except ModuleNotFoundError:
        raise MissingExtra("--language-model", "language") from None
    path = local_path(file)
    if not path.is_file():
        raise MissingInput(Path(file))
    try:
        model = fasttext.load_model(str(path))
        labels = model.predict("한국어", k=-1)[0]
    except (ValueError, RuntimeError, MemoryError) as problem:
        raise BadInput(f"{file} is no fastText model ({problem}). Name a .bin or .ftz.") from None
    if not set(labels) & set(KOREAN):
        raise BadInput(f"{file} knows none of {', '.join(KOREAN)}. Name a model for languages.")
    return model
