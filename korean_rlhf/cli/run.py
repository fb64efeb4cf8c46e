"""Run a recipe: every stage from a crawl to a report, each as its own process.

A recipe is a shipped name (quickstart, nano) or a TOML file. Killed or stopped at any moment and
started again, it goes on where it was; a finished stage is not done twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.assets import recipe_dir
from korean_rlhf.cli.arguments import Positional, parse
from korean_rlhf.cli.inputs import resolve_inputs
from korean_rlhf.cli.stages import RecipeRun
from korean_rlhf.errors import MissingInput, SettingsError, UnknownName
from korean_rlhf.settings.recipe import Recipe, read_recipe


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Which recipe to run, and where."""

    recipe: Positional[str] = ""
    """Name of a shipped recipe or a TOML file. Without it, the shipped ones are listed."""

    data: Path | None = None
    """TOML file that names for each input of the recipe a local path, or an address with sha256."""

    name: str = ""
    """Name of the run, when it is not that of the recipe: runs/<name> and data/*/<name>."""

    root: Path = Path()
    """Folder that holds data/ and runs/."""

    seed: int = 0
    """Seed of every stage that draws at random."""

    until: str = ""
    """Stop after the stage of this name."""

    dry_run: bool = False
    """Print the command lines and do nothing."""


def run(argv: list[str]) -> int:
    """Run the recipe, or list the shipped ones."""
    arguments = parse(Arguments, argv, command="run")
    if not arguments.recipe:
        print(_shipped_table())
        return 0
    recipe = read_recipe(find_recipe(arguments.recipe))
    if arguments.until and arguments.until not in (stage.name for stage in recipe.stages):
        raise UnknownName("stage", arguments.until, (stage.name for stage in recipe.stages))
    inputs = _inputs(recipe, arguments)
    the_run = RecipeRun(
        recipe,
        name=arguments.name or recipe.name,
        root=arguments.root,
        seed=arguments.seed,
        inputs=inputs,
    )
    if arguments.dry_run:
        print("\n".join(the_run.command_lines()))
        return 0
    the_run.run(until=arguments.until)
    return 0


def _inputs(recipe: Recipe, arguments: Arguments) -> dict[str, str]:
    if not recipe.inputs:
        return {}
    if arguments.data is None:
        example = recipe_dir() / f"{recipe.name}-data.toml"
        raise SettingsError(
            f"The recipe {recipe.name} needs --data FILE.toml, which says where its inputs are: "
            f"{', '.join(recipe.inputs)}. {example} is an example."
        )
    return resolve_inputs(arguments.data, recipe.inputs, arguments.root / "data" / "downloads")


def find_recipe(name: str) -> Path:
    """Return the file of the recipe `name`, a path or a shipped name."""
    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise MissingInput(path)
        return path
    shipped = {path.stem: path for path in _shipped()}
    if name not in shipped:
        raise UnknownName("recipe", name, shipped)
    return shipped[name]


def _shipped() -> list[Path]:
    return sorted(path for path in recipe_dir().glob("*.toml") if not path.stem.endswith("-data"))


def _shipped_table() -> str:
    rows = [(path.stem, read_recipe(path).description) for path in _shipped()]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in rows)
