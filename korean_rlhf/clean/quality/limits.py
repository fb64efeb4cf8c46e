"""The limits beyond which a text is not worth learning from.

Measured on Korean text after normalising and boilerplate; of each set the documents whose text has
the smallest SHA-256: 6,000 articles of the Korean Wikipedia as WikiExtractor left them (digest of
the sample 48e0d80f67f79049), 1,870 petitions to the Blue House (39655082eb60fb36), 6,000 film
reviews of Naver (NSMC, 19a26f60303dc258). `make bench NAME=thresholds` draws them and prints these
figures. What lies beyond 99.9 % of the articles and 99 % of the petitions is where a limit may
begin; then what it drops was read.

Of every text:
                       99.9 % of articles, petitions; 99 % of reviews      limit
    symbol-ratio       0.264, 0.233; 0.500                                  0.5
    digit-ratio        0.600, 0.220; 0.167                                  0.6
    repeated-lines     0.055, 0.000; 0.000                                  0.35
    repeated-ngrams    0.177, 0.765; 0.000                                  0.5
    hangul-ratio       0.378, 0.615 (0.1 %); 0.500 (1 %)                    0.3
    placeholders       32.2 (99 %: 6.2), 0; 0                               10

Of texts of 200 characters without spaces or more (3,681 articles, 1,720 petitions, no review); in a
shorter one every n-gram is a large share of the text:
                       by eojeol                          by character
                       articles 99.9 %, petitions 99 %    the same
    top-2, 3, 4        .147 .155 .160, .067 .086 .106     .207 .261 .320, .146 .173 .185
    duplicate-5        .137, .064                         .367, .255
    duplicate-10       .104, .039                         .204, .138
    newlines-per-word  .265, .000                         .076, .000
                       articles 0.1 %, petitions 1 %
    alphabetic-words   .780, .908                         .560, .781
    particle-ratio     .170, .487                         the same
    mean-word-length   6.3, 6.3 (the highest; one petition in a thousand has no spaces at all)

The limits by morpheme are those of FineWeb-2 (configs/kor_Hang.yml, Penedo et al. 2025,
arXiv:2506.20920) with the Gopher values that it leaves alone, for texts of any length.

They drop 9.9 % of the articles (1.4 % of their characters: stubs of a line, and pages whose
formulas the extractor lost; of other kinds 9 of 6,000), 2.0 % of the petitions (1.3 %), and 43.9 %
of the reviews (18.3 %), nearly all of these for being shorter than 20 characters: a corpus of short
texts wants a lower min_characters.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.clean.quality import language, score
from korean_rlhf.clean.quality.measures import Measures, measure_names
from korean_rlhf.errors import UnknownName
from korean_rlhf.records import Drop
from korean_rlhf.settings.quality import LIMIT, QualitySettings

LONG = 200
"""Characters without spaces from which on the default limits by eojeol and character hold."""
_EOJEOL = (
    *("mean-word-length<=30", "alphabetic-words>=0.6", "particle-ratio>=0.15"),
    *("newlines-per-word<=0.4", "bullet-lines<=0.9"),
    *("top-2-gram<=0.25", "top-3-gram<=0.25", "top-4-gram<=0.25"),
    *("duplicate-5-grams<=0.25", "duplicate-6-grams<=0.24", "duplicate-7-grams<=0.23"),
    *("duplicate-8-grams<=0.22", "duplicate-9-grams<=0.21", "duplicate-10-grams<=0.2"),
)
_CHARACTER = (
    *("alphabetic-words>=0.5", "particle-ratio>=0.15", "newlines-per-word<=0.1"),
    *("bullet-lines<=0.9", "top-2-gram<=0.3", "top-3-gram<=0.4", "top-4-gram<=0.4"),
    *("duplicate-5-grams<=0.45", "duplicate-6-grams<=0.4", "duplicate-7-grams<=0.35"),
    *("duplicate-8-grams<=0.33", "duplicate-9-grams<=0.3", "duplicate-10-grams<=0.3"),
)
_MORPHEME = (
    *("words>=50", "words<=100000", "mean-word-length>=1", "mean-word-length<=6"),
    *("hashes-per-word<=0.1", "ellipses-per-word<=0.1", "alphabetic-words>=0.791", "stop-words>=2"),
    *("duplicate-lines<=0.374", "line-duplicates<=0.1", "punctuated-lines>=0.062"),
    *("newlines-per-word<=0.196", "bullet-lines<=0.9", "ellipsis-lines<=0.3"),
    *("top-2-gram<=0.282", "top-3-gram<=0.228", "top-4-gram<=0.185"),
    *("duplicate-5-grams<=0.201", "duplicate-6-grams<=0.184", "duplicate-7-grams<=0.168"),
    *("duplicate-8-grams<=0.154", "duplicate-9-grams<=0.14", "duplicate-10-grams<=0.127"),
)
DEFAULTS = {"eojeol": _EOJEOL, "character": _CHARACTER, "morpheme": _MORPHEME}
"""By unit of words, as the setting `limits` writes them."""
REASONS = {
    "words": "too-few-words",
    "mean-word-length": "word-length",
    "alphabetic-words": "few-letters",
    "stop-words": "no-prose",
    "particle-ratio": "no-prose",
    "punctuated-lines": "unpunctuated",
    "newlines-per-word": "list",
    "bullet-lines": "list",
    "short-lines": "list",
    "repeated-lines": "repeated-lines",
    "duplicate-lines": "repeated-lines",
    "line-duplicates": "repeated-lines",
}
"""Reason of a drop by measure; that of the others is repetitive for n-grams, else their name."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The least or the most that a measure may be."""

    measure: str
    bound: float
    is_least: bool
    reason: str
    from_characters: int = 0
    """Shorter texts are spared."""

    def excludes(self, value: float) -> bool:
        """Whether `value` is beyond the limit."""
        return value < self.bound if self.is_least else value > self.bound


def judge(text: str, settings: QualitySettings) -> Drop | None:
    """Return why `text` is no text to learn from, None when it is one."""
    return judge_measured(Measures(text, settings), settings)


def judge_measured(measured: Measures, settings: QualitySettings) -> Drop | None:
    """Do the same with the measures of a text."""
    filled = int(measured["characters"])
    if filled == 0:
        return Drop("empty")
    if filled < settings.min_characters:
        return Drop("too-short", f"{filled} characters")
    if len(measured.text) > settings.max_characters:
        return Drop("too-long", f"{len(measured.text)} characters")
    for limit in limits_of(settings):
        if filled < limit.from_characters:
            continue
        value = measured[limit.measure]
        if limit.excludes(value):
            return Drop(limit.reason, f"{limit.measure} {value:.3f}")
    return None


@functools.cache
def limits_of(settings: QualitySettings) -> tuple[Limit, ...]:
    """Return every limit that holds, in the order of looking.

    Raises:
        UnknownName: the settings limit a measure that is none.
    """
    from_characters = 0 if settings.words == "morpheme" else LONG
    limits = _of_settings(settings)
    limits += [_parsed(text, from_characters) for text in DEFAULTS[settings.words]]
    return tuple(_with_changes(limits, settings))


def check_models(settings: QualitySettings) -> list[Path]:
    """Return the models that the settings name; load them and look at the limits, before any work.

    Raises:
        UnknownName: a limit is for a measure that is none.
        MissingExtra, MissingInput, BadInput: a model cannot be used.
    """
    limits_of(settings)
    models = []
    if settings.language_model:
        language.language_model(settings.language_model)
        models.append(Path(settings.language_model))
    if settings.quality_model:
        score.read_score(settings.quality_model)
        models.append(Path(settings.quality_model))
    return models


def _with_changes(limits: list[Limit], settings: QualitySettings) -> list[Limit]:
    """Return the limits with those that the user gives in the place of their defaults."""
    names = measure_names(settings)
    for text in settings.limits:
        name = _matched(text)[1]
        if name not in names:
            raise UnknownName("measure", name, names)
        limits = [limit for limit in limits if limit.measure != name]
    given = (_parsed(text, 0) for text in settings.limits if _matched(text)[2])
    return [*limits, *given]


def _matched(text: str) -> re.Match[str]:
    found = LIMIT.fullmatch(text.strip())
    assert found, "QualitySettings refuses others"
    return found


def _parsed(text: str, from_characters: int) -> Limit:
    """Return a limit as it is written: NAME<=NUMBER or NAME>=NUMBER."""
    name, sign, bound = _matched(text).groups()
    reason = REASONS.get(name, "repetitive" if "-gram" in name else name)
    return Limit(name, float(bound), sign == ">=", reason, from_characters)


def _of_settings(settings: QualitySettings) -> list[Limit]:
    """Return the limits that have a setting of their own."""
    limits = [
        Limit("hangul-ratio", settings.min_hangul_ratio, True, "foreign"),
        Limit("symbol-ratio", settings.max_symbol_ratio, False, "symbols"),
        Limit("digit-ratio", settings.max_digit_ratio, False, "digits"),
        Limit("repeated-lines", settings.max_repeated_lines, False, "repeated-lines"),
        Limit("spam-words", settings.max_spam_words, False, "spam"),
        Limit("placeholders", settings.max_placeholders, False, "lost-formulas"),
        Limit("repeated-ngrams", settings.max_repeated_ngrams, False, "repetitive"),
    ]
    if settings.language_model:
        limits.append(Limit("language-score", settings.min_language_score, True, "other-language"))
    if settings.quality_model:
        limits.append(Limit("quality-score", settings.min_quality_score, True, "low-quality"))
    return limits
