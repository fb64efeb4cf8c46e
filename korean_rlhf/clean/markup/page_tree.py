"""The tree of a web page made ready for extraction.

What only helps to move about goes, and what extractors take for that though it is text is put into
shapes that they keep. Every rule is about HTML (elements, roles, what the text of a link is), none
about a site. Lengths are characters, measured once, so the time is linear in the page.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Lengths: TypeAlias = dict[Any, int]
"""Element -> characters of text in it, white space at the ends of each piece left out."""

LAYOUT_CHARACTERS = 150
"""A cell of a table that holds more text than this is a page laid out by a table, as boards do."""
FURNITURE_ROLES = frozenset(
    "navigation banner contentinfo search complementary menu menubar toolbar dialog alertdialog "
    "tablist tooltip".split()
)
"""ARIA roles of what stands around the text."""
FURNITURE_TAGS = frozenset({"nav", "button", "select", "dialog", "datalist", "template"})
MOST_FURNITURE = 0.5
"""Share of a page's text above which an element is no furniture, whatever it says of itself."""
MAIN_SHARE = 0.8
"""Share of the prose around it that an element must hold to be where the main text is."""
PERMALINKS = frozenset({"¶", "#", "§", "🔗", "⚓", "∞", ""})
"""Texts of the links with which a heading points at itself."""
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
INLINE = frozenset(
    "a abbr b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span strong "
    "sub sup time tt u var wbr br img svg".split()
)
TEXT_BLOCKS = ("p", "li", "dd", "dt", "td", "th", "blockquote", "figcaption", "caption", *HEADINGS)


def prepare(tree: Any) -> None:
    """Change the tree of a page in place, by every rule of this module."""
    lengths = text_lengths(tree)
    drop_furniture(tree, lengths)
    settle_links(tree, lengths)
    unwrap_layout_tables(tree, lengths)
    keep_headings(tree, lengths)
    keep_captions(tree)
    keep_definitions(tree)
    keep_inline_text(tree)
    keep_bare_paragraphs(tree)
    mark_main(tree)


def text_lengths(tree: Any, *, links: bool = True) -> Lengths:
    """Measure every element, its descendants included; without `links`, text in links is none."""
    lengths: Lengths = {}
    for element in reversed([*tree.iter()]):
        own = element.text if isinstance(element.tag, str) else None
        inside = lengths.get(element, 0) + len((own or "").strip())
        lengths[element] = inside if links or element.tag != "a" else 0
        parent = element.getparent()
        if parent is not None and element is not tree:
            after = len((element.tail or "").strip())
            lengths[parent] = lengths.get(parent, 0) + lengths[element] + after
    return lengths


def drop_furniture(tree: Any, lengths: Lengths) -> None:
    """Take away menus, search forms, dialogs and hidden parts, by element and by role."""
    limit = MOST_FURNITURE * lengths[tree]
    for element in [*tree.iter()]:
        if _is_furniture(element) and element is not tree and lengths[element] <= limit:
            element.drop_tree()


def _is_furniture(element: Any) -> bool:
    if not isinstance(element.tag, str):
        return False
    if element.tag in FURNITURE_TAGS or "hidden" in element.attrib:
        return True
    return not FURNITURE_ROLES.isdisjoint(element.get("role", "").lower().split())


def settle_links(tree: Any, lengths: Lengths) -> None:
    """Drop the links of headings to themselves, and make links inside prose plain text.

    An extractor weighs how much of a block is links; a paragraph with a few is no menu.
    """
    for link in [*tree.iter("a")]:
        holder = next(link.iterancestors(*TEXT_BLOCKS), None)
        if holder is None:
            continue
        is_mark = not len(link) and (link.text or "").strip() in PERMALINKS
        if is_mark and link.get("href", "#").startswith("#"):
            link.drop_tree()
        elif holder.tag in HEADINGS or 2 * lengths[link] < lengths[holder]:
            link.drop_tag()


def unwrap_layout_tables(tree: Any, lengths: Lengths) -> None:
    """Move long cells behind their table, in their order, so that their paragraphs stay apart."""
    with_tables = {table.getparent() for table in tree.iter("table")}
    last: dict[Any, Any] = {}
    for cell in [*tree.iter("td")]:
        table = next(cell.iterancestors("table"), None)
        if table is None or table.getparent() is None:
            continue
        if lengths[cell] > LAYOUT_CHARACTERS and cell not in with_tables:
            cell.tag = "div"
            _put_behind(last.get(table, table), cell)
            last[table] = cell


def _put_behind(place: Any, element: Any) -> None:
    """Move `element` between `place` and the text that follows that; its own such text joins it."""
    after, place.tail = place.tail, None
    own, element.tail = (element.tail or "").strip(), None
    if own and len(element):
        element[-1].tail = f"{element[-1].tail or ''} {own}"
    elif own:
        element.text = f"{element.text or ''} {own}"
    place.addnext(element)
    element.tail = after


def keep_headings(tree: Any, lengths: Lengths) -> None:
    """Take the wrappers off a heading that is alone in them, and forget their classes."""
    for heading in [*tree.iter(*HEADINGS)]:
        heading.attrib.clear()
        for wrapper in [*heading.iterancestors()]:
            is_wrapper = wrapper.tag in ("div", "header") and wrapper is not tree
            if not is_wrapper or lengths[wrapper] > lengths[heading]:
                break
            wrapper.drop_tag()


def keep_captions(tree: Any) -> None:
    """Make the caption of a figure a paragraph after it: extractors drop figures whole."""
    last: dict[Any, Any] = {}
    for caption in [*tree.iter("figcaption")]:
        figure = next(caption.iterancestors("figure"), None)
        if figure is not None and figure.getparent() is not None:
            caption.tag = "div" if caption.find(".//p") is not None else "p"
            _put_behind(last.get(figure, figure), caption)
            last[figure] = caption


def keep_definitions(tree: Any) -> None:
    """Make terms and definitions paragraphs: extractors drop the terms."""
    for term in [*tree.iter("dt")]:
        term.tag = "p"
    for element in [*tree.iter("dd", "dl")]:
        element.tag = "div"


def keep_inline_text(tree: Any) -> None:
    """Forget the classes of words inside a paragraph: "menuchoice" there names a key, no menu."""
    inside = set()
    for element in tree.iter(*INLINE):
        parent = element.getparent()
        if parent is not None and (parent.tag in TEXT_BLOCKS or parent in inside):
            inside.add(element)
            for name in ("class", "id"):
                element.attrib.pop(name, None)


def keep_bare_paragraphs(tree: Any) -> None:
    """Make each <div> that holds words, no other block and no link around it a paragraph."""
    with_blocks = set()
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag not in INLINE:
            for ancestor in element.iterancestors():
                if ancestor in with_blocks:
                    break
                with_blocks.add(ancestor)
    for element in [*tree.iter("div")]:
        words = (element.text or "").split()
        if element not in with_blocks and len(words) > 1 and not _in_link(element):
            element.tag = "p"


def _in_link(element: Any) -> bool:
    return next(element.iterancestors("a"), None) is not None


def mark_main(tree: Any) -> None:
    """Call the part that holds most of the prose <article>, in a page that names no main part.

    Extractors keep headings and lists only inside a part that they recognise.
    """
    body = tree if tree.tag == "body" else tree.find("body")
    if body is None or next(tree.iter("article", "main"), None) is not None:
        return
    if tree.find(".//*[@role='main']") is not None:
        return
    prose = text_lengths(tree, links=False)
    place = body
    while len(place):
        child = max(place, key=lambda inside: prose[inside])
        if child.tag not in ("div", "section", "td") or prose[child] < MAIN_SHARE * prose[place]:
            break
        place = child
    if place is body:
        place = body.makeelement("div")
        place.extend([*body])
        body.append(place)
    place.tag = "article"
