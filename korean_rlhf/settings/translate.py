"""What is translated how, and when a translation is not good enough."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.errors import SettingsError
from korean_rlhf.settings.register import RegisterSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslateSettings(RegisterSettings):
    """Settings of one translation; where the server is stands in EndpointSettings."""

    model: str = ""
    """Name of the model, as its server knows it; translation services need none."""

    engine: str = "openai"
    """Who translates: openai (any server of the OpenAI protocol), deepl, papago, google (v2) or
    google-v3. Another name is a server of the OpenAI protocol too, and keeps its answers apart."""

    prompt: str = "en-ko"
    """Prompt in prompts/translate/ that tells the engine what to do."""

    temperature: float = 0.0
    """Sampling temperature asked of the engine."""

    max_tokens: int | None = None
    """Longest answer of the engine for one request, in tokens. Not set: the server's own limit."""

    json_mode: bool = False
    """Ask for response_format json_object. Some servers refuse the word."""

    batch_rows: int = 8
    """Texts in one request."""

    batch_characters: int = 6000
    """Characters in one request: a longer record travels alone."""

    retries: int = 1
    """How often a faulty translation is asked for again, with a note of the fault."""

    protect_numbers: bool = False
    """Protect numbers with a unit (5 km, 10 %) like code and addresses."""

    terms: Path | None = None
    """File of terms with their Korean forms, for any engine: TSV (term, form or "keep") or JSONL.
    A service's own glossary is named by --glossary."""

    license: str = ""
    """License of input records that name none."""

    min_hangul: float = 0.3
    """Least share of Hangul among the letters of a translation, names and spans left out."""

    min_length_ratio: float = 0.25
    """Least length of a translation, in characters over those of the source."""

    max_length_ratio: float = 1.5
    """Most length of a translation, in characters over those of the source."""

    max_copied_words: int = 5
    """Longest run of English words that a translation may share with its source."""

    back_translate: bool = False
    """Let the model translate back, too, and drop what comes back unlike. Doubles the price."""

    back_prompt: str = "ko-en"
    """Prompt in prompts/translate/ that tells the model how to translate back."""

    min_back_chrf: float = 0.3
    """Least chrF, from 0 to 1, between a source and its back translation."""

    def __post_init__(self) -> None:
        if self.batch_rows < 1 or self.batch_characters < 1:
            raise SettingsError("batch_rows and batch_characters must be at least 1.")
        if self.retries < 0:
            raise SettingsError("retries must not be below 0.")
        if not 0.0 <= self.min_hangul <= 1.0:
            raise SettingsError("min_hangul is a share: from 0 to 1.")
        if not 0.0 <= self.min_length_ratio < self.max_length_ratio:
            raise SettingsError("min_length_ratio must be below max_length_ratio.")
        if not 0.0 <= self.min_back_chrf <= 1.0:
            raise SettingsError("min_back_chrf is a score: from 0 to 1.")
        if not 0.0 <= self.temperature <= 2.0:
            raise SettingsError("temperature must be from 0 to 2.")
