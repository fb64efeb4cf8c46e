"""Find personal data in a text, each by its rule, without two at one place."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from korean_rlhf.clean.privacy.contact import find_addresses, find_emails, find_phones
from korean_rlhf.clean.privacy.kinds import Finding
from korean_rlhf.clean.privacy.money import find_accounts, find_businesses, find_cards
from korean_rlhf.clean.privacy.people import (
    find_licences,
    find_passports,
    find_plates,
    find_residents,
)
from korean_rlhf.settings.clean import DEFAULT_PRIVACY_KINDS, PrivacyKind

Rule: TypeAlias = Callable[[str], Iterator[Finding]]


class Family(NamedTuple):
    """Rules that look only at lines where `hint` matches: most lines hold nothing of the kind."""

    hint: re.Pattern[str]
    rules: tuple[Rule, ...]
    kinds: frozenset[PrivacyKind]


FAMILIES: tuple[Family, ...] = (
    Family(
        re.compile(r"@|골뱅이|[\[({<] ?(?:at|앳)|\sat\s.{1,60}\sdot\s", re.IGNORECASE),
        (find_emails,),
        frozenset({"email"}),
    ),
    Family(
        re.compile(r"[0-9][-0-9 .)·_/–—‐‑]{6,}[0-9]"),
        (
            find_residents,
            find_cards,
            find_businesses,
            find_licences,
            find_accounts,
            find_phones,
        ),
        frozenset({"resident", "foreigner", "card", "business", "licence", "account", "phone"}),
    ),
    Family(
        re.compile(r"[MSRDOGT][0-9]{3}[0-9A-Z][0-9]{4}"), (find_passports,), frozenset({"passport"})
    ),
    Family(re.compile(r"[0-9] ?[가-힣] ?[0-9]{4}"), (find_plates,), frozenset({"plate"})),
    Family(re.compile(r"[로길읍면동리가] ?산? ?[0-9]"), (find_addresses,), frozenset({"address"})),
)
"""In order: what an earlier rule has found, a later one leaves alone."""


@dataclass
class _Taken:
    """Findings that do not overlap, in their order."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Take a finding unless its place is taken."""
        place = bisect.bisect(self.findings, finding)
        clear_before = place == 0 or self.findings[place - 1].end <= finding.start
        clear_after = place == len(self.findings) or finding.end <= self.findings[place].start
        if clear_before and clear_after:
            self.findings.insert(place, finding)


def find(text: str, kinds: Collection[PrivacyKind] = DEFAULT_PRIVACY_KINDS) -> list[Finding]:
    """Return the personal data of `kinds` in `text`, in order and without overlap.

    No pattern and no context reaches over the end of a line.

    >>> [text[start:end] for text in ["문의 010-1234-5678"] for start, end, _ in find(text)]
    ['010-1234-5678']
    """
    families = [
        family
        for family in FAMILIES
        if family.kinds.intersection(kinds) and family.hint.search(text)
    ]
    found: list[Finding] = []
    start = 0
    for line in text.split("\n") if families else ():
        found += (
            Finding(start + first, start + last, kind)
            for first, last, kind in _find_in_line(line, families)
            if kind in kinds
        )
        start += len(line) + 1
    return found


def _find_in_line(line: str, families: list[Family]) -> list[Finding]:
    """Return findings of all kinds of the families: one that is not asked for keeps its place."""
    taken = _Taken()
    for family in families:
        if family.hint.search(line):
            for rule in family.rules:
                for finding in rule(line):
                    taken.add(finding)
    return taken.findings
