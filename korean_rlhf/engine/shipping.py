"""Files that a function on batches reads: their content goes along to machines without them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Contents: TypeAlias = dict[Path, dict[Path, npt.NDArray[np.uint8]]]
"""By name as the function knows it: the bytes of each file in a folder; a file itself is "."."""
_copies: dict[Path, TemporaryDirectory[str]] = {}
"""Of this process; they go when it ends."""


def contents(paths: Iterable[Path]) -> Contents:
    """Return what is in some files and folders, in a form that a Ray cluster does not copy."""
    return {
        path: {
            file.relative_to(path): np.fromfile(file, np.uint8)
            for file in (path.rglob("*") if path.is_dir() else [path])
            if file.is_file()
        }
        for path in paths
    }


def unpack(shipped: Mapping[Path, Mapping[Path, npt.NDArray[np.uint8]]]) -> None:
    """Write what came along to this machine, once for each process."""
    for path, files in shipped.items():
        if path not in _copies:
            folder = TemporaryDirectory(prefix="korean-rlhf-")
            for inside, content in files.items():
                target = Path(folder.name, "copy", inside)
                target.parent.mkdir(parents=True, exist_ok=True)
                content.tofile(target)
            _copies[path] = folder


def local_path(path: str) -> Path:
    """Return where on this machine the file or folder lies that is `path` on the driver's."""
    copy = _copies.get(Path(path))
    return Path(copy.name, "copy") if copy else Path(path)
