"""A whole crawl of the sample site through the command line, unbroken and killed."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ko_crawlers.warcfile import warc_fields, whole_members

from korean_rlhf.records import Document
from korean_rlhf.rundir import read_manifest
from korean_rlhf.sampleworld.server import PageHandler, make_server
from korean_rlhf.sampleworld.site import write_site
from korean_rlhf.tables import read

ROOT = Path(__file__).parents[2]
HOST = "http://haetsal.localhost"


class Served:
    """A served sample site that remembers what was asked for."""

    def __init__(self, folder: Path) -> None:
        write_site(folder, seed=1)
        self.folder = folder
        self.asked: Counter[str] = Counter()
        self.server = make_server(folder)
        remembered = self.asked

        class Remembering(self.server.RequestHandlerClass):  # type: ignore[name-defined,misc]
            def do_GET(self) -> None:
                remembered[self.path.removeprefix(HOST)] += 1
                PageHandler.do_GET(self)

        self.server.RequestHandlerClass = Remembering
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    site = Served(tmp_path_factory.mktemp("world") / "site")
    yield site
    site.close()


def start(
    served: Served, out: Path, *more: str, most_bytes: int | None = None
) -> subprocess.Popen[bytes]:
    """Start the crawl; no file of it can grow longer than `most_bytes`, as on a full disk."""
    command = [sys.executable, "-m", "korean_rlhf", "crawl", "site", f"{HOST}/", "--out", str(out)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [*command, "--proxy", served.proxy, *more],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=most_bytes
        and (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))),
    )


def finish(process: subprocess.Popen[bytes]) -> str:
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode()
    return said.decode()


def log_rows(out: Path) -> list[dict[str, Any]]:
    lines = (out / "crawl.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def unbroken(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("raw") / "site"
    served.asked.clear()
    finish(start(served, out))
    return out


def test_every_allowed_page_is_fetched_once_and_the_forbidden_corner_never(
    served: Served, unbroken: Path
) -> None:
    pages = {
        f"/{path.relative_to(served.folder).as_posix()}".replace("index.html", "")
        for path in served.folder.rglob("*.html")
        if "private" not in path.parts and path.name != "404.html"
    }
    urls = {row["url"].removeprefix(HOST): row for row in log_rows(unbroken)}
    fetched = {url for url, row in urls.items() if row["status"] == 200}

    assert fetched - {"/robots.txt"} == pages
    assert urls["/private/members.html"]["blocked"] == "robots"
    assert not any(path.startswith("/private/") for path in served.asked)
    assert max(served.asked.values()) == 1


def test_documents_are_html_with_license_time_and_stable_ids(unbroken: Path) -> None:
    documents = {document.id: document for document in read(unbroken, Document)}
    guestbook = documents["site:haetsal.localhost/archive/guestbook.html"]

    assert len(documents) >= 65
    assert "방명록" in guestbook.text and guestbook.title.startswith("옛 누리집 방명록")
    assert {document.license for document in documents.values()} == {"Apache-2.0"}
    assert {document.format for document in documents.values()} == {"html"}
    assert all(document.fetched_at.endswith("Z") for document in documents.values())


def test_the_manifest_counts_what_was_lost_and_why(unbroken: Path) -> None:
    manifest = read_manifest(unbroken)

    assert manifest["not_fetched"] == {"robots": 2}
    assert manifest["counts"]["dropped"] == {"empty": 1, "http-301": 1, "http-404": 1}


def test_a_killed_crawl_goes_on_and_ends_with_the_same_documents(
    served: Served, unbroken: Path, tmp_path: Path
) -> None:
    served.asked.clear()
    process = start(served, tmp_path / "site")
    while sum(served.asked.values()) < 25 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    time.sleep(0.3)
    before = sum(served.asked.values())
    time.sleep(0.3)

    assert sum(served.asked.values()) == before, "the spider must die with its parent"

    finish(start(served, tmp_path / "site"))
    repeated = {path: count for path, count in served.asked.items() if count > 1}

    assert {row["url"] for row in log_rows(tmp_path / "site")} == {
        row["url"] for row in log_rows(unbroken)
    }
    assert read_manifest(tmp_path / "site")["digest"] == read_manifest(unbroken)["digest"]
    # robots.txt is read anew by each run; of the pages at most the one in flight comes twice.
    assert len(repeated.keys() - {"/robots.txt"}) <= 1


def archived(out: Path) -> Counter[str]:
    """Return the responses in the archive by path, robots.txt left out; a torn tail is cut off."""
    found: Counter[str] = Counter()
    for path in (out / "warc").glob("*.warc.gz"):
        for _, _, head in whole_members(path):
            fields = warc_fields(head)
            if fields.get("warc-type") == "response":
                found[fields["warc-target-uri"].removeprefix(HOST)] += 1
    del found["/robots.txt"]
    return found


def kill_after(process: subprocess.Popen[bytes], served: Served, requests: int) -> None:
    while sum(served.asked.values()) < requests and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def running(out: Path) -> list[str]:
    """Return the commands of the processes that work in the folder `out`."""
    commands = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            commands.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [command for command in commands if str(out) in command]


@pytest.mark.parametrize(
    ("limit", "kills"),
    [((), (2, 20)), (("--pages", "40"), (9, 12))],
    ids=["whole", "40 pages"],
)
def test_killed_again_and_again_a_crawl_fetches_nothing_that_it_has_and_ends_the_same(
    served: Served,
    unbroken: Path,
    tmp_path: Path,
    limit: tuple[str, ...],
    kills: tuple[int, ...],
) -> None:
    out, straight = tmp_path / "site", unbroken
    if limit:
        straight = tmp_path / "straight"
        finish(start(served, straight, *limit))
    for requests in kills:
        held = archived(out)
        served.asked.clear()
        kill_after(start(served, out, *limit), served, requests)

        assert not held.keys() & served.asked.keys()
    held = archived(out)
    served.asked.clear()
    finish(start(served, out, *limit))

    assert held and not held.keys() & served.asked.keys()
    assert archived(out) == archived(straight) and set(archived(out).values()) == {1}
    assert read_manifest(out)["digest"] == read_manifest(straight)["digest"]
    assert sorted(d.id for d in read(out, Document)) == sorted(
        d.id for d in read(straight, Document)
    )
    assert running(out) == []


def test_a_crawl_that_cannot_write_ends_and_goes_on_when_it_can(
    served: Served, unbroken: Path, tmp_path: Path
) -> None:
    full = start(served, tmp_path / "site", most_bytes=60_000)
    _, said = full.communicate(timeout=60)
    held = archived(tmp_path / "site")

    assert full.returncode == 1 and "goes on where it was" in said.decode()
    assert held

    served.asked.clear()
    finish(start(served, tmp_path / "site"))

    assert not held.keys() & served.asked.keys()
    assert read_manifest(tmp_path / "site")["digest"] == read_manifest(unbroken)["digest"]


def test_a_finished_crawl_is_not_repeated(served: Served, unbroken: Path) -> None:
    served.asked.clear()
    said = finish(start(served, unbroken))

    assert "already finished" in said
    assert not served.asked


def test_a_crawl_that_reaches_nothing_fails_and_can_be_run_again(
    served: Served, tmp_path: Path
) -> None:
    out = tmp_path / "site"
    dead = start(served, out, "--depth", "0", "--proxy", "http://127.0.0.1:9")
    _, said = dead.communicate(timeout=60)

    assert dead.returncode == 1 and "Nothing was fetched" in said.decode()

    finish(start(served, out, "--depth", "0"))

    assert read_manifest(out)["counts"]["out"] == 1


def test_a_host_elsewhere_without_contact_is_refused_in_one_sentence(
    served: Served, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "korean_rlhf", "crawl", "site", "https://example.invalid/"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "x")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "--contact" in done.stderr.decode() and "Traceback" not in done.stderr.decode()
