"""Which services translate, what they are asked for beside the text, and what they may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from korean_rlhf.errors import SettingsError
from korean_rlhf.settings.endpoint import EndpointSettings, ServerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """What changes the answer of one engine or another; the others take no notice."""

    glossary: str = ""
    """Glossary that the engine shall use: DeepL's glossary id, Papago's glossaryKey, the resource
    name of a glossary of Google v3 (projects/P/locations/L/glossaries/G)."""

    context: str = ""
    """DeepL: words about the texts, not translated themselves, that show what they are about."""

    formality: Literal["default", "prefer_more", "prefer_less"] = "default"
    """DeepL: formality asked for. DeepL names no Korean formality, so it may change nothing."""

    honorific: bool = True
    """Papago: ask for 존댓말. Papago itself leaves it out."""

    google_project: str = ""
    """Google v3: the project, or projects/P/locations/L; global where no location is named."""

    google_model: str = ""
    """Google v3: resource name of the model. Not set: Google's general one."""

    second_engine: str = ""
    """A second engine that translates too. The translation of the first is kept where both agree;
    where they do not, the fault is engines-disagree."""

    second_model: str = ""
    """Name of the model of --second-engine, where it is a chat model."""

    second_endpoint: str = ""
    """Address of --second-engine. Not set: its own."""

    second_api_key_variable: str = ""
    """Environment variable that holds the key of --second-engine. Not set: its own, and
    KOREAN_RLHF_SECOND_API_KEY where both engines are chat models."""

    min_agreement: float = 0.2
    """Least chrF between the translations of both engines, from 0 to 1. Of 4,000 pairs of unrelated
    Korean sentences (JHE) 1 in 100 has more than 0.11, and 1 in 1,000 more than 0.16."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.min_agreement <= 1.0:
            raise SettingsError("min_agreement is a chrF: from 0 to 1.")
        if self.second_endpoint:
            ServerSettings(endpoint=self.second_endpoint)  # refused before it is written down


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSettings:
    """What one run may send and pay. Answers from the cache cost nothing."""

    max_characters: int | None = None
    """Stop before the request that would send more than so many characters in this run."""

    max_cost: float | None = None
    """Stop before the request that would cost more in this run, in the currency of the prices."""

    price_per_million_characters: float = 0.0
    """Price of a million characters of source text: DeepL, Papago, Google."""

    price_per_million_prompt_tokens: float = 0.0
    """Price of a million tokens that a chat model reads."""

    price_per_million_completion_tokens: float = 0.0
    """Price of a million tokens that a chat model writes."""

    def __post_init__(self) -> None:
        for name in ("max_characters", "max_cost"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise SettingsError(f"{name} must be above 0; leave it out for no limit.")
        prices = [
            self.price_per_million_characters,
            self.price_per_million_prompt_tokens,
            self.price_per_million_completion_tokens,
        ]
        if min(prices) < 0:
            raise SettingsError("A price must not be below 0.")
        if self.max_cost is not None and not any(prices):
            raise SettingsError(
                "max_cost needs a price: --price-per-million-characters, or "
                "--price-per-million-prompt-tokens and --price-per-million-completion-tokens."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatorSettings(EndpointSettings):
    """Where an engine is; each has an address and environment variables of its own."""

    endpoint: str = ""
    """Address of the server. Not set: that of the engine; http://127.0.0.1:8000 for openai."""

    api_key_variable: str = ""
    """Environment variable that holds the API key. Not set: KOREAN_RLHF_API_KEY (openai),
    DEEPL_AUTH_KEY, NCP_APIGW_API_KEY with NCP_APIGW_API_KEY_ID (papago), GOOGLE_API_KEY (google),
    GOOGLE_ACCESS_TOKEN (google-v3). The key itself is never a setting."""

    def check_endpoint(self) -> None:
        """Take "" for the engine's own address."""
        if self.endpoint:
            EndpointSettings.check_endpoint(self)
