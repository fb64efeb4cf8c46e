"""How Korean translations speak, and what is mended in them by rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSettings:
    """Settings of speech levels and of the repair of Korean."""

    register: Literal["any", "haeyo", "hapsyo"] = "any"
    """Speech level wanted of the answers: 해요체, 하십시오체, or any that is not mixed."""

    instruction_register: Literal["any", "haeyo", "hapsyo", "haera", "hao"] = "any"
    """Speech level wanted of what instructions ask: 하세요, 하십시오, 하라, 하시오, or any."""

    repair: Literal["seams", "foreign", "off"] = "seams"
    """Where particles are mended: behind restored spans (seams), behind the translator's own
    digits, Latin words and units too (foreign), or nowhere (off)."""

    restore_requests: bool = False
    """Make 하세요 of 합니다 where an instruction stays a statement after every retry. Such a record
    says so in its source."""
