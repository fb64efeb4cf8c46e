"""Where the corpus stages do their work: the same flags for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """Where the work is done; the records are the same everywhere."""

    engine: Literal["local", "ray"] = "local"
    """local: the processors of this machine; ray: a Ray cluster."""

    ray_address: str = ""
    """Address of the Ray cluster, e.g. 10.0.0.1:6379 or auto; without it Ray starts here and ends
    with the stage."""

    def __post_init__(self) -> None:
        if self.ray_address and self.engine != "ray":
            raise SettingsError("ray_address is for --engine ray: give both, or neither.")
