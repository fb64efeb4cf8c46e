"""Data sets of the Hugging Face hub, and folders and files of the same kinds, as raw documents.

Rows are streamed: nothing is downloaded as a whole, and a killed run goes on at the row group where
its last shard ended. The commit of the hub's repository is settled once and kept to.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from korean_rlhf.errors import BadInput, MissingExtra, SettingsError, StageFailed
from korean_rlhf.records import Document, Drop
from korean_rlhf.rundir import open_stage
from korean_rlhf.settings.crawl import HubSettings
from korean_rlhf.sources.reading import Bookmark, Dropped
from korean_rlhf.sources.run import STAGE
from korean_rlhf.sources.writing import read_position, write_documents

NAME = "hub"
ROWS_BETWEEN = 1000
"""Rows from one bookmark to the next."""
FILES = {
    ".parquet": "parquet",
    ".jsonl": "json",
    ".json": "json",
    ".csv": "csv",
    ".arrow": "arrow",
    ".txt": "text",
}
"""Suffix of a single file -> what `datasets` calls its reader."""
SAVED = ("dataset_info.json", "dataset_dict.json")
"""What a folder written by `Dataset.save_to_disk` holds."""
OFFLINE = (
    "Check the network, unset HF_HUB_OFFLINE, or give a folder that you downloaded before "
    "(hf download --repo-type dataset {name} --local-dir FOLDER)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRun(HubSettings):
    """What a folder of raw documents was made with."""

    name: str = ""
    """Of the data set on the hub; "" for one that lies here."""


def collect_hub(name: str, out: Path, settings: HubSettings, replace: bool = False) -> None:
    """Read a data set, by its name on the hub or its place here, into the stage folder `out`.

    Documents without a licence are dropped as "unknown-license": give --license, as a card's
    licence is often one of the collection and not of its texts. The manifest names the commit.

    Raises:
        MissingExtra: the library `datasets` is not installed.
        BadInput: there is no such data set, it is gated, or the hub cannot be reached.
        SettingsError: it has no such split, configuration or column.
        StageFailed: the hub broke off; the same command goes on.
    """
    local = Path(name)
    inputs = [local] if local.exists() else []
    values = {field.name: getattr(settings, field.name) for field in fields(HubSettings)}
    run = HubRun(name="" if inputs else name, **values)
    with open_stage(out, STAGE, settings=run, inputs=inputs, replace=replace) as stage:
        if stage.finished:
            return
        place = read_position(out).bookmark
        with _named_failures(name, settings):
            _datasets()
            revision = place["revision"] if place else _revision(name, settings, bool(inputs))
            rows = open_rows(name, settings, revision)
        found = hub_documents(rows, name, settings, revision, place)
        write_documents(stage, found, label=f"crawl hub {name}", revision=revision)


def open_rows(name: str, settings: HubSettings, revision: str = "") -> Any:
    """Return the rows of a data set as an iterable `datasets` object, nothing read yet."""
    datasets = _datasets()
    path = Path(name)
    if path.is_dir() and any((path / file).is_file() for file in SAVED):
        saved = datasets.load_from_disk(str(path))
        if not isinstance(saved, datasets.Dataset):
            if settings.split not in saved:
                raise ValueError(f"Bad split: {settings.split}. Available splits: {[*saved]}")
            saved = saved[settings.split]
        return saved.to_iterable_dataset()
    options: dict[str, Any] = {"split": settings.split, "streaming": True}
    if path.is_file():
        if path.suffix not in FILES:
            raise BadInput(f"{path}: no data set. Known files: {', '.join(FILES)}.")
        return datasets.load_dataset(FILES[path.suffix], data_files=str(path), **options)
    return datasets.load_dataset(
        name, settings.config or None, revision=revision or None, **options
    )


def hub_documents(
    rows: Any, name: str, settings: HubSettings, revision: str = "", place: Any = None
) -> Iterator[Document | Dropped | Bookmark]:
    """Yield each row as a document, with a bookmark after every ROWS_BETWEEN rows.

    Raises:
        SettingsError: a column that is named is not there.
        BadInput: a text is no string, or the rows are torn.
    """
    number = 0
    if place:
        number = int(place["rows"])
        rows.load_state_dict(place["state"])
    source = settings.source or (NAME if Path(name).exists() else name)
    for row in _whole_rows(rows, name, number, settings.limit):
        number += 1
        if number == 1:
            _require_columns(row, settings)
        yield _document(row, source, number, settings)
        if number % ROWS_BETWEEN == 0:
            state = rows.state_dict()
            yield Bookmark({"rows": number, "state": state, "revision": revision})


def _whole_rows(rows: Any, name: str, done: int, limit: int | None) -> Iterator[dict[str, Any]]:
    """Yield rows until the limit; what breaks off on the way is one clear sentence."""
    number, stream = done, iter(rows)
    while limit is None or number < limit:
        try:
            row = next(stream, None)
        except (ConnectionError, TimeoutError) as problem:
            raise StageFailed(
                f"{name}: the hub broke off after row {number:,} ({_short(problem)}). "
                "Run the same command again: it goes on where it was."
            ) from None
        except (ValueError, OSError) as problem:  # pyarrow's errors are ValueErrors, too
            raise BadInput(
                f"{name}: torn or unreadable after row {number:,}: {_short(problem)}. "
                "Fetch it again, or take the rows before it with --limit."
            ) from None
        if row is None:
            return
        number += 1
        yield row


def _require_columns(row: dict[str, Any], settings: HubSettings) -> None:
    for field in ("text_column", "id_column", "title_column", "url_column"):
        column = getattr(settings, field)
        if column and column not in row:
            flag = "--" + field.replace("_", "-")
            raise SettingsError(
                f"The data set has no column {column!r}. Its columns are: {', '.join(row)}. "
                f"Name the right one with {flag}."
            )


def _document(
    row: dict[str, Any], source: str, number: int, settings: HubSettings
) -> Document | Dropped:
    text = row[settings.text_column]
    if not isinstance(text, str | None):
        raise BadInput(
            f"The column {settings.text_column!r} holds {type(text).__name__}, no text, in row "
            f"{number:,}. Its columns are: {', '.join(row)}. Name another with --text-column."
        )
    document = Document(
        id=f"{source}:{_cell(row, settings.id_column) or f'{settings.split}:{number}'}",
        text=text or "",
        title=_cell(row, settings.title_column),
        url=_cell(row, settings.url_column),
        source=source,
        license=settings.license,
    )
    return document if document.text.strip() else Dropped(document, Drop("empty"))


def _cell(row: dict[str, Any], column: str) -> str:
    value = row[column] if column else None
    return "" if value is None else str(value)


def _revision(name: str, settings: HubSettings, is_local: bool) -> str:
    """Return the commit that a name on the hub stands for now; "" where nothing can be asked."""
    from huggingface_hub import HfApi, constants

    if is_local or constants.HF_HUB_OFFLINE:
        return settings.revision
    info = HfApi().dataset_info(name, revision=settings.revision or None)
    return str(info.sha or settings.revision)


@contextmanager
def _named_failures(name: str, settings: HubSettings) -> Iterator[None]:
    """Turn what `datasets` and the hub raise before the first row into one sentence."""
    try:
        yield
    except (SettingsError, BadInput):
        raise
    except Exception as problem:
        kinds = {kind.__name__ for kind in type(problem).__mro__}
        said = str(problem)
        if "GatedRepoError" in kinds or "gated" in said:
            raise BadInput(
                f"{name} is gated: accept its terms at https://huggingface.co/datasets/{name}, "
                "then log in (hf auth login) or set HF_TOKEN."
            ) from None
        if kinds & {"DatasetNotFoundError", "RepositoryNotFoundError", "FileNotFoundError"}:
            raise BadInput(
                f"There is no data set {name!r} here or on the hub, or it is private. "
                "Check the name, or log in (hf auth login)."
            ) from None
        if kinds & {"ConnectionError", "HTTPError", "TimeoutError", "OfflineModeIsEnabled"}:
            fix = OFFLINE.format(name=name)
            raise BadInput(f"{name}: the hub cannot be reached. {fix}") from None
        if "ValueError" in kinds:
            raise SettingsError(
                f"{name}: {_short(problem)}. Choose with --split and --config."
            ) from None
        raise


def _short(problem: BaseException) -> str:
    return " ".join(str(problem).split())[:300].rstrip(".")


def _datasets() -> Any:
    """Return the library, imported without torch, which it would load for nothing."""
    before = {name: os.environ.get(name) for name in ("USE_TORCH", "USE_TF", "USE_JAX")}
    os.environ.update(dict.fromkeys(before, "0"))
    try:
        import datasets
    except ImportError:
        raise MissingExtra("korean-rlhf crawl hub", "crawl") from None
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    datasets.disable_progress_bars()
    return datasets
