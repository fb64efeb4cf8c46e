"""Whether an English instruction asks its reader to do something.

It does so by an imperative (Sort the words), by a request (Could you sort them?), by a wish (I want
you to sort them) or by an obligation (Your task is to sort them; they must be sorted).
"""

from __future__ import annotations

import re

VERBS = frozenset(
    """
    act add advise analyse analyze answer apply arrange ask assign assume avoid begin brainstorm
    break build calculate carry categorize change check choose cite classify clean combine come
    comment compare compile complete compose compute consider construct contrast convert copy
    correct count craft create criticize curate debate decide decode define delete describe
    design detect determine develop devise discuss divide do double-check draft dramatize draw
    edit elaborate eliminate encode enter enumerate estimate evaluate examine expand explain
    explore express extract fact-check fill find fix follow form format formulate generate get
    give go group guess guide help highlight hypothesize identify illustrate imagine implement
    improve include infer input insert interpret interview introduce invent investigate judge
    justify keep label leave let list locate look make map mark match measure memorize mention
    modify name narrate negotiate note offer open order organize outline output paraphrase
    perform persuade pick plan please point predict prepare present pretend produce proofread
    propose prove provide put quote rank rate read rearrange recall recite recommend reduce
    reflect relate remove reorder repeat rephrase replace reply report respond return reverse
    review revise rewrite rhyme role-play round run say scan score search select send separate
    set shorten show simplify simulate sketch skip solve sort speak specify spell split start
    state stop store suggest sum summarise summarize supply suppose take talk teach tell test
    think trace transcribe transform translate try turn underline use verify visit walk watch
    write
    """.split()
)
"""Base forms that open an instruction."""

_VERB = f"(?P<verb>{'|'.join(sorted(VERBS, key=len, reverse=True))})\\b"
_STEMS = "|".join(sorted((verb.removesuffix("y") for verb in VERBS), key=len, reverse=True))
_ADVERB = (
    r"(?:(?:please|kindly|just|always|never|also|then|now|first|next|finally|[a-z]{3,}ly),?\s+)*"
)
_NO_NOUN = r"(?!\s+(?:is|are|was|were|has|had)\b|(?<!think)(?<!make fun)\s+of\b)"
"""Not a noun of the same look: Design is everywhere, a list of words."""
_ORDER = f"{_ADVERB}{_VERB}{_NO_NOUN}"

_SENTENCES = re.compile(r"(?<=[.!?:;])[\"'”’)]*\s+|\s*\n\s*|\s+[-–—]\s+")
_OPENING = re.compile(r"^[\s\"'“‘(*#>-]*(?:\d+[.)]\s*|so\s+|and\s+|but\s+)?", re.IGNORECASE)
_ASKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^{_ORDER}",
        rf"^{_ADVERB}(?:do not|don[’']t|be)\s+\w",
        r"(?:^|,\s+|\bso\s+)(?:let us|let[’']s)\s+\w",
        # Given X, write Y. If you can, name Z.
        r"^(?:given|using|based|in|for|from|with|if|when|whenever|as|to|after|before|on|at|by|once"
        rf"|while|during|according|without|imagine)\b.*?,\s*{_ORDER}",
        rf"\bplease,?\s+{_ORDER}",
        rf"^(?:\w+,\s*)?(?:could|can|would|will)\s+you\s+(?:mind\b|{_ORDER})",
        rf"\bif you (?:could|would|can)\s+{_ORDER}",
        r"\bI(?:[’']d like| would like| want| need)\s+you\s+to\b",
        r"^I(?:[’']d like| would like| want| need)\s+(?:an?|some|the|\d+)\s",
        r"\b(?:your|the)\s+(?:task|job|goal|role|aim|objective|mission)\s+(?:is|will be)\s+to\b",
        # You must sort them. In this task, you are asked to sort them.
        r"(?:^|,\s+|\b(?:and|so)\s+)you\s+(?:are\s+(?:asked|required|expected)\s+to|should|must|will(?!\s+(?:find|get|come|think))"
        rf"|(?:will\s+)?(?:need|have|be required)\s+to|are\s+to)\s+{_ORDER}",
        r"^you are .{0,80}\band are required to\b",
        rf"\b(?:must|should)\s+be\s+(?:(?:{_STEMS})(?:[a-z]?ed|d|ied)\b|carried out|written)",
        r"\b(?:is|are) needed\b",
    )
)
_QUESTION = re.compile(r"^(?:do|have)\b(?!\s+not\b).*\?\W*$", re.IGNORECASE)


def asks_for_something(text: str) -> bool:
    """Whether a sentence of `text` asks its reader to do something; a mere question does not.

    >>> asks_for_something("Given a number, write its root."), asks_for_something("Who wrote it?")
    (True, False)
    >>> asks_for_something("Name is a word."), asks_for_something("Could you summarize this?")
    (False, True)
    """
    return any(map(_asks, _SENTENCES.split(text)))


def _asks(sentence: str) -> bool:
    bare = _OPENING.sub("", sentence.strip())
    if _QUESTION.match(bare):
        return False  # Do cats dream?
    return any(pattern.search(bare) for pattern in _ASKS)
