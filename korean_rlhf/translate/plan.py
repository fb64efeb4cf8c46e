"""All that one translation is made of: what every entry point of the stage is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from korean_rlhf.endpoint import Meter
from korean_rlhf.errors import SettingsError
from korean_rlhf.promptfiles import PromptFile, load_prompt
from korean_rlhf.settings.ctranslate import LocalModelSettings
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.engines import BudgetSettings, EngineSettings, TranslatorSettings
from korean_rlhf.settings.loading import merged
from korean_rlhf.settings.reading import ReadSettings
from korean_rlhf.settings.select import SelectSettings
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines import Wanted, is_chat

ASKING = ("--classify", "--rebuild", "--back-translate")
"""Flags that ask a chat model for more than translations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationPlan:
    """The settings of one translation; all but the first may be left out."""

    settings: TranslateSettings
    server: EndpointSettings = field(default_factory=TranslatorSettings)
    reading: ReadSettings = field(default_factory=ReadSettings)
    selecting: SelectSettings = field(default_factory=SelectSettings)
    options: EngineSettings = field(default_factory=EngineSettings)
    budget: BudgetSettings = field(default_factory=BudgetSettings)
    local: LocalModelSettings = field(default_factory=LocalModelSettings)

    def wanted(self, out: Path) -> Wanted:
        """Return all that the engine of one run into `out` is opened with."""
        return Wanted(
            settings=self.settings,
            options=self.options,
            server=self.server,
            local=self.local,
            cache=self.server.cache or default_cache(out),
            meter=Meter(self.budget),
        )

    def prompts(self) -> dict[str, PromptFile]:
        """Return the prompt files that are made use of, by what they ask for.

        Raises:
            UnknownName: there is no such prompt, or the name of the engine is misspelt.
            SettingsError: a chat model is asked for what this engine is not.
        """
        chat = is_chat(self.settings.engine)
        asked = (self.selecting.classify, self.selecting.rebuild, self.settings.back_translate)
        for flag, used in zip(ASKING, asked, strict=True):
            if used and not chat:
                raise SettingsError(
                    f"{flag} asks a chat model, and {self.settings.engine} is none. "
                    "Leave it out, or translate with --engine openai."
                )
        second = self.options.second_engine
        names = {
            "translate": self.settings.prompt if chat or (second and is_chat(second)) else "",
            "classify": "classify" if self.selecting.classify else "",
            "rebuild": "rebuild" if self.selecting.rebuild else "",
            "back": self.settings.back_prompt if self.settings.back_translate else "",
        }
        return {use: load_prompt("translate", name) for use, name in names.items() if name}

    def identity(self) -> Any:
        """Return the settings that a finished run must share with this one to be the same.

        Addresses, keys and what only makes the work faster are left out. A model in a folder and a
        file of terms are known by their content, which `sources` names, not by their place.
        """
        settings = replace(self.settings, terms=None)
        options = replace(self.options, second_endpoint="", second_api_key_variable="")
        usual = LocalModelSettings()
        local = replace(
            self.local,
            model_folder=None,
            device=usual.device,
            batch_tokens=usual.batch_tokens,
            parallel_batches=usual.parallel_batches,
            batch_threads=usual.batch_threads,
        )
        return merged(settings, self.reading, self.selecting, options, local)

    def sources(self, prompts: Mapping[str, PromptFile]) -> list[Path]:
        """Return the files besides the sets whose content decides what comes out."""
        named = (self.settings.terms, self.local.model_folder)
        return [*(prompt.path for prompt in prompts.values()), *filter(None, named)]


def default_cache(out: Path) -> Path:
    """Return where the answers for `out` are kept: beside it, so --replace spares them."""
    return out.with_name(f"{out.name}.replies.sqlite")
