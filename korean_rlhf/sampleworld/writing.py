"""Tasks that ask for a text: a sentence of given words, a speech level, advice, a letter."""

from __future__ import annotations

import random

from korean_rlhf.sampleworld import relations as told
from korean_rlhf.sampleworld import relations_more as more
from korean_rlhf.sampleworld.conjugate import REGISTERS, Register
from korean_rlhf.sampleworld.frames import fill
from korean_rlhf.sampleworld.knowledge import Maker, pick
from korean_rlhf.sampleworld.lexicon import nouns
from korean_rlhf.sampleworld.plan import Part, Plan, Split, choose
from korean_rlhf.sampleworld.reading import draw_fact, fact_pairs
from korean_rlhf.sampleworld.relations import Relation

_WORDS: dict[str, tuple[Relation, str, str, tuple[str, ...]]] = {
    "go": (told.GO, "place", "가다", ("{who:는} {place}에 [가다|past].",
    "{who:는} {place}에 [가다|present].",
                                    "{who:는} 친구와 함께 {place}에 [가다|past].",
                                    "{who:는} 내일 {place}에 [가다|will].")),
    "like": (told.LIKE, "thing", "좋아하다", ("{who:는} {thing:를} [좋아하다|present].",
    "{who:는} {thing:를} 아주 [좋아하다|present].")),
    "keep": (told.KEEP, "animal", "키우다", ("{who:는} {animal:를} [키우다|present].",
    "{who:는} 집에서 {animal:를} [키우다|present].")),
    "buy": (told.BUY, "thing", "사다", ("{who:는} {thing:를} [사다|past].",
    "{who:는} 어제 {thing:를} [사다|past].")),
    "live": (more.LIVE, "city", "살다", ("{who:는} {city}에 [살다|present].",
    "{who:는} 가족과 함께 {city}에 [살다|present].")),
}  # fmt: skip
"""Relation, its noun, its verb, and sentences that a careful writer would make of the three."""

LEVEL_NAMES: dict[Register, tuple[str, ...]] = {
    "haeyo": ("해요체", "'-요'로 끝나는 말"),
    "hapsyo": ("격식 있는 말", "'-습니다'로 끝나는 말", "하십시오체"),
    "hae": ("반말", "친구에게 하는 말"),
    "haera": ("'-다'로 끝나는 글말", "해라체"),
}


def sentence_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask for a sentence that holds three given words."""
    relation, slot, verb, full = _WORDS[choose(rng, tuple(_WORDS))]
    fact = draw_fact(rng, relation, split)
    values = {"who": fact.subject, slot: fact.values[slot], "verb": verb}
    given = [f"'{fact.subject}'", f"'{fact.values[slot]}'", f"'{verb}'"]
    rng.shuffle(given)
    asked = (
        ("{words:를} 넣어 문장을 [만들다|favor].", "{words:로} 짧은 문장을 하나 [쓰다|favor].",
         "다음 낱말로 문장을 [짓다|favor]. {words}"),
        ("{words}, 이 세 낱말이 모두 들어간 문장을 [보이다|favor].",),
    )  # fmt: skip
    return Plan(
        family="sentence",
        question=fill(choose(rng, asked[split == "held"]), {"words": ", ".join(given)}, asker),
        full=full,
        partial=(f"{{who:는}} [{verb}|present].", f"{{who}}, {{{slot}}}."),
        values=values,
        wrong=(_other_fact(rng, relation, values, (slot,)),),
        alternatives=(
            (Part(any_of=(fact.subject,)), Part(any_of=(values[slot],)), Part(any_of=(verb,))),
        ),
        spare=1,
        facts=((fact.subject, values[slot]),),
    )


def register_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask for the same sentence in another speech level."""
    relation = choose(
        rng,
        (
            told.GO,
            told.ERRAND,
            told.BUY,
            told.KEEP,
            told.SPOT,
            more.HOUR,
            more.LIVE,
            more.PLAY,
            more.GIVE,
        ),
    )
    fact = draw_fact(rng, relation, split)
    source, target = rng.sample(REGISTERS, 2)
    frame = choose(rng, [f for f in relation.states if "은 [{" not in f and "{when}" not in f])
    sentence = fill(frame, fact.values, source)
    asked = (
        ("다음 문장을 {level:로} [바꾸다|favor].\n{sentence}",
         "{level:로} 고쳐 [쓰다|favor].\n{sentence}",
         "{sentence}\n이 문장을 {level:로} [바꾸다|favor]."),
        ("아래 문장을 {level:로} 다시 [쓰다|favor].\n{sentence}",),
    )  # fmt: skip
    values = dict(fact.values)
    names = {"level": choose(rng, LEVEL_NAMES[target]), "sentence": sentence}
    return Plan(
        family="register",
        question=fill(choose(rng, asked[split == "held"]), names, asker),
        full=(frame,),
        partial=(frame.rsplit(" ", 1)[0] + ".",),
        values=values,
        wrong=(_other_fact(rng, relation, values, tuple(relation.slots)),),
        alternatives=(tuple(_said(relation, values)),),
        registers=(target,),
        facts=tuple(fact_pairs(relation, values)),
    )


def _said(relation: Relation, values: dict[str, str]) -> list[Part]:
    """Return every value of the fact as a part that must be kept."""
    names = [relation.subject, *relation.slots]
    return [Part(any_of=(values[n],)) for n in names if n not in ("counter", "n", "side")] + [
        Part(any_of=(values["n"],)) for n in names if n == "n"
    ]


def _other_fact(
    rng: random.Random, relation: Relation, values: dict[str, str], slots: tuple[str, ...]
) -> dict[str, str]:
    """Return a change to another fact, whole: half of each could make a held-out pair."""
    other = draw_fact(rng, relation, "train", taken=frozenset(values.values()))
    return {name: other.values[name] for name in (relation.subject, *slots)}


ADVICE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "더운 날": (
        ("수박", "냉면", "아이스크림", "콜라", "오이", "보리차", "주스"),
        ("시원하다", "차갑다", "상큼하다"),
    ),
    "추운 날": (("삼계탕", "미역국", "호박죽", "라면", "녹차", "커피"), ("따뜻하다", "뜨겁다")),
    "단것이 생각날 때": (
        ("사탕", "초콜릿", "케이크", "바나나", "포도", "복숭아", "망고"),
        ("달다", "달콤하다"),
    ),
    "매운 것이 먹고 싶을 때": (("떡볶이", "라면", "비빔밥", "고추"), ("맵다", "매콤하다")),
    "몸이 아플 때": (("호박죽", "미역국", "바나나", "국수"), ("부드럽다", "따뜻하다")),
    "목이 마를 때": (("보리차", "콜라", "주스", "수박", "오이"), ("시원하다", "상큼하다")),
    "점심때": (("김밥", "비빔밥", "국수", "냉면", "만두", "불고기"), ()),
    "출출할 때": (("떡", "빵", "고구마", "만두", "과자", "감자"), ()),
}
"""When -> what a sensible person would suggest, and the traits that speak for it (() for any)."""


def reasons(when: str, item: str) -> tuple[str, ...]:
    """Return the traits of `item` that speak for it `when`.

    >>> reasons("추운 날", "호박죽"), reasons("출출할 때", "떡")
    (('따뜻하다',), ('쫄깃하다', '고소하다'))
    """
    wanted = ADVICE[when][1]
    return tuple(trait for trait in nouns()[item].traits if not wanted or trait in wanted)


def advice_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask for something to eat or drink, with a reason."""
    pairs = [(when, item) for when, (items, _) in ADVICE.items() for item in items]
    when, item = pick(rng, split, pairs)
    noun = nouns()[item]
    values = {"when": when, "item": item, "trait": choose(rng, reasons(when, item))}
    asked = (
        ("{when} 무엇을 먹거나 마시면 [좋다|offer]? 까닭도 [말하다|favor].",
         "{when}에 어울리는 먹을거리를 [추천하다|favor]. 이유도 [말하다|favor].",
         "{when} 먹기 좋은 것을 하나 [고르다|favor]. 왜 그런지도 [말하다|favor]."),
        ("{when} 입에 넣을 만한 것을 이유와 함께 [알려 주다|please].",),
    )  # fmt: skip
    again = "마셔 보다" if noun.category == "음료" else "먹어 보다"
    unfit = [i for items, _ in ADVICE.values() for i in items if i not in ADVICE[when][0]]
    other = choose(rng, unfit)
    return Plan(
        family="advice",
        question=fill(choose(rng, asked[split == "held"]), values, asker),
        full=(
            f"{{item:를}} [{again}|please]. {{item:는}} [{{trait}}|present].",
            f"{{item:를}} [{again}|please]. [{{trait}}|아서] [좋다|present].",
            "{item:가} [좋다|present]. {item:는} [{trait}|기] [때문=|present].",
            "[{trait}|는] {item:를} [권하다|present].",
        ),
        partial=(f"{{item:를}} [{again}|please].", "{item:가} [좋다|present]."),
        values=values,
        wrong=({"item": other, "trait": choose(rng, nouns()[other].traits)},),
        alternatives=tuple(
            (Part(any_of=(name,)), Part(any_of=reasons(when, name))) for name in ADVICE[when][0]
        ),
        sentences=2,
        facts=((when, item),),
    )


_LETTERS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("생신 축하 인사", "생신 축하드리다", ("생신 [축하드리다|present].",
     "생신을 진심으로 [축하드리다|present]."),
     ("늘 [건강하다|please].", "오늘 하루 즐겁게 [보내다|please].", "오래오래 [행복하다|please].")),
    ("새해 인사", "복 받다", ("새해 복 많이 [받다|please].",),
     ("늘 [건강하다|please].", "올해도 [행복하다|please].", "좋은 일이 많기를 [바라다|present].")),
    ("감사 인사", "감사드리다", ("늘 도와주셔서 [감사드리다|present].",
     "보내 주신 선물 정말 [감사드리다|present]."),
     ("늘 [건강하다|please].", "다음에 꼭 [찾아뵙다|intend].",
      "오늘도 좋은 하루 [보내다|please].")),
    ("병문안 인사", "낫다", ("어서 [낫다|please].", "빨리 [낫다|please]."),
     ("곧 [찾아뵙다|intend].", "푹 [쉬다|please].")),
    ("여행을 잘 다녀오시라는 인사", "다녀오다", ("조심히 [다녀오다|please].",
     "즐겁게 [다녀오다|please]."),
     ("맛있는 것도 많이 [즐기다|please].", "좋은 추억 많이 [만들다|please].",
      "늘 [몸조심하다|please].")),
)  # fmt: skip
"""Occasion, the words that it cannot do without, ways to say them, wishes to end with."""
_TO = ("할머니", "할아버지", "어머니", "아버지", "이모", "삼촌", "선생님")


def letter_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask for a short polite greeting to somebody older."""
    who, occasion = pick(rng, split, [(to, row[0]) for to in _TO for row in _LETTERS])
    row = next(row for row in _LETTERS if row[0] == occasion)
    wishes = row[3]
    asked = (
        ("{who}께 드릴 {what:를} 짧게 [쓰다|favor].",
         "{who}께 보낼 {what:를} [쓰다|favor].",
         "{who}께 {what:를} 전하고 싶어요. 짧은 글을 [쓰다|favor]."),
        ("{who}께 올릴 짧은 {what:를} [부탁하다|present].",),
    )  # fmt: skip
    full = tuple(f"{{who}}, {said} {wish}" for said in row[2] for wish in wishes)
    other = choose(rng, [r for r in _LETTERS if r[0] != occasion])
    return Plan(
        family="letter",
        question=fill(choose(rng, asked[split == "held"]), {"who": who, "what": occasion}, asker),
        full=full,
        partial=tuple(said for said in row[2]) + tuple(f"{{who}}, {wish}" for wish in wishes),
        values={"who": who, "said": other[2][0]},
        wrong=({"who": choose(rng, [to for to in _TO if to != who])},),
        alternatives=((Part(any_of=(who,)), Part(any_of=_kernel(row[1], row[2]))),),
        sentences=2,
        idle=1,
        registers=("haeyo", "hapsyo"),
        facts=((who, occasion),),
    )


def _kernel(words: str, frames: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lemma runs that show the occasion, with the words that may stand between."""
    runs = {
        "복 받다": ("복 많이 받다", "복 받다"),
        "생신 축하드리다": ("생신 축하드리다", "생신 진심으로 축하드리다"),
    }
    return runs.get(words, (words,))


WRITING: tuple[tuple[Maker, float], ...] = (
    (sentence_plan, 2.5), (register_plan, 2.5), (advice_plan, 3.0), (letter_plan, 2.0),
)  # fmt: skip
