"""Whom the questions are put to: a model here or behind a server, by tokens; or a server's chat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from korean_rlhf.endpoint import Endpoint, Question
from korean_rlhf.errors import SettingsError
from korean_rlhf.evaluate.backends import choose_backend
from korean_rlhf.evaluate.checkpoints import CHAT_STAGES, Checkpoint
from korean_rlhf.evaluate.journal import Journal
from korean_rlhf.evaluate.scores import score_key
from korean_rlhf.progress import say, track
from korean_rlhf.records import Message
from korean_rlhf.settings.endpoint import ServedSettings
from korean_rlhf.settings.evaluate import EvaluateSettings
from korean_rlhf.settings.prompts import CompareSettings

if TYPE_CHECKING:
    from korean_rlhf.evaluate.lm import KoreanLM
    from korean_rlhf.tokenizer.chat import ChatTokenizer

Asked: TypeAlias = tuple[Message, ...]
REPLIES = "prompts.replies.sqlite"
END_OF_PLAIN = "\n\n"
"""A model that goes on with plain text asks itself the next question behind an empty line."""


class Answering(Protocol):
    """Whatever answers questions."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What of it decides an answer."""
        ...

    @property
    def cut(self) -> int:
        """Questions that lost their beginning, for the model cannot read as much."""
        ...

    def write(self, asked: Sequence[Asked]) -> list[str]:
        """Return a written answer to each question."""
        ...

    def likelihoods(self, asked: Sequence[Asked], words: Sequence[str]) -> list[list[float]]:
        """Return the log-likelihood in nats of each word as the answer, for each question."""
        ...


@contextmanager
def open_model(
    model: Path | None,
    settings: CompareSettings,
    server: ServedSettings,
    out: Path,
    cache: Path | None = None,
) -> Iterator[Answering]:
    """Yield whoever answers; its answers are kept in `out` as they come.

    Raises:
        SettingsError: neither a folder nor a served model is named.
        MissingInput: the folder holds no finished model.
    """
    if model is None:
        with _chat_server(settings, server, cache or out / REPLIES) as chat:
            yield chat
        return
    backend = choose_backend(
        EvaluateSettings(
            device=settings.device,
            precision=settings.precision,
            batch_tokens=settings.batch_tokens,
        ),
        server,
    )
    target = backend.target(model, None)
    checkpoint = _last(target.checkpoints)
    folder, name = checkpoint.folder, f"{target.run.resolve().name}/{checkpoint.name}"
    facts = {"model": name, "weights": backend.weights(folder), **backend.key(folder)}
    from korean_rlhf.evaluate.lm import KoreanLM

    with backend.opened(folder) as opened, Journal(_journal(out, facts)) as journal:
        lm = KoreanLM(opened, batch_tokens=settings.batch_tokens, label=checkpoint.name)
        lm.journal = journal
        form = _form(checkpoint, lm, settings)
        yield ByTokens(lm, _chat(checkpoint, form), settings, facts | {"form": form})


def _last(checkpoints: Sequence[Checkpoint]) -> Checkpoint:
    """Return the checkpoint that the last stage chose."""
    return [one for one in checkpoints if one.chosen][-1]


def _journal(out: Path, facts: Mapping[str, Any]) -> Path:
    return out / f"answers-{score_key(**facts)[:16]}.journal"


def _form(checkpoint: Checkpoint, lm: KoreanLM, settings: CompareSettings) -> str:
    """Return how questions are put: as set, else as a chat to models that learned to chat.

    A model from elsewhere is taken for one when its tokenizer brings a chat template.
    """
    if settings.form != "auto":
        return settings.form
    stage = checkpoint.made_by or checkpoint.stage
    brings = bool(getattr(lm.tokenizer, "chat_template", None))
    return "chat" if stage in CHAT_STAGES or (stage == "model" and brings) else "plain"


def _chat(checkpoint: Checkpoint, form: str) -> ChatTokenizer | None:
    if form != "chat":
        return None
    from korean_rlhf.tokenizer.chat import ChatTokenizer

    return ChatTokenizer.load(checkpoint.folder)


@dataclass(slots=True)
class ByTokens:
    """A model that is asked by tokens, whether it is here or served."""

    lm: KoreanLM
    chat: ChatTokenizer | None
    """None puts questions as plain text."""
    settings: CompareSettings
    facts: Mapping[str, Any]

    @property
    def cut(self) -> int:
        """Requests that lost their beginning, for the model cannot read as much."""
        return self.lm.truncated

    def write(self, asked: Sequence[Asked]) -> list[str]:
        """Return a written answer to each question, the most probable token at each place."""
        options: dict[str, Any] = {"max_gen_toks": self.settings.answer_tokens}
        if self.chat is None:
            options["until"] = [END_OF_PLAIN]
        return [text.strip() for text in self.lm.write([(self._tokens(q), options) for q in asked])]

    def likelihoods(self, asked: Sequence[Asked], words: Sequence[str]) -> list[list[float]]:
        """Return the log-likelihood in nats of each word as the answer, for each question."""
        pairs = [self._pair(question, word) for question in asked for word in words]
        scored = [logprob for logprob, _ in self.lm.score_pairs(pairs)]
        return [scored[at : at + len(words)] for at in range(0, len(scored), len(words))]

    def _tokens(self, question: Asked) -> list[int]:
        if self.chat is not None:
            return self.chat.encode_chat(question)
        return self.lm.tok_encode(plain_text(question))

    def _pair(self, question: Asked, word: str) -> tuple[list[int], list[int]]:
        """Return the tokens of the question and of the word behind it."""
        from korean_rlhf.evaluate.lm import split_tokens

        if self.chat is not None:
            return self._tokens(question), self.chat.encode(word)
        text = plain_text(question).rstrip()
        whole = self.lm.tok_encode(f"{text} {word}")
        return split_tokens(self.lm.tok_encode(text), whole, self.lm.prefix_token_id)


def plain_text(question: Asked) -> str:
    """Return a question without roles: the system's words stand before it."""
    return "\n\n".join(message.content for message in question)


@contextmanager
def _chat_server(
    settings: CompareSettings, server: ServedSettings, cache: Path
) -> Iterator[Answering]:
    if not server.endpoint_model:
        raise SettingsError("Say whom to ask: --model FOLDER, or --endpoint-model NAME.")
    if settings.mode == "likelihood":
        raise SettingsError(
            "A likelihood is asked for by tokens: give --model the folder of the tokenizer of "
            f"{server.endpoint_model}, or --mode generate."
        )
    if settings.form == "plain":
        raise SettingsError(
            f"Plain text is sent by tokens: give --model the folder of the tokenizer of "
            f"{server.endpoint_model}, or leave --form away."
        )
    with Endpoint(replace(server), cache=cache) as opened:
        chat = ServedChat(opened, server.endpoint_model, settings)
        yield chat
        paid, cached = opened.counts["paid"], opened.counts["cached"]
        say(f"{opened.base}: {paid:,} answers, {cached:,} more had been paid for earlier.")


class ServedChat:
    """A server that is asked as people ask it, in messages; its replies are kept by content."""

    cut = 0

    def __init__(self, server: Endpoint, name: str, settings: CompareSettings) -> None:
        self._server, self._name = server, name
        self._parameters = {"temperature": 0.0, "max_tokens": settings.answer_tokens}
        self.facts: Mapping[str, Any] = {"model": name, "form": "chat", "served": True}

    def write(self, asked: Sequence[Asked]) -> list[str]:
        """Return a written answer to each question."""

        def ask(messages: Asked) -> str:
            question = Question(model=self._name, messages=messages, parameters=self._parameters)
            return self._server.ask(question).text.strip()

        found = []
        with track(len(asked), self._name, "answers") as advance:
            for text in self._server.each(ask, asked):
                found.append(text)
                advance()
        return found

    def likelihoods(self, asked: Sequence[Asked], words: Sequence[str]) -> list[list[float]]:
        """Refuse: a chat tells no likelihood of a text that it was given."""
        raise SettingsError("A chat tells no likelihoods. Give --mode generate.")
