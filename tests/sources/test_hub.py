"""Data sets of the hub: the same code over folders and files, and one sentence for each failure."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from korean_rlhf.cli.main import main
from korean_rlhf.errors import BadInput, SettingsError, StageFailed
from korean_rlhf.records import Document
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.crawl import HubSettings
from korean_rlhf.sources import hub, writing
from korean_rlhf.sources.hub import collect_hub, open_rows
from korean_rlhf.tables import DocumentWriter, read, rows

datasets = pytest.importorskip("datasets")
SETTINGS = HubSettings(
    license="CC0-1.0", text_column="body", id_column="key", title_column="name", url_column="link"
)


def row(number: int) -> dict[str, Any]:
    text = None if number % 10 == 9 else f"{number}번째 글이다. 비가 온다."
    return {"body": text, "key": number, "name": f"글 {number}", "link": f"https://a.kr/{number}"}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / ".cache")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data set of two JSONL files, as one downloaded from the hub lies on a disk."""
    place = tmp_path / "set"
    place.mkdir()
    for name, numbers in (("train-0.jsonl", range(60)), ("train-1.jsonl", range(60, 100))):
        lines = "".join(json.dumps(row(n), ensure_ascii=False) + "\n" for n in numbers)
        (place / name).write_text(lines, encoding="utf-8")
    return place


def documents(out: Path) -> list[Document]:
    return sorted(read(out, Document), key=lambda d: int(d.id.rpartition(":")[2]))


def test_columns_become_fields(folder: Path, tmp_path: Path) -> None:
    collect_hub(str(folder), tmp_path / "out", SETTINGS)
    found = documents(tmp_path / "out")

    assert found[1] == Document(
        id="hub:1",
        text="1번째 글이다. 비가 온다.",
        title="글 1",
        url="https://a.kr/1",
        source="hub",
        license="CC0-1.0",
    )
    counts = read_manifest(tmp_path / "out")["counts"]
    assert counts == {"in": 100, "out": 90, "dropped": {"empty": 10}}


def test_every_kind_of_local_data_set_gives_the_same(folder: Path, tmp_path: Path) -> None:
    whole = datasets.Dataset.from_list([row(n) for n in range(100)])
    whole.to_parquet(tmp_path / "set.parquet")
    whole.save_to_disk(tmp_path / "saved")
    datasets.DatasetDict({"train": whole, "test": whole}).save_to_disk(tmp_path / "saved-dict")
    (tmp_path / "arrow").mkdir()
    os.link(next((tmp_path / "saved").glob("*.arrow")), tmp_path / "arrow/train.arrow")
    digests = set()
    for name in ("set", "set.parquet", "saved", "saved-dict", "arrow"):
        collect_hub(str(tmp_path / name), tmp_path / f"out-{name}", SETTINGS)
        digests.add(read_manifest(tmp_path / f"out-{name}")["digest"])

    assert len(digests) == 1


def test_a_limit_and_the_numbers_of_rows(folder: Path, tmp_path: Path) -> None:
    settings = HubSettings(license="MIT", text_column="body", limit=7)
    collect_hub(str(folder), tmp_path / "out", settings)

    assert [d.id for d in documents(tmp_path / "out")] == [f"hub:train:{n}" for n in range(1, 8)]


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


def test_a_killed_run_goes_on_behind_its_last_shard(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = lambda place: DocumentWriter(place, shard_bytes=500)  # noqa: E731
    monkeypatch.setattr(writing, "DocumentWriter", small)
    monkeypatch.setattr(hub, "ROWS_BETWEEN", 10)
    collect_hub(str(folder), tmp_path / "whole", SETTINGS)
    original, read_rows = hub._whole_rows, []

    def dying(*arguments: Any) -> Iterator[dict[str, Any]]:
        for number, found in enumerate(original(*arguments)):
            if number == 47:
                raise Killed
            read_rows.append(found["key"])
            yield found

    monkeypatch.setattr(hub, "_whole_rows", dying)
    with pytest.raises(Killed):
        collect_hub(str(folder), tmp_path / "killed", SETTINGS)
    assert read_rows == [*range(47)]
    read_rows.clear()
    with pytest.raises(Killed):
        collect_hub(str(folder), tmp_path / "killed", SETTINGS)
    first = read_rows[0]
    monkeypatch.setattr(hub, "_whole_rows", original)
    collect_hub(str(folder), tmp_path / "killed", SETTINGS)
    whole, killed = read_manifest(tmp_path / "whole"), read_manifest(tmp_path / "killed")

    assert 20 <= first <= 40, "rows before the bookmark are not read again"
    assert killed["digest"] == whole["digest"] and killed["counts"] == whole["counts"]


def test_a_column_that_is_not_there_is_named_with_those_that_are(
    folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=r"'text'.*body, key, name, link.*--text-column"):
        collect_hub(str(folder), tmp_path / "out", HubSettings())
    with pytest.raises(BadInput, match=r"'key' holds int, no text"):
        collect_hub(str(folder), tmp_path / "out", HubSettings(text_column="key"))


def test_a_split_that_is_not_there_is_named(folder: Path, tmp_path: Path) -> None:
    datasets.DatasetDict({"a": datasets.Dataset.from_list([row(1)])}).save_to_disk(tmp_path / "d")
    for place in (folder, tmp_path / "d"):
        with pytest.raises(SettingsError, match=r"Bad split: dev.*--split"):
            collect_hub(str(place), tmp_path / "out", HubSettings(split="dev"))


def test_a_torn_file_says_after_which_row(folder: Path, tmp_path: Path) -> None:
    content = (folder / "train-1.jsonl").read_bytes()
    (folder / "train-1.jsonl").write_bytes(content[:-20])

    with pytest.raises(BadInput, match=r"after row 60"):
        collect_hub(str(folder), tmp_path / "out", SETTINGS)


def test_offline_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cannot be reached.*HF_HUB_OFFLINE"):
        collect_hub("haetsal/none", tmp_path / "out", HubSettings())


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        ("Dataset 'a/b' is a gated dataset on the Hub.", "gated: accept its terms.*HF_TOKEN"),
        ("Dataset 'a/b' doesn't exist on the Hub.", "no data set 'a/b' here or on the hub"),
    ],
)
def test_gated_and_missing_are_told_apart(
    problem: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise datasets.exceptions.DatasetNotFoundError(problem)

    monkeypatch.setattr(datasets, "load_dataset", refuse)
    with pytest.raises(BadInput, match=says):
        collect_hub("a/b", tmp_path / "out", HubSettings())
    assert not [*(tmp_path / "out").glob("*.json")]


def test_a_hub_that_breaks_off_keeps_what_came(tmp_path: Path) -> None:
    class Breaking:
        def __iter__(self) -> Iterator[dict[str, Any]]:
            yield {"text": "하나"}
            raise ConnectionError("reset by peer")

    with pytest.raises(StageFailed, match=r"after row 1 .*goes on where it was"):
        list(hub.hub_documents(Breaking(), "a/b", HubSettings()))


def test_a_named_commit_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {}
    monkeypatch.setattr(datasets, "load_dataset", lambda *names, **more: asked.update(more))
    open_rows("a/b", HubSettings(), "0123abc")

    assert asked == {"split": "train", "streaming": True, "revision": "0123abc"}


def test_the_command_reads_a_data_set(folder: Path, tmp_path: Path) -> None:
    flags = ["--text-column", "body", "--license", "MIT", "--limit", "5"]

    assert main(["crawl", "hub", str(folder), *flags, "--out", str(tmp_path / "out")]) == 0
    assert [r["text"][0] for _, r in rows(tmp_path / "out/part-00000.parquet")] == [*"01234"]
