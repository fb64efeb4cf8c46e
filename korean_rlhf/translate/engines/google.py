"""Google Cloud Translation, Basic (v2) and Advanced (v3): texts as HTML.

Followed: https://cloud.google.com/translate/docs/reference/rest/v2/translate (128 texts),
/translate/docs/reference/rest/v3/projects.locations/translateText (1,024 texts, 30,720 code points
advised), /translate/quotas (5,000 characters a request advised; 403 with "Daily Limit Exceeded" or
"User Rate Limit Exceeded"), /translate/troubleshooting (class="notranslate"). The key travels in
the header x-goog-api-key, never in an address, where logs would keep it; v3 takes a bearer token,
as `gcloud auth print-access-token` gives it, and no key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from korean_rlhf.endpoint import Endpoint, Service
from korean_rlhf.endpoint.services import Refusal, required_key, usual_refusal
from korean_rlhf.errors import SettingsError
from korean_rlhf.settings.engines import EngineSettings
from korean_rlhf.translate.engines.markup import from_html, to_html
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

ADDRESS = "https://translation.googleapis.com"
KEY_VARIABLE, TOKEN_VARIABLE = "GOOGLE_API_KEY", "GOOGLE_ACCESS_TOKEN"
RATE = ("ratelimitexceeded", "rate limit exceeded", "resource_exhausted")
DAILY = ("dailylimitexceeded", "daily limit exceeded")
BILLING = ("billing", "accessnotconfigured", "service_disabled", "has not been used in project")


@dataclass(frozen=True, slots=True)
class TranslateV2:
    """One request of texts to v2."""

    path: ClassVar[str] = "language/translate/v2"
    texts: tuple[str, ...]

    @property
    def characters(self) -> int:
        """Characters sent, tags too: Google counts them all."""
        return sum(map(len, self.texts))

    def body(self) -> dict[str, Any]:
        """Return what is sent."""
        return {"q": list(self.texts), "source": "en", "target": "ko", "format": "html"}

    def parse(self, content: bytes) -> Translations:
        """Return the translations."""
        data = json_body(content).get("data")
        found = data.get("translations") if isinstance(data, dict) else None
        return texts_of(found, "translatedText", len(self.texts))


@dataclass(frozen=True, slots=True)
class TranslateV3:
    """One request of texts to v3; the address names the project."""

    texts: tuple[str, ...]
    path: str
    options: dict[str, Any]
    glossary: bool

    @property
    def characters(self) -> int:
        """Characters sent, tags too: Google counts them all."""
        return sum(map(len, self.texts))

    def body(self) -> dict[str, Any]:
        """Return what is sent."""
        return {"contents": list(self.texts), **self.options}

    def parse(self, content: bytes) -> Translations:
        """Return the translations; with a glossary there are two of each, and its own is taken."""
        key = "glossaryTranslations" if self.glossary else "translations"
        return texts_of(json_body(content).get(key), "translatedText", len(self.texts))


class GoogleEngine(TextEngine):
    """Translates by Google v2."""

    name = "google"
    style: ClassVar[MaskStyle] = "marks"
    """Made elements here, since the form of an element is the service's."""
    limits: ClassVar[Limits] = Limits(texts=128, size=5000)

    def show(self, text: str) -> str:
        """Return `text` as HTML."""
        return to_html(text)

    def read(self, answer: str, text: str) -> str:
        """Return HTML as masked text."""
        return from_html(answer, text)

    def request(self, texts: Sequence[str]) -> TranslateV2 | TranslateV3:
        """Return the request for `texts`."""
        return TranslateV2(tuple(texts))


class GoogleV3Engine(GoogleEngine):
    """Translates by Google v3."""

    name = "google-v3"
    limits: ClassVar[Limits] = Limits(texts=1024, size=30_000)

    def __init__(self, endpoint: Endpoint, options: EngineSettings) -> None:
        self._path = f"v3/{parent(options.google_project)}:translateText"
        self._options = _options(options)
        self._glossary = bool(options.glossary)
        super().__init__(endpoint, [self._options])

    def request(self, texts: Sequence[str]) -> TranslateV3:
        """Return the request for `texts`."""
        return TranslateV3(tuple(texts), self._path, self._options, self._glossary)


def open_google(wanted: Wanted) -> GoogleEngine:
    """Open Google v2.

    Raises:
        SettingsError: no key is in the environment.
    """
    variable = wanted.server.api_key_variable or KEY_VARIABLE
    key = required_key(variable, "Google")
    return GoogleEngine(_endpoint(wanted, {"x-goog-api-key": key}, key, variable), [])


def open_google_v3(wanted: Wanted) -> GoogleV3Engine:
    """Open Google v3.

    Raises:
        SettingsError: no token is in the environment, or no project is named.
    """
    variable = wanted.server.api_key_variable or TOKEN_VARIABLE
    token = required_key(variable, "Google v3")
    headers = {"Authorization": f"Bearer {token}"}
    project = parent(wanted.options.google_project)
    headers["x-goog-user-project"] = project.split("/")[1]
    return GoogleV3Engine(_endpoint(wanted, headers, token, variable), wanted.options)


def parent(project: str) -> str:
    """Return the place of a request.

    >>> parent("ours"), parent("projects/ours/locations/us-central1")
    ('projects/ours/locations/global', 'projects/ours/locations/us-central1')

    Raises:
        SettingsError: no project is named.
    """
    if not project:
        raise SettingsError("Google v3 needs a project: --google-project NAME.")
    place = project if project.startswith("projects/") else f"projects/{project}"
    return place if "/locations/" in place else f"{place}/locations/global"


def refusal(status: int, said: str) -> Refusal:
    """Return what Google means by a status; 403 may be a rate, a quota, a bill or a key.

    >>> refusal(403, "User Rate Limit Exceeded").kind, refusal(403, "Daily Limit Exceeded").kind
    ('passing', 'stop')
    >>> refusal(400, "API key not valid. Please pass a valid API key.").kind
    'key'
    """
    words = said.lower()
    if status in (403, 429) and any(sign in words for sign in DAILY):
        return Refusal(
            "stop",
            "The quota of the day is used up. Raise it in the console, or run the same command "
            "again tomorrow: what was paid for is kept.",
        )
    if status == 403 and any(sign in words for sign in RATE):
        return Refusal("passing")
    if status == 403 and any(sign in words for sign in BILLING):
        return Refusal("stop", "Switch on billing and the Cloud Translation API for the project.")
    if status == 400 and ("api key not valid" in words or "api_key_invalid" in words):
        return Refusal("key")
    if status == 404:
        return Refusal("stop", "Check --endpoint, --google-project, --google-model, --glossary.")
    return usual_refusal(status, said)


def _endpoint(wanted: Wanted, headers: dict[str, str], key: str, variable: str) -> Endpoint:
    service = Service(
        base=wanted.server.endpoint.rstrip("/") or ADDRESS,
        headers=headers,
        secrets=(key,),
        key_variable=variable,
        billing="characters",
        refusal=refusal,
    )
    return wanted.endpoint(service)


def _options(options: EngineSettings) -> dict[str, Any]:
    """Return all that v3 is sent beside the texts."""
    sent: dict[str, Any] = {
        "sourceLanguageCode": "en",
        "targetLanguageCode": "ko",
        "mimeType": "text/html",
    }
    if options.google_model:
        sent["model"] = options.google_model
    if options.glossary:
        sent["glossaryConfig"] = {"glossary": options.glossary}
    return sent
