"""What a run shows, in a few tiles and sentences that claim no more than the figures do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from korean_rlhf.evaluate import labels
from korean_rlhf.evaluate.compare import SIGNIFICANT
from korean_rlhf.evaluate.gather import RunFacts


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at the top of the report."""

    label: str
    value: str
    note: str = ""


def tiles(facts: RunFacts) -> list[Tile]:
    """Return the few figures that a reader wants first; what was not measured is left out."""
    return [*_reward_tiles(facts.true_reward), *_training_tiles(facts), *_cost_tiles(facts)]


def sentences(facts: RunFacts) -> list[str]:
    """Return what may be said about the true reward."""
    measured = facts.true_reward
    if "paired_gain" not in measured:
        return []
    gain = measured["paired_gain"]
    said = [_gain_sentence(gain)]
    rewards = measured["true_reward"]
    best = next((name for name in rewards if name.startswith("best_of_")), None)
    closed = measured.get("gap_closed")
    if best and closed is not None:
        said.append(
            f"SFT와 {labels.system(best)} 사이의 간격 가운데 {labels.percent(closed)}를 좁혔습니다."
        )
    if "copier" in rewards and rewards["copier"]["mean"] >= rewards["ppo"]["mean"]:
        said.append("가장 비슷한 시범 답을 베끼는 기준선을 넘지 못했습니다.")
    said.append(
        f"PPO 답의 {labels.percent(measured['eos_rate'])}가 스스로 끝났고, "
        f"{labels.percent(measured['distinct_answers'])}가 서로 달랐습니다."
    )
    return said


def _gain_sentence(gain: dict[str, Any]) -> str:
    mean, stderr = gain["mean"], gain["stderr"]
    size = f"{abs(mean):.3f}" + ("" if stderr is None else f" ± {stderr:.3f}")
    asked = f"같은 질문 {gain['n']:,}개에 한 번씩 답하게 하고 짝지어 견주었습니다"
    if gain["p_value"] >= SIGNIFICANT:
        return f"{asked}. PPO와 SFT의 참 보상 차이({size})는 우연과 구별되지 않습니다."
    direction = "높았습니다" if mean > 0 else "낮았습니다"
    return f"{asked}. PPO의 참 보상이 SFT보다 평균 {size}만큼 {direction}."


def _reward_tiles(measured: dict[str, Any]) -> list[Tile]:
    if "true_reward" not in measured:
        return []
    rewards = measured["true_reward"]
    found = [
        Tile(
            f"{labels.system(name)}의 참 보상",
            f"{rewards[name]['mean']:.3f}".replace("-", "−"),
            _error(rewards[name]["stderr"]),
        )
        for name in ("sft", "ppo")
        if name in rewards
    ]
    if "paired_gain" in measured:
        gain = measured["paired_gain"]
        note = f"{_error(gain['stderr'])}, 질문 {gain['n']:,}개"
        found.append(Tile("PPO로 얻은 이득", labels.signed(gain["mean"]), note))
        note = f"{_error(measured.get('kl_stderr'), 2)} 나트"
        found.append(Tile("SFT와의 KL", f"{measured['kl']:.2f}".replace("-", "−"), note))
    return found


def _training_tiles(facts: RunFacts) -> list[Tile]:
    found = []
    for stage in facts.stages:
        loss = stage.manifest.get("best_validation_loss")
        if stage.name in ("pretrain", "sft") and loss is not None:
            note = f"{labels.stage(stage.name)} 가장 낮은 값"
            found.append(Tile("검증 손실", f"{loss:.3f}", note))
    return found


def _cost_tiles(facts: RunFacts) -> list[Tile]:
    seconds = [stage.seconds for stage in facts.stages if stage.seconds is not None]
    memory = [stage.peak_rss_mb for stage in facts.stages if stage.peak_rss_mb]
    found = []
    if seconds:
        note = f"{len(seconds)}개 단계의 합"
        found.append(Tile("걸린 시간", labels.seconds(sum(seconds)), note))
    if memory:
        found.append(Tile("최대 메모리", labels.megabytes(max(memory)), "가장 많이 쓴 단계"))
    return found


def _error(stderr: float | None, digits: int = 3) -> str:
    return "" if stderr is None else f"± {stderr:.{digits}f}"
