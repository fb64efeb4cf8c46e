"""Every measure of a text by name; nothing is dropped here."""

from __future__ import annotations

import functools
from collections.abc import Callable

from korean_rlhf.clean.leftovers import PLACEHOLDERS
from korean_rlhf.clean.quality import language, score
from korean_rlhf.clean.quality.characters import Characters, script_measures
from korean_rlhf.clean.quality.lines import line_measures
from korean_rlhf.clean.quality.repetition import repeated_ngrams, repetition_measures
from korean_rlhf.clean.quality.sentences import sentence_measures
from korean_rlhf.clean.quality.spam import spam_words
from korean_rlhf.clean.quality.vocabulary import particle_ratio, word_measures
from korean_rlhf.clean.quality.words import WORDS, Words, eojeols
from korean_rlhf.settings.quality import QualitySettings


class Measures:
    """The measures of one text; a group of them is made when one of it is first asked for.

    The modules beside this one say what each is. placeholders: per 1,000 characters, the places
    where an extractor lost a formula.

    >>> measured = Measures("그는 1924년에 태어났다. 그는 땅콩을 길렀다.")
    >>> measured["words"], measured["sentences"], measured["hangul-ratio"]
    (6.0, 2.0, 1.0)
    """

    def __init__(self, text: str, settings: QualitySettings | None = None) -> None:
        self.text, self.settings = text, settings or QualitySettings()
        self._known: dict[str, float] = {}

    def __getitem__(self, name: str) -> float:
        if name not in self._known:
            self._known |= GROUPS[_groups()[name]](self)
        return self._known[name]

    def all(self) -> dict[str, float]:
        """Return every measure, those of the models too when the settings name them."""
        return {name: self[name] for name in measure_names(self.settings)}

    @functools.cached_property
    def characters(self) -> Characters:
        """Return the characters with what each is."""
        return Characters.of(self.text)

    @functools.cached_property
    def eojeols(self) -> Words:
        """Return what stands between spaces."""
        return eojeols(self.characters)

    @functools.cached_property
    def words(self) -> Words:
        """Return the words of the unit that the settings name."""
        unit = self.settings.words
        return self.eojeols if unit == "eojeol" else WORDS[unit](self.characters)


def _placeholders(measured: Measures) -> dict[str, float]:
    lost = sum(map(measured.text.count, PLACEHOLDERS.values()))
    return {"placeholders": 1000.0 * lost / max(1, len(measured.text))}


GROUPS: dict[str, Callable[[Measures], dict[str, float]]] = {
    "script": lambda m: script_measures(m.characters),
    "words": lambda m: word_measures(m.text, m.words, m.settings.words),
    "particles": lambda m: {"particle-ratio": particle_ratio(m.eojeols)},
    "lines": lambda m: line_measures(m.text, len(m.words)),
    "sentences": lambda m: sentence_measures(m.characters, m.eojeols, m.settings.words),
    "ngrams": lambda m: {"repeated-ngrams": repeated_ngrams(m.eojeols)},
    "repetition": lambda m: repetition_measures(m.words, len(m.text)),
    "spam": lambda m: {"spam-words": spam_words(m.text, m.characters.codes)},
    "placeholders": _placeholders,
    "language": lambda m: {"language-score": language.score(m.text, m.settings.language_model)},
    "model": lambda m: {"quality-score": score.score(m.text, m.settings.quality_model)},
}
"""How the measures of a group are made."""
_OF_MODELS = {"language": "language-score", "model": "quality-score"}


@functools.cache
def _groups() -> dict[str, str]:
    """Return the group of every measure, in order."""
    empty = Measures("")
    found: dict[str, str] = {}
    for group, function in GROUPS.items():
        names = [_OF_MODELS[group]] if group in _OF_MODELS else function(empty)
        found |= dict.fromkeys(names, group)
    return found


def measure_names(settings: QualitySettings) -> tuple[str, ...]:
    """Return the names of all measures that can be made with these settings, in order."""
    absent = set()
    if not settings.language_model:
        absent.add("language-score")
    if not settings.quality_model:
        absent.add("quality-score")
    return tuple(name for name in _groups() if name not in absent)


def measure(text: str, unit: str = "eojeol") -> dict[str, float]:
    """Return every measure of `text` that needs no model, its words cut as `unit` says."""
    return Measures(text, QualitySettings(words=unit)).all()  # type: ignore[arg-type]
