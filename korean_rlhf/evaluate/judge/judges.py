"""The judges: a chat model behind an OpenAI-compatible endpoint, or a reward model of ours."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from korean_rlhf.endpoint import Endpoint, Question, RequestRefused
from korean_rlhf.errors import BadInput
from korean_rlhf.evaluate.checkpoints import WHEN_BROKEN, weights_digest
from korean_rlhf.evaluate.journal import Journal, request_key
from korean_rlhf.evaluate.judge.exchanges import Exchange, conversation, guarded
from korean_rlhf.evaluate.judge.verdicts import (
    HIGHEST,
    LOWEST,
    Failure,
    Preference,
    Score,
    parse_preference,
    parse_score,
)
from korean_rlhf.evaluate.scores import score_key
from korean_rlhf.progress import track
from korean_rlhf.promptfiles import PromptFile, load_prompt
from korean_rlhf.records import Message
from korean_rlhf.rundir import chosen_step
from korean_rlhf.settings.judge import JudgeSettings

if TYPE_CHECKING:
    from korean_rlhf.evaluate.judge.rewards import Rewards

Pair: TypeAlias = tuple[Exchange, Exchange]


class Judge(Protocol):
    """Whatever scores answers and prefers one of two."""

    name: str
    """Stands in file and table: "openai:qwen3", "reward:step-000110"."""
    key: str
    """Digest of all that decides its verdicts."""
    scale: tuple[float, float] | None
    """Lowest and highest score; None where scores have no fixed scale."""

    def score(self, exchanges: Sequence[Exchange]) -> list[Score | Failure]:
        """Return a score, or why there is none, for each answer, in order."""
        ...

    def prefer(self, pairs: Sequence[Pair]) -> list[Preference | Failure]:
        """Return the choice between each two answers; the first of a pair stands as A."""
        ...


class EndpointJudge:
    """Asks a chat model; every reply is kept in the endpoint's cache by what was asked."""

    scale: tuple[float, float] | None = (LOWEST, HIGHEST)

    def __init__(self, server: Endpoint, settings: JudgeSettings) -> None:
        self.name = f"{settings.engine}:{settings.model}"
        self._server, self._settings = server, settings
        self._single = load_prompt("judge", "single")
        self._pairwise = load_prompt("judge", "pairwise")
        self.key = score_key(
            name=self.name,
            prompts=[[p.version, p.system, p.user] for p in (self._single, self._pairwise)],
            parameters=self._parameters(),
        )

    def score(self, exchanges: Sequence[Exchange]) -> list[Score | Failure]:
        """Return a score from 0 to 10, or why there is none, for each answer, in order."""

        def one(exchange: Exchange) -> Score | Failure:
            said = self._ask(
                self._single,
                conversation=conversation(exchange.messages),
                answer=guarded(exchange.answer),
                reference=guarded(exchange.reference),
            )
            return said if isinstance(said, Failure) else parse_score(said)

        return self._each(one, exchanges, "judge answers")

    def prefer(self, pairs: Sequence[Pair]) -> list[Preference | Failure]:
        """Return the choice between each two answers; the first of a pair stands as A.

        In a later turn, each answer is shown with its own model's earlier answers before it.
        """

        def one(pair: Pair) -> Preference | Failure:
            first, second = pair
            said = self._ask(
                self._pairwise,
                conversation=_shared_conversation(first, second),
                answer_a=_answer_in_pair(first),
                answer_b=_answer_in_pair(second),
                reference=guarded(first.reference),
            )
            return said if isinstance(said, Failure) else parse_preference(said)

        return self._each(one, pairs, "judge pairs")

    def _each(self, function: Any, items: Sequence[Any], label: str) -> list[Any]:
        found = []
        with track(len(items), label, "verdicts") as advance:
            for verdict in self._server.each(function, items):
                found.append(verdict)
                advance()
        return found

    def _ask(self, prompt: PromptFile, **values: str) -> str | Failure:
        question = Question(
            model=self._settings.model,
            messages=prompt.messages(**values),
            parameters=self._parameters(),
            engine=self._settings.engine,
        )
        try:
            reply = self._server.ask(question)
        except RequestRefused as problem:
            return Failure("refused", str(problem))
        if reply.finish_reason == "length":  # what looks like a 1 may be the beginning of a 10
            return Failure("cut-off", reply.text)
        return reply.text

    def _parameters(self) -> dict[str, Any]:
        known: dict[str, Any] = {
            "temperature": self._settings.judge_temperature,
            "max_tokens": self._settings.verdict_tokens,
        }
        if self._settings.json_mode:
            known["response_format"] = {"type": "json_object"}
        return known


def _shared_conversation(first: Exchange, second: Exchange) -> str:
    """Return what came before both answers; where the models differ, what the user said."""
    if first.messages == second.messages:
        return conversation(first.messages)
    users = tuple(turn for turn in first.messages if turn.role == "user")
    return conversation(users)


def _answer_in_pair(exchange: Exchange) -> str:
    """Return an answer with the model's own earlier ones, which its opponent does not share."""
    earlier = [turn.content for turn in exchange.messages if turn.role == "assistant"]
    if not earlier:
        return guarded(exchange.answer)
    said = [f"({number}번째 답) {text}" for number, text in enumerate(earlier, start=1)]
    last = f"({len(earlier) + 1}번째 답, 평가할 답) {exchange.answer}"
    return guarded("\n\n".join([*said, last]))


class RewardJudge:
    """A reward model of ours: its score has no fixed scale, and the order of answers no effect.

    Scores are kept by the tokens of the dialogue in a file named by the model's weights.
    """

    scale: tuple[float, float] | None = None

    def __init__(self, folder: Path, memory: Path, settings: JudgeSettings) -> None:
        self.folder = reward_folder(folder)
        self.name = f"reward:{self.folder.resolve().parent.name}/{self.folder.name}"
        weights = weights_digest(self.folder)
        self.key = score_key(weights=weights, precision=settings.precision)
        self._memory = memory / f"reward-{self.key[:16]}.jsonl"
        self._settings = settings

    def score(self, exchanges: Sequence[Exchange]) -> list[Score | Failure]:
        """Return the reward of each whole dialogue; one that the model cannot read is a failure."""
        rewards = self._rewards
        rows = [
            rewards.encode([*one.messages, Message(role="assistant", content=one.answer)])
            for one in exchanges
        ]
        fitting = {request_key(row): row for row in rows if len(row) <= rewards.context}
        with Journal(self._memory) as journal:
            rewards.fill(fitting, journal)
            return [
                Score(float(journal.known[request_key(row)]))
                if len(row) <= rewards.context
                else Failure("too-long", f"{len(row)} tokens")
                for row in rows
            ]

    @cached_property
    def _rewards(self) -> Rewards:
        """The model, loaded when it is first asked."""
        from korean_rlhf.evaluate.judge.rewards import Rewards

        return Rewards(self.folder, self._settings)

    def prefer(self, pairs: Sequence[Pair]) -> list[Preference | Failure]:
        """Return the answer with the higher reward of each two; equal rewards tie."""
        scored = self.score([one for pair in pairs for one in pair])
        return [_higher(*scored[at : at + 2]) for at in range(0, len(scored), 2)]


def _higher(first: Score | Failure, second: Score | Failure) -> Preference | Failure:
    for one in (first, second):
        if isinstance(one, Failure):
            return one
    assert isinstance(first, Score) and isinstance(second, Score)
    if first.value == second.value:
        return Preference("tie")
    return Preference("A" if first.value > second.value else "B")


def reward_folder(folder: Path) -> Path:
    """Return the model folder of a reward stage, step or folder.

    Raises:
        MissingInput: there is no finished model.
        BadInput: the model there writes text instead of scoring it.
    """
    from korean_rlhf.disk import read_json_object

    step = chosen_step(folder)
    found = read_json_object(step / "config.json", fix=WHEN_BROKEN).get("architectures") or []
    if not any("SequenceClassification" in str(name) for name in found):
        raise BadInput(f"{step} is no reward model. Give the folder that `reward` wrote.")
    return step
