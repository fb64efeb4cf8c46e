"""Characters as a reader counts them: one for 값, one for 👩‍🍳, one for an old syllable of jamo.

The rules are those of Unicode's grapheme clusters (UAX #29) that Korean text meets: conjoining
jamo, marks that combine, emoji joined or coloured, flags. Other scripts' rules are left out.
"""

from __future__ import annotations

import re

_MARKS = (
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u302a-\u302f\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef"
)
_OLD_SYLLABLE = (
    "[\u1100-\u115f\ua960-\ua97c]+[\u1160-\u11a7\ud7b0-\ud7c6]*[\u11a8-\u11ff\ud7cb-\ud7fb]*"
)
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_CLUSTER = re.compile(rf"(?:{_OLD_SYLLABLE}|{_FLAG}|[^{_MARKS}])(?:[{_MARKS}]|\u200d.)*", re.S)
_UNSEEN = re.compile("[\u00ad\u200b\u200c\u2060\ufeff]")

# Drawn in colour without being told to (Emoji_Presentation), and a few that fonts colour anyway.
_COLOURED = frozenset(
    "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕"
    "❤☀☁☂☃☺☹"
)


def clusters(text: str) -> list[str]:
    r"""Return the characters of NFC `text` as a reader counts them, without unseen ones.

    >>> clusters("값👩‍🍳!"), len(clusters("ᄒᆞᆫ"))
    (['값', '👩\u200d🍳', '!'], 1)
    """
    return _CLUSTER.findall(_UNSEEN.sub("", text))


def is_emoji(cluster: str) -> bool:
    """Whether one character, as a reader counts them, is a picture; ★ and ※ are none.

    >>> is_emoji("🙂"), is_emoji("★"), is_emoji("1️⃣")
    (True, False, True)
    """
    base = cluster[0]
    return "\U0001f000" <= base <= "\U0001faff" or base in _COLOURED or "\ufe0f" in cluster
