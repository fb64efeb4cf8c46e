"""Follow a running training: score each checkpoint soon after it is there."""

from __future__ import annotations

import time
from collections.abc import Callable

from korean_rlhf.errors import FolderInUse, MissingInput
from korean_rlhf.progress import say

SECONDS = 30.0
"""Between two looks at the run."""


def watch(score: Callable[[], object], *, wait: Callable[[float], None] = time.sleep) -> None:
    """Call `score` again and again until Ctrl-C; what has a score costs it nothing.

    A run without a checkpoint yet, and one that another process scores, is looked at again later.
    """
    say(f"Watching for new checkpoints every {SECONDS:.0f} s; Ctrl-C ends it.")
    try:
        while True:
            try:
                score()
            except (MissingInput, FolderInUse) as problem:
                say(f"Not yet: {problem}")
            wait(SECONDS)
    except KeyboardInterrupt:
        say("Watching has ended; every score so far is written.")
