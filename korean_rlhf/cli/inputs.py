"""The inputs of a recipe: local paths, or files fetched once and checked by their sha256."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from filelock import FileLock, Timeout

from korean_rlhf.disk import file_digest, no_space_named
from korean_rlhf.errors import (
    BadInput,
    EndpointError,
    FolderInUse,
    MissingInput,
    SettingsError,
    UnknownName,
)
from korean_rlhf.progress import track
from korean_rlhf.settings.loading import read_toml

KEYS = {"path", "url", "sha256", "page", "license"}
CHUNK = 1 << 20


def resolve_inputs(file: Path, names: Sequence[str], downloads: Path) -> dict[str, str]:
    """Return "input.<name>" -> local path for every name, fetching what is not here yet.

    `<name>.license` stands beside it as "license.<name>". Paths are relative to `file`.

    Raises:
        SettingsError: an input is not named, or has neither path nor url.
        BadInput: a file's sha256 is not the one stated.
    """
    table = read_toml(file)
    for name in table.keys() - set(names):
        raise UnknownName(f"input in {file}", name, names)
    values = {}
    for name in names:
        if name not in table:
            raise SettingsError(f'{file} does not name {name!r}. Add: [{name}] path = "..."')
        row = table[name]
        for key in row.keys() - KEYS:
            raise UnknownName(f"key of [{name}] in {file}", key, KEYS)
        values[f"input.{name}"] = str(_local(row, name, file, downloads))
        values[f"license.{name}"] = str(row.get("license", ""))
    return values


def _local(row: Mapping[str, Any], name: str, file: Path, downloads: Path) -> Path:
    if "path" in row:
        path = (file.parent / Path(row["path"]).expanduser()).resolve()
        if not path.exists():
            raise MissingInput(path, f"or mend [{name}] in {file}")
        _check(path, row, name)
        return path
    if "page" in row:
        raise SettingsError(
            f"[{name}] in {file} cannot be fetched as one file. Take it from {row['page']} and "
            f'write its place into a copy of the file: path = "..."'
        )
    if "url" not in row:
        raise SettingsError(f"[{name}] in {file} needs a path or a url with sha256.")
    if "sha256" not in row:
        raise SettingsError(
            f"[{name}] in {file} has a url without sha256: a fetched file is checked."
        )
    path = downloads / Path(unquote(urlsplit(row["url"]).path)).name
    if not path.is_file():
        fetch(row["url"], path)
    _check(path, row, name)
    return path


def _check(path: Path, row: Mapping[str, Any], name: str) -> None:
    wanted = row.get("sha256")
    if wanted and path.is_file() and file_digest(path) != wanted:
        raise BadInput(
            f"{path}: its sha256 is not the one stated for [{name}]. Delete it and fetch again."
        )


def fetch(url: str, path: Path) -> None:
    """Download `url` to `path`; a broken download goes on where it was at the next call."""
    import httpx

    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    try:
        with no_space_named(path.parent), FileLock(draft.with_name(f".{draft.name}.lock"), 0):
            if not _fetched(url, draft):
                draft.unlink()  # it goes on behind the end of the file: begin anew
                _fetched(url, draft)
            draft.replace(path)
    except Timeout:
        raise FolderInUse(path) from None
    except httpx.HTTPError as problem:
        raise EndpointError(
            f"{url} could not be fetched ({problem}). Try again, or give a path."
        ) from None


def _fetched(url: str, draft: Path) -> bool:
    """Fetch what `draft` lacks; False when the server has nothing from its length on."""
    import httpx

    have = draft.stat().st_size if draft.is_file() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=60) as reply:
        if have and reply.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return False
        reply.raise_for_status()
        resumed = reply.status_code == httpx.codes.PARTIAL_CONTENT
        _save(reply, draft, resumed=resumed, have=have if resumed else 0)
    return True


def _save(reply: Any, draft: Path, *, resumed: bool, have: int) -> None:
    length = reply.headers.get("Content-Length")
    total = int(length) + have if length else None
    with (
        draft.open("ab" if resumed else "wb") as file,
        track(total, draft.name, "bytes", done=have) as advance,
    ):
        for chunk in reply.iter_bytes(CHUNK):
            file.write(chunk)
            advance(len(chunk))
