"""Page objects against saved pages in the shape of the real templates (invented content)."""

from pathlib import Path
from random import Random

import pytest

from korean_rlhf.clean.cleaners import clean_document
from korean_rlhf.clean.markup.html import Extractor
from korean_rlhf.clean.pages import Page, read_page
from korean_rlhf.records import Document, Drop
from korean_rlhf.settings.clean import CleanSettings

PAGES = Path(__file__).parents[1] / "pages"
ADDRESSES = {
    "naver-news-article": "https://n.news.naver.com/mnews/article/001/0000000001?sid=102",
    "naver-news-div": "https://n.news.naver.com/article/001/0000000002",
    "naver-news-old": "https://news.naver.com/main/read.naver?oid=001&aid=0000000003",
    "naver-sports-new": "https://m.sports.naver.com/kfootball/article/001/0000000004",
    "naver-sports-old": "https://sports.news.naver.com/news?oid=001&aid=0000000005",
    "naver-entertain-old": "https://entertain.naver.com/read?oid=001&aid=0000000006",
    "naver-blog-one": "https://blog.naver.com/PostView.naver?blogId=walk&logNo=1",
    "naver-blog-three": "https://m.blog.naver.com/walk/2",
    "naver-blog-old": "https://blog.naver.com/PostView.nhn?blogId=walk&logNo=3",
    "naver-terms-entry": "https://terms.naver.com/entry.naver?docId=1&cid=1&categoryId=1",
}
KNOWN_BY_ADDRESS_ALONE = {"naver-sports-new"}
"""Its ids are too common to be taken for that site's on a page without an address."""


def saved(name: str) -> str:
    return (PAGES / f"{name}.html").read_text(encoding="utf-8")


def expected(name: str) -> Page:
    title, _, text = (PAGES / f"{name}.txt").read_text(encoding="utf-8").partition("\n\n")
    return Page(title, text.rstrip("\n"))


def test_every_saved_page_with_a_text_is_read():
    assert {path.stem for path in PAGES.glob("naver-*.txt")} == ADDRESSES.keys()


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_saved_page_gives_its_title_and_text_and_nothing_else(name):
    assert read_page(saved(name), ADDRESSES[name]) == expected(name)


@pytest.mark.parametrize("name", sorted(ADDRESSES.keys() - KNOWN_BY_ADDRESS_ALONE))
def test_a_page_without_an_address_is_known_by_its_markup(name):
    assert read_page(saved(name), "") == expected(name)


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_same_markup_on_another_host_is_not_claimed(name):
    assert read_page(saved(name), "https://cafe.naver.com/walk/1") is None
    assert read_page(saved(name), "https://naver.com.example.kr/article/1") is None


@pytest.mark.parametrize(
    ("name", "url", "reason"),
    [
        ("naver-blog-frame", "https://blog.naver.com/walk/223000000001", "blog-frame"),
        ("naver-blog-frame", "", "blog-frame"),
        ("naver-blog-deleted", "https://blog.naver.com/walk/9", "page-deleted"),
        ("naver-news-deleted", "https://n.news.naver.com/article/001/9", "page-deleted"),
        ("naver-sports-shell", "https://m.sports.naver.com/article/001/9", "page-shell"),
    ],
)
def test_a_page_without_a_text_of_its_own_has_a_reason(name, url, reason):
    found = read_page(saved(name), url)

    assert isinstance(found, Drop) and found.reason == reason


def test_the_reason_of_a_frame_says_where_the_post_is():
    found = read_page(saved("naver-blog-frame"), "https://blog.naver.com/walk/223000000001")

    assert "mainFrame" in found.detail
    assert "/PostView.naver?blogId=haetsal-walk&logNo=223000000001" in found.detail


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ("<ul><li>오늘의 기사</li></ul>", "https://news.naver.com/section/102"),
        ("<p>이웃 새 글 5개</p>", "https://blog.naver.com/PostList.naver?blogId=walk"),
        ("<p>표제어 목록</p>", "https://terms.naver.com/list.naver?cid=1"),
        ("<article>글</article>", "https://example.kr/article/1"),
        ("<p>글</p>", "http://[broken/"),
        ("", "https://n.news.naver.com/article/001/1"),
        (" \n", "https://blog.naver.com/a/1"),
    ],
)
def test_lists_and_pages_of_others_are_left_to_the_general_extractor(html, url):
    assert read_page(html, url) is None


def test_a_post_of_pictures_alone_is_a_shell():
    page = '<div class="se-main-container"><div class="se-image"><p>사진 설명</p></div></div>'

    assert read_page(page, "https://blog.naver.com/a/1") == Drop(
        "page-shell", "the post holds no text"
    )


def test_a_long_list_of_posts_that_mentions_a_private_one_is_no_private_page():
    page = "<p>비공개 글은 이웃만 볼 수 있습니다.</p>" + "<p>은빛내를 따라 걸었다.</p>" * 60

    assert read_page(page, "https://blog.naver.com/a") is None
    assert read_page(page[:60], "https://blog.naver.com/a/1") == Drop("page-private")


def test_an_inline_hashtag_stays_and_a_bar_of_them_goes():
    body = "<p>#은빛내 를 걸었다.</p><p>#산책 #가을, #걷기</p><p>#하나</p>"
    page = f'<div class="se-main-container">{body}</div>'

    assert read_page(page, "https://blog.naver.com/a/1").text == "#은빛내 를 걸었다.\n#하나"


@pytest.mark.parametrize(
    "body", ["<div>" * 5000 + "글", "<table><tr><td>" * 500 + "글", "\ud800글"]
)
def test_hostile_markup_ends(body):
    page = f'<article id="dic_area">{body}</article>'

    assert read_page(page, "https://n.news.naver.com/article/1/1") is not None


def test_the_child_process_asks_page_objects_first_and_hands_their_reason_on():
    extractor = Extractor(seconds=20.0)
    name = "naver-blog-one"

    assert extractor.extract(saved(name), ADDRESSES[name]) == (
        expected(name).title,
        expected(name).text,
    )
    found = extractor.extract(saved("naver-blog-frame"), "")
    extractor.close()

    assert isinstance(found, Drop) and found.reason == "blog-frame"


def test_a_page_of_several_posts_gives_all_of_them_by_whatever_editor():
    page = (
        '<div class="post-view"><div class="se-documentTitle"><b class="se-title-text">산책</b>'
        "</div>"
        '<div class="se-main-container"><p>첫째 글</p></div></div>'
        '<div id="postViewArea"><div class="post-view"><p>둘째 글</p></div></div>'
        '<div class="se_component_wrap"><p>셋째 글</p></div>'
    )

    assert read_page(page, "https://blog.naver.com/a") == Page("산책", "첫째 글\n둘째 글\n셋째 글")


def broken(text: str, random: Random) -> str:
    """Return a page with pieces lost, doubled or put into the wrong place."""
    for _ in range(random.randrange(1, 12)):
        start = random.randrange(len(text) or 1)
        piece = text[start : start + random.randrange(1, 300)]
        place = random.randrange(len(text) or 1)
        text = random.choice(
            [
                text.replace(piece, "", 1),
                text[:place] + piece + text[place:],
                text[:start],
                text[:place] + random.choice("<>\x00&\ud800\"'") + text[place:],
                text[:place] + "<table><tr><td>" * 50 + text[place:],
            ]
        )
    return text


def test_broken_pages_give_a_page_a_reason_or_nothing():
    random = Random(3)
    for name in sorted(ADDRESSES) * 30:
        found = read_page(broken(saved(name), random), random.choice([ADDRESSES[name], ""]))

        assert found is None or isinstance(found, Drop) or (isinstance(found, Page) and found.text)


def test_a_title_of_the_page_object_wins_over_that_of_the_whole_page():
    name = "naver-news-div"
    document = Document(
        id="a",
        text=saved(name),
        title="은빛내 징검다리 다시 놓인다 : 네이버 뉴스",
        url=ADDRESSES[name],
        license="CC0-1.0",
        format="html",
    )

    assert clean_document(document, CleanSettings(html_seconds=20.0)).title == expected(name).title


def test_after_the_whole_pipeline_byline_and_copyright_are_gone():
    name = "naver-news-article"
    document = Document(
        id="a", text=saved(name), url=ADDRESSES[name], license="CC0-1.0", format="html"
    )

    found = clean_document(document, CleanSettings(html_seconds=20.0, privacy=False))

    assert found.title == expected(name).title
    assert found.text.endswith("안내문도 붙었다.")
    assert "09:00~24:00" in found.text


def test_the_caption_of_a_table_of_data_stands_above_its_rows():
    table = (
        "<table><caption>표 1. 강수량</caption><tr><th>달</th><th>비</th></tr>"
        "<tr><td>7월</td><td>394mm</td></tr></table>"
    )
    page = f'<div class="se-main-container">{table}</div>'

    found = read_page(page, "https://blog.naver.com/a/1")

    assert found.text == "표 1. 강수량\n달 | 비\n7월 | 394mm"
