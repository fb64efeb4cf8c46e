"""More kinds of fact: hours, jobs, gifts, homes, games, weather, feelings, order of events."""

from __future__ import annotations

from korean_rlhf.sampleworld.relations import Ask, Relation

HOUR = Relation(
    name="hour",
    slots={"act": "routine", "n": "hour"},
    states=(
        "{who:는} {n} 시에 [{act}|past].",
        "{who:가} [{act}|ㄴ] 시각은 {n} [시=|present].",
        "오늘 {who:는} {n} 시에 [{act}|past].",
    ),
    asks={
        ("n",): Ask(
            questions=(
                "{who:는} 몇 시에 [{act}|asked]?",
                "{who:가} [{act}|ㄴ] 시각은 몇 [시=|ask]?",
            ),
            held=("{who:가} [{act}|ㄴ] 시각을 [알려 주다|please].",),
            full=(
                "{who:는} {n} 시에 [{act}|past].",
                "{who:가} [{act}|ㄴ] 시각은 {n} [시=|present].",
            ),
            partial=("{n} 시.", "{who:는} [{act}|past]."),
        ),
        ("act", "n"): Ask(
            questions=(
                "{who:는} 몇 시에 무엇을 [하다|asked]?",
                "{who:가} 한 일과 그 시각을 [말하다|favor].",
            ),
            held=("{who:가} 무슨 일을 몇 시에 했는지 [알려 주다|please].",),
            full=("{who:는} {n} 시에 [{act}|past].",),
            partial=("{who:는} [{act}|past].", "{n} 시."),
        ),
    },
)
JOB = Relation(
    name="job",
    slots={"kin": "family", "job": "job"},
    states=(
        "{who}의 {kin:는} [{job}=|present].",
        "{who}의 {kin:는} {job:로} [일하다|present].",
        "{who}의 {kin} 직업은 [{job}=|present].",
    ),
    asks={
        ("job",): Ask(
            questions=(
                "{who}의 {kin} 직업은 [무엇=|ask]?",
                "{who}의 {kin:는} 무슨 일을 [하다|ask]?",
                "{who}의 {kin} 직업이 무엇인지 [말하다|favor].",
            ),
            held=("{who}의 {kin} 직업을 [알려 주다|please].",),
            full=("{who}의 {kin:는} [{job}=|present].", "{who}의 {kin} 직업은 [{job}=|present]."),
            partial=("{job}.",),
        ),
    },
)
GIVE = Relation(
    name="give",
    slots={"whom": "person", "thing": "goods"},
    states=(
        "{who:는} {whom}에게 {thing:를} [주다|past].",
        "{when} {who:가} {whom}에게 {thing:를} [선물하다|past].",
        "{who:는} {whom}에게 {thing:를} [건네다|past].",
    ),
    asks={
        ("whom",): Ask(
            questions=(
                "{who:는} 누구에게 {thing:를} [주다|asked]?",
                "{who:가} {thing:를} 준 사람은 [누구=|ask]?",
            ),
            held=("{who:가} {thing:를} 누구에게 줬는지 [알려 주다|please].",),
            full=(
                "{who:는} {whom}에게 {thing:를} [주다|past].",
                "{who:가} {thing:를} 준 사람은 [{whom}=|present].",
            ),
            partial=("{whom}.", "{whom}에게."),
        ),
        ("thing",): Ask(
            questions=(
                "{who:는} {whom}에게 무엇을 [주다|asked]?",
                "{who:가} {whom}에게 준 것은 [무엇=|ask]?",
            ),
            held=("{who:가} {whom}에게 무엇을 줬는지 [알려 주다|please].",),
            full=(
                "{who:는} {whom}에게 {thing:를} [주다|past].",
                "{who:가} {whom}에게 준 것은 [{thing}=|present].",
            ),
            partial=("{thing}.",),
        ),
        ("whom", "thing"): Ask(
            questions=(
                "{who:는} 누구에게 무엇을 [주다|asked]?",
                "{who:가} 누구에게 무엇을 줬는지 [말하다|favor].",
            ),
            held=("{who:가} 준 것과 받은 사람을 [알려 주다|please].",),
            full=("{who:는} {whom}에게 {thing:를} [주다|past].",),
            partial=("{who:는} {thing:를} [주다|past].", "{whom}."),
        ),
    },
)
LIVE = Relation(
    name="live",
    slots={"city": "city"},
    states=(
        "{who:는} {city}에 [살다|present].",
        "{who}의 집은 {city}에 [있다|present].",
        "{who:가} 사는 곳은 [{city}=|present].",
    ),
    asks={
        ("city",): Ask(
            questions=(
                "{who:는} 어디에 [살다|ask]?",
                "{who:가} 사는 곳은 [어디=|ask]?",
                "{who}의 집은 어디에 [있다|ask]?",
            ),
            held=("{who:가} 어느 도시에 사는지 [알려 주다|please].",),
            full=("{who:는} {city}에 [살다|present].", "{who:가} 사는 곳은 [{city}=|present]."),
            partial=("{city}.", "{city}에."),
        ),
        ("who",): Ask(
            questions=("누가 {city}에 [살다|ask]?", "{city}에 사는 사람은 [누구=|ask]?"),
            held=("{city}에 사는 사람을 [알려 주다|please].",),
            full=("{who:가} {city}에 [살다|present].", "{city}에 사는 사람은 [{who}=|present]."),
            partial=("{who}.",),
        ),
    },
)
PLAY = Relation(
    name="play",
    slots={"whom": "person", "act": "game"},
    states=(
        "{who:는} {whom:와} 함께 [{act}|past].",
        "{when} {who:는} {whom:와} [{act}|past].",
        "{who:가} {whom:와} 같이 [{act}|past].",
    ),
    asks={
        ("whom",): Ask(
            questions=(
                "{who:는} 누구와 [{act}|asked]?",
                "{who:와} 함께 [{act}|ㄴ] 사람은 [누구=|ask]?",
            ),
            held=("{who:가} 누구와 함께 [{act}|past_how] [알려 주다|please].",),
            full=(
                "{who:는} {whom:와} [{act}|past].",
                "{who:는} {whom:와} 함께 [{act}|past].",
                "{who:와} 함께 [{act}|ㄴ] 사람은 [{whom}=|present].",
            ),
            partial=("{whom}.", "{whom:와}."),
        ),
        ("act",): Ask(
            questions=(
                "{who:는} {whom:와} 무엇을 [하다|asked]?",
                "{who:가} {whom:와} 함께 한 일은 [무엇=|ask]?",
            ),
            held=("{who:가} {whom:와} 무엇을 했는지 [알려 주다|please].",),
            full=("{who:는} {whom:와} [{act}|past].", "{who:는} {whom:와} 함께 [{act}|past]."),
            partial=("{who:는} {whom:와} 함께.",),
        ),
        ("whom", "act"): Ask(
            questions=(
                "{who:는} 누구와 무엇을 [하다|asked]?",
                "{who:가} 누구와 무엇을 했는지 [말하다|favor].",
            ),
            held=("{who:가} 한 일과 함께 한 사람을 [알려 주다|please].",),
            full=("{who:는} {whom:와} [{act}|past].", "{who:는} {whom:와} 함께 [{act}|past]."),
            partial=("{who:는} [{act}|past].", "{whom}."),
        ),
    },
)
WEATHER = Relation(
    name="weather",
    subject="city",
    subject_kind="city",
    slots={"sky": "weather"},
    states=(
        "오늘 {city}에는 [{sky}|present].",
        "{city}에는 지금 [{sky}|present].",
        "{city}에는 [{sky}|present].",
    ),
    asks={
        ("sky",): Ask(
            questions=(
                "{city}의 날씨는 [어떻다|ask]?",
                "오늘 {city} 날씨가 [어떻다|ask]?",
                "{city}의 날씨를 [말하다|favor].",
            ),
            held=("지금 {city}의 날씨가 어떤지 [알려 주다|please].",),
            full=("{city}에는 [{sky}|present].", "오늘 {city}에는 [{sky}|present]."),
            partial=("오늘 {city}에는.", "{city}."),
        ),
        ("city",): Ask(
            questions=("[{sky}|는] 곳은 [어디=|ask]?", "어디에 [{sky}|ask]?"),
            held=("[{sky}|는] 도시를 [알려 주다|please].",),
            full=("[{sky}|는] 곳은 [{city}=|present].", "{city}에 [{sky}|present]."),
            partial=("{city}.",),
        ),
    },
)
FEEL = Relation(
    name="feel",
    slots={"cause": "cause", "mood": "mood of cause"},
    states=(
        "{who:는} [{cause}|아서] [{mood}|present].",
        "{who:는} [{cause}|past]. 그래서 [{mood}|present].",
        "{who:는} 오늘 [{cause}|아서] 아주 [{mood}|present].",
    ),
    asks={
        ("cause",): Ask(
            questions=("{who:는} 왜 [{mood}|ask]?", "{who:가} [{mood}|는] 까닭은 [무엇=|ask]?"),
            held=("{who:가} 왜 [{mood}|는지] [알려 주다|please].",),
            full=(
                "{who:는} [{cause}|아서] [{mood}|present].",
                "[{cause}|past_because] [때문=|present].",
            ),
            partial=("{who:는} [{mood}|present].",),
        ),
        ("mood", "cause"): Ask(
            questions=(
                "{who:는} 지금 [어떻다|ask]? 왜 그런지도 [말하다|favor].",
                "{who}의 기분과 그 까닭을 [말하다|favor].",
            ),
            held=("{who:가} 어떤 기분인지, 왜 그런지 [알려 주다|please].",),
            full=(
                "{who:는} [{cause}|아서] [{mood}|present].",
                "{who:는} [{mood}|present]. [{cause}|past_because] [때문=|present].",
            ),
            partial=("{who:는} [{mood}|present].",),
        ),
    },
)
ORDER = Relation(
    name="order",
    slots={"first": "routine", "second": "routine"},
    states=(
        "{who:는} 먼저 [{first}|고] 그다음에 [{second}|past].",
        "{who:는} [{first}|ㄴ] 뒤에 [{second}|past].",
        "{who:는} [{second}|기] 전에 [{first}|past].",
        "{who:는} [{first}|고] 나서 [{second}|past].",
    ),
    asks={
        ("first",): Ask(
            questions=("{who:는} 무엇을 먼저 [하다|asked]?", "{who:가} 먼저 한 일은 [무엇=|ask]?"),
            held=("{who:가} 두 일 가운데 먼저 한 일을 [알려 주다|please].",),
            full=("{who:는} 먼저 [{first}|past].", "{who:는} [{first}|past]."),
            partial=("{who:는} 먼저.",),
        ),
        ("second",): Ask(
            questions=(
                "{who:는} 무엇을 나중에 [하다|asked]?",
                "{who:가} 나중에 한 일은 [무엇=|ask]?",
            ),
            held=("{who:가} 두 일 가운데 나중에 한 일을 [알려 주다|please].",),
            full=("{who:는} 나중에 [{second}|past].", "{who:는} [{second}|past]."),
            partial=("{who:는} 나중에.",),
        ),
        ("first", "second"): Ask(
            questions=(
                "{who:가} 한 일을 차례대로 [말하다|favor].",
                "{who:는} 무엇을 먼저 하고 무엇을 나중에 [하다|asked]?",
            ),
            held=("{who:가} 한 일을 일어난 순서대로 [알려 주다|please].",),
            full=(
                "{who:는} 먼저 [{first}|고] 그다음에 [{second}|past].",
                "{who:는} [{first}|고] 나서 [{second}|past].",
                "{who:는} 먼저 [{first}|past]. 그다음에 [{second}|past].",
            ),
            partial=("{who:는} 먼저 [{first}|past].", "{who:는} [{second}|past]."),
        ),
    },
)
