"""What a text does and how: it asks, orders or denies, politely or not."""

from __future__ import annotations

import re

from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.checks.pair import QUOTED, Pair
from korean_rlhf.translate.imperative import asks_for_something
from korean_rlhf.translate.register import PLAIN, is_mixed

DENIES = re.compile(
    r"\b(?:not|never|cannot|nobody|nothing|no one)\b|n['’]t\b"
    r"|\bno (?=(?:time|room|way|need|exception|reason|money|doubt|idea|place|water|food)\b)",
    re.IGNORECASE,
)
NOT_DENIED = re.compile(
    r"\bnot (?:only|just|to mention|least|until|to|so|quite|very|too|yet|long|far|all|every)\b"
    r"|n['’]t (?:\w+ ){0,3}(?:until|help|wait|just|only|too|stop)\b"
    r"|(?:why (?:do|did|ca|wo)n['’]t)|or not\b|if not\b|\b(?:is|are|do|does|did|was|were|wo|would|"
    r"could|should|have|has|ca)n['’]t (?:you|it|they|he|she|we|i|that|this|there)\b"
    r"|never (?:mind|fail|before)|neither|\bnor\b|unless|less than|\bnot (?:un|in|dis|im)\w+",
    re.IGNORECASE,
)
"""Words of denial that Korean says without one: not only, don't you, not until."""
KOREAN_DENIAL = re.compile(
    r"않|없|아니|아닌|아닙|아닐|(?<![가-힣])안(?=\s|[되돼된될됐하해했할가갔와왔보봤])|(?<!잘)못"
    r"|말[고라아자지](?![가-힣])|마[세십라]|마(?=[\s.!,]|$)|[지진]는? ?말|맙시다"
    r"|모르|모른|몰라|몰랐|금지|금물|결코|절대|싫|거부|거절|실패|제외|어렵|어려[우운웠]|힘들|드물"
    r"|반대|잃|잊|막[아는았]|그만|삼가|피하|밖에|전혀|덜 |다르|다른|달라|달리|틀리|틀린|틀렸"
    r"|빼|빠[뜨졌지트진]|놓치|부족|생략|중단|무시|부정|뿐|외에|제대로"
    r"|(?<![가-힣])(?:불(?!고기|빛|교|꽃|을|이|길|과)|비(?=공|정|현|합|논|활|인|상식|도덕|밀|유|대)"
    r"|미(?=완|정의|지|숙|성년|흡|만)|무(?=관|료|한|효|의미|죄|지|능|책임|조건|해|명|의식|사))"
)
"""What denies in Korean: 않다, 안, 못, 말다, words (모르다), prefixes (불, 비, 미, 무)."""
MOST_WORDS = 25
"""Longest source, in words, of which a lost denial is looked for: long ones say it in many ways."""


def imperative(pair: Pair, settings: TranslateSettings) -> str:
    """Find an instruction that asks nothing any more."""
    if pair.speaker != "user" or not asks_for_something(QUOTED.sub("it", pair.english)):
        return ""
    asked = any(sentence.request for sentence in pair.sentences)
    return "" if asked or not pair.sentences else f"{pair.sentences[0].text[-40:]!r} asks nothing"


def question(pair: Pair, settings: TranslateSettings) -> str:
    """Find a question that asks nothing any more."""
    if pair.speaker != "user" or not QUOTED.sub("it", pair.english).rstrip().endswith("?"):
        return ""
    asked = "?" in pair.korean or any(sentence.request for sentence in pair.sentences)
    return "" if asked or not pair.sentences else f"{pair.sentences[-1].text[-40:]!r} asks nothing"


def negation(pair: Pair, settings: TranslateSettings) -> str:
    """Find a short text that denies, whose translation has no word that could."""
    if len(pair.english.split()) > MOST_WORDS:
        return ""
    denied = DENIES.search(NOT_DENIED.sub(" ", pair.english))
    return f"{denied[0]!r} is not said" if denied and not KOREAN_DENIAL.search(pair.korean) else ""


def mixed_register(pair: Pair, settings: TranslateSettings) -> str:
    """Find a plain sentence beside a polite one."""
    if pair.speaker != "assistant" or not is_mixed(pair.prose):
        return ""
    return next(each.text[-40:] for each in pair.prose if each.level in PLAIN)


def other_register(pair: Pair, settings: TranslateSettings) -> str:
    """Find a text most of which has not the speech level that was wanted."""
    wanted: str = settings.register
    said = pair.prose
    if pair.speaker == "user":  # what else an instruction holds may be a text to work on
        wanted, said = settings.instruction_register, [each for each in said if each.request]
    if wanted == "any" or pair.speaker == "system":
        return ""
    levels = [sentence.level for sentence in said if sentence.level]
    other = [level for level in levels if level != wanted]
    return f"{len(other)} of {len(levels)} sentences" if 2 * len(other) > len(levels) else ""
