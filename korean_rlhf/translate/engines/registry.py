"""Every engine by its name. A new one is a module and a line in OPENERS."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from korean_rlhf.endpoint import Endpoint, Meter, Service, Traffic
from korean_rlhf.errors import SettingsError, UnknownName
from korean_rlhf.settings.ctranslate import LocalModelSettings
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.engines import EngineSettings, TranslatorSettings
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines.agreement import AgreeingEngines
from korean_rlhf.translate.engines.backtranslation import BackTranslating
from korean_rlhf.translate.engines.chat import open_chat
from korean_rlhf.translate.engines.ctranslate import CTranslateEngine
from korean_rlhf.translate.engines.deepl import open_deepl
from korean_rlhf.translate.engines.google import open_google, open_google_v3
from korean_rlhf.translate.engines.papago import open_papago
from korean_rlhf.translate.engines.protocol import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """All that an engine may need to be opened; each takes what concerns it."""

    settings: TranslateSettings
    options: EngineSettings = field(default_factory=EngineSettings)
    server: EndpointSettings = field(default_factory=TranslatorSettings)
    local: LocalModelSettings = field(default_factory=LocalModelSettings)
    cache: Path | None = None
    """SQLite file of the answers paid for, shared by all engines."""
    meter: Meter = field(default_factory=Meter)
    """What the run has paid; shared by all engines."""
    traffic: Traffic = field(default_factory=Traffic)
    """How hard each server is pressed; shared by all engines."""

    def endpoint(self, service: Service | None = None) -> Endpoint:
        """Open the server that is asked; without a `service` it speaks the OpenAI protocol."""
        return Endpoint(
            self.server,
            cache=self.cache,
            service=service,
            meter=self.meter,
            traffic=self.traffic,
        )


SECOND_KEY_VARIABLE = "KOREAN_RLHF_SECOND_API_KEY"

OPENERS: dict[str, Callable[[Wanted], Engine]] = {
    "openai": open_chat,
    "deepl": open_deepl,
    "papago": open_papago,
    "google": open_google,
    "google-v3": open_google_v3,
    "ctranslate2": lambda wanted: CTranslateEngine(wanted.local, cache=wanted.cache),
}


def open_engine(wanted: Wanted) -> Engine:
    """Open the engine `wanted.settings.engine`, with the second one where one is wanted.

    A name that stands for no engine is a chat model behind an OpenAI-compatible server, under that
    name in the cache. Whoever opens an engine closes it.

    Raises:
        UnknownName: the name looks like that of an engine, misspelt.
        SettingsError: the engine needs a setting that is missing.
    """
    settings, options = wanted.settings, wanted.options
    engine = _opener(settings.engine)(wanted)
    try:
        if options.second_engine:
            second = _opener(options.second_engine)(_second(wanted))
            engine = AgreeingEngines(engine, second, options.min_agreement)
        if settings.back_translate:
            back = replace(wanted, settings=replace(settings, prompt=settings.back_prompt))
            engine = BackTranslating(engine, open_chat(back), settings.min_back_chrf)
    except BaseException:
        engine.close()
        raise
    return engine


def is_chat(name: str) -> bool:
    """Whether an engine of this name is a chat model, which answers other questions too."""
    return _opener(name) is OPENERS["openai"]


def _opener(name: str) -> Callable[[Wanted], Engine]:
    if name not in OPENERS and difflib.get_close_matches(name, OPENERS, n=1, cutoff=0.75):
        raise UnknownName("engine", name, OPENERS)
    return OPENERS.get(name, OPENERS["openai"])


def _second(wanted: Wanted) -> Wanted:
    """Return what the second engine is opened with: an address, a model and a key of its own."""
    options = wanted.options
    if is_chat(options.second_engine) and not options.second_model:
        raise SettingsError("Name the model of --second-engine: --second-model NAME.")
    server = TranslatorSettings(
        **{
            **{each.name: getattr(wanted.server, each.name) for each in fields(wanted.server)},
            "endpoint": options.second_endpoint,
            "api_key_variable": _second_key(wanted),
        }
    )
    settings = replace(wanted.settings, engine=options.second_engine, model=options.second_model)
    return replace(wanted, settings=settings, server=server)


def _second_key(wanted: Wanted) -> str:
    """Return the variable of the second key; the key of one chat server never goes to another."""
    options = wanted.options
    both_chat = is_chat(wanted.settings.engine) and is_chat(options.second_engine)
    return options.second_api_key_variable or (SECOND_KEY_VARIABLE if both_chat else "")
