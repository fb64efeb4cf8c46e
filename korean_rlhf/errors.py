"""Errors that a user can mend.

* KoreanRLHFError
  - SettingsError   a setting is misspelt, out of range or contradicts another
  - UnknownName     no command, spider, stage, suite or setting has that name
  - MissingInput    a file or a finished stage folder is not there
  - BadInput        a file is there, but cannot be read as what it should be
    + BadRecord     one line or row of it does not fit its record
  - MissingExtra    a command needs an optional dependency
  - FolderInUse     another process writes to the folder or file
  - OtherRun        the folder or file was made with other settings or inputs
  - Overlap         the same prompt stands in two sets that must be disjoint
  - NoSpace         the disk is full
  - EndpointError   a model server did not answer as it should
  - Diverged        training has come to numbers that are not finite
  - StageFailed     a stage of a recipe ended with an error

The command line prints the message of these without a traceback and exits with status 1. Any other
exception is a bug of ours and keeps its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class KoreanRLHFError(Exception):
    """A mistake that the user can mend."""


class SettingsError(KoreanRLHFError):
    """A setting is misspelt, out of range or contradicts another."""


class UnknownName(KoreanRLHFError):
    """Nothing of that kind has that name."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names)}."
        super().__init__(f"No {kind} is called {name!r}. {hint}")


class MissingInput(KoreanRLHFError):
    """A file or a finished stage folder is not there."""

    def __init__(self, path: Path, made_by: str = "") -> None:
        fix = f"Make it with: {made_by}" if made_by else "Check the path."
        super().__init__(f"{path} does not exist or is not finished. {fix}")


class BadInput(KoreanRLHFError):
    """A file is there, but cannot be read as what it should be."""


class BadRecord(BadInput):
    """One line or row of a file does not fit its record."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")


class MissingExtra(KoreanRLHFError):
    """A command needs an optional dependency that is not installed."""

    def __init__(self, command: str, extra: str) -> None:
        super().__init__(f"{command} needs: pip install 'korean-rlhf[{extra}]'")


class FolderInUse(KoreanRLHFError):
    """Another process writes to the folder or file."""

    def __init__(self, place: Path) -> None:
        super().__init__(
            f"Another process is writing to {place}. Wait for it, or choose another --out."
        )


class OtherRun(KoreanRLHFError):
    """The folder or file was made with other settings or inputs."""

    def __init__(self, place: Path, difference: str) -> None:
        super().__init__(
            f"{place} was made with other inputs or settings ({difference}). "
            "Choose another --out, or give --replace to delete it and start anew."
        )


class Overlap(KoreanRLHFError):
    """The same prompt stands in two sets that must be disjoint."""


class NoSpace(KoreanRLHFError):
    """The disk is full."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(
            f"No space left on the disk of {path}. Free some and run the same command again: "
            "it goes on where it was."
        )


class EndpointError(KoreanRLHFError):
    """A model server did not answer as it should."""


class Diverged(KoreanRLHFError):
    """Training has come to numbers that are not finite."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(
            f"Training diverged at {place}: {problem}. Nothing was learned from it. "
            "Lower the learning rate, and give --replace or another --out."
        )


class StageFailed(KoreanRLHFError):
    """A stage of a recipe ended with an error."""
