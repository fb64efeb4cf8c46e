"""The addresses of a crawl on disk: each once, breadth first, and none lost by a kill."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ko_crawlers.frontier import Frontier

from korean_rlhf.errors import BadInput

ROOT = Path(__file__).parents[2]
A, B = "http://a.localhost", "http://b.localhost"


def drained(frontier: Frontier) -> list[str]:
    return [address.url for address in iter(frontier.take, None)]


def test_an_address_is_handed_out_once_however_it_is_written() -> None:
    frontier = Frontier()
    frontier.add([f"{A}/?x=1&y=2", f"{A}/?y=2&x=1", f"{A}/b", f"{A}/b"], 0)

    assert drained(frontier) == [f"{A}/?x=1&y=2", f"{A}/b"]
    assert not frontier.waiting


def test_pages_near_the_start_come_first_and_hosts_take_turns() -> None:
    frontier = Frontier()
    frontier.add([f"{A}/deep"], 2)
    frontier.add([f"{A}/near", f"{A}/near2"], 1)
    frontier.add([f"{B}/only"], 5)

    assert drained(frontier) == [f"{A}/near", f"{B}/only", f"{A}/near2", f"{A}/deep"]


def test_a_host_to_avoid_waits() -> None:
    frontier = Frontier()
    frontier.add([f"{A}/1", f"{B}/1"], 0)
    first = frontier.take({"a.localhost"})

    assert first is not None and first.url == f"{B}/1"
    assert frontier.take({"a.localhost"}) is None
    assert frontier.waiting == {"a.localhost": 1}


def test_no_more_than_the_most_are_asked_for_and_redirects_do_not_count() -> None:
    frontier = Frontier()
    frontier.add([f"{A}/{number}" for number in range(9)], 0, most=2)
    first = frontier.take()
    assert first is not None

    assert frontier.redirect(first.number, f"{A}/target", 0, {"redirect_times": 1})
    assert not frontier.redirect(first.number, f"{A}/0", 0, {}), "to itself"
    frontier.finish(first.number, [f"{A}/late"], 1, most=2)

    assert drained(frontier) == [f"{A}/1", f"{A}/target"]


def test_a_retry_comes_behind_what_was_not_tried_and_keeps_its_count() -> None:
    frontier = Frontier()
    frontier.add([f"{A}/1", f"{A}/2"], 0)
    first = frontier.take()
    assert first is not None
    frontier.retry(first.number, {"retry_times": 1})
    second, again = frontier.take(), frontier.take()

    assert second is not None and second.url == f"{A}/2"
    assert again is not None and (again.url, again.facts) == (f"{A}/1", {"retry_times": 1})


@pytest.mark.parametrize(
    "url",
    [
        "http://[broken/",
        "mailto:",
        "ftp://a.localhost/",
        "http://a:b/",
        "http://a.localhost/" + "x" * 3000,
    ],
)
def test_what_is_no_address_or_endless_is_not_asked_for(url: str) -> None:
    frontier = Frontier()
    frontier.add([url, f"{A}/1"], 0)

    assert drained(frontier) == [f"{A}/1"]


KILLED = """
import os, signal, sys
from pathlib import Path
from ko_crawlers.frontier import Frontier
frontier = Frontier(Path(sys.argv[1]))
frontier.add([f"http://a.localhost/{n}" for n in range(5)], 0)
done, failed, flying, retried = (frontier.take() for _ in range(4))
frontier.finish(done.number, ["http://a.localhost/new"], 1)
frontier.finish(failed.number, failed=True)
frontier.retry(retried.number, {"retry_times": 2, "redirect_times": 1})
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_after_a_kill_all_but_what_was_done_is_pending_and_failures_are_tried_anew(
    tmp_path: Path,
) -> None:
    path = tmp_path / "frontier.sqlite"
    command = [sys.executable, "-c", KILLED, str(path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "crawlers")])}
    killed = subprocess.run(command, env=environment, check=False, timeout=60)
    frontier = Frontier(path)
    addresses = list(iter(frontier.take, None))
    frontier.close()

    assert killed.returncode == -9
    assert [a.url.removeprefix(A) for a in addresses] == ["/1", "/2", "/3", "/4", "/new"]
    assert [a.facts for a in addresses if a.url == f"{A}/3"] == [{"redirect_times": 1}]
    assert frontier.asked == 6


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "frontier.sqlite"
    path.write_bytes(b"no database" * 500)

    with pytest.raises(BadInput, match="Delete it and run again"):
        Frontier(path)
