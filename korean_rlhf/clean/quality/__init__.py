"""Measures of a text, and the limits beyond which it is no text worth learning from."""

from korean_rlhf.clean.quality.limits import check_models, judge, judge_measured, limits_of
from korean_rlhf.clean.quality.measures import Measures, measure, measure_names

__all__ = [
    "Measures",
    "check_models",
    "judge",
    "judge_measured",
    "limits_of",
    "measure",
    "measure_names",
]
