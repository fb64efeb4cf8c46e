"""Particles (조사) in the form that fits the sound before them."""

from korean_rlhf.translate.josa.pairs import PAIRS, choose
from korean_rlhf.translate.josa.repair import repair

__all__ = ["PAIRS", "choose", "repair"]
