"""How families of translation models are told which language to write.

NLLB-200 (arXiv 2207.04672) starts the source with eng_Latn and the translation with kor_Hang;
M2M100 (arXiv 2010.11125) does the same with __en__ and __ko__; Marian's models of OPUS-MT
translate one pair without a sign, or start the source with >>kor<<. The vocabulary of a
model tells which it is.
"""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.errors import BadInput, MissingInput, UnknownName
from korean_rlhf.settings.ctranslate import LocalModelSettings

ENGLISH_AND_KOREAN = {"NLLB": ("eng_Latn", "kor_Hang"), "M2M100": ("__en__", "__ko__")}
"""Codes of the families that write both languages into the text."""
MARIAN_KOREAN = (">>kor<<", ">>kor_Hang<<", ">>ko<<")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens that a model reads and writes."""

    source: Set[str]
    target: Set[str]


@dataclass(frozen=True, slots=True)
class Codes:
    """Tokens before every source and before every translation."""

    source: tuple[str, ...] = ()
    target: tuple[str, ...] = ()


def read_vocabulary(folder: Path) -> Vocabulary:
    """Return the vocabulary of a converted model.

    Raises:
        MissingInput: the folder has none.
        BadInput: it is no list of tokens.
    """
    shared = _tokens(folder, "shared_vocabulary")
    source = shared or _tokens(folder, "source_vocabulary")
    target = shared or _tokens(folder, "target_vocabulary")
    if source is None or target is None:
        raise MissingInput(folder / "shared_vocabulary.json", "converting the model anew.")
    return Vocabulary(source, target)


def language_codes(vocabulary: Vocabulary, settings: LocalModelSettings, folder: Path) -> Codes:
    """Return the tokens that make the model in `folder` translate into Korean.

    Raises:
        UnknownName: a code of the settings is none of the model's.
        BadInput: the model has codes of languages and none of Korean.
    """
    for english, korean in ENGLISH_AND_KOREAN.values():
        if {english, korean} <= vocabulary.source:
            source = settings.source_language or english
            target = settings.target_language or korean
            _require(source, vocabulary.source)
            _require(target, vocabulary.target)
            return Codes((source,), (target,))
    return Codes(source=_marian(vocabulary, settings, folder))


def _marian(vocabulary: Vocabulary, settings: LocalModelSettings, folder: Path) -> tuple[str, ...]:
    if settings.source_language:
        raise UnknownName("source language of this model", settings.source_language, [])
    if settings.target_language:
        _require(settings.target_language, vocabulary.source)
        return (settings.target_language,)
    for code in MARIAN_KOREAN:
        if code in vocabulary.source:
            return (code,)
    others = sorted(token for token in vocabulary.source if _is_code(token))
    if others:
        raise BadInput(
            f"The model in {folder} does not write Korean (it knows {', '.join(others[:5])}). "
            "Choose another model, or name its code with --target-language."
        )
    return ()


def _require(code: str, known: Set[str]) -> None:
    if code not in known:
        raise UnknownName("language of this model", code, filter(_is_code, known))


def _is_code(token: str) -> bool:
    """Whether a token has the shape of a language: eng_Latn, __en__ or >>kor<<."""
    return (
        (token[:2] == ">>" and token[-2:] == "<<")
        or (token[:2] == token[-2:] == "__" and token[2:-2].isalpha())
        or (len(token) == 8 and token[3] == "_" and token[:3].islower() and token[4:].istitle())
    )


def _tokens(folder: Path, stem: str) -> Set[str] | None:
    """Return the tokens of STEM.json, or of the STEM.txt that older converters wrote."""
    path = folder / f"{stem}.json"
    if path.is_file():
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as problem:
            raise BadInput(f"{path}: not JSON ({problem}). Convert the model anew.") from None
        if not isinstance(found, list):
            raise BadInput(f"{path}: not a list of tokens. Convert the model anew.")
        return frozenset(map(str, found))
    path = path.with_suffix(".txt")
    return frozenset(path.read_text("utf-8").split("\n")) if path.is_file() else None
