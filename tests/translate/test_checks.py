from __future__ import annotations

import pytest

from korean_rlhf.records import Role
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.checks import CHECKS, Pair, faults
from korean_rlhf.translate.protect import protect

SETTINGS = TranslateSettings(model="m")
HAEYO = TranslateSettings(model="m", register="haeyo")


def reasons(
    source: str,
    target: str,
    speaker: Role = "assistant",
    settings: TranslateSettings = SETTINGS,
) -> list[str]:
    spans = protect(source).spans
    masked = target
    for number, span in enumerate(spans):
        masked = masked.replace(span, f"⟦{number}⟧", 1)
    pair = Pair(
        source=source,
        target=target,
        masked_source=protect(source).masked,
        masked_target=masked,
        spans=spans,
        speaker=speaker,
    )
    return [fault.reason for fault in faults(pair, settings)]


SEA = "Rivers carry salt into the sea. The water evaporates, but the salt stays."
SEA_KO = "강물이 소금을 바다로 실어 날라요. 물은 증발하지만 소금은 남아요."

CAUGHT: list[tuple[str, str, str, Role]] = [
    ("empty", SEA, " ", "assistant"),
    ("translator-refusal", SEA, "죄송하지만 이 글은 번역할 수 없습니다.", "assistant"),
    ("translator-refusal", SEA, "AI 언어 모델로서 답변해 드릴 수 없습니다.", "assistant"),
    ("translator-chatter", SEA, "다음은 번역입니다: " + SEA_KO, "assistant"),
    ("translator-chatter", SEA, "번역: " + SEA_KO, "assistant"),
    ("translator-chatter", SEA, "Here is the translation:\n" + SEA_KO, "assistant"),
    ("translator-chatter", SEA, SEA_KO + "\n\n위와 같이 번역했습니다.", "assistant"),
    ("not-korean", SEA, SEA, "assistant"),
    ("not-korean", SEA, "川は塩を海に運びます。水は蒸発しますが、塩は残ります。", "assistant"),
    ("not-korean", "What is it?", "What is it?", "user"),
    ("source-copied", SEA, "소금을 실어 날라요. The water evaporates, but the salt stays.",
     "assistant"),
    ("answered", "Why is the sea salty?", "네, 소금 때문이에요. 아시겠어요?", "user"),
    ("other-script", SEA, "강물이 非常 많은 소금을 바다로 날라요. 물은 증발해요.", "assistant"),
    ("broken-text", SEA, "강물이 소금을 바ㄷㅏ로 날라요. 소금은 남아요.", "assistant"),
    ("address-changed", SEA, SEA_KO + " https://example.com", "assistant"),
    ("text-added", SEA, SEA_KO + " 짜요. 그래서 짜요. 참 짜요. 늘 그래요.", "assistant"),
    ("paragraphs-changed", SEA, SEA_KO.replace(". ", ".\n\n"), "assistant"),
    ("negation-lost", "It is not open.", "그곳은 열려 있어요.", "assistant"),
    ("josa-wrong", SEA, SEA_KO.replace("소금을", "소금를"), "assistant"),
    ("code-changed", "Run `ls -l` now.", "지금 `ls -L`을 실행하세요.", "assistant"),
    ("number-changed", "It has 3 rooms and a garden.", "방 4개와 마당이 있어요.", "assistant"),
    ("repetition", SEA, SEA_KO + " 소금은 남아요. 소금은 남아요.", "assistant"),
    ("repetition", SEA, "강물이 소금을 바다로" + " 바다로 실어" * 6 + " 날라요.", "assistant"),
    ("repetition", "Haha.", "하하하하, 하하하하, 하하하하, 하하하하, ", "assistant"),
    ("truncated", SEA, "강물이 소금을 바다로 실어 날라요. 물은 증발하지만", "assistant"),
    ("truncated", SEA + " " + SEA, "강물이 소금을 바다로 실어 날라요.", "assistant"),
    ("length-ratio", SEA, "소금이에요.", "assistant"),
    ("length-ratio", SEA, SEA_KO * 4, "assistant"),
    ("markdown-changed", "- Wash it.\n- Dry it.", "씻어요. 말려요.", "assistant"),
    ("markdown-changed", "# Title\nText of it.", "제목\n그 글이에요.", "assistant"),
    ("lost-imperative", "Write the root of the number.", "숫자의 제곱근을 계산합니다.", "user"),
    ("lost-imperative", "Given a list, sort it.", "주어진 목록이 정렬됩니다.", "user"),
    ("lost-question", "Why is the sea salty?", "바닷물은 소금기 때문에 짭니다.", "user"),
    ("register-mixed", SEA, "강물이 소금을 바다로 실어 나른다. 물은 증발하지만 소금은 남아요.",
     "assistant"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "source", "target", "speaker"), CAUGHT)
def test_a_fault_is_named(reason: str, source: str, target: str, speaker: Role):
    assert reason in reasons(source, target, speaker)


def test_another_register_than_the_wanted_is_named():
    plain = "강물이 소금을 바다로 실어 나른다. 물은 증발하지만 소금은 남는다."

    assert reasons(SEA, plain, settings=HAEYO) == ["register-other"]
    assert reasons(SEA, plain) == []
    assert reasons(SEA, SEA_KO, settings=HAEYO) == []


def test_every_check_has_a_case_here():
    assert {case[0] for case in CAUGHT} | {"register-other"} == set(CHECKS)


LEFT_ALONE: list[tuple[str, str, str, Role]] = [
    ("a plain pair", SEA, SEA_KO, "assistant"),
    ("a name stays as it is", "This is Washington.", "이곳은 Washington이에요.", "assistant"),
    ("only names", "Judy and Betty are sisters.", "Judy와 Betty는 자매예요.", "assistant"),
    ("a label", "BBC, CNN", "BBC, CNN", "assistant"),
    ("code that nobody marked", "Use os.path.join here.", "여기서는 os.path.join을 써요.",
     "assistant"),
    ("the text is about translation", "Translate this: hello. Here is the translation.",
     "다음 글을 번역하세요. 다음은 번역입니다.", "user"),
    ("a text that repeats itself", "No, no, no, no, no, no, no, no!",
     "아니에요, 아니에요, 아니에요, 아니에요!", "assistant"),
    ("laughter of three", "Haha, that was fun.", "하하하, 재미있었어요.", "assistant"),
    ("a quoted plain sentence", '"I am going," said Minji, and left the room.',
     '"나는 간다." 민지는 그렇게 말하고 방을 나갔어요.', "assistant"),
    ("해요체 beside 하십시오체", SEA, "강물이 소금을 바다로 나릅니다. 소금은 그대로 남아요.",
     "assistant"),
    ("a list in another style than the text", "Do this:\n- Wash it.\n- Dry it.",
     "이렇게 하세요.\n- 씻는다.\n- 말린다.", "assistant"),
    ("an imperative as a question", "Tell me the time.", "지금 몇 시인가요?", "user"),
    ("an imperative as 하기", "Write a poem.", "시 쓰기", "user"),
    ("an imperative as 해 줘", "Write a poem.", "시를 써 줘.", "user"),
    ("an imperative as 하시오", "Write a poem.", "시를 쓰시오.", "user"),
    ("a quoted imperative", 'He said, "Write a poem." Then he left.',
     "그는 시를 쓰라고 했어요. 그리고 떠났어요.", "user"),
    ("a statement that starts like an imperative", "Name is a word.", "이름은 낱말이에요.", "user"),
    ("no full stop in the translation", "He likes apples.", "사과를 좋아해요", "assistant"),
    ("a noun phrase for a sentence", "Apples and pears.", "사과와 배", "assistant"),
    ("ends with code", "Run this: `ls`.", "다음을 실행하세요: `ls`", "assistant"),
    ("sentences joined", "It rains. I stay home.", "비가 와서 집에 있어요.", "assistant"),
    ("titles are no sentence ends", "Mr. Kim met Dr. Lee at St. Mary's.",
     "김 선생님이 성모 병원에서 이 박사님을 만났어요.", "assistant"),
    ("a question inside the instruction", "Why? Explain it.", "왜 그런지 설명해 주세요.", "user"),
    ("short texts have no ratio", "OK.", "알겠어요.", "assistant"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "target", "speaker"),
    [case[1:] for case in LEFT_ALONE],
    ids=[case[0] for case in LEFT_ALONE],
)
def test_a_good_translation_is_left_alone(source: str, target: str, speaker: Role):
    assert reasons(source, target, speaker) == []
