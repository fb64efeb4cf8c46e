"""Dumps of many bz2 streams: the same pages in the same order, torn ones named, work resumed."""

from __future__ import annotations

import bz2
import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from korean_rlhf.errors import BadInput
from korean_rlhf.records import Document
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.crawl import ReadSettings
from korean_rlhf.sources import multistream, run, writing
from korean_rlhf.sources.reading import Bookmark, Dropped
from korean_rlhf.sources.run import collect
from korean_rlhf.sources.wikipedia import read_wikipedia
from korean_rlhf.tables import DocumentWriter, read

HEAD = (
    '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="ko">'
    "<siteinfo><sitename>위키백과</sitename><dbname>kowiki</dbname>"
    "<base>https://ko.wikipedia.org/wiki/Main</base><generator>MediaWiki</generator>"
    '<case>first-letter</case><namespaces><namespace key="0" case="first-letter" />'
    '<namespace key="14" case="first-letter">분류</namespace></namespaces></siteinfo>'
)
SERIAL = ReadSettings(workers=1)


def page(number: int) -> str:
    kind = number % 10
    space, text = (
        0,
        f"'''{number}번 문서'''는 글이다. [[물]]과 [[불]]을 다룬다. {number * 7919 % 10007}",
    )
    if kind == 3:
        text = f"#넘겨주기 [[문서 {number - 1}]]"
    title = f"분류:{number}" if kind == 7 else f"문서 {number}"
    space = 14 if kind == 7 else 0
    return (
        f"<page><title>{title}</title><ns>{space}</ns><id>{number}</id><revision><id>{number}</id>"
        "<timestamp>2024-01-01T00:00:00Z</timestamp><model>wikitext</model>"
        f'<format>text/x-wiki</format><text bytes="1">{text}</text></revision></page>\n'
    )


def write_dump(path: Path, pages: int, *, in_stream: int = 10, index: bool = False) -> list[int]:
    """Write a multistream dump and return where its streams begin."""
    streams = [HEAD]
    numbers = range(1, pages + 1)
    for first in numbers[::in_stream]:
        streams.append("".join(page(n) for n in range(first, min(first + in_stream, pages + 1))))
    offsets, content = [], b""
    for stream in [*streams, "</mediawiki>\n"]:
        offsets.append(len(content))
        content += bz2.compress(stream.encode())
    path.write_bytes(content)
    if index:
        lines = "".join(f"{offset}:{n}:문서 {n}\n" for n, offset in enumerate(offsets[1:-1]))
        name = path.name.replace("multistream.xml.bz2", "multistream-index.txt.bz2")
        path.with_name(name).write_bytes(bz2.compress(lines.encode()))
    return offsets


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multistream, "RANGE_BYTES", 1000)


def items(path: Path, settings: ReadSettings = SERIAL, start: int = 0) -> list[object]:
    return [i for i in read_wikipedia(path, settings, start) if not isinstance(i, Bookmark)]


def test_many_streams_give_what_one_stream_gives(tmp_path: Path, small_ranges: None) -> None:
    many, one = tmp_path / "many.xml.bz2", tmp_path / "one.xml.bz2"
    write_dump(many, 95)
    one.write_bytes(bz2.compress(bz2.decompress(many.read_bytes())))

    assert items(many) == items(one) and len(items(many)) == 95
    assert multistream.head_of(many) is not None and multistream.head_of(one) is None
    assert len([*multistream.ranges(many)]) > 3


def test_several_processes_keep_the_order(tmp_path: Path, small_ranges: None) -> None:
    path = tmp_path / "many.xml.bz2"
    write_dump(path, 60)

    assert items(path, ReadSettings(workers=2)) == items(path)


def test_the_streams_are_found_by_scanning_and_by_the_index(
    tmp_path: Path, small_ranges: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kowiki-20240101-pages-articles-multistream.xml.bz2"
    offsets = write_dump(path, 95, index=True)
    for block in (13, 100, 1 << 20):  # a signature may lie across two blocks
        monkeypatch.setattr(multistream, "SCANNED", block)
        assert [*multistream.scanned(path)] == offsets
    whole = items(path)
    monkeypatch.setattr(multistream, "scanned", lambda path: pytest.fail("the index was not used"))

    assert items(path) == whole


def test_an_index_of_another_dump_is_refused(tmp_path: Path, small_ranges: None) -> None:
    path = tmp_path / "ko-multistream.xml.bz2"
    offsets = write_dump(path, 95, index=True)
    index = tmp_path / "ko-multistream-index.txt.bz2"
    index.write_bytes(bz2.compress(f"{offsets[1] + 7}:1:문서\n".encode()))

    with pytest.raises(BadInput, match=r"index.*same dump"):
        items(path)


def test_a_file_packed_in_pieces_cut_anywhere_is_read_as_one(tmp_path: Path) -> None:
    path = tmp_path / "pieces.xml.bz2"
    write_dump(path, 40)
    xml = bz2.decompress(path.read_bytes())
    path.write_bytes(b"".join(bz2.compress(xml[n : n + 777]) for n in range(0, len(xml), 777)))

    assert len(items(path)) == 40


def test_a_torn_stream_is_named_after_the_pages_before_it(
    tmp_path: Path, small_ranges: None
) -> None:
    path = tmp_path / "many.xml.bz2"
    offsets = write_dump(path, 95)
    content = path.read_bytes()
    for cut, says in ((offsets[7] + 40, f"byte {offsets[7]:,}"), (offsets[7], "without </media")):
        path.write_bytes(content[:cut])
        seen = []
        with pytest.raises(BadInput, match=says):
            for item in read_wikipedia(path, SERIAL):
                seen.append(item)
        assert sum(not isinstance(item, Bookmark) for item in seen) >= 40


def test_a_dump_without_its_end_is_torn_for_the_second_run_too(
    tmp_path: Path, small_ranges: None
) -> None:
    path = tmp_path / "many.xml.bz2"
    offsets = write_dump(path, 95)
    path.write_bytes(path.read_bytes()[: offsets[-1]])
    start = 0
    for _ in range(2):
        with pytest.raises(BadInput, match="without </media"):
            for item in read_wikipedia(path, SERIAL, start):
                start = item.place if isinstance(item, Bookmark) else start

        assert 0 < start < offsets[-1]


def test_only_the_wanted_namespaces_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "many.xml.bz2"
    write_dump(path, 20)
    kept = [
        i for i in items(path, ReadSettings(namespaces=(14,), workers=1)) if isinstance(i, Document)
    ]

    assert [document.title for document in kept] == ["분류:7", "분류:17"]


def test_the_reader_holds_a_few_ranges_whatever_the_length_of_the_dump(
    tmp_path: Path, small_ranges: None
) -> None:
    """Memory is bounded by construction: ranges are asked for only as pages are taken."""
    path = tmp_path / "many.xml.bz2"
    write_dump(path, 300)
    asked: list[multistream.Range] = []

    def counted() -> Iterator[multistream.Range]:
        for part in multistream.ranges(path):
            asked.append(part)
            yield part

    taken = multistream.in_order(len, counted(), workers=2)
    next(taken)
    total = len([*multistream.ranges(path)])

    assert inspect.isgenerator(read_wikipedia(path, SERIAL))
    assert len(asked) == 4 and total > 8
    taken.close()  # type: ignore[attr-defined]


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


def test_a_killed_run_goes_on_at_its_bookmark_with_the_same_result(
    tmp_path: Path, small_ranges: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "many.xml.bz2"
    write_dump(path, 200)
    small = lambda folder: DocumentWriter(folder, shard_bytes=2000)  # noqa: E731
    monkeypatch.setattr(writing, "DocumentWriter", small)
    collect("wikipedia-dump", [path], tmp_path / "whole", SERIAL)
    starts = []

    def dying(pages: int) -> Callable[..., Iterator[object]]:
        def reader(path: Path, settings: ReadSettings, start: int = 0) -> Iterator[object]:
            starts.append(start)
            for number, item in enumerate(read_wikipedia(path, settings, start)):
                if number == pages:
                    raise Killed
                yield item

        return reader

    out = tmp_path / "killed"
    for pages in (70, 5, 60, 10_000):
        monkeypatch.setitem(run.SOURCES, "wikipedia-dump", dying(pages))
        monkeypatch.setitem(run.FROM_BOOKMARK, "wikipedia-dump", dying(pages))
        try:
            collect("wikipedia-dump", [path], out, SERIAL)
        except Killed:
            assert not (out / "manifest.json").exists()
    whole, killed = read_manifest(tmp_path / "whole"), read_manifest(out)

    assert starts[0] == 0 and 0 < starts[1] == starts[2] < starts[3]
    assert killed["digest"] == whole["digest"] and killed["counts"] == whole["counts"]
    assert files(out) == files(tmp_path / "whole")
    assert not (out / writing.POSITION).exists()
    assert len([*read(out, Document)]) == whole["counts"]["out"] == 160


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("part-*.parquet")}


def test_ids_stay_unique_across_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for path in (first, second):
        path.write_text(json.dumps({"id": "x", "text": "가" * 2000}) + "\n", encoding="utf-8")
    small = lambda folder: DocumentWriter(folder, shard_bytes=100)  # noqa: E731
    monkeypatch.setattr(writing, "DocumentWriter", small)
    whole = run.SOURCES["files"]

    def dying(path: Path, settings: ReadSettings) -> Iterator[Document | Dropped | Bookmark]:
        if path == second:
            raise Killed
        yield from whole(path, settings)

    settings = ReadSettings(license="MIT")
    monkeypatch.setitem(run.SOURCES, "files", dying)
    with pytest.raises(Killed):
        collect("files", [first, second], tmp_path / "out", settings)
    seen: list[Path] = []
    monkeypatch.setitem(run.SOURCES, "files", lambda p, s: (seen.append(p), whole(p, s))[1])
    collect("files", [first, second], tmp_path / "out", settings)

    assert seen == [second]
    assert sorted(d.id for d in read(tmp_path / "out", Document)) == ["files:x", "files:x#2"]
