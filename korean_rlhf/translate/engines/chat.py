"""The engine that asks a chat model.

Rows travel as JSON objects with an id made of their text, and come back by that id, never by their
place: an engine that drops, adds or shifts a row is seen at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from korean_rlhf.endpoint import Endpoint, Question, Reply, RequestRefused
from korean_rlhf.endpoint.answers import whole_characters
from korean_rlhf.endpoint.batches import unpaid
from korean_rlhf.endpoint.objects import json_objects
from korean_rlhf.errors import SettingsError
from korean_rlhf.promptfiles import PromptFile, load_prompt
from korean_rlhf.records import Drop, Message
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines.protocol import Engine, Load, MaskStyle, Row

if TYPE_CHECKING:
    from korean_rlhf.translate.engines.registry import Wanted

REGISTER_NAMES = {"haeyo": "해요체", "hapsyo": "하십시오체", "any": ""}
REQUEST_FORMS = {
    "haeyo": "~하세요",
    "hapsyo": "~하십시오",
    "haera": "~하라",
    "hao": "~하시오",
    "any": "",
}
"""How an instruction asks, as the prompt says it."""


def open_chat(wanted: Wanted) -> ChatEngine:
    """Open a chat model behind an OpenAI-compatible server.

    Raises:
        SettingsError: no model is named.
    """
    settings = wanted.settings
    if not settings.model:
        raise SettingsError("Name the model that translates: --model NAME.")
    prompt = load_prompt("translate", settings.prompt)
    return ChatEngine(wanted.endpoint(), prompt, settings)


def question(settings: TranslateSettings, messages: tuple[Message, ...]) -> Question:
    """Return what a chat model is asked, translation or not, with the parameters of the run."""
    parameters: dict[str, Any] = {"temperature": settings.temperature}
    if settings.max_tokens is not None:
        parameters["max_tokens"] = settings.max_tokens
    if settings.json_mode:
        parameters["response_format"] = {"type": "json_object"}
    return Question(
        engine=settings.engine, model=settings.model, messages=messages, parameters=parameters
    )


class ChatEngine(Engine):
    """Asks a chat model for a batch of rows in one question."""

    style: ClassVar[MaskStyle] = "marks"
    second_style: ClassVar[MaskStyle] = "tags"

    def __init__(self, endpoint: Endpoint, prompt: PromptFile, settings: TranslateSettings) -> None:
        self.name = f"{settings.engine}:{settings.model}"
        self._endpoint, self._prompt, self._settings = endpoint, prompt, settings

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        """Return a translation, or what went wrong, for each row, in their order."""
        try:
            reply = self._endpoint.ask(self._question(rows))
        except RequestRefused as refusal:
            return [Drop("request-refused", str(refusal)) for _ in rows]
        return read_reply(reply, rows)

    def load(self, rows: Sequence[Row]) -> Load:
        """Return what the question about `rows` would send."""
        question = self._question(rows)
        if not unpaid(self._endpoint, [question.key()]):
            return Load()
        size = question.characters
        return Load(1, size, self._endpoint.meter.estimate(size, "tokens"))

    def counts(self) -> dict[str, int]:
        """Return the counts of the server."""
        return dict(self._endpoint.counts)

    def stop(self) -> None:
        """Let nobody wait for another try."""
        self._endpoint.stop()

    def close(self) -> None:
        """Close the connections and the cache."""
        self._endpoint.close()

    def _question(self, rows: Sequence[Row]) -> Question:
        settings = self._settings
        payload = json.dumps([_as_sent(row) for row in _unique(rows)], ensure_ascii=False, indent=1)
        messages = self._prompt.messages(
            rows=payload,
            register=REGISTER_NAMES[settings.register],
            request=REQUEST_FORMS[settings.instruction_register],
        )
        return question(settings, messages)


def read_reply(reply: Reply, rows: Sequence[Row]) -> list[str | Drop]:
    """Return what `reply` says about each row: a reply cut short still gives its whole rows."""
    found: dict[str, set[str]] = {}
    for item in items(reply.text):
        found.setdefault(item[0], set()).add(item[1])
    missing = Drop("row-missing", "the engine left this row out")
    if not found and '"rows"' not in reply.text:
        missing = Drop("unreadable-reply", reply.text[:200])
    if reply.finish_reason == "length":
        missing = Drop("truncated", "the answer of the engine was cut (finish_reason: length)")
    results: list[str | Drop] = []
    for row in rows:
        texts = found.get(row.id, set())
        if len(texts) > 1:
            results.append(Drop("row-repeated", "the engine gave this row two translations"))
        else:
            results.append(next(iter(texts), missing))
    return results


def _as_sent(row: Row) -> dict[str, str]:
    kind = {"user": "instruction", "assistant": "answer", "system": "system"}[row.speaker]
    sent = {"id": row.id, "kind": kind, "text": row.text}
    return sent | {"note": row.note} if row.note else sent


def _unique(rows: Sequence[Row]) -> list[Row]:
    return list({row.id: row for row in rows}.values())


def items(text: str) -> Iterator[tuple[str, str]]:
    """Yield each (id, text) of a reply: JSON, maybe fenced, wrapped in words, or torn."""
    for value in json_objects(text):
        try:
            pairs = list(_pairs(value))
        except RecursionError:
            return  # nested deeper than anything that was asked for
        yield from ((id, whole_characters(said)) for id, said in pairs)


def _pairs(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _pairs(item)
    elif isinstance(value, dict):
        if isinstance(value.get("id"), str) and isinstance(value.get("text"), str):
            yield value["id"], value["text"]
            return
        for key, item in value.items():
            if isinstance(item, str):
                yield key, item  # {"1a2b3c4d": "번역"}
            else:
                yield from _pairs(item)
