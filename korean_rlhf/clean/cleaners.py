"""Every cleaner by name, in the order in which a document goes through them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

from korean_rlhf.clean import boilerplate, leftovers, normalise, pages, privacy, quality, spacing
from korean_rlhf.clean.markup import html, namumark, wikitext
from korean_rlhf.records import Document, Drop
from korean_rlhf.settings.clean import CleanSettings

Cleaner: TypeAlias = Callable[[Document, CleanSettings], Document | Drop]
Watch: TypeAlias = Callable[[str, Document, Document], None]
"""Told the name of a cleaner, and the document before and after it."""


def require_license(document: Document, settings: CleanSettings) -> Document | Drop:
    """Drop a document that nobody says the licence of."""
    if document.license:
        return document
    if settings.license:
        return replace(document, license=settings.license)
    return Drop("unknown-license", "give --license if you know it")


def strip_markup(document: Document, settings: CleanSettings) -> Document | Drop:
    """Turn markup into the text that a reader sees; drop redirects and pages without text."""
    text, notes = document.text, settings.footnotes
    if document.format in ("plain", "markdown"):
        return document
    if document.format == "namumark":
        target = namumark.redirect_target(text)
        if target is not None:
            return Drop("redirect", target[:200])
        text = namumark.namumark_to_text(text, footnotes=notes)
    elif document.format == "wikitext":
        if wikitext.is_redirect(text):
            return Drop("redirect", text.strip()[:200])
        text = wikitext.wikitext_to_text(text, footnotes=notes)
    elif document.format == "html":
        return _strip_html(document, settings)
    return replace(document, text=text, format="plain")


def _strip_html(document: Document, settings: CleanSettings) -> Document | Drop:
    found = html.html_to_text(document.text, document.url, seconds=settings.html_seconds)
    if isinstance(found, Drop):
        return found
    title, text = found
    if document.title and pages.find(document.text, document.url) is None:
        title = document.title  # a page object knows better than <title>, which names the site too
    return replace(document, text=text, title=title, format="plain")


def normalise_text(document: Document, settings: CleanSettings) -> Document | Drop:
    """Bring characters, spaces and runs of the text and the title into one form."""
    runs = {
        "jamo_run": settings.jamo_run,
        "punctuation_run": settings.punctuation_run,
        "syllable_run": settings.syllable_run,
    }
    text = normalise.normalise(document.text, **runs)
    if settings.spacing:
        text = spacing.repair_spacing(text)
    return replace(document, text=text, title=normalise.normalise(document.title, **runs))


def strip_boilerplate(document: Document, settings: CleanSettings) -> Document | Drop:
    """Take away leftovers of extractors, and notices and bylines at the end."""
    text = document.text
    if document.format == "plain" and leftovers.looks_extracted(document.source, document.url):
        text = leftovers.strip_leftovers(text)
    return replace(document, text=boilerplate.strip_boilerplate(text))


def require_quality(document: Document, settings: CleanSettings) -> Document | Drop:
    """Drop a text that is too short, repetitive, foreign or no prose."""
    return quality.judge(document.text, settings) or document


def protect_privacy(document: Document, settings: CleanSettings) -> Document | Drop:
    """Mask or replace personal data, or drop the document that holds some."""
    return privacy.protect(document, settings)


CLEANERS: dict[str, Cleaner] = {
    "license": require_license,
    "markup": strip_markup,
    "normalise": normalise_text,
    "boilerplate": strip_boilerplate,
    "quality": require_quality,
    "privacy": protect_privacy,
}
"""In order."""
SWITCHES = frozenset({"normalise", "boilerplate", "quality", "privacy"})
"""Cleaners that the setting of the same name switches off."""


def clean_document(
    document: Document, settings: CleanSettings, watch: Watch | None = None
) -> Document | Drop:
    """Send one document through every cleaner that is switched on; `watch` sees what each did."""
    return _through(document, settings, CLEANERS, watch)


def clean_and_measure(
    document: Document, settings: CleanSettings, watch: Watch | None = None
) -> tuple[Document | Drop, dict[str, float]]:
    """Do the same; return the measures of the text that reached `quality`, too.

    They are empty for a document that was dropped before.
    """
    names = list(CLEANERS)
    place = names.index("quality")
    found = _through(document, settings, names[:place], watch)
    if isinstance(found, Drop):
        return found, {}
    measures = quality.Measures(found.text, settings).all()
    return _through(found, settings, names[place:], watch), measures


def _through(
    document: Document, settings: CleanSettings, names: Iterable[str], watch: Watch | None
) -> Document | Drop:
    for name in names:
        if name in SWITCHES and not getattr(settings, name):
            continue
        found = CLEANERS[name](document, settings)
        if isinstance(found, Drop):
            return found
        if watch is not None:
            watch(name, document, found)
        document = found
    return document
