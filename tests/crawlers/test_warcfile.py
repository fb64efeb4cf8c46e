"""The WARC files and the crawl log survive a kill at any byte."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from ko_crawlers import warcfile
from ko_crawlers.crawllog import CrawlLog
from ko_crawlers.warcfile import Exchange, WarcFolder, warc_fields, whole_members
from warcio.archiveiterator import ArchiveIterator
from warcio.warcwriter import WARCWriter


def exchange(number: int) -> Exchange:
    return Exchange(
        url=f"http://haetsal.localhost/{number}",
        fetched_at="2024-01-01T00:00:00Z",
        request_line=f"GET /{number} HTTP/1.1",
        request_headers=[("Host", "haetsal.localhost")],
        request_body=b"",
        status_line="200 OK",
        protocol="HTTP/1.1",
        headers=[("Content-Type", "text/html"), ("X-Name", "name")],
        body=f"<p>{number}번째 쪽</p>".encode() * 50,
        ip_address="127.0.0.1",
    )


def written(folder: Path, numbers: range) -> Path:
    warc = WarcFolder(folder, "test")
    warc.open()
    for number in numbers:
        warc.append(exchange(number))
    warc.close()
    return folder / "crawl-00000.warc.gz"


def test_a_page_is_read_back_as_it_was_received(tmp_path: Path) -> None:
    written(tmp_path, range(3))
    warc = WarcFolder(tmp_path, "test")
    warc.open()

    status, headers, body = warc.read("http://haetsal.localhost/1")

    assert status == 200
    assert headers == exchange(1).headers
    assert body == exchange(1).body


def test_the_archive_holds_request_and_response_and_valid_digests(tmp_path: Path) -> None:
    path = written(tmp_path, range(2))

    with path.open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]

    assert kinds == ["warcinfo", "response", "request", "response", "request"]


def test_a_file_cut_anywhere_is_continued_without_loss(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole", range(3)).read_bytes()
    ends = [end for _, end, _ in whole_members(tmp_path / "whole/crawl-00000.warc.gz")]
    for cut in [*ends, *(end - 1 for end in ends), *(end - 20 for end in ends), 1]:
        folder = tmp_path / f"cut-{cut}"
        folder.mkdir()
        (folder / "crawl-00000.warc.gz").write_bytes(whole[:cut])
        warc = WarcFolder(folder, "test")
        warc.open()
        held = set(warc.places)
        for number in range(3):
            if exchange(number).url not in held:
                warc.append(exchange(number))
        bodies = [warc.read(exchange(number).url)[2] for number in range(3)]
        warc.close()

        assert bodies == [exchange(number).body for number in range(3)], cut
        gzip.decompress((folder / "crawl-00000.warc.gz").read_bytes())  # every member is whole


def test_nothing_follows_a_record_that_could_not_be_written_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(writer: WARCWriter, record: object) -> None:
        writer.out.write(b"\x1f\x8b half a record")
        raise OSError("No space left on device")

    warc = WarcFolder(tmp_path, "test")
    warc.open()
    warc.append(exchange(0))
    with monkeypatch.context() as full:
        full.setattr(WARCWriter, "write_record", fail)
        with pytest.raises(OSError, match="No space"):
            warc.append(exchange(1))
    with pytest.raises(OSError, match="torn"):
        warc.append(exchange(2))
    warc.close()
    warc.open()
    warc.append(exchange(1))

    assert warc.places.keys() == {exchange(0).url, exchange(1).url}
    assert warc.read(exchange(1).url)[2] == exchange(1).body


def test_a_long_archive_goes_on_in_the_next_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warcfile, "ROLL_AT", 600)
    written(tmp_path, range(4))
    again = WarcFolder(tmp_path, "test")
    again.open()

    assert len(list(tmp_path.iterdir())) > 1
    assert len(again.places) == 4
    assert again.read(exchange(0).url)[2] == exchange(0).body


def test_fields_of_a_record_are_found_by_lower_case_name(tmp_path: Path) -> None:
    path = written(tmp_path, range(1))
    heads = [warc_fields(head) for _, _, head in whole_members(path)]

    assert heads[1]["warc-type"] == "response"
    assert heads[1]["warc-target-uri"] == "http://haetsal.localhost/0"


def test_a_torn_row_of_the_log_is_cut_off_and_errors_are_tried_again(tmp_path: Path) -> None:
    log = CrawlLog(tmp_path / "crawl.jsonl")
    log.open()
    log.write("http://a.localhost/", 200, "2024-01-01T00:00:00Z", 0, blocked="")
    log.write("http://b.localhost/", None, "2024-01-01T00:00:00Z", 1, blocked="", error="Timeout")
    log.close()
    with log.path.open("a", encoding="utf-8") as file:
        file.write('{"url": "http://c.loc')

    again = CrawlLog(tmp_path / "crawl.jsonl")
    again.open()
    again.close()
    rows = [json.loads(line) for line in log.path.read_text(encoding="utf-8").splitlines()]

    assert again.settled == {"http://a.localhost/"}
    assert [row["url"] for row in rows] == ["http://a.localhost/", "http://b.localhost/"]
