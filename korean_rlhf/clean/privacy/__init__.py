"""Personal data by pattern and by context or check digit: mask it by kind, replace it, or drop.

Dates, prices, ISBNs, statistics and article numbers of laws look much like it and stay; the golden
file holds both sides.
"""

from korean_rlhf.clean.privacy.finding import find
from korean_rlhf.clean.privacy.kinds import MARKS, Finding
from korean_rlhf.clean.privacy.protecting import mask, protect, replace_values
from korean_rlhf.clean.privacy.replacing import is_nobodys, replacement

__all__ = [
    "MARKS",
    "Finding",
    "find",
    "is_nobodys",
    "mask",
    "protect",
    "replace_values",
    "replacement",
]
