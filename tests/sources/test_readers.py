"""The readers: dumps, archives and files to raw documents."""

from __future__ import annotations

import bz2
import gzip
import json
import tracemalloc
from collections import Counter
from io import BytesIO
from pathlib import Path
from zlib import compress

import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from korean_rlhf.errors import BadInput, BadRecord, MissingInput
from korean_rlhf.records import Document
from korean_rlhf.sampleworld.dumps import write_dumps
from korean_rlhf.settings.crawl import ReadSettings
from korean_rlhf.sources import warc
from korean_rlhf.sources.addresses import Addresses
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


def test_a_list_that_begins_with_the_word_redirect_is_an_article(
    dumps: Path, tmp_path: Path
) -> None:
    xml = bz2.decompress((dumps / "kowiki.xml.bz2").read_bytes())
    path = tmp_path / "kowiki.xml"
    before = "{{다른 뜻|햇살}}".encode()
    assert before in xml
    path.write_bytes(xml.replace(before, "# 넘겨주기 문서를 찾는다.\n".encode() + before))
    kept, lost = split(read_wikipedia(path, SETTINGS))

    assert kept["햇살마을"].text.startswith("# 넘겨주기 문서를") and lost["redirect"] == 3


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


def test_a_torn_namu_dump_says_before_which_byte(tmp_path: Path) -> None:
    path = tmp_path / "namu.json.gz"
    text = json.dumps([{"namespace": "0", "title": f"글{n}", "text": "비"} for n in range(9)])
    path.write_bytes(gzip.compress(text[:-30].encode()))

    with pytest.raises(BadInput, match=rf"after page 8, '글7', before byte {len(text) - 30}"):
        list(read_namu(path, SETTINGS))


def test_arrays_without_end_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000)

    with pytest.raises(BadInput, match="more than 64 brackets"):
        list(read_namu(path, SETTINGS))
    with pytest.raises(BadRecord, match="more than 64 brackets"):
        list(read_files(path.rename(tmp_path / "deep.jsonl"), SETTINGS))


def test_other_namespaces_of_a_namu_dump_by_choice(dumps: Path) -> None:
    kept, lost = split(read_namu(dumps / "namuwiki.json", ReadSettings(namespaces=(0, 1, 2))))

    assert lost["other-namespace"] < 4 and "햇살마을" in kept


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


def write_response(path: Path, body: bytes, *headers: tuple[str, str], url: str = "a.kr") -> None:
    with path.open("ab") as file:
        record = WARCWriter(file, gzip=True).create_warc_record(
            f"http://{url}/",
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders(
                "200 OK", [("Content-Type", "text/html"), *headers], protocol="HTTP/1.1"
            ),
        )
        WARCWriter(file, gzip=True).write_record(record)


def chunked(body: bytes) -> bytes:
    pieces = (body[n : n + 7] for n in range(0, len(body), 7))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def test_bodies_packed_and_chunked_in_every_way_are_read(tmp_path: Path) -> None:
    path, page = tmp_path / "crawl.warc.gz", PAGE.format("꾸러미").encode()
    in_chunks = ("Transfer-Encoding", "chunked")
    for name, pack in (("br", brotli.compress), ("gzip", gzip.compress), ("deflate", compress)):
        packed = pack(page)
        write_response(path, packed, ("Content-Encoding", name), url=name)
        write_response(
            path, chunked(packed), ("Content-Encoding", name), in_chunks, url=f"chunked-{name}"
        )
    write_response(path, chunked(page), in_chunks, url="chunked")
    write_response(path, page, ("Content-Encoding", "gzip"), url="only-says-so")
    write_response(path, page, ("Content-Encoding", "zstd"), url="zstd")
    found = list(read_warc(path, SETTINGS))
    kept = [item for item in found if isinstance(item, Document)]
    lost = [item.drop for item in found if isinstance(item, Dropped)]

    assert len(kept) == 8 and {page.title for page in kept} == {"꾸러미"}
    assert [(drop.reason, drop.detail) for drop in lost] == [("unknown-content-encoding", "zstd")]


def test_a_broken_body_costs_its_page_only(tmp_path: Path) -> None:
    path, page = tmp_path / "crawl.warc.gz", PAGE.format("쪽").encode() * 3000
    for name, pack in (("br", brotli.compress), ("gzip", gzip.compress)):
        packed = bytearray(pack(page))
        packed[len(packed) // 2 :] = bytes(len(packed) - len(packed) // 2)
        write_response(path, bytes(packed), ("Content-Encoding", name), url=name)
    write_response(path, PAGE.format("온전").encode(), url="whole")
    kept, lost = split(read_warc(path, SETTINGS))

    assert list(kept) == ["온전"] and lost["torn-record"] >= 1 and lost.total() == 2


def test_a_page_that_unpacks_to_gigabytes_is_not_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc, "MOST_BYTES", 100_000)
    path = tmp_path / "crawl.warc.gz"
    write_response(path, gzip.compress(b"<p>" * 1_000_000), ("Content-Encoding", "gzip"))
    _, lost = split(read_warc(path, SETTINGS))

    assert lost == {"too-large": 1}


def test_challenges_with_status_200_are_kept_out(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    challenge = (Path(__file__).parents[1] / "pages/challenge.html").read_bytes()
    long = "<title>접근이 제한된 산길</title>" + "<p>산길 이야기이다.</p>" * 3000
    write_response(path, challenge, url="a")
    write_response(path, PAGE.format("글").encode(), ("cf-mitigated", "challenge"), url="b")
    write_response(path, "<title>비정상적인 접근입니다</title>".encode(), url="c")
    write_response(path, long.encode(), url="d")
    kept, lost = split(read_warc(path, SETTINGS))

    assert lost == {"blocked": 3} and list(kept) == ["접근이 제한된 산길"]


def test_only_responses_are_pages(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        writer.write_record(writer.create_warcinfo_record("crawl.warc.gz", {"software": "x"}))
        for kind in ("metadata", "resource", "conversion"):
            body = PAGE.format(kind).encode()
            writer.write_record(
                writer.create_warc_record("http://a.kr/", kind, BytesIO(body), length=len(body))
            )
    write_response(path, PAGE.format("쪽").encode())
    kept, lost = split(read_warc(path, SETTINGS))

    assert list(kept) == ["쪽"]
    assert lost == {"resource-record": 1, "conversion-record": 1}


def test_a_body_of_several_gzip_members_is_read_whole(tmp_path: Path) -> None:
    path, page = tmp_path / "crawl.warc.gz", PAGE.format("여러 조각").encode()
    body = gzip.compress(page[:20]) + gzip.compress(page[20:])
    write_response(path, body, ("Content-Encoding", "gzip"))
    kept, _ = split(read_warc(path, SETTINGS))

    assert kept["여러 조각"].text.encode() == page


def test_the_addresses_of_an_archive_of_many_files_come_by_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc, "MOST_OPEN", 2)
    for number in range(5):
        body = PAGE.format(f"{number}번 쪽").encode()
        for name in (f"http://a.kr/{9 - number}", "http://a.kr/a"):
            write_warc(
                tmp_path / f"{number}-{name[-1]}.warc.gz", (name, "200 OK", "text/html", body)
            )
    found = list(read_warc(tmp_path, SETTINGS))
    kept = [item.url for item in found if isinstance(item, Document)]

    assert kept == [f"http://a.kr/{n}" for n in (5, 6, 7, 8, 9, "a")]
    assert found[-1].title == "4번 쪽" and len(found) == 10  # type: ignore[union-attr]


def test_addresses_are_kept_on_disk() -> None:
    found = Addresses()
    tracemalloc.start()
    for number in range(20_000):
        found.add(f"http://a.kr/{number}" + "x" * 200, 0, number)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert held < 100_000
    found.close()


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
