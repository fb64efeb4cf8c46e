"""Made Korean texts, the same for the same seed."""

import random

NOUNS = (
    "강아지 고양이 나무 바다 하늘 구름 사과 수박 책상 의자 연필 공책 친구 선생님 학교 시장".split()
)
VERBS = "보았다 먹었다 샀다 찾았다 그렸다 잃었다 불렀다 기다렸다 만났다 좋아했다".split()


def story(seed, sentences=20):
    chosen = random.Random(seed)
    return " ".join(
        f"{chosen.choice(NOUNS)}와 {chosen.choice(NOUNS)}를 {chosen.choice(NOUNS)}에서 "
        f"{chosen.choice(VERBS)}."
        for _ in range(sentences)
    )
