"""`korean-rlhf where [crawlers|prompts|evals|recipes]`: print where a shipped folder is."""

from __future__ import annotations

from pathlib import Path

from korean_rlhf.assets import asset_dir, recipe_dir
from korean_rlhf.errors import UnknownName

FOLDERS = ("crawlers", "prompts", "evals", "recipes")


def run(argv: list[str]) -> int:
    """Print one folder, or all of them with their names."""
    if argv and argv[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    for name in argv:
        print(_folder(name))
    if not argv:
        for name in FOLDERS:
            print(f"{name}\t{_folder(name)}")
    return 0


def _folder(name: str) -> Path:
    if name == "recipes":
        return recipe_dir()
    if name not in FOLDERS:
        raise UnknownName("shipped folder", name, FOLDERS)
    return asset_dir(name)  # type: ignore[arg-type]
