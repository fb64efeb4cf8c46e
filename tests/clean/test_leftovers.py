"""Plain text that an extractor of Wikipedia left half done."""

import pytest

from korean_rlhf.clean.cleaners import clean_document
from korean_rlhf.clean.leftovers import is_section, looks_extracted, strip_leftovers
from korean_rlhf.clean.markup.brackets import close_gaps
from korean_rlhf.records import Document
from korean_rlhf.settings.clean import CleanSettings


@pytest.mark.parametrize(
    "before, after",
    [
        ("카터(, 1924년 10월 1일 ~ )는", "카터(1924년 10월 1일 ~ )는"),
        ("카메룬 공화국(, ), 줄여서 카메룬(, , )은", "카메룬 공화국, 줄여서 카메룬은"),
        ("감마 함수(Γ函數, )는", "감마 함수(Γ函數)는"),
        ("수학(數學, , 줄여서 math)은", "수학(數學, 줄여서 math)은"),
        ("새우의 강()이라고", "새우의 강이라고"),
        ("print()와 f( )와 main(void)", "print()와 f( )와 main(void)"),
        ("좌표 (1, 2)와 (가, 나)", "좌표 (1, 2)와 (가, 나)"),
        ("얼굴 :) ;) (^^)", "얼굴 :) ;) (^^)"),
        ("(1) 하나, (2) 둘", "(1) 하나, (2) 둘"),
    ],
)
def test_brackets_that_lost_their_content_are_mended(before, after):
    assert close_gaps(before) == after
    assert close_gaps(after) == after


def test_section_names_stay_only_above_text():
    page = "서울은 수도이다.\n역사.\n고대.\n옛날에는 작았다.\n같이 보기.\n각주.\n외부 링크."

    assert strip_leftovers(page) == "서울은 수도이다.\n고대\n옛날에는 작았다."


def test_lost_formulas_categories_and_rows_of_tables_are_told_apart_from_text():
    rows = '"|재(在)口||지(志)口||\n!22세 !!23세'
    page = f"정수 formula_12와 문자 codice_1.\n[[분류:수학| ]]\n{rows}\n끝이다.<br>"

    assert strip_leftovers(page) == "정수 <수식>와 문자 <코드>.\n끝이다."


def test_lines_of_a_foreign_song_are_no_section_names():
    song = "And sent him homeward\nTae think again.\nTae think again.\n가사는 이렇다."

    assert strip_leftovers(song) == song


@pytest.mark.parametrize(
    "line", ["생애.", "대한민국과의 관계.", "1990년대 ~ 현재.", "C++ 언어.", "YouTube."]
)
def test_section_names(line):
    assert is_section(line)


@pytest.mark.parametrize(
    "line",
    [
        "그는 떠났다.",
        "이상한 일이죠.",
        "생애",
        "가. 나.",
        "x = 3.",
        "확인함.",
        "1924년 10월 1일 출생.",
        "1971년 조지아 주지사.",
        "- 조지아 주지사.",
        "라켓으로 공 또는 그외의 물체를 치면서 경기하는 스포츠.",
    ],
)
def test_sentences_are_no_section_names(line):
    assert not is_section(line)


def test_only_pages_of_wiki_dumps_are_treated_so():
    assert looks_extracted("", "https://ko.wikipedia.org/wiki?curid=5")
    assert looks_extracted("kowiki", "")
    assert not looks_extracted("nsmc", "https://example.com/")


ARTICLE = (
    "지미 카터는 미국의 정치가이다.\n\n== 연보 ==\n* 1924년 10월 1일 조지아주 출생.\n"
    "* 1971년 조지아 주지사.\n* 1977년 제39대 대통령 취임.\n\n세 번째 직함이 가장 널리 알려졌다."
)
LISTED = (
    "지미 카터는 미국의 정치가이다.\n\n연보\n- 1924년 10월 1일 조지아주 출생.\n"
    "- 1971년 조지아 주지사.\n- 1977년 제39대 대통령 취임.\n\n세 번째 직함이 가장 널리 알려졌다."
)


def cleaned(text, format, **named):
    document = Document(id="a", text=text, source="kowiki", license="CC0-1.0", format=format)
    return clean_document(document, CleanSettings(quality=False, **named)).text


def test_an_article_of_our_own_parser_has_no_leftovers_to_lose():
    assert cleaned(ARTICLE, "wikitext") == LISTED
    assert cleaned(LISTED, "plain") == LISTED, "cleaning a cleaned corpus again changes nothing"


def test_an_extracted_article_loses_its_leftovers_unless_boilerplate_stays():
    page = "카터(, 1924년)는 정치가이다.\n\n생애.\n조지아에서 태어났다.\n각주."

    assert cleaned(page, "plain") == "카터(1924년)는 정치가이다.\n\n생애\n조지아에서 태어났다."
    assert cleaned(page, "plain", boilerplate=False) == page
