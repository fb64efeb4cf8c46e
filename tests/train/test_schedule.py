"""Learning rates by step."""

from __future__ import annotations

from itertools import pairwise

import pytest

from korean_rlhf.errors import UnknownName
from korean_rlhf.settings.ppo import PPOSettings
from korean_rlhf.train.schedule import SCHEDULES, learning_rate_factor


def factors(steps: int, schedule: str, warmup: int = 0, floor: float = 0.1) -> list[float]:
    return [
        learning_rate_factor(
            step, steps=steps, schedule=schedule, warmup=warmup, warmup_from=0.1, floor=floor
        )
        for step in range(steps)
    ]


def test_row_26_ppo_climbs_from_a_tenth_in_ten_updates_and_stays() -> None:
    settings = PPOSettings()
    found = factors(500, settings.schedule, settings.warmup)

    assert found[0] == pytest.approx(0.1)
    assert found[9] == pytest.approx(0.91)
    assert found[10] == found[499] == 1.0


@pytest.mark.parametrize("schedule", ["cosine", "linear", "wsd"])
def test_every_falling_schedule_ends_at_its_floor(schedule: str) -> None:
    found = factors(100, schedule)

    assert found[0] == pytest.approx(1.0)
    assert found[-1] == pytest.approx(0.1)
    assert all(after <= before + 1e-12 for before, after in pairwise(found))


def test_wsd_stays_at_the_peak_for_four_fifths() -> None:
    found = factors(101, "wsd")

    assert found[80] == pytest.approx(1.0)
    assert found[90] == pytest.approx(0.55)


def test_a_run_shorter_than_its_warm_up_never_reaches_the_peak() -> None:
    assert max(factors(3, "cosine", warmup=10)) < 0.3


def test_an_unknown_schedule_is_named_with_its_neighbour() -> None:
    with pytest.raises(UnknownName, match="cosine"):
        factors(2, "cosin")
    assert {"cosine", "linear", "constant", "wsd"} == SCHEDULES.keys()
