"""The sample site, its server, and the sample dumps."""

from __future__ import annotations

import bz2
import http.client
import json
import re
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from stdnum import luhn
from stdnum.kr import rrn

from korean_rlhf.sampleworld.dumps import write_dumps
from korean_rlhf.sampleworld.server import find_page, make_server
from korean_rlhf.sampleworld.site import write_site
from korean_rlhf.sampleworld.site.articles import load_articles


def files_of(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def truth_of(folder: Path) -> list[dict[str, str]]:
    lines = (folder / "_truth.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world") / "site"
    assert write_site(folder, seed=1) >= 65
    return folder


def test_the_same_seed_writes_the_same_site_and_another_seed_another(
    site: Path, tmp_path: Path
) -> None:
    write_site(tmp_path / "same", seed=1)
    write_site(tmp_path / "other", seed=2)

    assert files_of(tmp_path / "same") == files_of(site)
    assert files_of(tmp_path / "other") != files_of(site)


def test_at_least_forty_articles_are_written_by_hand_and_no_two_are_alike() -> None:
    articles = load_articles()
    sentences = [part.strip() for article in articles for part in article.text.split(". ")]

    assert len(articles) >= 40
    assert len({article.slug for article in articles}) == len(articles)
    assert len(set(sentences)) / len(sentences) > 0.99


def test_every_article_stands_whole_in_its_page(site: Path) -> None:
    for row in truth_of(site):
        if row["kind"] == "odd":
            continue
        html = (site / row["path"].lstrip("/")).read_text(encoding="utf-8")
        for paragraph in row["text"].split("\n\n"):
            assert paragraph.replace(">", "&gt;").replace("'", "&#39;") in html, row["path"]


def test_copies_repeat_their_article_and_twins_almost(site: Path) -> None:
    rows = {row["path"]: row for row in truth_of(site)}
    repeats = [row for row in rows.values() if row.get("same_as")]
    exact = [row for row in repeats if row["exact"]]

    assert len(exact) >= 4 and len(repeats) - len(exact) >= 8
    for row in repeats:
        assert (row["text"] == rows[row["same_as"]]["text"]) is row["exact"], row["path"]


def test_planted_personal_data_has_right_check_digits(site: Path) -> None:
    rows = [row for row in truth_of(site) if row.get("contact")]
    kinds = {row["contact_kind"] for row in rows}

    assert "look-alike" in kinds and len(kinds) >= 4
    for row in rows:
        words = re.split(r"[\s()]+", row["contact"])
        if row["contact_kind"] == "rrn":
            number = next(word for word in words if word[:1].isdigit())

            assert rrn.calc_check_digit(rrn.compact(number)[:-1]) == number[-1]
        if row["contact_kind"] == "card":
            assert luhn.is_valid(
                next(word for word in words if word[:1].isdigit()).replace("-", "")
            )


def test_the_guestbook_is_euc_kr_and_says_so_only_in_its_meta_tag(site: Path) -> None:
    content = (site / "archive/guestbook.html").read_bytes()

    assert "방명록" in content.decode("euc-kr")
    assert b"charset=euc-kr" in content
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def test_the_forbidden_corner_is_linked_to_but_not_in_the_sitemap(site: Path) -> None:
    assert b'href="/private/members.html"' in (site / "index.html").read_bytes()
    assert b"Disallow: /private/" in (site / "robots.txt").read_bytes()
    assert b"/private/" not in (site / "sitemap.xml").read_bytes()


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[int]:
    server = make_server(site)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def get(port: int, target: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", target)
    response = connection.getresponse()
    found = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return found


def test_pages_are_served_under_their_path_and_to_a_proxy_client(served: int, site: Path) -> None:
    expected = (site / "news/index.html").read_bytes()

    for target in ("/news/", "/news/index.html", "http://haetsal.localhost/news/"):
        status, _, body = get(served, target)

        assert (status, body) == (200, expected)


def test_a_page_that_names_its_charset_is_served_without_one(served: int) -> None:
    assert get(served, "/archive/guestbook.html")[1]["Content-Type"] == "text/html"
    assert get(served, "/archive/blank.html")[1]["Content-Type"] == "text/html; charset=utf-8"
    assert get(served, "/robots.txt")[1]["Content-Type"] == "text/plain; charset=utf-8"


def test_redirects_and_missing_pages_answer_as_a_real_server(served: int) -> None:
    status, headers, _ = get(served, "/old/")

    assert (status, headers["Location"]) == (301, "/guide/about.html")
    assert get(served, "/%EC%97%86%EC%9D%8C.html")[0] == 404


@pytest.mark.parametrize(
    "target", ["/../manifest.json", "/%2e%2e/%2e%2e/etc/passwd", "/_truth.jsonl", "//etc/passwd"]
)
def test_nothing_outside_the_folder_and_nothing_hidden_is_served(served: int, target: str) -> None:
    assert get(served, target)[0] == 404


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("비밀", encoding="utf-8")
    site = tmp_path / "site"
    site.mkdir()
    (site / "link.html").symlink_to(tmp_path / "secret.html")

    assert find_page(site, "/link.html") is None


def test_the_namu_dump_is_one_json_array_with_the_fields_of_the_real_one(tmp_path: Path) -> None:
    write_dumps(tmp_path, seed=1)
    rows = json.loads((tmp_path / "namuwiki.json").read_text(encoding="utf-8"))
    syntax = ("[[", "||", "[*", "{{{#!folding", "[include(", "#redirect", "[[분류:", "[목차]", "~~")

    assert len(rows) >= 40
    assert all(list(row) == ["namespace", "title", "text", "contributors"] for row in rows)
    for mark in syntax:
        assert any(mark in row["text"] for row in rows), mark


def test_the_wiki_dump_is_a_mediawiki_export(tmp_path: Path) -> None:
    write_dumps(tmp_path, seed=1)
    tree = ElementTree.fromstring(bz2.decompress((tmp_path / "kowiki.xml.bz2").read_bytes()))
    name = "{http://www.mediawiki.org/xml/export-0.11/}"
    pages = tree.findall(f"{name}page")
    texts = [page.findtext(f"{name}revision/{name}text") or "" for page in pages]

    assert len(pages) >= 40
    assert {"0", "1", "10", "14"} <= {page.findtext(f"{name}ns") for page in pages}
    for mark in ("{{", '{| class="wikitable"', "<ref", "[[파일:", "[[분류:", "#넘겨주기", "<math>"):
        assert any(mark in text for text in texts), mark
