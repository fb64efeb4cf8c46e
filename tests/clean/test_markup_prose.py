"""Pages made of prose and markup at random: what is shown, and that no syllable of it is lost."""

import random
import re

import pytest

from korean_rlhf.clean.markup.namumark import namumark_to_text
from korean_rlhf.clean.markup.wikitext import wikitext_to_text

# ~ stands for words that are shown, @ for words that are not. Emphasis has spaces around it: four
# quotes in a row, as in "''가''''나''", are bold.
NAMUMARK = [
    *["~", "~", "~", " '''~''' ", " ''~'' ", " __~__ ", "[[~]]", "[[@|~]]", "{{{#red ~}}}"],
    *["{{{+1 ~ '''~'''}}}", "~[* @]", "~[*이름 @ [[@]]]", "[[파일:@.png|@]]", "[include(틀:@, @)]"],
    *["[[@|{{{#blue,#red ~}}}]]", "[anchor(@)]~", "{{{~}}}", "~^^~^^", "[각주]"],
    *["\n== ~ ==\n", "\n==# ~ #==\n", "\n * ~\n * ~\n", "\n> ~\n", "\n||~||<-2> ~||\n||~||~||\n"],
    *['\n{{{#!wiki style="color:red"\n~\n}}}\n', "\n{{{#!folding [ 펼치기 · 접기 ]\n~\n}}}\n"],
    *["\n## @\n", "\n----\n", "[[분류:@]]", "[br]", "\n\n", ". "],
]
WIKITEXT = [
    *["~", "~", "~", " '''~''' ", " ''~'' ", " '''''~''''' ", "[[~]]", "[[@|~]]", "{{nowrap|~}}"],
    *["{{llang|en|~}}", "~<ref>@</ref>", '~<ref name="@">@ [[@]]</ref>', "<ref name=a />"],
    *["[[파일:@.png|섬네일|@ [[@]]]]", "{{@|@|이름={{@}}}}", "[http://a.example/ ~]", "<b>~</b>"],
    *["~(~, {{@}})", "({{@}}, ~)", "<!-- @ [[ -->", "<nowiki>~</nowiki>", "<small>~</small>"],
    *["\n== ~ ==\n", "\n* ~\n** ~\n", "\n: ~\n", "\n; ~\n", "\n----\n", "[[분류:@]]", "<br />"],
    *['\n{| class="@"\n|+ ~\n! ~ !! ~\n|-\n| ~ || style="@" | ~\n|}\n', "\n\n", ". ", "&nbsp;"],
]
STRAY = {
    "namumark": "{{{ [[ [* '''  __ {{{#red {{{#!wiki [include( ]] ] }}} \\ <math> ||".split(),
    "wikitext": "{{ [[ {{{ ''' <ref> [[File: {{llang| [http://a }} ]] <math>".split(),
}
PARSERS = {"namumark": (namumark_to_text, NAMUMARK), "wikitext": (wikitext_to_text, WIKITEXT)}
LEFT = re.compile(r"\[\[|\]\]|\{\{|\}\}|'''|''|__|\|\||\[\*|==|</?\w|&\w+;|#!|<-|[\0-\x08]")


def page(pieces, seed):
    """Return a page and the syllables that a reader must see, in order."""
    chance, source, shown = random.Random(seed), [], []
    for piece in chance.choices(pieces, k=40):
        for mark in re.split(r"([~@])", piece):
            if mark in ("~", "@"):
                word = "".join(chr(chance.randrange(0xAC00, 0xD7A4)) for _ in range(3))
                shown += word if mark == "~" else ""
                mark = word
            source.append(mark)
    return "".join(source), shown


def syllables(text):
    return re.findall("[가-힣]", text)


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("seed", range(60))
def test_what_is_shown_survives_in_order_and_no_mark_is_left(name, seed):
    parser, pieces = PARSERS[name]
    source, shown = page(pieces, seed)
    text = parser(source)

    assert syllables(text) == shown
    assert not LEFT.search(text)


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("seed", range(60))
def test_a_mark_without_a_partner_hides_nothing(name, seed):
    parser, pieces = PARSERS[name]
    before, first = page(pieces, f"{seed} a")
    after, second = page(pieces, f"{seed} b")
    stray = random.Random(seed).choice(STRAY[name])
    text = parser(f"{before}\n\n가 {stray} 나\n\n{after}")

    assert syllables(text) == [*first, "가", "나", *second]


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("seed", range(30))
def test_text_without_literal_marks_is_parsed_to_itself(name, seed):
    parser, pieces = PARSERS[name]
    nested = ("**", "{{{~}}}", "<nowiki>")
    source, _ = page([piece for piece in pieces if not any(one in piece for one in nested)], seed)
    text = parser(source)

    assert parser(text) == text
