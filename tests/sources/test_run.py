"""The crawl stage over inputs that are already here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from korean_rlhf.cli.crawl import DATA_SETS, READERS, SEARCHES
from korean_rlhf.cli.main import main
from korean_rlhf.errors import UnknownName
from korean_rlhf.records import Document
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.crawl import ReadSettings
from korean_rlhf.sources.run import SOURCES, collect
from korean_rlhf.sources.spiders import not_fetched, read_log, spiders
from korean_rlhf.sources.writing import storable
from korean_rlhf.tables import read, rows


def lines(path: Path, *texts: str, **fields: str) -> Path:
    path.write_text(
        "".join(json.dumps({"text": text, **fields}, ensure_ascii=False) + "\n" for text in texts),
        encoding="utf-8",
    )
    return path


def test_documents_without_a_license_are_kept_out_and_kept_beside(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", "가", "나")
    collect("files", [path], tmp_path / "out", ReadSettings())
    dropped = [row for _, row in rows(tmp_path / "out/dropped/part-00000.parquet")]

    assert read_manifest(tmp_path / "out")["counts"] == {
        "in": 2,
        "out": 0,
        "dropped": {"unknown-license": 2},
    }
    assert [row["text"] for row in dropped] == ["가", "나"]


def test_a_license_that_is_given_speaks_for_documents_without_one(tmp_path: Path) -> None:
    stated = lines(tmp_path / "a.jsonl", "가", license="MIT")
    silent = lines(tmp_path / "b.jsonl", "나")
    collect("files", [stated, silent], tmp_path / "out", ReadSettings(license="CC0-1.0"))

    licenses = {document.text: document.license for document in read(tmp_path / "out", Document)}

    assert licenses == {"가": "MIT", "나": "CC0-1.0"}


def test_two_documents_never_share_an_id(tmp_path: Path) -> None:
    first = lines(tmp_path / "a.jsonl", "가", "나", id="x")
    collect("files", [first], tmp_path / "out", ReadSettings(license="MIT"))

    assert [d.id for d in read(tmp_path / "out", Document)] == ["files:x", "files:x#2"]


def test_an_unfinished_run_is_done_again_with_the_same_result(tmp_path: Path) -> None:
    good = lines(tmp_path / "a.jsonl", "가", "나")
    settings = ReadSettings(license="MIT")
    collect("files", [good], tmp_path / "whole", settings)
    collect("files", [good], tmp_path / "again", settings)
    manifest = tmp_path / "again/manifest.json"
    kept = manifest.read_text(encoding="utf-8")
    (tmp_path / "again/started.json").write_text(kept, encoding="utf-8")
    manifest.unlink()
    collect("files", [good], tmp_path / "again", settings)

    assert (
        read_manifest(tmp_path / "again")["digest"] == read_manifest(tmp_path / "whole")["digest"]
    )


def test_half_characters_become_the_replacement_mark() -> None:
    document = storable(Document(id="a", text="가\ud83d나", title="\udc00"))

    assert (document.text, document.title) == ("가\ufffd나", "\ufffd")


def test_an_unknown_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="namu-dump"):
        collect("namu-dmup", [], tmp_path / "out", ReadSettings())


def test_the_command_lists_every_spider_and_reader(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["crawl"]) == 0
    said = capsys.readouterr().out

    assert SOURCES.keys() == READERS.keys()
    assert {"namu", "site", "wikipedia"} == spiders().keys()
    assert all(name in said for name in (*spiders(), *READERS, *DATA_SETS, *SEARCHES))


def test_the_command_reads_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = lines(tmp_path / "a.jsonl", "가")
    out = tmp_path / "out"

    assert main(["crawl", "files", str(path), "--out", str(out), "--license", "MIT"]) == 0
    assert main(["crawl", "flies", str(path), "--out", str(out)]) == 1
    assert "Did you mean 'files'" in capsys.readouterr().err


def test_the_last_row_of_an_address_counts(tmp_path: Path) -> None:
    log = tmp_path / "crawl.jsonl"
    first = {"url": "http://a.kr/", "status": None, "blocked": "", "error": "Timeout"}
    second = {"url": "http://a.kr/", "status": 200, "blocked": "", "error": ""}
    third = {"url": "http://b.kr/", "status": None, "blocked": "robots", "error": ""}
    text = "".join(json.dumps(row) + "\n" for row in (first, second, third))
    log.write_text(text + '{"url": "http://torn', encoding="utf-8")

    assert not_fetched(read_log(log)) == {"robots": 1}
