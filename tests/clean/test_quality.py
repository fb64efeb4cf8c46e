"""Measures of quality against their definitions in plain Python, and the limits on them."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_rlhf.clean.quality import judge, limits_of, measure, measure_names
from korean_rlhf.clean.quality.characters import TERMINAL_MARKS, Characters
from korean_rlhf.clean.quality.hashes import RollingHashes
from korean_rlhf.clean.quality.limits import DEFAULTS, LONG
from korean_rlhf.clean.quality.repetition import DUPLICATE, TOP, repetition_measures
from korean_rlhf.clean.quality.spam import OFFERS, TOPICS
from korean_rlhf.clean.quality.words import Words, eojeols, single_characters
from korean_rlhf.errors import SettingsError, UnknownName
from korean_rlhf.settings.clean import CleanSettings
from korean_rlhf.settings.quality import QualitySettings

# Few letters and few lengths, so that chance repeats words, lines and n-grams.
WORD = st.text("가나다a1.!#", min_size=1, max_size=3)
WORDS = st.lists(WORD, max_size=60)
TEXT = st.text(" \n가나다aB1.!?…#•-　\x85", max_size=120)


def top(words, n):
    """Characters of the most frequent n-gram, spaces in it counted, times how often it stands."""
    grams = [" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]
    if not grams:
        return 0
    counts = Counter(grams)
    first = max(grams, key=counts.__getitem__)
    return len(first) * counts[first]


def duplicates(words, n):
    """Characters of n-grams that came before; behind such a one the search goes on."""
    seen, place, characters = set(), 0, 0
    while place + n <= len(words):
        gram = "".join(words[place : place + n])
        if gram in seen:
            characters += len(gram)
            place += n
        else:
            seen.add(gram)
            place += 1
    return characters


@settings(deadline=None)
@given(WORDS)
def test_word_ngrams_are_those_of_the_definition(words):
    found = repetition_measures(Words.of(words), 1)

    for n in TOP:
        assert found[f"top-{n}-gram"] == top(words, n)
    for n in DUPLICATE:
        assert found[f"duplicate-{n}-grams"] == duplicates(words, n)


def test_words_that_swap_characters_are_no_repetition():
    words = ["가나", "다", "가다", "나", "마", "다가", "나"]

    assert repetition_measures(Words.of(words), 1)["top-2-gram"] == top(words, 2) == len("가나 다")


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(["가", "가 나", "나", "나 가", "가나", "나가"]), max_size=40))
def test_words_with_spaces_inside_are_compared_as_they_read(words):
    found = repetition_measures(Words.of(words), 1)

    assert [found[f"top-{n}-gram"] for n in TOP] == [top(words, n) for n in TOP]
    assert [found[f"duplicate-{n}-grams"] for n in DUPLICATE] == [
        duplicates(words, n) for n in DUPLICATE
    ]


@settings(deadline=None)
@given(TEXT)
def test_eojeols_and_characters_are_what_python_splits(text):
    def pieces(words):
        joined = words.codes.tobytes().decode("utf-32-le")
        ends = zip(words.starts.tolist(), words.ends.tolist(), strict=True)
        return [joined[start:end] for start, end in ends]

    assert pieces(eojeols(Characters.of(text))) == text.split()
    assert pieces(single_characters(Characters.of(text))) == list("".join(text.split()))


@settings(deadline=None)
@given(TEXT)
def test_line_measures_are_those_of_the_definition(text):
    found = measure(text)

    lines = re.split("\n+", text)
    again = [line for place, line in enumerate(lines) if line in lines[:place]]
    assert found["duplicate-lines"] == len(again) / len(lines)
    assert found["duplicate-line-ratio"] == sum(map(len, again)) / max(1, len(text))
    paragraphs = re.split("\n{2,}", text.strip())
    again = [part for place, part in enumerate(paragraphs) if part in paragraphs[:place]]
    assert found["duplicate-paragraphs"] == len(again) / len(paragraphs)
    filled = [line for line in text.split("\n") if line.strip()]
    again = [line for place, line in enumerate(filled) if line in filled[:place]]
    size = max(1, len(text.replace("\n", "")))
    assert found["line-duplicates"] == sum(map(len, again)) / size
    if filled:
        ended = sum(line.endswith(tuple(TERMINAL_MARKS)) for line in filled)
        assert found["punctuated-lines"] == ended / len(filled)
    bulleted = [line.lstrip().startswith(("•", "-")) for line in text.splitlines()]
    assert found["bullet-lines"] == (sum(bulleted) / len(bulleted) if bulleted else 0.0)


@settings(deadline=None)
@given(TEXT)
def test_word_measures_are_those_of_the_definition(text):
    found, words = measure(text), text.split()

    spoken = [word for word in words if any(char not in "!.#-?…" for char in word)]
    assert found["words"] == len(spoken)
    assert found["mean-word-length"] == (np.mean([*map(len, spoken)]) if spoken else 0.0)
    alphabetic = [any(char.isalpha() for char in word) for word in words]
    assert found["alphabetic-words"] == sum(alphabetic) / max(1, len(words))
    assert found["newlines-per-word"] == text.count("\n") / max(1, len(words))


@settings(deadline=None)
@given(TEXT)
def test_character_ngrams_are_those_of_the_definition(text):
    bare = "".join(text.split())
    grams = [bare[i : i + 10] for i in range(len(bare) - 9)]

    repeated = (len(grams) - len(set(grams))) / len(grams) if grams else 0.0
    assert measure(text)["repeated-ngrams"] == repeated


@settings(deadline=None)
@given(TEXT)
def test_scripts_are_counted_character_by_character(text):
    found = measure(text)

    bare = "".join(text.split())
    letters = [char for char in bare if char.isalpha()]
    assert found["characters"] == len(bare)
    if letters:
        assert found["hangul-ratio"] == sum("가" <= char <= "힣" for char in letters) / len(letters)
        assert found["latin-ratio"] == sum(char.isascii() for char in letters) / len(letters)
    digits = sum(char.isdigit() for char in bare)
    assert found["symbol-ratio"] == (len(bare) - len(letters) - digits) / max(1, len(bare))


@settings(deadline=None)
@given(st.text(max_size=40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 12))
def test_stretches_hash_alike_exactly_when_they_are_equal(text, first, second, length):
    codes = Characters.of(text).codes
    first, second = min(first, len(codes)), min(second, len(codes))
    starts = np.array([first, second])
    ends = np.minimum(starts + length, len(codes))

    one, two = RollingHashes(codes).between(starts, ends)

    same = codes[first : ends[0]].tolist() == codes[second : ends[1]].tolist()
    assert (one == two) == same


@pytest.mark.parametrize("unit", ["eojeol", "character", "morpheme"])
@pytest.mark.parametrize("text", ["", " \n ", "가", "\x00\x00", "𠮷野家", "….", "\ud800"])
def test_odd_texts_are_measured_too(unit, text):
    values = measure(text, unit)

    assert all(np.isfinite(value) for value in values.values())
    assert tuple(values) == measure_names(QualitySettings())


def test_sentences_end_at_marks_and_lines_or_where_kiwi_says():
    text = "값은 3.5원이다. 정말? 그렇다\n제목\n끝났다."

    assert measure(text)["sentences"] == 5
    unmarked = "비가 왔다 그리고 추웠다. 나는 집에 갔다."
    assert measure(unmarked)["sentences"] == 2 and measure(unmarked, "morpheme")["sentences"] == 3
    assert measure("비가 왔다.\n비가 왔다.")["duplicate-sentences"] == 0.5


def test_morphemes_are_measured_by_kiwi():
    found = measure("서울은 한국의 수도이다.", "morpheme")

    assert found["words"] == 7 and found["stop-words"] == 4


def test_the_default_limits_name_known_measures_and_spare_short_texts():
    for unit in DEFAULTS:
        settings = QualitySettings(words=unit)
        assert {limit.measure for limit in limits_of(settings)} <= set(measure_names(settings))
    shared = {limit.from_characters for limit in limits_of(QualitySettings())}

    assert shared == {0, LONG}


def test_a_limit_of_the_user_comes_before_its_default_and_holds_for_short_texts_too():
    text = "하나 둘 셋 넷 다섯 여섯 일곱 여덟 하나 둘 셋 넷 다섯 여섯"

    assert judge(text, QualitySettings()) is None
    strict = QualitySettings(limits=("duplicate-5-grams <= 0.1",))
    assert judge(text, strict).reason == "repetitive"
    found = limits_of(QualitySettings(limits=("top-2-gram=off", "words>=3", "words<=9")))
    assert not [limit for limit in found if limit.measure == "top-2-gram"]
    assert [limit.is_least for limit in found if limit.measure == "words"] == [True, False]


def test_a_limit_that_is_none_is_refused_with_the_near_name():
    with pytest.raises(SettingsError, match="NAME<=NUMBER"):
        CleanSettings(limits=("words<3",))
    with pytest.raises(UnknownName, match="top-2-gram"):
        judge(
            "오늘은 아침부터 비가 내려서 집에서 책을 읽었다.",
            CleanSettings(limits=("top-2-grams<=1",)),
        )
    with pytest.raises(UnknownName, match="language-score"):
        limits_of(QualitySettings(limits=("language-score>=0.5",)))


def test_the_words_of_spam_fit_their_tables():
    assert len(set(TOPICS)) == len(TOPICS)
    assert all(len(word) >= 2 for word in (*TOPICS, *OFFERS))
    assert len(re.findall("|".join(TOPICS), " ".join(TOPICS))) == len(TOPICS)
