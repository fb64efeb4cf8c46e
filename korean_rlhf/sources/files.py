"""Plain files and folders of them: text, HTML, Markdown, and rows of JSONL, Parquet, CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from korean_rlhf.errors import BadInput, BadRecord, MissingInput
from korean_rlhf.records import Document, Drop, Format
from korean_rlhf.settings.crawl import ReadSettings
from korean_rlhf.sources.pagefacts import decode_page, page_facts
from korean_rlhf.sources.reading import TORN, Dropped, bare_suffix, open_packed
from korean_rlhf.sources.textfile import read_text
from korean_rlhf.tables import DOCUMENT_FIELDS, rows

NAME = "files"
FORMATS: dict[str, Format] = {
    ".txt": "plain",
    ".text": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}
TABLES = (".jsonl", ".parquet", ".csv", ".tsv")
MOST_BYTES = 256 * 1024 * 1024
"""A single text longer than this does not fit a shard, and is no page."""


def read_files(path: Path, settings: ReadSettings) -> Iterator[Document | Dropped]:
    """Yield each text file as one document, each row of a table as one, in the order of names.

    A folder is read with its subfolders, hidden files left out. Text files may be UTF-8, CP949 or
    UTF-16, and packed (.gz, .bz2, .xz, .zst). A line that no encoding reads is left out of its text
    and dropped as "unreadable-line", its bytes shown; nothing is replaced. A row needs only `text`
    (or `text_field`).

    Raises:
        MissingInput: nothing is there.
        BadRecord: a row is torn, not UTF-8, or has no text; with file and line.
    """
    if not path.exists():
        raise MissingInput(path)
    root = path if path.is_dir() else path.parent
    for file in walk(path):
        if bare_suffix(file) in TABLES:
            yield from _rows(file, root, settings)
        else:
            yield from _text(file, root, settings)


def walk(path: Path) -> Iterator[Path]:
    """Yield the files at or below `path`, in the order of their names, hidden ones left out."""
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if file.is_file() and not hidden:
            yield file


def _text(file: Path, root: Path, settings: ReadSettings) -> Iterator[Document | Dropped]:
    source = settings.source or NAME
    format = FORMATS.get(bare_suffix(file))
    empty = Document(
        id=f"{source}:{file.relative_to(root).as_posix()}",
        text="",
        source=source,
        license=settings.license,
        format=format or "plain",
    )
    if format is None:
        yield Dropped(empty, Drop("unknown-file-type", file.suffix))
        return
    with open_packed(file) as stream:
        try:
            data = stream.read(MOST_BYTES + 1)
        except TORN as problem:
            raise BadInput(f"{file}: torn: {problem}. Fetch or pack it again.") from None
    if len(data) > MOST_BYTES:
        yield Dropped(empty, Drop("too-large", f"over {MOST_BYTES} bytes"))
    elif format == "html":
        yield _page(data, empty)
    else:
        yield from _lines(data, empty)


def _page(data: bytes, empty: Document) -> Document | Dropped:
    found = decode_page(data)
    if found is None:
        return Dropped(empty, Drop("unreadable-encoding"))
    text, _ = found
    if not text.strip():
        return Dropped(empty, Drop("empty"))
    facts = page_facts(text)
    return replace(empty, text=text, title=facts.title, license=facts.license or empty.license)


def _lines(data: bytes, empty: Document) -> Iterator[Document | Dropped]:
    """Yield the text of a file, then each line of it that cannot be read, as a loss of its own."""
    found = read_text(data)
    if found is None:
        yield Dropped(empty, Drop("unreadable-encoding"))
        return
    whole = replace(empty, text=found.text)
    yield whole if found.text.strip() else Dropped(whole, Drop("empty"))
    for line in found.lost:
        piece = replace(empty, id=f"{empty.id}:{line.number}", text=line.shown)
        yield Dropped(piece, Drop("unreadable-line", f"line {line.number}, not {line.encoding}"))


def _rows(file: Path, root: Path, settings: ReadSettings) -> Iterator[Document | Dropped]:
    source = settings.source or NAME
    place = file.relative_to(root).as_posix()
    for number, row in rows(file):
        if not isinstance(row.get(settings.text_field), str):
            raise BadRecord(
                file,
                number,
                f"no text in the field {settings.text_field!r}. Its fields are: {', '.join(row)}. "
                "Name the right one with --text-field.",
            )
        document = _row_document(row, settings, f"{source}:{place}:{number}", file, number)
        yield document if document.text.strip() else Dropped(document, Drop("empty"))


def _row_document(
    row: dict[str, Any], settings: ReadSettings, default_id: str, file: Path, number: int
) -> Document:
    known = {name: str(row[name]) for name in DOCUMENT_FIELDS if row.get(name) not in (None, "")}
    known["text"] = row[settings.text_field]
    source = settings.source or known.get("source") or NAME
    license = known.get("license") or settings.license
    id = f"{source}:{known['id']}" if "id" in known else default_id
    try:
        return Document(**known | {"id": id, "source": source, "license": license})  # type: ignore[arg-type]
    except ValueError as problem:
        raise BadRecord(file, number, f"not a Document: {problem}.") from None
