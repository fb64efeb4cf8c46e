"""DeepL: texts as XML, 50 at most and 128 KiB in one request.

Followed: https://developers.deepl.com/docs/api-reference/translate (the request, its limits and
formality), /docs/xml-and-html-handling (ignore_tags, strict parsing), /docs/best-practices/
error-handling (429, 456). Formality works for German, French, Italian, Spanish, Dutch, Polish,
Portuguese, Japanese and Russian; asked for Korean, "more" and "less" fail, and the prefer_ options
change nothing. The key of the free API ends in ":fx" and has a host of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from korean_rlhf.endpoint import Endpoint, Service
from korean_rlhf.endpoint.services import Refusal, required_key, usual_refusal
from korean_rlhf.settings.engines import EngineSettings
from korean_rlhf.translate.engines.markup import from_xml, to_xml
from korean_rlhf.translate.engines.protocol import MaskStyle
from korean_rlhf.translate.engines.texts import (
    Limits,
    TextEngine,
    Translations,
    json_body,
    texts_of,
)

if TYPE_CHECKING:
    from korean_rlhf.translate.engines.registry import Wanted

KEY_VARIABLE = "DEEPL_AUTH_KEY"
PAID, FREE = "https://api.deepl.com", "https://api-free.deepl.com"
BODY_BYTES = 128 * 1024
BESIDE_TEXTS = 4 * 1024
"""Bytes of a body kept for all but the texts; a context takes more."""


@dataclass(frozen=True, slots=True)
class Translate:
    """One request of texts."""

    path: ClassVar[str] = "v2/translate"
    texts: tuple[str, ...]
    options: dict[str, Any]

    @property
    def characters(self) -> int:
        """Source characters, which DeepL counts as code points."""
        return sum(map(len, self.texts))

    def body(self) -> dict[str, Any]:
        """Return what is sent."""
        return {"text": list(self.texts), **self.options}

    def parse(self, content: bytes) -> Translations:
        """Return the translations, which come in the order of the texts."""
        return texts_of(json_body(content).get("translations"), "text", len(self.texts))


class DeepLEngine(TextEngine):
    """Translates by DeepL."""

    name = "deepl"
    style: ClassVar[MaskStyle] = "marks"
    """Made elements here, since the form of an element is the service's."""
    limits: ClassVar[Limits] = Limits(texts=50, size=BODY_BYTES - BESIDE_TEXTS, in_bytes=True)

    def __init__(self, endpoint: Endpoint, options: EngineSettings) -> None:
        self._options = _options(options)
        super().__init__(endpoint, [self._options])

    def show(self, text: str) -> str:
        """Return `text` as XML."""
        return to_xml(text)

    def read(self, answer: str, text: str) -> str:
        """Return XML as masked text."""
        return from_xml(answer, text)

    def request(self, texts: Sequence[str]) -> Translate:
        """Return the request for `texts`."""
        return Translate(tuple(texts), self._options)


def open_deepl(wanted: Wanted) -> DeepLEngine:
    """Open DeepL.

    Raises:
        SettingsError: no key is in the environment.
    """
    variable = wanted.server.api_key_variable or KEY_VARIABLE
    key = required_key(variable, "DeepL")
    service = Service(
        base=wanted.server.endpoint.rstrip("/") or (FREE if key.endswith(":fx") else PAID),
        headers={"Authorization": f"DeepL-Auth-Key {key}"},
        secrets=(key,),
        key_variable=variable,
        billing="characters",
        refusal=refusal,
    )
    return DeepLEngine(wanted.endpoint(service), wanted.options)


def refusal(status: int, said: str) -> Refusal:
    """Return what DeepL means by a status.

    >>> refusal(456, "").kind, refusal(429, "").kind, refusal(413, "").kind
    ('stop', 'passing', 'refused')
    """
    if status == 456:
        return Refusal(
            "stop",
            "The characters of this DeepL account are used up. Raise its limit, or wait for the "
            "next month; then run the same command again: what was paid for is kept.",
        )
    if status == 404:
        return Refusal("stop", "Check --endpoint: DeepL is at https://api.deepl.com.")
    return usual_refusal(status, said)


def _options(options: EngineSettings) -> dict[str, Any]:
    """Return all that is sent beside the texts."""
    sent: dict[str, Any] = {
        "source_lang": "EN",
        "target_lang": "KO",
        "tag_handling": "xml",
        "tag_handling_version": "v2",
        "ignore_tags": ["x"],
        "preserve_formatting": True,
    }
    if options.formality != "default":
        sent["formality"] = options.formality
    if options.glossary:
        sent["glossary_id"] = options.glossary
    if options.context:
        sent["context"] = options.context
    return sent
