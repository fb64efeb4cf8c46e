"""Inputs that nobody should have to clean: torn, broken, nested, endless, drawn from a seed."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from korean_rlhf.records import Document, Format

PROSE = (
    "오늘은 아침부터 비가 내려서 집에서 오래된 책을 꺼내 읽었다.",
    "점심에는 어머니가 보내 주신 김치로 찌개를 끓였다ㅋㅋㅋㅋㅋ",
    "문의는 010-1234-5678, 계좌는 농협 301-0000-6014-80, 메일은 hong@naver.com이다.",
    "홍길동 기자 gildong@haetsal.example",
    "ⓒ 햇살일보, 무단 전재 및 재배포 금지",
)
SIGNS = [
    *"가힣뷁ㅋㅎㅠㅏㄳ09!?~.,…·♡=-_'\"<>&;#|[]{}()*$@\\/^aZé漢あ",
    *"\u1112\u1161\u11ab\u119e\ua960\ud7cb\uffbe\uffc2\uffa0\u3164\u1160",
    *"\u200b\u200d\ufeff\u202e\xad\u034f\x00\x07\x0b\x1b\x85\ufffe\ufffd\ud83d\ude00",
    *" \t\n\r\u3000\u2028👨👍🏽\ufe0f\u0301\u20e3",
]
TAGS = (
    "p div table tr td script style article iframe svg math a span b li ul h1 br noscript".split()
)
NAMU = [
    *"{{{ }}} [[ ]] [* ] || | ''' '' __ ~~ -- > ^^ ,, $ ## ---- [br] \\ <math> </math>".split(),
    *("\n", " * ", " 1. ", "== 제목 ==", "{{{#red ", "{{{#!html ", "{{{#!folding [가]\n"),
    *("[include(틀:가, 나=다)]", "[[파일:가.png|width=10]]", "[[분류:가]]", "{{{#!wiki 가\n"),
]  # fmt: skip
WIKI = [
    *"{{ }} [[ ]] {| |} |- ! || <ref> </ref> <ref/> <nowiki> </nowiki>".split(),
    *"''' '' <!-- --> <math>".split(),
    *(
        "\n",
        "* ",
        "# ",
        "== 제목 ==",
        "{{틀|",
        "|가=나",
        "[[파일:가.png|섬네일|",
        "[http://a.kr 가",
    ),
]
NUMBERS = [
    *"010 - 1234 5678 02 ) 850314 1234562 국민 계좌 카드 9374 12가 3456 서울 @ naver.com".split(),
    *(" ", "(at)", ".", "여권", "M12345678", "억"),
]
LONG = [
    *"가 ㅋ ! 0 a = <b> &amp; https://a.kr/ ( é".split(),
    *(" ", "\t", "가나다 ", "010-1234-5678 ", "a@b.kr ", "1 ", "서울 ", "#가 "),
]
ODD_ROWS = [
    *(
        '{"text": 1}',
        "[]",
        "null",
        '{"text": "가',
        "NaN",
        '{"text": null}',
        "{" * 2_000,
        "[" * 50_000,
    ),
    *('{"text": "\\ud800"}', '{"text": "가", "text": "나"}', "", '"가"', "{}"),
    '{"text": "' + "가" * 99_999,
]
Make = Callable[[random.Random], str]


@dataclass(frozen=True)
class HostileFile:
    """Bytes of a file, and the name of the reader that gets them."""

    kind: str
    reader: str
    name: str
    content: bytes


def _soup(pieces: list[str], most: int = 120) -> Make:
    def make(chance: random.Random) -> str:
        chosen = chance.choices(pieces, k=chance.randint(1, most))
        for _ in range(chance.randint(0, 4)):
            chosen.insert(chance.randrange(len(chosen) + 1), f" {chance.choice(PROSE)} ")
        return "".join(chosen)

    return make


def _broken_html(chance: random.Random) -> str:
    parts = ["<html><body>" if chance.random() < 0.7 else ""]
    for _ in range(chance.randint(1, 40)):
        tag = chance.choice(TAGS)
        parts.append(
            chance.choice(
                [
                    f"<{tag}>{chance.choice(PROSE)}</{tag}>",
                    f"<{tag} class='{chance.choice(SIGNS)}",
                    f"</{tag}>",
                    f"<{tag}",
                    chance.choice(PROSE),
                    "<!-- ",
                    "&#x110000;&#0;&bogus;",
                    chance.choice(SIGNS),
                    "<![CDATA[",
                ]
            )
        )
    return "".join(parts)


def _deep(chance: random.Random) -> str:
    depth = chance.choice([10, 100, 1_000, 5_000])
    start, end = chance.choice(
        [
            ("<div>", "</div>"),
            ("<table><tr><td>", "</td></tr></table>"),
            ("<b>", ""),
            ("<ul><li>", ""),
        ]
    )
    return f"<html><body>{start * depth}{PROSE[0] * 3}{end * depth}</body></html>"


def _deep_markup(opening: list[tuple[str, str]]) -> Make:
    def make(chance: random.Random) -> str:
        start, end = chance.choice(opening)
        depth = chance.choice([10, 200, 1_000])
        return start * depth + PROSE[0] + end * chance.choice([depth, depth // 2, 0])

    return make


def _mojibake(chance: random.Random) -> str:
    text = "\n".join(chance.choices(PROSE, k=4))
    wrong, read = chance.choice(
        [
            ("utf-8", "latin-1"),
            ("cp949", "latin-1"),
            ("utf-8", "cp949"),
            ("utf-16", "latin-1"),
            ("utf-8", "cp1252"),
            ("johab", "cp949"),
        ]
    )
    return text.encode(wrong, "replace").decode(read, "replace")


def _huge_line(chance: random.Random) -> str:
    length = chance.choice([1_000, 20_000, 200_000])
    unit = chance.choice(LONG)
    return f"{PROSE[0]} {unit * (length // len(unit))} {PROSE[1]}"


DOCUMENTS: dict[str, tuple[Format, Make]] = {
    "broken html": ("html", _broken_html),
    "deep html": ("html", _deep),
    "html of any sign": ("html", _soup([*SIGNS, "<p>", "</p>", "<script>"])),
    "namumark": ("namumark", _soup(NAMU)),
    "namumark of any sign": ("namumark", _soup([*NAMU, *SIGNS])),
    "deep namumark": (
        "namumark",
        _deep_markup(
            [("{{{#!wiki\n", "\n}}}"), ("[* ", "]"), ("'''", "'''"), ("> ", ""), ("||", "||")]
        ),
    ),
    "wikitext": ("wikitext", _soup(WIKI)),
    "wikitext of any sign": ("wikitext", _soup([*WIKI, *SIGNS])),
    "deep wikitext": (
        "wikitext",
        _deep_markup([("{{가|", "}}"), ("[[가|", "]]"), ("{|\n|\n", "\n|}"), ("<ref>", "</ref>")]),
    ),
    "any sign": ("plain", _soup(SIGNS, 400)),
    "numbers": ("plain", _soup(NUMBERS)),
    "mojibake": ("plain", _mojibake),
    "huge line": ("plain", _huge_line),
    "markdown": (
        "markdown",
        _soup(["# ", "```", "| ", "|---|", "\n", "- ", "[가](", ")", "<b>", *SIGNS]),
    ),
}


def document(number: int) -> tuple[str, Document]:
    """Return the name of a kind and a hostile document of it, the same for the same number."""
    chance = random.Random(number)
    kind = list(DOCUMENTS)[number % len(DOCUMENTS)]
    format, make = DOCUMENTS[kind]
    text = make(chance)
    return kind, Document(
        id=str(number), text=text, title=text[:60], license="CC0-1.0", format=format,
        source=chance.choice(["", "kowiki"]),
    )  # fmt: skip


def _torn(content: bytes, chance: random.Random) -> bytes:
    """Cut, flip or fill some bytes."""
    changed = bytearray(content)
    for _ in range(chance.randint(0, 3)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    if chance.random() < 0.5:
        changed = changed[: chance.randrange(1, len(changed) + 1)]
    if chance.random() < 0.1:
        changed += bytes(chance.randrange(1, 50))
    return bytes(changed)


def _json_lines(chance: random.Random) -> bytes:
    rows = [json.dumps({"text": text, "id": str(n)}) for n, text in enumerate(PROSE)]
    odd = chance.choices(ODD_ROWS, k=chance.randint(0, 2))
    lines = [*chance.choices(rows, k=3), *odd]
    chance.shuffle(lines)
    return "\n".join(lines).encode()


def _namu_dump(chance: random.Random) -> bytes:
    rows = [{"namespace": "0", "title": f"가{n}", "text": text} for n, text in enumerate(PROSE)]
    rows += chance.choices(
        [{}, {"title": None}, {"namespace": 0, "text": []}], k=chance.randint(0, 1)
    )
    return json.dumps(rows, ensure_ascii=False).encode()


def _wiki_dump(chance: random.Random) -> bytes:
    page = (
        "<page><title>가</title><ns>0</ns><id>1</id>"
        "<revision><id>2</id><text>{}</text></revision></page>"
    )
    pages = "".join(page.format(chance.choice(PROSE)) for _ in range(3))
    return (
        "<mediawiki><siteinfo><base>https://ko.wikipedia.org/wiki/가</base></siteinfo>"
        f"{pages}</mediawiki>"
    ).encode()


def _text(chance: random.Random) -> bytes:
    text = "\n".join(chance.choices(PROSE, k=3))
    return text.encode(
        chance.choice(["utf-8", "cp949", "utf-16", "utf-16-be", "utf-8-sig"]), "replace"
    )


def _noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randint(1, 3_000))


def _table(chance: random.Random) -> bytes:
    rows = [
        "id,text",
        *(f'{n},"{text}"' for n, text in enumerate(PROSE)),
        '9,"가',
        "1,2,3,4",
        "\x00,\x00",
    ]
    return "\n".join(chance.sample(rows, k=chance.randint(1, len(rows)))).encode()


FILES: dict[str, tuple[str, str, Callable[[random.Random], bytes]]] = {
    "torn JSON lines": ("files", "a.jsonl", _json_lines),
    "torn gzip": ("files", "a.txt.gz", lambda chance: gzip.compress(_text(chance), mtime=0)),
    "torn text": ("files", "a.txt", _text),
    "noise as text": ("files", "a.txt", _noise),
    "noise as HTML": ("files", "a.html", _noise),
    "torn HTML file": (
        "files",
        "a.html",
        lambda chance: _broken_html(chance).encode("utf-8", "replace"),
    ),
    "torn CSV": ("files", "a.csv", _table),
    "noise as Parquet": ("files", "a.parquet", _noise),
    "torn Namu dump": ("namu-dump", "a.json", _namu_dump),
    "torn Wikipedia dump": ("wikipedia-dump", "a.xml", _wiki_dump),
    "noise as WARC": ("warc", "a.warc", lambda chance: b"WARC/1.0\r\n" + _noise(chance)),
}


def file(number: int) -> HostileFile:
    """Return a hostile file, the same for the same number."""
    chance = random.Random(number)
    kind = list(FILES)[number % len(FILES)]
    reader, name, make = FILES[kind]
    return HostileFile(kind, reader, name, _torn(make(chance), chance))
