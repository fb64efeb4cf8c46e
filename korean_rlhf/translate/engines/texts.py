"""The engine over a translation service: plain texts, each paid for once, whatever its batch.

Rows are cut where a service takes no longer text, and sent by as many as it takes at once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from korean_rlhf.endpoint import Endpoint, Reply, RequestRefused
from korean_rlhf.endpoint.answers import PassingFault, whole_characters
from korean_rlhf.endpoint.batches import ask_batches, unpaid
from korean_rlhf.endpoint.questions import Request
from korean_rlhf.records import Drop
from korean_rlhf.translate.engines.protocol import Engine, Load, Row

_END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Translations:
    """What a service answered, in the order of the texts; it counts characters, not tokens."""

    texts: tuple[str, ...]
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may hold."""

    texts: int
    size: int
    """Of all texts together, and of one alone."""
    in_bytes: bool = False
    """`size` counts bytes of JSON, not characters."""

    def of(self, text: str) -> int:
        """Return the size of one text."""
        return len(json.dumps(text).encode()) + 2 if self.in_bytes else len(text)


class TextEngine(Engine):
    """Translates rows by a translation service; a subclass says how the service is spoken to."""

    limits: ClassVar[Limits]

    def __init__(self, endpoint: Endpoint, identity: Sequence[Any]) -> None:
        self._endpoint = endpoint
        self._identity = [self.name, *identity]
        """All that changes an answer beside the text, as JSON values."""

    def request(self, texts: Sequence[str]) -> Request[Translations]:
        """Return the request for shown texts that keep to the limits."""
        raise NotImplementedError

    def show(self, text: str) -> str:
        """Return a masked text as the service reads it."""
        return text

    def read(self, answer: str, text: str) -> str:
        """Return the service's translation of `text` as masked text."""
        return answer

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        """Return a translation, or what went wrong, for each row, in their order."""
        asked = [self._parts(row.text) for row in rows]
        refusals: dict[str, Drop] = {}
        by_key = {self._key(part.shown): part for parts in asked for part in parts if part.fits}

        def pay(keys: Sequence[str]) -> Iterator[dict[str, Reply]]:
            for place, chunk in enumerate(self._chunks(keys, by_key)):
                if place:
                    self._endpoint.renew(keys)
                yield from self._pay(chunk, by_key, refusals, keys)

        replies = ask_batches(self._endpoint, list(by_key), pay)
        return [self._joined(parts, replies, refusals) for parts in asked]

    def load(self, rows: Sequence[Row]) -> Load:
        """Return what is not in the cache yet."""
        parts = {
            self._key(part.shown): part
            for row in rows
            for part in self._parts(row.text)
            if part.fits
        }
        fresh = unpaid(self._endpoint, list(parts))
        characters = sum(len(parts[key].shown) for key in fresh)
        cost = self._endpoint.meter.estimate(characters, "characters")
        return Load(len(list(self._chunks(fresh, parts))), characters, cost)

    def counts(self) -> dict[str, int]:
        """Return the counts of the service."""
        return dict(self._endpoint.counts)

    def stop(self) -> None:
        """Let nobody wait for another try."""
        self._endpoint.stop()

    def close(self) -> None:
        """Close the connections and the cache."""
        self._endpoint.close()

    def _key(self, shown: str) -> str:
        said = json.dumps([*self._identity, shown], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    def _parts(self, text: str) -> list[_Part]:
        """Return `text` in parts that fit a request, with what stands between them."""
        whole = self._part(text, "")
        return [whole] if whole.fits else list(self._cut(text))

    def _cut(self, text: str) -> Iterator[_Part]:
        """Yield as many sentences of `text` at a time as fit one request."""
        held = _Part("", "")
        for piece, gap in _sentences(text):
            longer = self._part(held.text + held.gap + piece, gap)
            if held.text and not longer.fits:
                yield held
                longer = self._part(piece, gap)
            held = longer
        yield held

    def _part(self, text: str, gap: str) -> _Part:
        shown = self.show(text)
        return _Part(text, shown, gap, fits=self.limits.of(shown) <= self.limits.size)

    def _chunks(self, keys: Sequence[str], parts: dict[str, _Part]) -> Iterator[list[str]]:
        """Yield the keys of texts by as many as fit one request."""
        limits = self.limits
        chunk: list[str] = []
        size = 0
        for key in keys:
            more = limits.of(parts[key].shown)
            if chunk and (len(chunk) == limits.texts or size + more > limits.size):
                yield chunk
                chunk, size = [], 0
            chunk.append(key)
            size += more
        if chunk:
            yield chunk

    def _pay(
        self,
        keys: list[str],
        parts: dict[str, _Part],
        refusals: dict[str, Drop],
        claimed: Sequence[str],
    ) -> Iterator[dict[str, Reply]]:
        """Yield the replies of one request; when it is refused, those of each text alone.

        All that is `claimed` stays ours while this request waits, what comes behind it too.
        """
        request = self.request([parts[key].shown for key in keys])
        try:
            answer = self._endpoint.pay(request, before=lambda: self._endpoint.renew(claimed))
        except RequestRefused as refusal:
            if len(keys) == 1:
                refusals[keys[0]] = Drop("request-refused", str(refusal))
                return
            for key in keys:
                yield from self._pay([key], parts, refusals, claimed)
            return
        yield {key: Reply(text=text) for key, text in zip(keys, answer.texts, strict=True)}

    def _joined(
        self, parts: Sequence[_Part], replies: dict[str, Reply], refusals: dict[str, Drop]
    ) -> str | Drop:
        """Return the translation of a row from those of its parts."""
        texts = []
        for part in parts:
            key = self._key(part.shown)
            if not part.fits:
                return Drop("request-refused", f"a sentence of {len(part.text):,} characters")
            if key in refusals:
                return refusals[key]
            texts += [self.read(replies[key].text, part.text), part.gap]
        return "".join(texts)


@dataclass(frozen=True, slots=True)
class _Part:
    """A text that travels alone."""

    text: str
    shown: str
    gap: str = ""
    """What stands behind it in the row."""
    fits: bool = True


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence or line of `text` with the space behind it."""
    place = 0
    for end in _END_OF_SENTENCE.finditer(text):
        if end.start() > place:
            yield text[place : end.start()], end[0]
            place = end.end()
    if place < len(text):
        yield text[place:], ""


def json_body(content: bytes) -> dict[str, Any]:
    """Return the JSON object of an answer.

    Raises:
        PassingFault: it is none.
    """
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise PassingFault("the answer is no JSON") from None
    if not isinstance(body, dict):
        raise PassingFault("the answer is no JSON object")
    return body


def texts_of(items: Any, key: str, wanted: int) -> Translations:
    """Return the texts under `key` of each of `items`, which must be `wanted` many.

    Raises:
        PassingFault: they are not.
    """
    if not isinstance(items, list):
        raise PassingFault("the answer holds no list of translations")
    texts = [item.get(key) if isinstance(item, dict) else None for item in items]
    if len(texts) != wanted:
        raise PassingFault(f"the answer holds {len(texts)} translations for {wanted} texts")
    if not all(isinstance(text, str) for text in texts):
        raise PassingFault(f"a translation of the answer holds no {key}")
    return Translations(tuple(whole_characters(str(text)) for text in texts))
