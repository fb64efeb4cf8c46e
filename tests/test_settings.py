from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from korean_rlhf.assets import recipe_dir
from korean_rlhf.errors import BadInput, MissingInput, SettingsError, UnknownName
from korean_rlhf.settings.loading import load, to_dict, to_toml
from korean_rlhf.settings.recipe import fill_placeholders, read_recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    rate: float = 1.0
    steps: int | None = None
    kind: Literal["a", "b"] = "a"
    names: tuple[str, ...] = ()
    where: Path = Path("x")
    fast: bool = False


def toml(tmp_path, text):
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_written_is_read_back(tmp_path):
    settings = Settings(rate=0.1, steps=3, kind="b", names=('따옴"표', "줄\n\\t탭\t"), fast=True)

    assert load(Settings, toml(tmp_path, to_toml(settings))) == settings
    assert load(Settings, toml(tmp_path, to_toml(Settings()))) == Settings()


def test_overrides_win_and_a_whole_number_may_be_a_rate(tmp_path):
    assert load(Settings, toml(tmp_path, "rate = 2\nsteps = 5"), {"steps": 6}) == Settings(
        rate=2.0, steps=6
    )


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("rat = 2", UnknownName, "Did you mean 'rate'"),
        ("rate = 'fast'", SettingsError, "rate must be float"),
        ("steps = true", SettingsError, "steps must be int"),
        ("kind = 'c'", SettingsError, "one of 'a', 'b'"),
        ("names = 'one'", SettingsError, "must be a list"),
        ("rate = \nsteps = 1", BadInput, r"s\.toml: not TOML.*line 1"),
    ],
)
def test_a_wrong_file_is_one_clear_sentence(tmp_path, text, error, says):
    with pytest.raises(error, match=says):
        load(Settings, toml(tmp_path, text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingInput, match="none"):
        load(Settings, tmp_path / "none.toml")


def test_every_shipped_recipe_is_read():
    paths = [path for path in recipe_dir().glob("*.toml") if not path.stem.endswith("-data")]

    assert {"quickstart"} <= {path.stem for path in paths}
    for path in paths:
        assert read_recipe(path).stages


def test_an_unknown_placeholder_names_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'data'"):
        fill_placeholders("{dat}/x", {"data": "d", "run": "r"})


@dataclass(frozen=True)
class Outer:
    inner: Settings
    more: str = "가"


def test_settings_inside_settings_are_written_side_by_side():
    written = to_dict(Outer(Settings(kind="b")))

    assert written == {**to_dict(Settings(kind="b")), "more": "가"}
