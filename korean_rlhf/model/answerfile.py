"""A file of answers that grows by the line: one process at a time, one model, one set of prompts.

What a stage folder keeps inside, such a file keeps beside itself: a lock, and what it is made with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from korean_rlhf.disk import (
    atomic_write_text,
    file_digest,
    no_space_named,
    read_json_object,
)
from korean_rlhf.errors import BadInput, OtherRun
from korean_rlhf.records import Prompt
from korean_rlhf.rundir import locked, require_same_settings
from korean_rlhf.settings.loading import to_dict
from korean_rlhf.settings.sample import SampleSettings
from korean_rlhf.tables import json_line

GO_ELSEWHERE = "Choose another --out."


@dataclass(frozen=True, slots=True)
class Source:
    """What the answers in a file are made with: the digests of the model and of the prompts."""

    model: str
    prompts: str
    settings: dict[str, Any]

    @classmethod
    def of(cls, model: Path, prompts: Sequence[Prompt], settings: SampleSettings) -> Source:
        """Return the source of answers of the model in the folder `model` to `prompts`."""
        asked = "".join(map(json_line, prompts))
        return cls(
            _model_digest(model), hashlib.sha256(asked.encode()).hexdigest(), to_dict(settings)
        )


def _model_digest(folder: Path) -> str:
    """Return a digest of weights, config and tokenizer: the files beside an optimiser's state."""
    files = (path for path in sorted(folder.iterdir()) if path.is_file())
    lines = (f"{path.name}\0{file_digest(path)}\n" for path in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@contextmanager
def answer_file(out: Path, source: Source, *, replace: bool = False) -> Iterator[None]:
    """Lock the file `out` for answers made with `source`; those already there are of the same.

    Raises:
        FolderInUse: another process writes to it.
        OtherRun: it was made with something else, and `replace` is false.
        BadInput: it holds something else, which is never deleted.
        NoSpace: the disk filled up; what was written stays.
    """
    with locked(out, out.with_name(f".{out.name}.lock")), no_space_named(out):
        notes = source_path(out)
        if out.exists() and not notes.is_file():
            raise BadInput(
                f"{out} is there, but not {notes.name}, which says what it was made with. "
                f"{GO_ELSEWHERE}"
            )
        if replace:
            out.unlink(missing_ok=True)
        if out.exists():
            _require_same(out, source, read_json_object(notes, fix=GO_ELSEWHERE))
        else:
            content = json.dumps(asdict(source), ensure_ascii=False, indent=2) + "\n"
            atomic_write_text(notes, content)
        yield


def source_path(out: Path) -> Path:
    """Return the file beside `out` that says what it is made with."""
    return out.with_name(f"{out.name}.made-with.json")


def _require_same(out: Path, source: Source, found: dict[str, Any]) -> None:
    if found.get("model") != source.model:
        raise OtherRun(out, "it was another model")
    if found.get("prompts") != source.prompts:
        raise OtherRun(out, "the prompts were others")
    require_same_settings(out, source.settings, found.get("settings", {}))
