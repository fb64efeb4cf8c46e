"""The readers: dumps, archives and files to raw documents."""

from __future__ import annotations

import bz2
import gzip
import json
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from korean_rlhf.errors import BadInput, BadRecord, MissingInput
from korean_rlhf.records import Document
from korean_rlhf.sampleworld.dumps import write_dumps
from korean_rlhf.settings.crawl import ReadSettings
from korean_rlhf.sources.files import read_files
from korean_rlhf.sources.namu import read_namu
from korean_rlhf.sources.reading import Dropped, zstd
from korean_rlhf.sources.warc import read_warc
from korean_rlhf.sources.wikipedia import read_wikipedia

SETTINGS = ReadSettings(license="Apache-2.0")


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dumps")
    write_dumps(folder, seed=1)
    return folder


def split(items: object) -> tuple[dict[str, Document], Counter[str]]:
    kept, lost = {}, Counter[str]()
    for item in items:  # type: ignore[attr-defined]
        if isinstance(item, Dropped):
            lost[item.drop.reason] += 1
        else:
            kept[item.title or item.id] = item
    return kept, lost


def test_the_wikipedia_reader_keeps_articles_as_wikitext(dumps: Path) -> None:
    kept, lost = split(read_wikipedia(dumps / "kowiki.xml.bz2", SETTINGS))
    page = kept["햇살마을"]

    assert lost == {"redirect": 3, "other-namespace": 6}
    assert page.text.startswith("{{다른 뜻|햇살}}") and "<ref>" in page.text
    assert page.format == "wikitext" and page.fetched_at.endswith("Z")
    assert page.url.startswith("http://haetsal.localhost/wiki/%")


def test_the_license_of_wikimedia_sites_is_known_and_of_others_not(
    dumps: Path, tmp_path: Path
) -> None:
    xml = bz2.decompress((dumps / "kowiki.xml.bz2").read_bytes())
    real = tmp_path / "kowiki.xml"
    real.write_bytes(xml.replace(b"http://haetsal.localhost", b"https://ko.wikipedia.org"))

    plain = ReadSettings()
    known, _ = split(read_wikipedia(real, plain))
    unknown, _ = split(read_wikipedia(dumps / "kowiki.xml.bz2", plain))

    assert {page.license for page in known.values()} == {"CC-BY-SA-4.0"}
    assert {page.license for page in unknown.values()} == {""}


def test_the_namu_reader_keeps_articles_as_namumark(dumps: Path) -> None:
    kept, lost = split(read_namu(dumps / "namuwiki.json", ReadSettings()))

    assert lost == {"redirect": 4, "other-namespace": 4, "empty": 1}
    assert "[[은빛내]]" in kept["햇살마을"].text
    assert kept["햇살마을"].license == "CC-BY-NC-SA-2.0"
    assert kept["햇살마을"].id == "namu:햇살마을"


def test_a_torn_dump_says_after_which_page(dumps: Path, tmp_path: Path) -> None:
    for name, reader in (("kowiki.xml.bz2", read_wikipedia), ("namuwiki.json", read_namu)):
        torn = tmp_path / name
        content = (dumps / name).read_bytes()
        torn.write_bytes(content[: len(content) * 2 // 3])

        with pytest.raises(BadInput, match=r"torn.*after"):
            list(reader(torn, SETTINGS))


def test_a_torn_xml_gives_the_pages_before_the_tear(dumps: Path, tmp_path: Path) -> None:
    xml = bz2.decompress((dumps / "kowiki.xml.bz2").read_bytes())
    torn = tmp_path / "kowiki.xml"
    torn.write_bytes(xml[: len(xml) // 2])
    seen = 0
    with pytest.raises(BadInput, match="torn"):
        for _ in read_wikipedia(torn, SETTINGS):
            seen += 1

    assert seen > 5


@pytest.mark.parametrize("content", ["<html></html>", "그냥 글", "", "{}", "[1, 2]"])
def test_another_kind_of_file_is_refused_with_a_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(BadInput, match="dump"):
        list(read_wikipedia(path, SETTINGS))
    if content != "{}":
        with pytest.raises(BadInput, match="dump"):
            list(read_namu(path, SETTINGS))


def test_a_7z_archive_is_to_be_unpacked_first(tmp_path: Path) -> None:
    (tmp_path / "namuwiki210301.7z").write_bytes(b"7z")

    with pytest.raises(BadInput, match="7z x"):
        list(read_namu(tmp_path / "namuwiki210301.7z", SETTINGS))


def write_warc(path: Path, *pages: tuple[str, str, str, bytes]) -> None:
    """Write (url, status, content type, body) pages, all fetched on the first of May."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, status, kind, body in pages:
            headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                url,
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=headers,
                warc_headers_dict={"WARC-Date": "2024-05-01T00:00:00Z"},
            )
            writer.write_record(record)


PAGE = "<title>{0}</title><p>{0} 이야기</p>"


def test_the_warc_reader_keeps_pages_in_the_order_of_their_address(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    write_warc(
        path,
        ("http://a.kr/2", "200 OK", "text/html; charset=euc-kr", PAGE.format("둘").encode("cp949")),
        ("http://a.kr/1", "200 OK", "text/html", PAGE.format("하나").encode()),
        ("http://a.kr/3", "404 Not Found", "text/html", b"?"),
        ("http://a.kr/4", "200 OK", "image/png", b"\x89PNG"),
        ("http://a.kr/5", "200 OK", "text/html", b""),
        ("http://a.kr/6", "200 OK", "text/html", PAGE.format("여섯").encode()),
        ("http://a.kr/1", "200 OK", "text/html", PAGE.format("다시 하나").encode()),
    )
    kept, lost = split(read_warc(path, SETTINGS, blocked={"http://a.kr/6"}))

    assert list(kept) == ["다시 하나", "둘"]
    assert kept["둘"].id == "warc:a.kr/2" and kept["둘"].fetched_at == "2024-05-01T00:00:00Z"
    assert lost == {"fetched-again": 1, "http-404": 1, "not-html": 1, "empty": 1, "blocked": 1}


def test_packed_bodies_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        body = gzip.compress(PAGE.format("꾸러미").encode())
        headers = [("Content-Type", "text/html"), ("Content-Encoding", "gzip")]
        record = writer.create_warc_record(
            "http://a.kr/",
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1"),
        )
        writer.write_record(record)
    kept, _ = split(read_warc(path, SETTINGS))

    assert "꾸러미" in kept


def test_a_torn_warc_loses_only_its_last_record(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    write_warc(
        path,
        *(
            (f"http://a.kr/{n}", "200 OK", "text/html", PAGE.format(f"쪽{n}").encode() * 30)
            for n in range(4)
        ),
    )
    content = path.read_bytes()
    for cut in (len(content) - 5, len(content) - 40, len(content) - 150):
        path.write_bytes(content[:cut])
        kept, lost = split(read_warc(path, SETTINGS))

        assert len(kept) >= 3, cut
        assert set(lost) <= {"torn-record"}


def test_what_is_no_warc_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.warc").write_text("그냥 글\n" * 20, encoding="utf-8")

    with pytest.raises(BadInput, match="no WARC"):
        list(read_warc(tmp_path / "x.warc", SETTINGS))
    with pytest.raises(MissingInput):
        list(read_warc(tmp_path / "empty", SETTINGS))


def test_files_of_a_folder_are_read_by_their_kind(tmp_path: Path) -> None:
    (tmp_path / "소설").mkdir()
    (tmp_path / "소설/옛글.txt").write_bytes("느티나무 아래에서\n".encode("cp949"))
    (tmp_path / "쪽.html").write_text(PAGE.format("쪽"), encoding="utf-8")
    (tmp_path / "글.md").write_text("# 제목\n\n글", encoding="utf-8")
    (tmp_path / "묶음.txt.gz").write_bytes(gzip.compress("묶인 글".encode()))
    (tmp_path / "줄.jsonl").write_text(
        '{"text": "하나", "id": "a", "title": "T"}\n{"text": "둘", "license": "MIT"}\n',
        encoding="utf-8",
    )
    (tmp_path / "빈.txt").write_bytes(b" \n")
    (tmp_path / "그림.png").write_bytes(b"\x89PNG")
    (tmp_path / ".숨은.txt").write_bytes(b"x")
    found = list(read_files(tmp_path, SETTINGS))
    kept = {item.id: item for item in found if isinstance(item, Document)}
    lost = Counter(item.drop.reason for item in found if isinstance(item, Dropped))

    assert kept["files:소설/옛글.txt"].text == "느티나무 아래에서\n"
    assert kept["files:쪽.html"].format == "html" and kept["files:쪽.html"].title == "쪽"
    assert kept["files:글.md"].format == "markdown"
    assert kept["files:묶음.txt.gz"].text == "묶인 글"
    assert kept["files:a"].title == "T"
    assert kept["files:줄.jsonl:2"].license == "MIT"
    assert lost == {"empty": 1, "unknown-file-type": 1}


def test_a_torn_packed_file_is_refused(tmp_path: Path) -> None:
    text = "".join(f"{number}번째 줄\n" for number in range(9000)).encode()
    for suffix, pack in ((".gz", gzip.compress), (".bz2", bz2.compress), (".zst", zstd.compress)):
        path = tmp_path / f"글.txt{suffix}"
        packed = pack(text)
        path.write_bytes(packed)
        whole = next(iter(read_files(path, SETTINGS)))
        path.write_bytes(packed[: len(packed) // 2])

        assert isinstance(whole, Document) and whole.text.encode() == text
        with pytest.raises(BadInput, match="torn"):
            list(read_files(path, SETTINGS))


def test_another_field_may_hold_the_text(tmp_path: Path) -> None:
    path = tmp_path / "reviews.tsv"
    path.write_text("id\tdocument\tlabel\n7\t재미있어요\t1\n", encoding="utf-8")
    settings = ReadSettings(license="CC0-1.0", source="nsmc", text_field="document")

    documents = list(read_files(path, settings))

    assert [(item.id, item.text) for item in documents] == [("nsmc:7", "재미있어요")]  # type: ignore[union-attr]
    with pytest.raises(BadRecord, match=r"reviews\.tsv:2.*document.*--text-field"):
        list(read_files(path, SETTINGS))


def test_a_torn_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "가"}) + '\n{"text": "나', encoding="utf-8")

    with pytest.raises(BadRecord, match=r"a\.jsonl:2"):
        list(read_files(path, SETTINGS))
