"""A few articles of NamuWiki as they are today; its dump is the way to many."""

from __future__ import annotations

from ko_crawlers.titles import TitleSpider

NAMU = "https://namu.wiki/w/"


class NamuSpider(TitleSpider):
    """Refresh articles of NamuWiki that a dump holds in an older version.

    Its robots.txt leaves /w/ open and closes /raw/ and /api (read 2026-09). Cloudflare stands in
    front: it answers most programs with a challenge, which is recorded as blocked, and after ten of
    them the crawl ends. Whoever meets it reads the dump; there is no way round.
    """

    name = "namu"
    home = NAMU
    not_articles = frozenset(
        "나무위키 분류 틀 파일 사용자 특수기능 휴지통 투표 위키운영 더시드 더시드위키 "
        "파일휴지통".split()
    )
    custom_settings = {
        "DOWNLOAD_DELAY": 10.0,  # seconds; others report a challenge at 2.5 and none at 10
        "AUTOTHROTTLE_START_DELAY": 10.0,
    }
