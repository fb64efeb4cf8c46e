"""Finals (받침) as korean_rlhf.hangul numbers them, under their Korean names."""

from __future__ import annotations

NONE, KIYEOK, NIEUN, RIEUL, MIEUM, PIEUP, SIOS, IEUNG = 0, 1, 4, 8, 16, 17, 19, 21
