"""Article pages of the Korean Wikipedia; for many pages read its dump instead."""

from __future__ import annotations

from ko_crawlers.titles import TitleSpider

KOREAN = "https://ko.wikipedia.org/wiki/"


class WikipediaSpider(TitleSpider):
    """Crawl articles of the Korean Wikipedia.

    Its robots.txt leaves /wiki/ open and closes /w/ and /api/ (read 2026-09), so this spider asks
    for plain article pages.
    """

    name = "wikipedia"
    home = KOREAN
    not_articles = frozenset(
        "특수 미디어 토론 사용자 위키백과 백 파일 그림 미디어위키 틀 도움말 분류 포털 "
        "위키프로젝트 모듈 초안 "
        "special media talk user wikipedia file image mediawiki template help category portal "
        "module draft 사용자토론 위키백과토론 파일토론 틀토론 분류토론 포털토론".split()
    )
