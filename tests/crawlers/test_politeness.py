"""What a crawl promises: robots.txt, pauses, a contact; and what counts as blocked."""

from __future__ import annotations

from pathlib import Path

import pytest
from ko_crawlers import settings as shipped
from ko_crawlers.politeness import MOST_REFUSALS, StayOnHosts, is_loopback, promise
from ko_crawlers.robots import NOTHING, rules
from ko_crawlers.spiders.site import SiteSpider
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.settings import Settings

from korean_rlhf.doors import HIDDEN, TAGS, _seen, blocked_reason
from korean_rlhf.errors import SettingsError

PAGES = Path(__file__).parents[1] / "pages"


def settings(**changed: object) -> Settings:
    found = Settings()
    found.setmodule(shipped)
    found.setdict(changed, priority="cmdline")
    return found


def test_robots_are_obeyed_and_no_setting_switches_it_off() -> None:
    assert settings().getbool("ROBOTSTXT_OBEY")

    with pytest.raises(SettingsError, match="robots"):
        promise(settings(ROBOTSTXT_OBEY=False), ["http://127.0.0.1/"])


def test_a_site_elsewhere_needs_a_contact_which_stands_in_the_user_agent() -> None:
    with pytest.raises(SettingsError, match="contact"):
        promise(settings(), ["https://example.kr/"])

    found = settings(CONTACT="mailto:a@example.kr")
    promise(found, ["https://example.kr/"])

    assert "mailto:a@example.kr" in found["USER_AGENT"]


def test_only_loopback_goes_without_a_pause() -> None:
    found = settings(CONTACT="a@example.kr")
    promise(found, ["https://example.kr/", "http://haetsal.localhost/"])

    assert found.getdict("DOWNLOAD_SLOTS").keys() == {"haetsal.localhost"}
    assert found.getdict("DOWNLOAD_SLOTS")["haetsal.localhost"]["delay"] < 0.01
    assert found.getfloat("DOWNLOAD_DELAY") >= 1.0
    with pytest.raises(SettingsError, match="at least"):
        promise(settings(DOWNLOAD_DELAY=0.1), ["http://127.0.0.1/"])


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "[::1]", "a.b.localhost"])
def test_loopback_hosts(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.kr", "10.0.0.1", "0.0.0.0", "notlocalhost", ""])
def test_hosts_that_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, b"x"), (404, b""), (410, b""), (403, NOTHING), (429, NOTHING), (500, NOTHING)],
)
def test_robots_rules_out_of_reach_forbid_and_absent_ones_allow(
    status: int, expected: bytes
) -> None:
    assert rules(status, b"x") == expected


class FakeCrawler:
    """As much of a crawler as the middleware looks at."""

    def __init__(self) -> None:
        self.spider = SiteSpider(urls="https://a.kr/", out="unused")
        self.spider.hosts = {"a.kr", "b.kr"}


def test_a_host_that_refuses_too_often_is_left_alone_and_others_not() -> None:
    crawler = FakeCrawler()
    gate = StayOnHosts(crawler)  # type: ignore[arg-type]
    crawler.spider.refusals["a.kr"] = MOST_REFUSALS

    gate.process_request(Request("https://b.kr/"))
    with pytest.raises(IgnoreRequest, match="host-blocked"):
        gate.process_request(Request("https://a.kr/x"))
    with pytest.raises(IgnoreRequest, match="offsite"):
        gate.process_request(Request("https://c.kr/"))


def test_a_challenge_with_status_200_is_recognised() -> None:
    body = (PAGES / "challenge.html").read_bytes()

    assert blocked_reason(200, {}, body) == "challenge"
    assert blocked_reason(403, {"cf-mitigated": "challenge"}, b"") == "challenge"
    assert blocked_reason(429, {}, b"") == "rate-limited"


DOORS = {
    "captcha": [
        "<title>네이버</title><p>보안을 위해 아래 글자를 입력해 주세요.</p>"
        '<img id="captchaimg" src="/captcha.png"><input name="answer">',
        '<title>확인</title><div class="g-recaptcha" data-sitekey="x"></div><script>'
        + "var a = 1;" * 900
        + "</script>",
    ],
    "login": [
        "<title>네이버 : 로그인</title><form><input name='id'><input type='password'></form>",
        '<title>Sign in</title><input class="a" type="password" name="pw">',
    ],
    "challenge": [
        "<title>Attention Required! | Cloudflare</title>",
        "<title>잠시만 기다리십시오…</title>",
        "<title>검색 서비스 이용이 제한되었습니다 : 네이버</title>",
    ],
}


@pytest.mark.parametrize(("kind", "page"), [(kind, p) for kind in DOORS for p in DOORS[kind]])
def test_a_door_with_status_200_is_told_from_a_page(kind: str, page: str) -> None:
    assert blocked_reason(200, {}, page.encode()) == kind


@pytest.mark.parametrize(
    "page",
    [
        "<title>방명록</title>"
        + "<p>은빛내를 따라 걸었습니다.</p>" * 60
        + "<i class='g-recaptcha'>",
        "<title>로그인하는 법</title><p>아이디를 적습니다.</p>",
        "<title>회원 마당</title><p>오늘의 소식</p><form><input type=password></form>",
    ],
)
def test_a_page_with_a_form_is_a_page(page: str) -> None:
    assert blocked_reason(200, {}, page.encode()) == ""


def test_what_no_reader_sees_is_taken_away_up_to_its_end() -> None:
    page = b"<head><title>x</title></HEAD>A<SCRIPT>a<b</script >B<style>s</style>C<script>D"

    assert TAGS.sub(b"", _seen(page)) == b"ABCD"


def test_a_script_that_is_never_closed_is_looked_for_once() -> None:
    class Counting(bytes):
        asked = 0

        def lower(self) -> Counting:
            return self

        def find(self, *arguments: object) -> int:  # type: ignore[override]
            Counting.asked += 1
            return super().find(*arguments)  # type: ignore[arg-type]

    _seen(Counting(b"<script " * 3500))

    assert Counting.asked == 1 and len(HIDDEN.findall(b"<script " * 3500)) == 3500


def test_an_article_about_blocking_is_an_article() -> None:
    head = "<title>접근이 제한된 옛 수문 - 햇살마을</title>".encode()
    text = "<p>수문은 안전 때문에 접근이 제한되었다.</p>".encode() * 2000

    assert blocked_reason(200, {}, head + text) == ""
    assert blocked_reason(404, {}, b"<title>404</title>") == ""
