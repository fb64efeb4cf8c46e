"""The tree of a page made ready: each rule, and that its time is linear."""

import lxml.html
import pytest

from korean_rlhf.clean.markup import page_tree
from korean_rlhf.clean.markup.html import tidy
from korean_rlhf.clean.markup.html_worker import extract, page_title

PROSE = "오늘은 아침부터 비가 내려서 집에서 오래된 책을 꺼내 읽었다. 빗소리가 듣기 좋았다."


def main_text(body: str) -> str:
    return tidy(extract(f"<html><body>{body}</body></html>", "")["text"])


def prepared(body: str):
    tree = lxml.html.document_fromstring(f"<html><body>{body}</body></html>")
    page_tree.prepare(tree)
    return tree


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav><p>처음 소개 연락</p></nav>",
        "<div role=navigation><p>처음 소개 연락</p></div>",
        '<div role="Banner complementary"><p>처음 소개 연락</p></div>',
        "<div hidden><p>처음 소개 연락</p></div>",
        "<button>처음 소개 연락</button>",
        "<select><option>처음 소개 연락</option></select>",
    ],
)
def test_furniture_goes_by_element_and_role(furniture: str) -> None:
    text = prepared(f"{furniture}<div><p>{PROSE}</p></div>").text_content()

    assert "소개" not in text and PROSE in text


def test_what_holds_most_of_the_page_is_no_furniture() -> None:
    tree = prepared(f"<div role=dialog><p>{PROSE * 3}</p></div><p>닫기</p>")

    assert PROSE in tree.text_content()


def test_headings_lose_the_links_to_themselves_and_keep_words_in_links() -> None:
    tree = prepared(
        "<h2>설치<a class=headerlink href='#s'>¶</a></h2><h3><a href='#c'>C#</a></h3>"
        "<h3><a href='/x'>#</a></h3>"
    )

    assert [h.text_content() for h in tree.iter("h2", "h3")] == ["설치", "C#", "#"]


def test_headings_terms_captions_and_lists_are_in_the_text() -> None:
    text = main_text(
        "<div class=titlepage><div><h2 class=title><a id=a></a>2.1. 판</h2></div></div>"
        f"<p>{PROSE}</p>"
        f"<dl><dt><span class=term>안정판</span></dt><dd><p>{PROSE}</p></dd></dl>"
        f"<figure><img src=a><figcaption><p>그림 1. 비</p></figcaption></figure><p>{PROSE}</p>"
        f"<ol><li>첫째로 <a href=/a>문서</a>를 읽는다.</li><li>둘째로 쓴다.</li></ol>"
    )

    lines = text.split("\n")
    assert lines[0] == "2.1. 판" and "안정판" in lines and "그림 1. 비" in lines
    assert "- 첫째로 문서를 읽는다." in lines


def test_words_inside_a_paragraph_stay_whatever_their_class() -> None:
    text = main_text(
        f"<p>{PROSE}</p><p>그림 창에서 <span class=menuchoice><span class=guimenu>도구</span> → "
        f"<span class=guimenuitem>잉크</span></span>를 고른다.</p><p>{PROSE}</p>"
    )

    assert "그림 창에서 도구 → 잉크를 고른다." in text


def test_code_keeps_its_lines_and_tables_their_rows() -> None:
    text = main_text(
        f"<p>{PROSE}</p><pre>def 비(양):\n    return 양\n</pre><p>{PROSE}</p>"
        "<table><tr><th>날</th><th>비</th></tr><tr><td>월</td><td>3</td></tr></table>"
    )

    assert "def 비(양):\n    return 양" in text
    assert "날 | 비\n월 | 3" in text


def test_divs_with_words_are_paragraphs() -> None:
    lines = main_text("".join(f"<div>{n}째 줄에 쓴 글이다. {PROSE}</div>" for n in range(5)))

    assert len(lines.split("\n")) == 5


def test_layout_tables_give_paragraphs_and_data_tables_stay() -> None:
    tree = prepared(
        f"<table><tr><td>번호</td><td><p>{PROSE}</p><p>{PROSE * 3}</p></td></tr></table>"
    )

    assert [p.getparent().tag for p in tree.iter("p")] != ["td", "td"]
    assert tree.find(".//td").text_content() == "번호"


def test_long_cells_keep_their_order_before_the_text_after_their_table() -> None:
    cells = "".join(f"<td>{number}째 칸. {PROSE * 4}</td>" for number in (1, 2, 3))
    body = f"<p>머리말</p><table><tr>{cells}</tr></table>표 뒤의 글<p>맺음말</p>"
    text = prepared(body).text_content()
    marks = ["머리말", "1째 칸", "2째 칸", "3째 칸", "표 뒤의 글", "맺음말"]

    assert sorted(marks, key=text.index) == marks and len(text.split(PROSE)) == 13


def test_text_between_the_cells_of_a_broken_table_is_kept() -> None:
    text = prepared(
        f"<table><tr><td>{PROSE * 4}</td>사이 글<td>둘. {PROSE * 4}</td></tr></table>뒤"
    ).text_content()

    assert text.index("사이 글") < text.index("둘.") < text.index("뒤")


def test_two_captions_of_a_figure_keep_their_order() -> None:
    text = prepared(
        "<figure><figcaption>그림 1.</figcaption><img src=a><figcaption>그림 2.</figcaption>"
        f"</figure>뒤의 글<p>{PROSE}</p>"
    ).text_content()

    assert text.index("그림 1.") < text.index("그림 2.") < text.index("뒤의 글")


def test_the_part_with_the_prose_becomes_the_article() -> None:
    links = "".join(f"<li><a href=/{n}>다른 글 {n}</a></li>" for n in range(20))
    tree = prepared(
        f"<div id=wrap><div id=side><ul>{links}</ul></div>"
        f"<div id=text><p>{PROSE}</p><p>{PROSE}</p></div></div>"
    )

    assert [article.get("id") for article in tree.iter("article")] == ["text"]
    named = prepared(f"<main><p>{PROSE}</p></main><div><p>{PROSE * 9}</p></div>")
    assert next(named.iter("article"), None) is None


def test_the_title_for_previews_comes_first() -> None:
    head = '<meta property="og:title" content="비 오는 날"><title>비 오는 날 : 블로그</title>'

    assert page_title(lxml.html.document_fromstring(f"<head>{head}</head><body>")) == "비 오는 날"


@pytest.mark.parametrize("piece", [f"<p>{PROSE}<a href=/>글</a></p>", "<dl><dt>말<dd>뜻</dl>"])
def test_each_element_is_measured_once(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the page, twice the elements looked at: no rule walks the text of its ancestors."""
    visited = []
    measure = page_tree.text_lengths

    def counted(tree, **options):
        lengths = measure(tree, **options)
        visited.append(len(lengths))
        return lengths

    monkeypatch.setattr(page_tree, "text_lengths", counted)
    prepared(piece * 100)
    first = sum(visited)
    visited.clear()
    prepared(piece * 200)

    assert sum(visited) <= 2 * first
