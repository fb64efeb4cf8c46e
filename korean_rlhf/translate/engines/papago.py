"""Papago on NAVER Cloud: one text of at most 5,000 characters in one request.

Followed: https://api.ncloud-docs.com/docs/en/ai-naver-papagonmt (address, headers, common errors)
and /docs/en/ai-naver-papagonmt-translation (the body; honorific, which is false unless asked for;
glossaryKey). The service knows no batch, so a row is a request. Spans are not shown to it: the
form of its do-not-translate tags could not be tried.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from korean_rlhf.endpoint import Endpoint, Service
from korean_rlhf.endpoint.answers import PassingFault, whole_characters
from korean_rlhf.endpoint.services import Refusal, required_key, usual_refusal
from korean_rlhf.settings.engines import EngineSettings
from korean_rlhf.translate.engines.protocol import MaskStyle
from korean_rlhf.translate.engines.texts import Limits, TextEngine, Translations, json_body

if TYPE_CHECKING:
    from korean_rlhf.translate.engines.registry import Wanted

ID_VARIABLE = "NCP_APIGW_API_KEY_ID"
KEY_VARIABLE = "NCP_APIGW_API_KEY"
ADDRESS = "https://papago.apigw.ntruss.com/nmt/v1"
QUOTA_EXCEEDED = "400"
"""Papago's own code, under status 429; 410 and 420 are rates."""
OWN_FAULTS = frozenset({"N2MT02", "N2MT04", "N2MT05", "N2MT06"})
"""Languages that it does not know: no text will pass."""


@dataclass(frozen=True, slots=True)
class Translate:
    """One request of one text."""

    path: ClassVar[str] = "translation"
    text: str
    options: dict[str, Any]

    @property
    def characters(self) -> int:
        """Source characters, spaces too."""
        return len(self.text)

    def body(self) -> dict[str, Any]:
        """Return what is sent."""
        return {**self.options, "text": self.text}

    def parse(self, content: bytes) -> Translations:
        """Return the translation."""
        try:
            text = json_body(content)["message"]["result"]["translatedText"]
        except (KeyError, TypeError):
            text = None
        if not isinstance(text, str):
            raise PassingFault("the answer holds no message.result.translatedText")
        return Translations((whole_characters(text),))


class PapagoEngine(TextEngine):
    """Translates by Papago."""

    name = "papago"
    style: ClassVar[MaskStyle] = "segments"
    limits: ClassVar[Limits] = Limits(texts=1, size=5000)

    def __init__(self, endpoint: Endpoint, options: EngineSettings) -> None:
        self._options = {"source": "en", "target": "ko", "honorific": options.honorific}
        if options.glossary:
            self._options["glossaryKey"] = options.glossary
        super().__init__(endpoint, [self._options])

    def request(self, texts: Sequence[str]) -> Translate:
        """Return the request for the only one of `texts`."""
        (text,) = texts
        return Translate(text, self._options)


def open_papago(wanted: Wanted) -> PapagoEngine:
    """Open Papago.

    Raises:
        SettingsError: the key or its id is not in the environment.
    """
    variable = wanted.server.api_key_variable or KEY_VARIABLE
    key, name = required_key(variable, "Papago"), required_key(ID_VARIABLE, "Papago")
    service = Service(
        base=wanted.server.endpoint.rstrip("/") or ADDRESS,
        headers={"X-NCP-APIGW-API-KEY-ID": name, "X-NCP-APIGW-API-KEY": key},
        secrets=(key, name),
        key_variable=f"{variable} (its id into {ID_VARIABLE})",
        billing="characters",
        refusal=refusal,
    )
    return PapagoEngine(wanted.endpoint(service), wanted.options)


def refusal(status: int, said: str) -> Refusal:
    """Return what Papago means by a status and the code of its error.

    >>> refusal(429, '{"error": {"errorCode": "420"}}').kind
    'passing'
    >>> refusal(429, '{"error": {"errorCode": "400"}}').kind
    'stop'
    """
    code = _code(said)
    if status == 429 and code == QUOTA_EXCEEDED:
        return Refusal(
            "stop",
            "The quota of this application is used up, or Papago Text Translation is not ticked in "
            "it: see AI Services > Papago Translation > APIs in the console. Then run the same "
            "command again: what was paid for is kept.",
        )
    if status == 404 or code in OWN_FAULTS:
        return Refusal("stop", f"Check --endpoint: Papago is at {ADDRESS}.")
    return usual_refusal(status, said)


def _code(said: str) -> str:
    """Return the code of an error, which the gateway wraps and the translator does not."""
    try:
        body = json.loads(said)
    except ValueError:
        return ""
    problem = body.get("error", body) if isinstance(body, dict) else {}
    return str(problem.get("errorCode", "")) if isinstance(problem, dict) else ""
