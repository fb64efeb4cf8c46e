"""What is asked of the model: new instructions, changed ones, answers, scores."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf.assets import asset_dir
from korean_rlhf.endpoint import Endpoint, Question, Reply, RequestRefused, without_thoughts
from korean_rlhf.endpoint.objects import json_objects
from korean_rlhf.errors import UnknownName
from korean_rlhf.promptfiles import PromptFile, load_prompt
from korean_rlhf.prompting.generation.borrowed import Borrowed
from korean_rlhf.prompting.generation.tasks import SELF_INSTRUCT, Made, Seed
from korean_rlhf.records import Drop
from korean_rlhf.settings.generate import GenerateSettings
from korean_rlhf.settings.loading import read_toml

KINDS, OPERATIONS = "_kinds.toml", "_operations.toml"
REGISTER_NAMES = {"haeyo": "해요체", "hapsyo": "하십시오체", "any": ""}


@dataclass(frozen=True, slots=True)
class Order:
    """One request for instructions, fixed before the round begins."""

    operation: str
    kind: str
    shown: tuple[Seed | Made, ...]
    """Examples of the kind, or the instructions to change."""
    ids: tuple[str, ...]
    """One for each instruction wanted; a reply is read by them, never by place."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompt files, the names of the kinds, and the ways to change an instruction."""

    new: PromptFile
    evolve: PromptFile
    screen: PromptFile
    answer: PromptFile
    judge: PromptFile
    kinds: dict[str, str]
    ways: dict[str, str]
    paths: tuple[Path, ...]
    """All files that were read: other words are other work."""

    @classmethod
    def load(cls) -> Prompts:
        """Read prompts/generate and the judge's."""
        new, evolve, screen, answer = (
            load_prompt("generate", name)
            for name in ("self_instruct", "evolve", "screen", "answer")
        )
        judge = load_prompt("judge", "single")
        tables = [asset_dir("prompts") / "generate" / name for name in (KINDS, OPERATIONS)]
        kinds, ways = ({key: str(text) for key, text in read_toml(path).items()} for path in tables)
        paths = (*(file.path for file in (new, evolve, screen, answer, judge)), *tables)
        return cls(new, evolve, screen, answer, judge, kinds=kinds, ways=ways, paths=paths)

    def operations(self, wanted: Sequence[str]) -> dict[str, str]:
        """Return the ways to change an instruction: name and what the model is told.

        Raises:
            UnknownName: one of those wanted is none.
        """
        for name in wanted:
            if name not in self.ways:
                raise UnknownName("operation", name, self.ways)
        return {name: self.ways[name] for name in wanted or self.ways}

    def source(self, operation: str) -> str:
        """Return the name and version of the prompt behind an operation."""
        prompt = self.new if operation == SELF_INSTRUCT else self.evolve
        return f"{prompt.kind}/{prompt.name} {prompt.version}"


class Asking:
    """Turns orders and instructions into requests; every answer is in the cache of the server."""

    def __init__(
        self, server: Endpoint, prompts: Prompts, settings: GenerateSettings, borrowed: Borrowed
    ) -> None:
        self.server, self._prompts, self._settings = server, prompts, settings
        self._borrowed = borrowed
        self._operations = prompts.operations(settings.operations)

    def instructions(self, order: Order) -> Reply | Drop:
        """Return the model's reply to an order."""
        if order.operation == SELF_INSTRUCT:
            examples = [task.instruction for task in order.shown]
            values = {"ids": _json(order.ids), "seeds": _json(examples)}
            values["kind"] = self._prompts.kinds.get(order.kind, order.kind)
            messages = self._prompts.new.messages(**values)
        else:
            rows = [
                {"id": id, "instruction": task.instruction}
                for id, task in zip(order.ids, order.shown, strict=True)
            ]
            messages = self._prompts.evolve.messages(
                operation=self._operations[order.operation], rows=_json(rows)
            )
        settings = self._settings
        parameters = self._parameters(settings.temperature, settings.task_tokens)
        return self._ask(messages, settings.model, parameters)

    def fit(self, made: Made) -> Drop | None:
        """Return why the screening model finds an instruction unfit, None when it does not."""
        messages = self._prompts.screen.messages(instruction=made.instruction)
        said = self._ask(messages, self._settings.screen_model, self._parameters(0.0, 512))
        if isinstance(said, Drop):
            return said
        verdicts = [value for value in _objects(said.text) if isinstance(value.get("fit"), bool)]
        if len({value["fit"] for value in verdicts}) != 1:
            return Drop("no-verdict", said.text[:200])
        if verdicts[0]["fit"]:
            return None
        return Drop("unfit", str(verdicts[0].get("reason", ""))[:200])

    def answer(self, made: Made) -> Reply | Drop:
        """Return the model's answer to an instruction."""
        settings = self._settings
        messages = self._prompts.answer.messages(
            instruction=made.instruction, register=REGISTER_NAMES[settings.register]
        )
        parameters = {
            "temperature": settings.answer_temperature,
            "max_tokens": settings.answer_tokens,
        }
        return self._ask(messages, settings.model, parameters)

    def score(self, made: Made) -> float | Drop:
        """Return the judge's score of an answer."""
        guarded = self._borrowed.guarded
        messages = self._prompts.judge.messages(
            conversation=guarded(made.instruction), answer=guarded(made.answer), reference=""
        )
        said = self._ask(
            messages, self._settings.judge_model, self._parameters(0.0, self._settings.task_tokens)
        )
        if isinstance(said, Drop):
            return said
        score = None if said.finish_reason == "length" else self._borrowed.read_score(said.text)
        return Drop("no-verdict", said.text[:200]) if score is None else score

    def _parameters(self, temperature: float, tokens: int) -> dict[str, Any]:
        known: dict[str, Any] = {"temperature": temperature, "max_tokens": tokens}
        if self._settings.json_mode:
            known["response_format"] = {"type": "json_object"}
        return known

    def _ask(self, messages: Any, model: str, parameters: dict[str, Any]) -> Reply | Drop:
        question = Question(
            model=model, messages=messages, parameters=parameters, engine=self._settings.engine
        )
        try:
            return self.server.ask(question)
        except RequestRefused as problem:
            return Drop("request-refused", str(problem))


def order_ids(seed: int, round_number: int, place: int, count: int) -> tuple[str, ...]:
    """Return ids for the instructions of one order: short, and other ones in each order.

    >>> order_ids(0, 1, 0, 2)
    ('1dec49-1', '1dec49-2')
    """
    name = hashlib.sha256(f"{seed}:{round_number}:{place}".encode()).hexdigest()[:6]
    return tuple(f"{name}-{number}" for number in range(1, count + 1))


def read_tasks(reply: Reply, order: Order) -> list[tuple[str, str] | Drop]:
    """Return (id, instruction) for what a reply holds, and a Drop for what cannot be told apart.

    A reply cut short gives its whole instructions; an id that was not asked for, or comes twice
    with other words, is no instruction of ours.
    """
    found: dict[str, str] = {}
    results: list[tuple[str, str] | Drop] = []
    for id, text in dict.fromkeys(_pairs_in(reply.text)):
        if id not in order.ids:
            results.append(Drop("unknown-id", f"{id}: {text[:200]}"))
        elif id in found:
            results.append(Drop("repeated-id", f"{id}: {text[:200]}"))
        else:
            found[id] = text
            results.append((id, text))
    if not results:
        reason = "truncated-reply" if reply.finish_reason == "length" else "unreadable-reply"
        results.append(Drop(reason, reply.text[:200]))
    return results


def _pairs_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield each (id, instruction) of a reply."""
    for value in _objects(text):
        yield from _pairs(value)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    return json_objects(without_thoughts(text) or "")


def _pairs(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _pairs(item)
    elif isinstance(value, dict):
        if isinstance(value.get("instruction"), str) and "id" in value:
            given = value.get("input")
            parts = [value["instruction"], given if isinstance(given, str) else ""]
            yield str(value["id"]), "\n\n".join(part.strip() for part in parts if part.strip())
        else:
            for item in value.values():
                yield from _pairs(item)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
