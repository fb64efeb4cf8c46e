"""Which rows of a set are read, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from korean_rlhf.errors import SettingsError

FIELD_NAMES = (
    "id", "source", "license", "system", "instruction", "input", "output", "messages",
    "conversations", "prompt", "chosen", "rejected", "responses", "ranks", "scores",
)  # fmt: skip
"""Names that --fields may give to a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings:
    """Settings of reading instruction and preference sets."""

    format: Literal[
        "auto",
        "messages",
        "sharegpt",
        "self-instruct",
        "alpaca",
        "dolly",
        "pair",
        "oasst",
        "oasst-trees",
        "ranked",
        "preference",
        "hh",
    ] = "auto"
    """Format of the inputs. auto: what the first row of each file looks like."""

    fields: tuple[str, ...] = ()
    """Columns under other names, each as name=column: instruction=질문 output=답. A dot goes
    into an object: output=answer.text. Of the others only id, source and license are read then."""

    records: Literal["all", "instructions", "comparisons"] = "all"
    """Kind of records to take, where a set (OASST) holds both."""

    bad_rows: Literal["stop", "drop"] = "stop"
    """What a row that cannot be read does: end the work, or go to dropped.jsonl."""

    def __post_init__(self) -> None:
        for field in self.fields:
            name, _, column = field.partition("=")
            if name not in FIELD_NAMES or not column:
                known = ", ".join(FIELD_NAMES)
                raise SettingsError(
                    f"fields holds {field!r}; each is name=column with a name of {known}."
                )

    @property
    def columns(self) -> dict[str, str]:
        """Name -> column, as `fields` says."""
        return dict(field.split("=", 1) for field in self.fields)
