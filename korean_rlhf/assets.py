"""Where crawlers/, prompts/ and evals/ are, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

PACKAGE = Path(__file__).resolve().parent


def asset_dir(name: Literal["crawlers", "prompts", "evals"]) -> Path:
    """Return the folder called `name`: packed inside the package, or beside it.

    The wheel packs the three folders (pyproject.toml, `force-include`). A checkout, also one
    installed with `pip install -e`, uses the folders beside the package, so an edit counts at once.
    """
    packed = PACKAGE / "_assets" / name
    return packed if packed.is_dir() else PACKAGE.parent / name


def recipe_dir() -> Path:
    """Return the folder of the shipped recipes."""
    return PACKAGE / "recipes"
