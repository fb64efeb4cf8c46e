"""What the model is asked about a row besides its translation: its kind, or a Korean task for it.

Both go through the one endpoint and its cache, like every translation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from korean_rlhf.endpoint import Endpoint, Reply, RequestRefused
from korean_rlhf.promptfiles import PromptFile
from korean_rlhf.records import Drop, Instruction, Message
from korean_rlhf.settings.select import KINDS
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.checks import CHECKS, Pair
from korean_rlhf.translate.engines.chat import REGISTER_NAMES, items, question
from korean_rlhf.translate.reading import Record
from korean_rlhf.translate.register import text_register
from korean_rlhf.translate.selecting import reason_of

MOST_CHARACTERS = 1500
"""Of a request shown to the classifier: what is asked stands at its beginning."""
OWN = frozenset(
    {
        "empty", "translator-refusal", "translator-chatter", "not-korean", "other-script",
        "broken-text", "source-copied", "repetition", "lost-imperative", "lost-question",
        "josa-wrong", "register-mixed", "register-other",
    }
)  # fmt: skip
"""Checks of a Korean text by itself, and that a task asks something. The others hold a translation
to its source, from which a new task may differ in all."""
REFUSED = "rebuild-failed"


@dataclass(frozen=True)
class Asker:
    """A model, and the words in which it is asked."""

    endpoint: Endpoint
    settings: TranslateSettings
    prompt: PromptFile

    def ask(self, **values: Any) -> Reply:
        """Return the answer to the prompt filled with `values`.

        Raises:
            RequestRefused: the server refuses this one question.
        """
        return self.endpoint.ask(question(self.settings, self.prompt.messages(**values)))


def classified(records: Sequence[Record], asker: Asker, kinds: frozenset[str]) -> list[Drop | None]:
    """Return for each record the drop that the model's word asks for, in one request.

    A row that the model leaves out, or names by no known kind, stays: the rules have seen it.
    """
    texts = [_asked(record)[:MOST_CHARACTERS] for record in records]
    ids = [hashlib.sha256(text.encode()).hexdigest()[:8] for text in texts]
    rows = [{"id": id, "text": text} for id, text in dict(zip(ids, texts, strict=True)).items()]
    try:
        reply = asker.ask(rows=json.dumps(rows, ensure_ascii=False, indent=1))
    except RequestRefused:
        return [None for _ in records]
    said = {id: kind.strip() for id, kind in items(reply.text)}
    return [
        Drop(reason_of(said[id]), f"{said[id]}: the model says so")
        if said.get(id) in kinds.intersection(KINDS)
        else None
        for id in ids
    ]


def _asked(record: Record) -> str:
    return "\n\n".join(each.content for each in record.messages if each.role == "user")


def is_single(record: Record) -> bool:
    """Whether `record` is one request with its answer: what can be made anew as a whole."""
    roles = [message.role for message in record.messages]
    return isinstance(record, Instruction) and roles == ["user", "assistant"]


def rebuilt(record: Instruction, drop: Drop, asker: Asker) -> tuple[Instruction | Drop, list[str]]:
    """Return a Korean task of the same sort, or why there is none, and the texts that came."""
    task, answer = (message.content for message in record.messages)
    try:
        reply = asker.ask(
            task=task, answer=answer, kind=drop.detail,
            register=REGISTER_NAMES[asker.settings.register],
        )  # fmt: skip
    except RequestRefused as refusal:
        return Drop(REFUSED, str(refusal)), []
    said = dict(items(reply.text))
    texts = [said.get("task", "").strip(), said.get("answer", "").strip()]
    if reply.finish_reason == "length" or not all(texts):
        return Drop(REFUSED, "the engine gave no whole task and answer"), texts
    new = tuple(
        Message(role=message.role, content=text)
        for message, text in zip(record.messages, texts, strict=True)
    )
    fault = _fault(record.messages, new, asker.settings)
    if fault:
        return fault, texts
    engine = f"rebuilt by {asker.settings.engine}:{asker.settings.model}"
    source = f"{record.source} + {engine}" if record.source else engine
    return replace(record, messages=new, source=source, register=text_register(texts[1])), texts


def _fault(
    old: Sequence[Message], new: Sequence[Message], settings: TranslateSettings
) -> Drop | None:
    """Return the first fault by the checks that fit a text which is no translation."""
    for before, after in zip(old, new, strict=True):
        pair = Pair(
            source=before.content,
            target=after.content,
            masked_source=before.content,
            masked_target=after.content,
            spans=(),
            speaker=after.role,
        )
        for reason, check in CHECKS.items():
            detail = check(pair, settings) if reason in OWN else ""
            if detail:
                return Drop(reason, f"rebuilt {after.role}: {detail}")
    return None
