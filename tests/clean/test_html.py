"""Main text of web pages, by a child process that may be killed."""

import os
import signal
import threading
import time

import pytest

from korean_rlhf.clean.cleaners import clean_document
from korean_rlhf.clean.markup import html
from korean_rlhf.clean.markup.html import Extractor
from korean_rlhf.errors import StageFailed
from korean_rlhf.records import Document, Drop
from korean_rlhf.settings.clean import CleanSettings

PARAGRAPHS = [
    "오늘은 아침부터 비가 내려서 집에서 오래된 책을 꺼내 읽었다. 빗소리가 듣기 좋았다.",
    "점심에는 어머니가 보내 주신 김치로 찌개를 끓였다. 생각보다 짜서 물을 더 부었다.",
    "비가 그친 뒤에는 강가를 걸었다. 물이 불어 징검다리는 건널 수 없었다.",
    "저녁에는 친구를 만나 국수를 먹었다.",
]
PAGE = f"""<html><head><title>비 오는 날</title></head><body>
<nav><a href="/">처음</a> <a href="/a">소개</a></nav>
<article><h1>비 오는 날</h1>{"".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)}
<p>홍길동 기자 hong@example.com</p><p>무단 전재 및 재배포 금지</p></article>
<footer>주소: 서울시</footer></body></html>"""


@pytest.fixture(scope="module")
def extractor():
    made = Extractor(seconds=20.0)
    yield made
    made.close()


def test_the_article_stays_and_the_menu_goes(extractor):
    title, text = extractor.extract(PAGE, "http://example.com/1")

    assert title == "비 오는 날"
    assert all(paragraph in text for paragraph in PARAGRAPHS)
    assert "소개" not in text


def test_a_title_that_is_known_stays(extractor):
    assert (
        extractor.extract(PAGE, "http://example.com/1", "비 오는 날의 국수")[0]
        == "비 오는 날의 국수"
    )


def test_a_page_without_text_has_a_reason(extractor):
    assert extractor.extract("<html><body></body></html>", "") == Drop("no-main-text")


def test_a_killed_child_costs_one_page_only(extractor):
    extractor.extract(PAGE, "")
    os.kill(extractor._process.pid, signal.SIGKILL)
    extractor._process.wait()

    assert extractor.extract(PAGE, "") == Drop("html-crashed")
    assert isinstance(extractor.extract(PAGE, ""), tuple)


def test_a_child_that_cannot_start_ends_the_stage_and_drops_no_page(monkeypatch):
    monkeypatch.setattr(html.sys, "executable", "/bin/false")
    extractor = Extractor(seconds=1.0)

    with pytest.raises(StageFailed, match=r"does not start.*html_worker"):
        extractor.extract(PAGE, "")
    monkeypatch.undo()
    assert isinstance(extractor.extract(PAGE, ""), tuple)
    extractor.close()


def test_a_page_that_computes_too_long_is_given_up():
    long = PAGE.replace("</article>", f"<p>{PARAGRAPHS[0]}</p>" * 40_000 + "</article>")
    extractor = Extractor(seconds=0.8)

    assert extractor.extract(long, "") == Drop("html-timeout", "more than 0.8 s of CPU time")
    assert isinstance(extractor.extract(PAGE, ""), tuple)
    extractor.close()


def test_a_page_is_not_given_up_because_the_machine_is_busy():
    extractor = Extractor(seconds=1.0)
    extractor.extract(PAGE, "")
    pid = extractor._process.pid
    os.kill(pid, signal.SIGSTOP)  # others have the processor
    threading.Timer(1.5, os.kill, (pid, signal.SIGCONT)).start()
    started = time.monotonic()

    assert isinstance(extractor.extract(PAGE, ""), tuple)
    assert time.monotonic() - started > 1.0
    extractor.close()


def test_a_child_that_hangs_without_computing_is_given_up_too(monkeypatch):
    extractor = Extractor(seconds=1.0)
    extractor.extract(PAGE, "")
    monkeypatch.setattr(html, "PATIENCE", 0.2)
    os.kill(extractor._process.pid, signal.SIGSTOP)

    assert extractor.extract(PAGE * 200, "") == Drop("html-timeout", "it hung")
    monkeypatch.undo()
    assert isinstance(extractor.extract(PAGE, ""), tuple)
    extractor.close()


def test_an_html_document_becomes_plain_text_without_its_tail():
    document = Document(id="a", text=PAGE, license="CC0-1.0", format="html")

    found = clean_document(document, CleanSettings(html_seconds=20.0))

    assert found.format == "plain" and found.title == "비 오는 날"
    assert found.text.endswith("국수를 먹었다.")


PARAGRAPH = f"<p>{PARAGRAPHS[0]}</p>"
HOSTILE = {
    "ten megabytes": "<html><body><article>" + PARAGRAPH * 80_000,
    "100,000 nested elements": "<body>" + "<div>" * 100_000 + PARAGRAPH + "</div>" * 100_000,
    "nothing closed": "<body>" + "<div><span><b>" * 50_000 + PARAGRAPH * 20,
    "tables in tables": "<body>" + "<table><tr><td>" * 20_000 + PARAGRAPH * 20,
    "links in links": "<body><p>" + "<a href=#>글" * 10_000,
    "entities": "<body><p>" + "&amp;&lt;&#xAC00;&nope;&#999999999;&#xD800;" * 50_000,
    "scripts": "<body>" + '<script>var a="<p>가</p>";</script>' * 50_000 + PARAGRAPH * 20,
    "attributes": "<body><p " + " ".join(f'a{n}="x"' for n in range(20_000)) + ">" + PARAGRAPH,
    "terms": "<dl>" + "<dt>말<dd>뜻" * 5_000,
    "brackets": "<" * 500_000,
    "zero bytes": "<p>\0가" * 5_000,
    "half characters": "<p>\ud83d" + PARAGRAPH * 20,
}


@pytest.fixture(scope="module")
def strict_extractor():
    made = Extractor(seconds=1.0)
    yield made
    made.close()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_ends_with_a_text_or_a_reason(name, strict_extractor):
    found = strict_extractor.extract(HOSTILE[name], "")

    if isinstance(found, Drop):
        assert found.reason in ("html-timeout", "html-crashed", "no-main-text")
    else:
        assert found[1].strip()


def test_after_hostile_pages_the_next_one_is_read(strict_extractor):
    found = strict_extractor.extract(PAGE, "")

    assert isinstance(found, tuple) and PARAGRAPHS[0] in found[1]
