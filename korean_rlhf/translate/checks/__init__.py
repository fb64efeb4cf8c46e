"""Checks of one translated text: each names a fault by a reason code, or says nothing.

The thresholds in TranslateSettings were measured on pairs translated by people
(docs/en/explanation/translation.md).
"""

from __future__ import annotations

from korean_rlhf.records import Drop
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.checks import extent, script, speech, structure, talk
from korean_rlhf.translate.checks.pair import Check, Pair
from korean_rlhf.translate.quantities import changed_numbers

__all__ = ["CHECKS", "Check", "Pair", "faults"]


def faults(pair: Pair, settings: TranslateSettings) -> list[Drop]:
    """Return every fault of a translation; the first says most."""
    found = []
    for reason, check in CHECKS.items():
        detail = check(pair, settings)
        if detail:
            found.append(Drop(reason, detail))
    return found


def _numbers(pair: Pair, settings: TranslateSettings) -> str:
    return changed_numbers(pair.english, pair.korean)


CHECKS: dict[str, Check] = {
    "empty": extent.empty,
    "translator-refusal": talk.refusal,
    "translator-chatter": talk.chatter,
    "answered": talk.answered,
    "not-korean": script.not_korean,
    "other-script": script.other_script,
    "broken-text": script.broken_text,
    "source-copied": script.copied,
    "code-changed": structure.code,
    "address-changed": structure.addresses,
    "number-changed": _numbers,
    "repetition": extent.repetition,
    "truncated": extent.truncated,
    "text-added": extent.added,
    "length-ratio": extent.length,
    "markdown-changed": structure.markdown,
    "paragraphs-changed": structure.paragraphs,
    "lost-imperative": speech.imperative,
    "lost-question": speech.question,
    "negation-lost": speech.negation,
    "josa-wrong": script.josa_wrong,
    "register-mixed": speech.mixed_register,
    "register-other": speech.other_register,
}
