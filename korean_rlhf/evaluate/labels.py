"""Words and numbers as the report shows them, in Korean."""

from __future__ import annotations

import math

STAGES = {
    "sample": "연습 세계 생성",
    "crawl-site": "사이트 수집",
    "read-namu": "나무위키 덤프 읽기",
    "read-wikipedia": "위키백과 덤프 읽기",
    "crawl": "수집",
    "clean": "정제",
    "dedup": "중복 제거",
    "translate": "번역",
    "count-faults": "번역 오류 세기",
    "tokenizer": "토크나이저",
    "tokens": "토큰 변환",
    "pretrain": "사전 학습",
    "sft": "지도 미세 조정(SFT)",
    "sample-answers": "답 뽑기",
    "rank": "순위 매기기",
    "reward": "보상 모델",
    "dpo": "선호 최적화(DPO)",
    "ppo": "강화 학습(PPO)",
    "eval": "평가",
    "report": "보고서",
    "model": "모델",
    "base": "바탕 모델",
}
SHORT_STAGES = {"pretrain": "사전 학습", "sft": "SFT", "reward": "보상", "dpo": "DPO", "ppo": "PPO"}
METRICS = {
    "acc": "정확도",
    "acc_norm": "정확도(길이 보정)",
    "acc_bytes": "정확도(바이트 보정)",
    "acc_tokens": "정확도(토큰 보정)",
    "acc_amb": "정확도(모호한 맥락)",
    "acc_dis": "정확도(명확한 맥락)",
    "balanced_acc": "균형 정확도",
    "answers_own": "제 지문에 답한 비율",
    "declines_swapped": "바뀐 지문에 ‘알 수 없음’이라 한 비율",
    "diff_bias_amb": "편향 차이(모호한 맥락)",
    "diff_bias_dis": "편향 차이(명확한 맥락)",
    "exact_match": "정답 일치율",
    "exact_match_plain": "정답 일치율(기호 정리)",
    "char_f1": "글자 F1",
    "char_f1_plain": "글자 F1(기호 정리)",
    "eojeol_f1": "어절 F1",
    "morpheme_f1": "형태소 F1",
    "chrf": "chrF",
    "extract_failed": "답을 읽지 못한 비율",
    "f1": "매크로 F1",
    "f1_gold": "매크로 F1(정답의 갈래)",
    "bits_per_byte": "비트/바이트",
    "prompt_strict": "지시문 이행률",
    "prompt_loose": "지시문 이행률(느슨)",
    "instruction_strict": "조건 이행률",
    "instruction_loose": "조건 이행률(느슨)",
    "refusal_rate": "거절률",
    "over_refusal": "지나친 거절률",
    "binary_f1": "F1",
    "pearson": "피어슨 상관",
    "spearman": "스피어만 상관",
}
NO_SHARES = frozenset({"bits_per_byte", "diff_bias_amb", "diff_bias_dis", "pearson", "spearman"})
SHARES = frozenset(METRICS) - NO_SHARES
"""Shown in per cent, as every accuracy is."""
FAMILIES = {
    "sample": "연습 세계",
    "prose": "따로 둔 글",
    "truth": "널리 퍼진 오해",
    "following": "지시 따르기",
    "refusal": "거절",
    "faithfulness": "지문 충실성",
}
"""Folders of evals/ whose sets have no name of their own."""
SYSTEMS = {"sft": "SFT", "ppo": "PPO", "copier": "베끼기 기준선"}
TEMPLATES = {"plain": "보통 글", "chat": "대화"}
"""How a question is put to a model."""
DASH = "–"


def stage(name: str) -> str:
    """Return the Korean name of a stage, or the name itself."""
    return STAGES.get(name, name)


def short_stage(name: str) -> str:
    """Return a stage's name for a narrow column."""
    return SHORT_STAGES.get(name, stage(name))


def checkpoint(name: str, step: int) -> str:
    """Return a checkpoint as a reader says it.

    >>> checkpoint("sft", 1200)
    'SFT 1,200스텝'
    """
    return f"{short_stage(name)} {step:,}스텝" if name != "model" else "모델"


def system(name: str) -> str:
    """Return the name of a row of the true-reward table.

    >>> system("best_of_16"), system("ppo")
    ('SFT 답 16개 중 최선', 'PPO')
    """
    if name.startswith("best_of_"):
        return f"SFT 답 {name.removeprefix('best_of_')}개 중 최선"
    return SYSTEMS.get(name, name)


def is_share(metric: str) -> bool:
    """Whether a metric is a share of items, shown in per cent."""
    return metric in SHARES or metric.startswith("acc_")


def score(metric: str, value: float) -> str:
    """Return a score as text.

    >>> score("acc", 0.51234), score("bits_per_byte", 1.2345)
    ('51.2', '1.234')
    """
    if not math.isfinite(value):  # a correlation where all answers are the same
        return DASH
    return (f"{value * 100:.1f}" if is_share(metric) else f"{value:.3f}").replace("-", "−")


def metric(name: str) -> str:
    """Return the name of a metric with its unit.

    >>> metric("acc"), metric("bits_per_byte")
    ('정확도 (%)', '비트/바이트')
    """
    return METRICS.get(name, name) + (" (%)" if is_share(name) else "")


def bounds(name: str, low: float, high: float) -> str:
    """Return an interval as text.

    >>> bounds("acc", 0.401, 0.6)
    '[40.1, 60.0]'
    """
    return f"[{score(name, low)}, {score(name, high)}]"


def gain(name: str, value: float) -> str:
    """Return a difference of scores with its sign and unit.

    >>> gain("acc", -0.051), gain("bits_per_byte", 0.1)
    ('−5.1 %p', '+0.100')
    """
    return f"{signed(value * 100, 1)} %p" if is_share(name) else signed(value)


def gain_bounds(name: str, low: float, high: float) -> str:
    """Return the interval of a difference with its unit.

    >>> gain_bounds("acc", -0.01, 0.2)
    '[−1.0, +20.0] %p'
    """
    first, second = (gain(name, value).removesuffix(" %p") for value in (low, high))
    return f"[{first}, {second}]" + (" %p" if is_share(name) else "")


def size(name: str, value: float) -> str:
    """Return the size of a difference with its unit."""
    return f"{value * 100:.1f} %p" if is_share(name) else f"{value:.3f}"


def signed(value: float, digits: int = 3) -> str:
    """Return a difference with its sign, the minus as printers set it; what rounds to 0 has none.

    >>> signed(0.1234), signed(-0.5, 1), signed(-0.01, 1)
    ('+0.123', '−0.5', '0.0')
    """
    shown = f"{value:+.{digits}f}"
    return shown.replace("-", "−") if float(shown) else shown[1:]


def plus_minus(value: float, stderr: float | None, digits: int = 3) -> str:
    """Return a figure with its standard error."""
    shown = f"{value:.{digits}f}".replace("-", "−")
    return shown if stderr is None else f"{shown} ± {stderr:.{digits}f}"


def percent(share: float) -> str:
    """Return a share in per cent."""
    return f"{share * 100:.1f} %".replace("-", "−")


def p_value(value: float) -> str:
    """Return a p-value, never as 0.

    >>> p_value(0.0421), p_value(0.00001)
    ('0.042', '<0.001')
    """
    return "<0.001" if value < 0.0005 else f"{value:.3f}"


def seconds(value: float) -> str:
    """Return a duration.

    >>> seconds(7.2), seconds(75), seconds(3720)
    ('7.2초', '1분 15초', '1시간 2분')
    """
    if value < 60:
        return f"{value:.1f}초"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes}분 {rest}초"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}시간 {minutes}분"


def megabytes(value: float) -> str:
    """Return an amount of memory."""
    return f"{value / 1024:.1f} GB" if value >= 1024 else f"{value:.0f} MB"
