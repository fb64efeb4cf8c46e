"""Settings of `prompts generate`: what is asked of the model, and which of it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateSettings:
    """How instructions are made from seeds; where the server is stands in EndpointSettings."""

    model: str = ""
    """Name of the model that writes, as its server knows it."""

    license: str = ""
    """Licence of what is made; look into the terms of the model and of the seeds."""

    count: int = 1000
    """Instructions wanted. The round that reaches it is finished, so a few more may come."""

    engine: str = "openai"
    """Name of the kind of server, for the cache: equal model names of two makers may differ."""

    seed: int = 0
    """Seed of every draw: kinds, examples, instructions that evolve."""

    kinds: tuple[str, ...] = ()
    """Kinds of task to make; by default every kind among the seeds."""

    requests_per_round: int = 16
    """Requests for new instructions in one round; after each round the rarest kinds come first."""

    tasks_per_request: int = 5
    """Instructions asked for at once."""

    seeds_shown: int = 5
    """Seeds of the kind in one request."""

    made_shown: int = 2
    """Instructions made earlier in one request, as far as there are any of the kind."""

    evolve_share: float = 0.25
    """Share of the requests that change instructions instead of asking for new ones."""

    operations: tuple[str, ...] = ()
    """Ways to change an instruction, as prompts/generate/evolve.toml names them; by default all."""

    rounds: int = 500
    """Most rounds."""

    patience: int = 5
    """Rounds without a single instruction kept after which the work ends."""

    register: Literal["any", "haeyo", "hapsyo"] = "any"
    """Speech level of the answers: 해요체, 하십시오체, or whatever suits the request."""

    register_share: float = 0.7
    """Least share of an answer's sentences in the level of --register; quotations do not count."""

    temperature: float = 1.0
    """Sampling temperature of new instructions."""

    answer_temperature: float = 0.3
    """Sampling temperature of answers."""

    task_tokens: int = 2048
    """Longest reply with instructions, in tokens."""

    answer_tokens: int = 2048
    """Longest answer, in tokens; one that reaches it is dropped."""

    json_mode: bool = False
    """Ask for response_format json_object. Some servers refuse the word."""

    near: float = 0.53
    """Two instructions at least so alike are one (see docs/benchmarks.md); 1 keeps all but equal
    ones."""

    min_characters: int = 6
    """Fewest letters and digits of an instruction."""

    max_characters: int = 2000
    """Most characters of an instruction."""

    max_answer_characters: int = 6000
    """Most characters of an answer."""

    min_hangul: float = 0.3
    """Least share of Hangul among the letters of an instruction, code and quotations left out."""

    max_kind_share: float = 0.1
    """Largest share of --count in one kind; never less than an equal share."""

    max_opening_share: float = 0.1
    """Largest share of the instructions that begin with the same word; 1 is no limit."""

    max_closing_share: float = 0.2
    """Largest share of the instructions that end in the same two words; 1 is no limit."""

    contaminated_share: float = 0.5
    """An instruction with so many of a benchmark item's n-grams is dropped."""

    screen_model: str = ""
    """Model behind the same server that is asked, before an instruction is answered, whether it is
    harmless and answerable. Not set: only the rules look."""

    judge_model: str = ""
    """Model behind the same server that scores each answer from 0 to 10. Not set: no judge."""

    min_score: float = 7.0
    """Least score of the judge."""

    def __post_init__(self) -> None:
        for name in ("count", "requests_per_round", "tasks_per_request", "seeds_shown", "rounds",
                     "patience", "task_tokens", "answer_tokens", "min_characters"):  # fmt: skip
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} is {getattr(self, name)}; it must be at least 1.")
        for name in ("evolve_share", "register_share", "min_hangul", "max_kind_share",
                     "max_opening_share", "max_closing_share", "contaminated_share"):  # fmt: skip
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise SettingsError(f"{name} is a share: from 0 to 1.")
        for name in ("temperature", "answer_temperature"):
            if not 0.0 <= getattr(self, name) <= 2.0:
                raise SettingsError(f"{name} must be from 0 to 2.")
        if not 0.0 < self.near <= 1.0:
            raise SettingsError("near must be above 0 and at most 1.")
        if self.made_shown < 0:
            raise SettingsError("made_shown must not be below 0.")
        if not self.min_characters < self.max_characters:
            raise SettingsError("min_characters must be below max_characters.")
        if not 0.0 <= self.min_score <= 10.0:
            raise SettingsError("min_score must be from 0 to 10.")
