"""The virtual environments of the programs that we are compared with."""

from __future__ import annotations

import subprocess
import venv
from collections.abc import Iterable
from pathlib import Path


def peer_python(folder: Path, packages: Iterable[str]) -> Path:
    """Return the Python of an environment that holds `packages`, made at the first run.

    An installation that was broken off is made anew.
    """
    python, complete = folder / "bin" / "python", folder / "complete"
    if not complete.is_file():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        complete.touch()
    return python
