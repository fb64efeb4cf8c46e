"""What licences ask of those who pass a text on; facts, and no legal advice."""

from __future__ import annotations

OBLIGATIONS: tuple[tuple[str, str], ...] = (
    ("CC-BY-NC-SA", "name the source; no commercial use; share what you make of it alike"),
    ("CC-BY-NC-ND", "name the source; no commercial use; share unchanged only"),
    ("CC-BY-NC", "name the source; no commercial use"),
    ("CC-BY-SA", "name the source; share what you make of it under the same licence"),
    ("CC-BY-ND", "name the source; share unchanged only"),
    ("CC-BY", "name the source"),
    ("CC0", "none"),
    ("CC-PDM", "none"),
    ("KOGL-1", "name the source (공공누리 제1유형)"),
    ("KOGL-2", "name the source; no commercial use (공공누리 제2유형)"),
    ("KOGL-3", "name the source; share unchanged only (공공누리 제3유형)"),
    ("KOGL-4", "name the source; no commercial use; share unchanged only (공공누리 제4유형)"),
    ("APACHE-2.0", "keep the licence and the notices; say what was changed"),
    ("MIT", "keep the copyright notice and the licence"),
    ("BSD", "keep the copyright notice and the licence"),
    ("PSF", "keep the copyright notice and the licence"),
    ("GFDL", "keep the licence; share what you make of it under the same licence"),
    ("PUBLIC-DOMAIN", "none"),
)
"""How a licence begins, in capitals with hyphens, and what it asks for; not legal advice."""


def obligations(license: str) -> str:
    """Return what a licence asks of those who pass the text on.

    >>> obligations("CC BY 4.0"), obligations("in-house")
    ('name the source', 'not known here: ask its owner')
    >>> obligations("KOGL-Type-1")
    'name the source (공공누리 제1유형)'
    """
    name = license.upper().replace(" ", "-").replace("_", "-").replace("KOGL-TYPE-", "KOGL-")
    for prefix, duty in OBLIGATIONS:
        if name.startswith(prefix):
            return duty
    return "not known here: ask its owner"
