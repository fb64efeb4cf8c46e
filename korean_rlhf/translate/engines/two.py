"""Two engines as one: what both versions of a second opinion have in common."""

from __future__ import annotations

from typing import ClassVar

from korean_rlhf.translate.engines.protocol import Engine, MaskStyle


class TwoEngines(Engine):
    """The translations are those of `first`; `second` is asked about them."""

    second_name: ClassVar[str] = "second"
    """Stands before the counts of the second."""

    def __init__(self, first: Engine, second: Engine) -> None:
        self.name, self.first, self.second = first.name, first, second

    @property
    def style(self) -> MaskStyle:
        """That of the first; the second is shown the same rows."""
        return self.first.style

    @property
    def second_style(self) -> MaskStyle:
        """How the first is shown a text whose marks it lost."""
        return self.first.second_style

    def counts(self) -> dict[str, int]:
        """Return the counts of both."""
        second = self.second.counts().items()
        return self.first.counts() | {f"{self.second_name}_{name}": n for name, n in second}

    def stop(self) -> None:
        """Let nobody wait for another try."""
        self.first.stop()
        self.second.stop()

    def close(self) -> None:
        """Close both."""
        self.first.close()
        self.second.close()
