"""What can be told about somebody, how it is said, how it is asked and how it is answered.

Every relation has a subject ("who" unless said otherwise), slots to fill, frames that state it,
and for each set of asked slots the questions (the last ones only for the held-out set), complete
answers, and answers that leave something out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One way to ask for some slots of a relation."""

    questions: tuple[str, ...]
    held: tuple[str, ...]
    """Questions that only held-out sets use."""
    full: tuple[str, ...]
    partial: tuple[str, ...]
    """Answers that are not a sentence, or that answer only one of two questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One kind of fact."""

    name: str
    slots: Mapping[str, str]
    """Slot name -> where its values come from (`reading.candidates`)."""
    states: tuple[str, ...]
    asks: Mapping[tuple[str, ...], Ask]
    subject: str = "who"
    subject_kind: str = "person"


GO = Relation(
    name="go",
    slots={"place": "place"},
    states=(
        "{who:는} {place}에 [가다|past].",
        "{when} {who:는} {place}에 [가다|past].",
        "{who:는} {when} {place}에 [다녀오다|past].",
        "{who:가} 간 곳은 [{place}=|present].",
        "{when} {who:가} {place}에 [가다|past].",
    ),
    asks={
        ("place",): Ask(
            questions=(
                "{who:는} 어디에 [가다|asked]?",
                "{who:가} 간 곳은 [어디=|ask]?",
                "{who:가} 어디로 [가다|asked]?",
                "{who:가} 어디에 갔는지 [말하다|favor].",
            ),
            held=("{who:가} 간 곳을 [알려 주다|please].", "{who:는} 어느 곳에 [가다|asked]?"),
            full=(
                "{who:는} {place}에 [가다|past].",
                "{who:가} 간 곳은 [{place}=|present].",
                "{who:는} {place:로} [가다|past].",
            ),
            partial=("{place}.", "{place}에."),
        ),
        ("who",): Ask(
            questions=(
                "누가 {place}에 [가다|asked]?",
                "{place}에 간 사람은 [누구=|ask]?",
                "{place}에 간 사람이 누구인지 [말하다|favor].",
            ),
            held=("{place}에 누가 갔는지 [알려 주다|please].",),
            full=("{who:가} {place}에 [가다|past].", "{place}에 간 사람은 [{who}=|present]."),
            partial=("{who}.",),
        ),
    },
)
ERRAND = Relation(
    name="errand",
    slots={"place": "place", "act": "action of place"},
    states=(
        "{who:는} [{act}|러] {place}에 [가다|past].",
        "{when} {who:는} [{act}|러] {place}에 [가다|past].",
        "{who:는} {place}에 가서 [{act}|past].",
        "{who:는} {when} {place}에서 [{act}|past].",
    ),
    asks={
        ("act",): Ask(
            questions=(
                "{who:는} 왜 {place}에 [가다|asked]?",
                "{who:는} {place}에서 무엇을 [하다|asked]?",
                "{who:가} {place}에 간 까닭은 [무엇=|ask]?",
            ),
            held=("{who:가} {place}에 왜 갔는지 [알려 주다|please].",),
            full=(
                "{who:는} [{act}|러] {place}에 [가다|past].",
                "{who:는} {place}에서 [{act}|past].",
                "[{act}|려고] {place}에 [가다|past].",
            ),
            partial=("{who:는} {place}에 [가다|past].",),
        ),
        ("place", "act"): Ask(
            questions=(
                "{who:는} 어디에 왜 [가다|asked]?",
                "{who:가} 어디에 갔는지, 왜 갔는지 [말하다|favor].",
                "{who:는} 어디에서 무엇을 [하다|asked]?",
            ),
            held=("{who:가} 간 곳과 간 까닭을 [알려 주다|please].",),
            full=(
                "{who:는} [{act}|러] {place}에 [가다|past].",
                "{who:는} {place}에서 [{act}|past].",
                "{who:는} {place}에 가서 [{act}|past].",
            ),
            partial=("{who:는} {place}에 [가다|past].", "{who:가} 간 곳은 [{place}=|present]."),
        ),
    },
)
BUY = Relation(
    name="buy",
    slots={"place": "shop", "thing": "goods", "n": "number", "counter": "counter of thing"},
    states=(
        "{who:는} {place}에서 {thing:를} {n} {counter} [사다|past].",
        "{when} {who:는} {place}에서 {thing} {n} {counter:를} [사다|past].",
        "{who:가} {place}에 가서 {thing:를} {n} {counter} [사다|past].",
    ),
    asks={
        ("thing",): Ask(
            questions=("{who:는} 무엇을 [사다|asked]?", "{who:가} 산 것은 [무엇=|ask]?"),
            held=("{who:가} 무엇을 샀는지 [알려 주다|please].",),
            full=(
                "{who:는} {thing:를} [사다|past].",
                "{who:가} 산 것은 [{thing}=|present].",
                "{who:는} {place}에서 {thing:를} [사다|past].",
            ),
            partial=("{thing}.", "{thing:를}."),
        ),
        ("place",): Ask(
            questions=(
                "{who:는} 어디에서 {thing:를} [사다|asked]?",
                "{who:가} {thing:를} 산 곳은 [어디=|ask]?",
            ),
            held=("{who:가} {thing:를} 산 곳을 [알려 주다|please].",),
            full=(
                "{who:는} {place}에서 {thing:를} [사다|past].",
                "{who:가} {thing:를} 산 곳은 [{place}=|present].",
            ),
            partial=("{place}.", "{place}에서."),
        ),
        ("n",): Ask(
            questions=(
                "{who:는} {thing:를} 몇 {counter} [사다|asked]?",
                "{who:가} 산 {thing:는} 모두 몇 [{counter}=|ask]?",
            ),
            held=("{who:가} {thing:를} 몇 {counter} 샀는지 [알려 주다|please].",),
            full=(
                "{who:는} {thing:를} {n} {counter} [사다|past].",
                "{who:가} 산 {thing:는} 모두 {n} [{counter}=|present].",
                "{who:는} {thing} {n} {counter:를} [사다|past].",
            ),
            partial=("{n} {counter}.", "{who:는} {thing:를} [사다|past]."),
        ),
        ("thing", "place"): Ask(
            questions=(
                "{who:는} 어디에서 무엇을 [사다|asked]?",
                "{who:가} 어디에서 무엇을 샀는지 [말하다|favor].",
            ),
            held=("{who:가} 물건을 산 곳과 산 물건을 [알려 주다|please].",),
            full=(
                "{who:는} {place}에서 {thing:를} [사다|past].",
                "{who:는} {place}에 가서 {thing:를} [사다|past].",
            ),
            partial=("{who:는} {thing:를} [사다|past].", "{who:는} {place}에 [가다|past]."),
        ),
        ("thing", "n"): Ask(
            questions=(
                "{who:는} 무엇을 몇 {counter} [사다|asked]?",
                "{who:가} 무엇을 얼마나 샀는지 [말하다|favor].",
            ),
            held=("{who:가} 산 물건과 개수를 [알려 주다|please].",),
            full=(
                "{who:는} {thing:를} {n} {counter} [사다|past].",
                "{who:는} {thing} {n} {counter:를} [사다|past].",
            ),
            partial=("{who:는} {thing:를} [사다|past].", "{thing}."),
        ),
    },
)
LIKE = Relation(
    name="like",
    slots={"thing": "taste"},
    states=(
        "{who:는} {thing:를} [좋아하다|present].",
        "{who:는} {thing:를} 아주 [좋아하다|present].",
        "{who:가} 가장 좋아하는 것은 [{thing}=|present].",
        "{who:는} 무엇보다 {thing:를} [좋아하다|present].",
    ),
    asks={
        ("thing",): Ask(
            questions=(
                "{who:는} 무엇을 [좋아하다|ask]?",
                "{who:가} 좋아하는 것은 [무엇=|ask]?",
                "{who:가} 무엇을 좋아하는지 [말하다|favor].",
            ),
            held=("{who:가} 좋아하는 것을 [알려 주다|please].",),
            full=(
                "{who:는} {thing:를} [좋아하다|present].",
                "{who:가} 좋아하는 것은 [{thing}=|present].",
            ),
            partial=("{thing}.",),
        ),
        ("who",): Ask(
            questions=(
                "누가 {thing:를} [좋아하다|ask]?",
                "{thing:를} 좋아하는 사람은 [누구=|ask]?",
            ),
            held=("{thing:를} 좋아하는 사람을 [알려 주다|please].",),
            full=(
                "{who:가} {thing:를} [좋아하다|present].",
                "{thing:를} 좋아하는 사람은 [{who}=|present].",
            ),
            partial=("{who}.",),
        ),
    },
)
KEEP = Relation(
    name="keep",
    slots={"animal": "pet", "n": "number"},
    states=(
        "{who:는} {animal:를} {n} 마리 [키우다|present].",
        "{who}의 집에는 {animal:가} {n} 마리 [있다|present].",
        "{who:는} 집에서 {animal} {n} 마리를 [키우다|present].",
    ),
    asks={
        ("animal",): Ask(
            questions=(
                "{who:는} 어떤 동물을 [키우다|ask]?",
                "{who:가} 키우는 동물은 [무엇=|ask]?",
            ),
            held=("{who:가} 무슨 동물을 키우는지 [알려 주다|please].",),
            full=(
                "{who:는} {animal:를} [키우다|present].",
                "{who:가} 키우는 동물은 [{animal}=|present].",
            ),
            partial=("{animal}.",),
        ),
        ("animal", "n"): Ask(
            questions=(
                "{who:는} 어떤 동물을 몇 마리 [키우다|ask]?",
                "{who:가} 키우는 동물과 그 수를 [말하다|favor].",
            ),
            held=("{who}의 집에 있는 동물은 무엇이고 몇 [마리=|ask]?",),
            full=(
                "{who:는} {animal:를} {n} 마리 [키우다|present].",
                "{who:는} {animal} {n} 마리를 [키우다|present].",
            ),
            partial=("{who:는} {animal:를} [키우다|present].", "{n} 마리."),
        ),
        ("n",): Ask(
            questions=(
                "{who:는} {animal:를} 몇 마리 [키우다|ask]?",
                "{who:가} 키우는 {animal:는} 몇 [마리=|ask]?",
            ),
            held=("{who}의 집에 {animal:가} 몇 마리 있는지 [알려 주다|please].",),
            full=(
                "{who:는} {animal:를} {n} 마리 [키우다|present].",
                "{who:가} 키우는 {animal:는} {n} [마리=|present].",
            ),
            partial=("{n} 마리.", "{who:는} {animal:를} [키우다|present]."),
        ),
    },
)
COLOUR = Relation(
    name="colour",
    slots={"thing": "belonging", "colour": "colour"},
    states=(
        "{who}의 {thing:는} [{colour}=|present].",
        "{who:는} {colour} {thing:를} 가지고 [있다|present].",
    ),
    asks={
        ("colour",): Ask(
            questions=(
                "{who}의 {thing:는} 무슨 [색=|ask]?",
                "{who:가} 가진 {thing:는} 어떤 [색=|ask]?",
                "{who}의 {thing:가} 무슨 색인지 [말하다|favor].",
            ),
            held=("{who}의 {thing} 색깔을 [알려 주다|please].",),
            full=(
                "{who}의 {thing:는} [{colour}=|present].",
                "{who:는} {colour} {thing:를} 가지고 [있다|present].",
            ),
            partial=("{colour}.",),
        ),
        ("thing", "colour"): Ask(
            questions=(
                "{who:는} 무슨 색 물건을 가지고 [있다|ask]? 그 물건은 [무엇=|ask]?",
                "{who:가} 가진 물건과 그 색을 [말하다|favor].",
            ),
            held=("{who:가} 무엇을 가졌는지, 그것이 무슨 색인지 [알려 주다|please].",),
            full=(
                "{who:는} {colour} {thing:를} 가지고 [있다|present].",
                "{who}의 {thing:는} [{colour}=|present].",
            ),
            partial=("{who:는} {thing:를} 가지고 [있다|present].", "{colour}."),
        ),
    },
)
SPOT = Relation(
    name="spot",
    subject="item",
    subject_kind="small",
    slots={"base": "furniture", "side": "side"},
    states=(
        "{item:는} {base} {side}에 [있다|present].",
        "{base} {side}에 {item:가} [있다|present].",
        "{item:가} {base} {side}에 놓여 [있다|present].",
    ),
    asks={
        ("base", "side"): Ask(
            questions=(
                "{item:는} 어디에 [있다|ask]?",
                "{item:가} 있는 곳은 [어디=|ask]?",
                "{item:가} 어디에 있는지 [말하다|favor].",
            ),
            held=("{item:를} 찾으려면 어디를 봐야 [하다|ask]?",),
            full=(
                "{item:는} {base} {side}에 [있다|present].",
                "{item:가} 있는 곳은 {base} [{side}=|present].",
            ),
            partial=("{base} {side}.",),
        ),
        ("item",): Ask(
            questions=(
                "{base} {side}에는 무엇이 [있다|ask]?",
                "{base} {side}에 있는 것은 [무엇=|ask]?",
            ),
            held=("{base} {side}에 있는 물건을 [알려 주다|please].",),
            full=(
                "{base} {side}에는 {item:가} [있다|present].",
                "{base} {side}에 있는 것은 [{item}=|present].",
            ),
            partial=("{item}.",),
        ),
    },
)
