"""Every cleaner by name, in the order in which a document goes through them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from korean_rlhf.clean import boilerplate, leftovers, normalise, privacy, quality, spacing
from korean_rlhf.clean.markup import html, namumark, wikitext
from korean_rlhf.records import Document, Drop
from korean_rlhf.settings.clean import CleanSettings


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of a document, and what was found out about it on the way."""

    found: Document | Drop
    measures: Mapping[str, float] = field(default_factory=dict)
    """Of the text that reached `quality`, when the settings ask for them."""
    masked: Mapping[str, int] = field(default_factory=dict)
    """How many values of personal data were taken out of it, by their marks."""

    def then(self, later: Noted) -> Noted:
        """Return what a later cleaner made of the document, with what is known already."""
        masked = Counter(self.masked) + Counter(later.masked)
        return Noted(later.found, {**self.measures, **later.measures}, masked)


Cleaner: TypeAlias = Callable[[Document, CleanSettings], Document | Drop | Noted]


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
    if document.format == "plain":
        return _strip_leftovers(document, settings)
    if document.format == "markdown":
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


def _strip_leftovers(document: Document, settings: CleanSettings) -> Document:
    """Finish what an extractor began; only a document that comes in as plain text can need it."""
    if not settings.boilerplate or not leftovers.looks_extracted(document.source, document.url):
        return document
    return replace(document, text=leftovers.strip_leftovers(document.text))


def _strip_html(document: Document, settings: CleanSettings) -> Document | Drop:
    found = html.html_to_text(
        document.text, document.url, document.title, seconds=settings.html_seconds
    )
    if isinstance(found, Drop):
        return found
    title, text = found
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
    """Take away notices and bylines at the end."""
    return replace(document, text=boilerplate.strip_boilerplate(document.text))


def require_quality(document: Document, settings: CleanSettings) -> Noted:
    """Drop a text that is too short, repetitive, foreign or no prose; measure it if wanted."""
    measured = quality.Measures(document.text, settings)
    measures = measured.all() if settings.measures else {}
    drop = quality.judge_measured(measured, settings) if settings.quality else None
    return Noted(drop or document, measures=measures)


def protect_privacy(document: Document, settings: CleanSettings) -> Noted:
    """Mask or replace personal data, or drop the document that holds some."""
    found, masked = privacy.protect(document, settings)
    return Noted(found, masked=masked)


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


def clean_document(document: Document, settings: CleanSettings) -> Document | Drop:
    """Send one document through every cleaner that is switched on."""
    return clean_and_note(document, settings).found


def clean_and_note(document: Document, settings: CleanSettings) -> Noted:
    """Do the same; return what the cleaners found out on the way, too."""
    noted = Noted(document)
    for name, cleaner in CLEANERS.items():
        if isinstance(noted.found, Drop):
            break
        if _is_on(name, settings):
            made = cleaner(noted.found, settings)
            noted = noted.then(made if isinstance(made, Noted) else Noted(made))
    return noted


def _is_on(name: str, settings: CleanSettings) -> bool:
    """Whether a cleaner has work: `quality` measures even where it may not drop."""
    if name == "quality" and settings.measures:
        return True
    return name not in SWITCHES or bool(getattr(settings, name))
