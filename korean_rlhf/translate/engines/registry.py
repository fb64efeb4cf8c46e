"""Every engine by its name. A new one is a module and a line in OPENERS."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from korean_rlhf.endpoint.budget import Meter
from korean_rlhf.errors import UnknownName
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.engines import EngineSettings, TranslatorSettings
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines.chat import open_chat
from korean_rlhf.translate.engines.protocol import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """All that an engine may need to be opened; each takes what concerns it."""

    settings: TranslateSettings
    options: EngineSettings = field(default_factory=EngineSettings)
    server: EndpointSettings = field(default_factory=TranslatorSettings)
    cache: Path | None = None
    """SQLite file of the answers paid for, shared by all engines."""
    meter: Meter = field(default_factory=Meter)
    """What the run has paid; shared by all engines."""


OPENERS: dict[str, Callable[[Wanted], Engine]] = {
    "openai": lambda wanted: open_chat(
        wanted.settings, wanted.server, cache=wanted.cache, meter=wanted.meter
    ),
}


def open_engine(wanted: Wanted) -> Engine:
    """Open the engine `wanted.settings.engine`; whoever opens it closes it.

    A name that stands for no engine is a chat model behind an OpenAI-compatible server, under that
    name in the cache.

    Raises:
        UnknownName: the name looks like that of an engine, misspelt.
        SettingsError: the engine needs a setting that is missing.
    """
    name = wanted.settings.engine
    if name not in OPENERS and difflib.get_close_matches(name, OPENERS, n=1, cutoff=0.75):
        raise UnknownName("engine", name, OPENERS)
    return OPENERS.get(name, OPENERS["openai"])(wanted)
