"""The main text of a web page, by trafilatura in a child process that can be killed.

Extractors leak, hang and crash on hostile pages, and a thread cannot be stopped; a process can.
What counts is the time that the child computes, so that the same pages are given up on a machine
with much else to do. Its kernel keeps that time and ends it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from korean_rlhf.children import child, stop
from korean_rlhf.clean.markup.furniture import strip_furniture
from korean_rlhf.errors import StageFailed
from korean_rlhf.records import Drop

WORKER = "korean_rlhf.clean.markup.html_worker"
PAGES_PER_CHILD = 500
"""Pages after which the child is replaced, because extractors leak memory."""
START_SECONDS = 60.0
"""Longest time for a child to load its libraries."""

END_SECONDS = 5.0
"""Longest time for a child that has closed its pipe to be gone."""
PATIENCE = 30.0
"""Wall seconds to wait for each second that the child may compute: then it must be asleep."""

_ANCHOR_MARK = re.compile(r"(?<=\S)¶$|(?<=[가-힣)?!])#$", re.MULTILINE)
_TABLE_RULE = re.compile(r"^\|(?:[ :]*-+[ :]*\|)+\n?", re.MULTILINE)
_TABLE_ROW = re.compile(r"^[ \t]*\| ?(\S.*?) ?\|[ \t]*$", re.MULTILINE)


@dataclass
class Extractor:
    """A child process that extracts one page at a time; it is started again when it dies."""

    seconds: float
    """CPU time for one page."""
    _process: subprocess.Popen[bytes] | None = None
    _pages: int = 0
    _buffer: bytes = field(default=b"", repr=False)

    def extract(self, html: str, url: str, title: str = "") -> tuple[str, str] | Drop:
        """Return title and main text of a page, or why there is none.

        A `title` that is known already is kept, unless a page object knows the page.

        Reasons: html-timeout, html-crashed, no-main-text, and those of the page objects.

        Raises:
            StageFailed: no child can be started, which is no fault of the page.
        """
        self._require_child()
        question = {"html": html, "url": url, "title": title, "seconds": self.seconds}
        try:
            answer = self._ask(json.dumps(question).encode() + b"\n")
        except TimeoutError:
            self.close()
            return Drop("html-timeout", "it hung")
        except (BrokenPipeError, EOFError):
            return self._ended()
        if "reason" in answer:
            return Drop(str(answer["reason"]), str(answer["detail"]))
        if not answer["text"]:
            return Drop("no-main-text")
        return str(answer["title"]), strip_furniture(tidy(str(answer["text"])))

    def close(self) -> None:
        """End the child process."""
        if self._process is not None:
            self._process.kill()
            stop(self._process)
        self._process, self._buffer, self._pages = None, b"", 0

    def _ended(self) -> Drop:
        """Return what ended the child at work on a page."""
        assert self._process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        code = self._process.returncode
        self.close()
        if code == -signal.SIGPROF:
            return Drop("html-timeout", f"more than {self.seconds:g} s of CPU time")
        return Drop("html-crashed")

    def _require_child(self) -> None:
        """Start a child where there is none, or where it has read enough pages."""
        if self._pages >= PAGES_PER_CHILD:
            self.close()
        if self._process is not None:
            return
        try:
            self._start()
        except (EOFError, TimeoutError) as problem:
            self.close()
            raise StageFailed(
                "The process that reads web pages does not start "
                f"({'it hung' if isinstance(problem, TimeoutError) else 'it ended at once'}). "
                f"This command says why: {sys.executable} -m {WORKER} < /dev/null"
            ) from None

    def _ask(self, question: bytes) -> dict[str, Any]:
        self._pages += 1
        deadline = time.monotonic() + PATIENCE * self.seconds
        self._send(question, deadline)
        return dict(json.loads(self._read_line(deadline)))

    def _start(self) -> None:
        argv = [sys.executable, "-P", "-m", WORKER]
        path = os.pathsep.join(entry for entry in sys.path if entry)
        self._process = child(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._read_line(time.monotonic() + START_SECONDS)  # it says that it is ready

    def _send(self, question: bytes, deadline: float) -> None:
        """Write the question bit by bit: a child that hangs does not read, and must not hold us."""
        assert self._process is not None and self._process.stdin is not None
        pipe = self._process.stdin.fileno()
        os.set_blocking(pipe, False)
        while question:
            if not select.select([], [pipe], [], max(0.0, deadline - time.monotonic()))[1]:
                raise TimeoutError
            question = question[os.write(pipe, question[:65536]) :]

    def _read_line(self, deadline: float) -> bytes:
        assert self._process is not None and self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while b"\n" not in self._buffer:
            if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError
            chunk = os.read(pipe, 1 << 16)
            if not chunk:
                raise EOFError
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line


def tidy(text: str) -> str:
    r"""Return extracted text with its rows as "a | b" and without the marks of links to headings.

    >>> tidy("개요¶\n설치하기#\n| 가 | 나 |\n|---|---|\nC#")
    '개요\n설치하기\n가 | 나\nC#'
    """
    text = _TABLE_RULE.sub("", _ANCHOR_MARK.sub("", text))
    return _TABLE_ROW.sub(r"\1", text)


_extractor: Extractor | None = None


def html_to_text(html: str, url: str, title: str, *, seconds: float) -> tuple[str, str] | Drop:
    """Return title and main text of a page, by a child process that this process keeps."""
    global _extractor
    if _extractor is None or _extractor.seconds != seconds:
        if _extractor is not None:
            _extractor.close()
        _extractor = Extractor(seconds=seconds)
    return _extractor.extract(html, url, title)
