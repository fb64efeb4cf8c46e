"""The virtual environments of the programs that we are compared with."""

from __future__ import annotations

import subprocess
import venv
from collections.abc import Iterable
from pathlib import Path


def peer_python(folder: Path, packages: Iterable[str]) -> Path:
    """Return the Python of an environment that holds `packages`, made at the first run.

    An installation that was broken off, or of other packages, is made anew.
    """
    python, complete = folder / "bin" / "python", folder / "complete"
    packages = list(packages)
    if not complete.is_file() or complete.read_text().split() != packages:
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        complete.write_text("\n".join(packages))
    return python
