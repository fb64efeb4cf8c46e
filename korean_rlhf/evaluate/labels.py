"""Words and numbers as the report shows them, in Korean."""

from __future__ import annotations

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
    "bits_per_byte": "비트/바이트",
    "prompt_strict": "지시문 이행률",
    "prompt_loose": "지시문 이행률(느슨)",
    "instruction_strict": "조건 이행률",
    "instruction_loose": "조건 이행률(느슨)",
    "refusal_rate": "거절률",
    "over_refusal": "지나친 거절률",
}
SHARES = frozenset(METRICS) - {"bits_per_byte", "diff_bias_amb", "diff_bias_dis"}
SYSTEMS = {"sft": "SFT", "ppo": "PPO", "copier": "베끼기 기준선"}
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
    return metric in SHARES


def score(metric: str, value: float) -> str:
    """Return a score as text.

    >>> score("acc", 0.51234), score("bits_per_byte", 1.2345)
    ('51.2', '1.234')
    """
    return f"{value * 100:.1f}" if is_share(metric) else f"{value:.3f}"


def error(metric: str, stderr: float | None) -> str:
    """Return a standard error as text, "" when it is unknown."""
    if stderr is None:
        return ""
    return f"± {stderr * 100:.1f}" if is_share(metric) else f"± {stderr:.3f}"


def signed(value: float, digits: int = 3) -> str:
    """Return a difference with its sign, the minus as printers set it.

    >>> signed(0.1234), signed(-0.5, 1)
    ('+0.123', '−0.5')
    """
    return f"{value:+.{digits}f}".replace("-", "−")


def plus_minus(value: float, stderr: float | None, digits: int = 3) -> str:
    """Return a figure with its standard error."""
    shown = f"{value:.{digits}f}".replace("-", "−")
    return shown if stderr is None else f"{shown} ± {stderr:.{digits}f}"


def percent(share: float) -> str:
    """Return a share in per cent."""
    return f"{share * 100:.1f} %".replace("-", "−")


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
