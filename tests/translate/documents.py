"""A grammar of Markdown as hypothesis strategies: documents that know what may not be touched.

Whatever must survive a translation stands between OPEN and CLOSE while a document is put together;
`whole` takes the signs away and remembers what stood there. So a test knows what was lost without
asking the code under test.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import strategies as st

OPEN, CLOSE = "\ue000", "\ue001"
_ATOM = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")


@dataclass(frozen=True)
class Made:
    """A document and what must be found in its translation, as often as in itself."""

    text: str
    atoms: tuple[str, ...]


def kept(text: str) -> str:
    return f"{OPEN}{text}{CLOSE}"


def whole(text: str) -> Made:
    return Made(_ATOM.sub(r"\1", text), tuple(dict.fromkeys(_ATOM.findall(text))))


WORD = st.sampled_from(
    "the server reads every file and writes another list when you ask it to sort rows by size "
    "please compare these answers before dinner because summer begins early in the north".split()
)
WORDS = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
PRICE = st.sampled_from(["$5 and $10", "100% sure", "a < b", "3 * 4", "snake_case", "it's", "R&D"])

CODE = st.sampled_from(
    [
        "`ls -la | sort`",
        "``a ` b``",
        "`{x: 1}`",
        "`$HOME`",
        "`<b>`",
        "``` `` ```",
        "`⟦0⟧`",
        "`&amp;`",
    ]
)
ADDRESS = st.sampled_from(
    [
        "https://example.org/a_(b)?c=d&e=f#g",
        "http://localhost:8080/",
        "www.example.com/path",
        "ftp://files.example.net/x.tar.gz",
        "someone@example.co.kr",
        "<https://example.org/auto>",
    ]
)
FORMULA = st.sampled_from(
    ["$x^2 + y_1$", "$n$", "$2n$", "$f(x)$", r"\(a \le b\)", r"\[\int_0^1 f\]", "$$e = mc^2$$"]
)
MARKUP = st.sampled_from(
    [
        "<br/>",
        '<a href="x" title="of rows">',
        "</a>",
        "<!-- hidden words -->",
        "<code>some words</code>",
        "&nbsp;",
        "&#8364;",
        "<|im_start|>",
        "[INST]",
        "⟦7⟧",
        "⟦",
    ]
)
NAME = st.sampled_from(["name", "user", "file", "date"])
PLACEHOLDER = st.recursive(
    NAME.map(lambda name: "{" + name + "}"),
    lambda inner: st.builds(
        lambda shape, name, hole: shape.replace("N", name).replace("H", hole),
        st.sampled_from(["{{ N.H }}", "${N:H}", "{N[H]}", "{{N H}}", "{% if N %}", "${N}"]),
        NAME,
        inner,
    ),
    max_leaves=3,
)
PERCENT = st.sampled_from(["%s", "%(name)d", "%.2f"])
DATA = st.sampled_from(['{"name": "some words", "rows": [1, 2]}', '{"a": {"b": "of words"}}'])
ATOM = st.one_of(CODE, ADDRESS, FORMULA, MARKUP, PLACEHOLDER, PERCENT, DATA).map(kept)
TARGET = st.sampled_from(
    ['/docs/page_(1).html "Some title"', "#part", "<a b.html>", "https://a.b/c"]
)
LINK = st.builds(
    lambda bang, text, target: f"{bang}[{text}]({kept(target)})",
    st.sampled_from(["", "!"]),
    WORDS,
    TARGET,
)
NESTED_LINK = st.builds(
    lambda text, image, target: f"[![{text}]({kept(image)})]({kept(target)})", WORDS, TARGET, TARGET
)
STRONG = st.builds(
    lambda sign, text: f"{sign}{text}{sign}", st.sampled_from(["**", "*", "~~"]), WORDS
)
NOTE = st.just(kept("[^1]"))
BIT = st.one_of(WORDS, WORDS, ATOM, ATOM, LINK, NESTED_LINK, STRONG, PRICE, NOTE)
SENTENCE = st.builds(
    lambda first, bits, end: " ".join([first, *bits]) + end,
    WORDS.map(str.capitalize),
    st.lists(BIT, max_size=5),
    st.sampled_from([".", "?", "!", ":", ""]),
)

CODE_LINE = st.sampled_from(
    [
        "x = rows[0]",
        "print('some words')  # of prose",
        "- no list",
        "# no heading",
        "| no | row |",
        "{{ x }}",
    ]
)
CODE_LINES = st.lists(CODE_LINE, min_size=1, max_size=3)


def _fenced(fence: str, info: str, lines: list[str], nested: bool) -> str:
    inner = [kept(line) for line in lines]
    if nested:
        inner = [kept("```sh"), *inner, kept("```")]
        fence = fence[0] * 4 if fence[0] == "`" else fence
    return "\n".join([kept(fence + info), *inner, kept(fence)])


FENCE = st.builds(
    _fenced,
    st.sampled_from(["```", "~~~", "````"]),
    st.sampled_from(["", "py", " python title=x"]),
    CODE_LINES,
    st.booleans(),
)
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=3).flatmap(
    lambda lines: st.sampled_from([" ", "\n"]).map(lambda sign: sign.join(lines))
)
HEADING = st.builds(lambda level, text: f"{'#' * level} {text}", st.integers(1, 6), SENTENCE)
RULE = st.sampled_from(["---", "***"])
DISPLAY = st.sampled_from(
    ["$$\nx = {y}\n$$", "\\[\nx_1\n\\]", "\\begin{align}\na &= b \\\\\n\nc\n\\end{align}"]
).map(kept)
JSON = st.sampled_from(
    ['{\n  "name": "some words",\n  "rows": [1, 2]\n}', '[\n  {"a": "of words"},\n  {"b": null}\n]']
).map(kept)
CSV = st.sampled_from(["name,age,city\nann,3,seoul\nbob,4,busan", "a\tb\tc\nsome words\t2\t3"]).map(
    kept
)
COMMENT = st.sampled_from(["<!-- words\n\nof more -->", "<pre>\nsome  words\n</pre>"]).map(kept)
# Right behind a list it would be a paragraph of the last item.
INDENTED = st.just("This is it:\n\n" + kept("    x = rows[0]") + "\n" + kept("    y = (x)"))
DEFINITION = st.just(kept("[guide]: https://example.org/guide 'The guide'"))
REFERENCE = st.builds(lambda text: f"{text} {kept('[guide]')} {text}.", WORDS)
FOOTNOTE = st.builds(lambda text: f"{kept('[^1]')}: {text}", SENTENCE)
CELL = st.one_of(WORDS, ATOM, LINK, st.just(""), st.just("one \\| two"))


def _table(rows: list[list[str]], marks: list[str], outer: bool) -> str:
    edge = "| {} |" if outer else "{}"
    lines = [edge.format(" | ".join(row)) for row in rows]
    return "\n".join([lines[0], kept(edge.format(" | ".join(marks))), *lines[1:]])


TABLE = st.integers(2, 3).flatmap(
    lambda width: st.builds(
        _table,
        st.lists(
            st.lists(CELL, min_size=width, max_size=width).map(
                lambda row: [row[0] or "first", *row[1:]]
            ),
            min_size=1,
            max_size=3,
        ),
        st.lists(st.sampled_from(["---", ":--", ":-:", "--:"]), min_size=width, max_size=width),
        st.just(True),
    )
)


def _items(items: list[tuple[str, str, str]]) -> str:
    lines = []
    for number, (marker, text, below) in enumerate(items, start=1):
        marker = marker.replace("1", str(number))
        lines.append(f"{marker} {text}")
        indent = " " * 4
        lines += [indent + line if line else "" for line in below.split("\n") if below]
    return "\n".join(lines)


LIST = st.recursive(
    st.lists(
        st.tuples(st.sampled_from(["-", "*", "1."]), SENTENCE, st.just("")), min_size=1, max_size=3
    ),
    lambda deeper: st.lists(
        st.tuples(
            st.sampled_from(["-", "1.", "- [ ]", "- [x]"]),
            SENTENCE,
            st.one_of(deeper.map(_items), FENCE),
        ),
        min_size=1,
        max_size=2,
    ),
    max_leaves=2,
).map(_items)
QUOTE = st.one_of(PARAGRAPH, LIST, FENCE, HEADING).map(
    lambda text: "\n".join(f"> {line}" for line in text.split("\n"))
)
LEAF = st.one_of(PARAGRAPH, HEADING, FENCE, DISPLAY, JSON, CSV, COMMENT, REFERENCE, FOOTNOTE)
BLOCK = st.one_of(LEAF, PARAGRAPH, LIST, LIST, QUOTE, TABLE, TABLE, RULE, INDENTED)
FRONT = st.sampled_from(["", "", "", kept("---\ntitle: Some words\n---") + "\n"])
DOCUMENT = st.builds(
    lambda front, blocks, last: whole("\n\n".join([front + blocks[0], *blocks[1:], last])),
    FRONT,
    st.lists(BLOCK, min_size=1, max_size=5),
    DEFINITION,
)
