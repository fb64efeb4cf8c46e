"""What becomes of a hostile input: kept, dropped with a reason, refused, or a mistake of ours."""

from __future__ import annotations

import random
import signal
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from korean_rlhf.clean.cleaners import clean_document
from korean_rlhf.errors import KoreanRLHFError
from korean_rlhf.records import Document, Drop
from korean_rlhf.settings.clean import DEFAULT_PRIVACY_KINDS, CleanSettings
from korean_rlhf.settings.crawl import ReadSettings
from korean_rlhf.sources.reading import Dropped
from korean_rlhf.sources.run import SOURCES
from tests.clean import hostile

MISTAKES = ("crash", "hang", "no reason", "not clean")
"""How the outcomes begin that must not be."""


def document_outcome(number: int, seconds: float) -> tuple[str, str]:
    """Return the kind of the hostile document `number` and what became of it."""
    kind, document = hostile.document(number)
    chance = random.Random(number)
    settings = CleanSettings(
        quality=chance.random() < 0.5,
        footnotes=chance.choice(["drop", "inline"]),
        syllable_run=chance.choice([0, 3]),
        privacy_mode=chance.choice(["mask", "mask", "replace", "drop"]),
        privacy_kinds=(*DEFAULT_PRIVACY_KINDS, "address"),
        html_seconds=seconds,
    )
    try:
        with limited(seconds):
            return kind, judged(clean_document(document, settings))
    except TimeoutError:
        return kind, "hang"
    except Exception as problem:
        return kind, f"crash: {type(problem).__name__}: {problem}"


def judged(found: Document | Drop) -> str:
    """Return what a cleaned document is."""
    if isinstance(found, Drop):
        return f"dropped: {found.reason}" if found.reason else "no reason"
    whole = found.text + found.title
    clean = unicodedata.is_normalized("NFC", whole) and not any(
        "\ud800" <= char <= "\udfff" or char == "\0" for char in whole
    )
    return "kept" if clean else "not clean"


def file_outcome(number: int, folder: Path, seconds: float) -> tuple[str, str]:
    """Return the kind of the hostile file `number` and what its reader made of it."""
    given = hostile.file(number)
    path = folder / given.name
    path.write_bytes(given.content)
    try:
        with limited(seconds):
            found = list(SOURCES[given.reader](path, ReadSettings(license="CC0-1.0")))
        if any(isinstance(item, Dropped) and not item.drop.reason for item in found):
            return given.kind, "no reason"
        return given.kind, "read" if found else "read: nothing in it"
    except TimeoutError:
        return given.kind, "hang"
    except KoreanRLHFError as problem:
        return given.kind, f"refused: {type(problem).__name__}" if str(problem) else "no reason"
    except Exception as problem:
        return given.kind, f"crash: {type(problem).__name__}: {problem}"
    finally:
        path.unlink()


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block when it takes longer, waiting for children included."""

    def stop(number: int, frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 40 * seconds)  # the machine may have other work
    timer = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.signal(signal.SIGVTALRM, timer)
