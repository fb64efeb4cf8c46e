"""Where models are computed: on this machine, or by a server that holds one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from korean_rlhf.disk import read_json_object
from korean_rlhf.errors import EndpointError, SettingsError
from korean_rlhf.evaluate.checkpoints import (
    WHEN_BROKEN,
    Target,
    find_served,
    find_target,
    weights_digest,
)
from korean_rlhf.evaluate.scores import score_key
from korean_rlhf.evaluate.suites import TaskInfo, load_tasks
from korean_rlhf.progress import say
from korean_rlhf.settings.endpoint import ServedSettings
from korean_rlhf.settings.evaluate import EvaluateSettings

if TYPE_CHECKING:
    from korean_rlhf.endpoint import Endpoint
    from korean_rlhf.evaluate.lm import KoreanLM
    from korean_rlhf.evaluate.models import Loaded
    from korean_rlhf.evaluate.served import Served

WRITTEN = "generate_until"
"""Tasks for which a model writes; the others ask how likely a text is."""

NO_LIMIT = 1_000_000
"""Tokenizers that know no limit of their model say a huge one."""


class Backend(Protocol):
    """What computes a model, and what of it decides a score."""

    def target(self, path: Path, out: Path | None) -> Target:
        """Return what `path` stands for."""
        ...

    def weights(self, folder: Path) -> str:
        """Return the digest of the model in `folder`."""
        ...

    def key(self, folder: Path) -> dict[str, Any]:
        """Return what else decides a score."""
        ...

    def facts(self, folder: Path) -> dict[str, Any]:
        """Return what the score file says of the backend."""
        ...

    def opened(self, folder: Path) -> AbstractContextManager[Loaded | Served]:
        """Open the model in `folder` for the time of a `with` block."""
        ...

    def check(self, lm: KoreanLM, todo: Sequence[TaskInfo]) -> None:
        """Raise an EndpointError if some of these tasks cannot be scored."""
        ...


def choose_backend(settings: EvaluateSettings, served: ServedSettings | None) -> Backend:
    """Return the server where one is named, else this machine."""
    return Server(served) if served and served.endpoint_model else Here(settings)


@dataclass(frozen=True, slots=True)
class Here:
    """This machine."""

    settings: EvaluateSettings

    def target(self, path: Path, out: Path | None) -> Target:
        """Return the checkpoints of a run, a stage, a step or a model folder."""
        return find_target(path, out)

    def weights(self, folder: Path) -> str:
        """Return the digest of weights and tokenizer."""
        return weights_digest(folder)

    def key(self, folder: Path) -> dict[str, Any]:
        """Return the precision that is computed in."""
        from korean_rlhf.evaluate.models import pick_precision

        return {"precision": pick_precision(self.settings.device, self.settings.precision)}

    def facts(self, folder: Path) -> dict[str, Any]:
        """Return nothing: a score is computed here unless it says otherwise."""
        return {}

    @contextmanager
    def opened(self, folder: Path) -> Iterator[Loaded | Served]:
        """Load the model."""
        from korean_rlhf.evaluate.models import load

        yield load(folder, device=self.settings.device, precision=self.settings.precision)

    def check(self, lm: KoreanLM, todo: Sequence[TaskInfo]) -> None:
        """Let every task pass."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server with one model."""

    settings: ServedSettings

    def target(self, path: Path, out: Path | None) -> Target:
        """Return the one model in `path`."""
        return find_served(path, self.settings.endpoint_model, out)

    def weights(self, folder: Path) -> str:
        """Return the digest of weights and tokenizer, as if the server held what is in `folder`.

        Without weights there, the name of the model stands for them.
        """
        digest = weights_digest(folder)
        if any(folder.glob("*.safetensors")):
            return digest
        return score_key(served=self.settings.endpoint_model, files=digest)

    def key(self, folder: Path) -> dict[str, Any]:
        """Return the name and the context of the model; the address says nothing of it."""
        return {"precision": "served", **self.facts(folder)}

    def facts(self, folder: Path) -> dict[str, Any]:
        """Return the name and the context of the model."""
        model = self.settings.endpoint_model
        return {"served": {"model": model, "context": self._context(folder)}}

    @contextmanager
    def opened(self, folder: Path) -> Iterator[Loaded | Served]:
        """Open the connection, and tell at the end what was paid for."""
        from korean_rlhf.endpoint import Endpoint
        from korean_rlhf.evaluate.models import load_tokenizer
        from korean_rlhf.evaluate.served import ROOM, Served

        tokenizer, context = load_tokenizer(folder), self._context(folder)
        with Endpoint(self.settings) as server:
            name = self.settings.endpoint_model
            try:
                yield Served(tokenizer, context - ROOM, server, name, context)
            finally:
                _tell(server)

    def check(self, lm: KoreanLM, todo: Sequence[TaskInfo]) -> None:
        """Learn before anything is paid for whether the server can score what is to be scored.

        Raises:
            EndpointError: it gives no log-probabilities of a prompt, and a task needs them.
        """
        from korean_rlhf.endpoint.completions import NoEcho
        from korean_rlhf.evaluate.served import ServedScorer

        unlikely = [info.name for info in todo if info.output_type != WRITTEN]
        if not unlikely or not isinstance(lm.scorer, ServedScorer):
            return
        try:
            lm.scorer.check()
        except NoEcho as problem:
            written = [info.name for info in load_tasks().values() if info.output_type == WRITTEN]
            raise EndpointError(
                f"{problem} So it cannot score {', '.join(unlikely)}. Tasks with written answers "
                f"remain, one a call: --suite {' | '.join(sorted(written))}."
            ) from None

    def _context(self, folder: Path) -> int:
        """Return how many tokens the model takes at once.

        Raises:
            SettingsError: neither the settings nor the files in `folder` say it.
        """
        if self.settings.endpoint_context:
            return self.settings.endpoint_context
        from korean_rlhf.evaluate.models import context_in

        if (found := context_in(folder)) is not None:
            return found
        told = _read(folder / "tokenizer_config.json").get("model_max_length")
        if isinstance(told, int) and told < NO_LIMIT:
            return told
        raise SettingsError(
            f"{folder} does not say how many tokens the model takes. Say it: --endpoint-context N."
        )


def _tell(server: Endpoint) -> None:
    """Say what was paid for."""
    paid = server.counts
    if paid["paid"]:
        say(
            f"{server.base}: {paid['paid']:,} answers ({paid['retries']:,} more tries), "
            f"{paid['prompt_tokens']:,} tokens read, {paid['completion_tokens']:,} written."
        )


def _read(path: Path) -> dict[str, Any]:
    return read_json_object(path, fix=WHEN_BROKEN) if path.is_file() else {}
