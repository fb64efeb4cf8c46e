"""Licences by the address that a page links to, and of whole sites (SPDX)."""

from __future__ import annotations

import re

WIKIMEDIA = "CC-BY-SA-4.0"
"""Of the text of Wikimedia's sites since 2023-06; of older text as well, through its upgrade."""
NAMU = "CC-BY-NC-SA-2.0"
"""Of NamuWiki's text (CC BY-NC-SA 2.0 KR): not for commercial use."""
CREATIVE_COMMONS = re.compile(
    r"creativecommons\.org/(?:licenses/(?P<kind>by(?:-nc)?(?:-nd|-sa)?)/(?P<version>\d\.\d)"
    r"|publicdomain/(?P<public>zero|mark)/1\.0)"
)
KNOWN = (
    (re.compile(r"apache\.org/licenses/LICENSE-2\.0", re.IGNORECASE), "Apache-2.0"),
    (re.compile(r"opensource\.org/licenses?/mit\b", re.IGNORECASE), "MIT"),
    (re.compile(r"gnu\.org/(?:licenses|copyleft)/(?:old-licenses/)?fdl-1\.2"), "GFDL-1.2-or-later"),
    (re.compile(r"gnu\.org/(?:licenses|copyleft)/fdl"), "GFDL-1.3-or-later"),
    # 공공누리: free use with attribution; types 2-4 add conditions and have other numbers.
    (re.compile(r"kogl\.or\.kr/info/license(?:Type1)\b|kogl\.or\.kr/open/info/license_info/by\.do"),
     "KOGL-Type-1"),
)  # fmt: skip


def spdx(address: str) -> str:
    """Return the SPDX identifier of the licence at `address`, "" for one that is not known.

    A jurisdiction is left out, as SPDX names few ported licences.

    >>> spdx("https://creativecommons.org/licenses/by-nc-sa/2.0/kr/")
    'CC-BY-NC-SA-2.0'
    >>> spdx("//creativecommons.org/publicdomain/zero/1.0/"), spdx("/terms.html")
    ('CC0-1.0', '')
    """
    found = CREATIVE_COMMONS.search(address.lower())
    if found and found["public"]:
        return "CC0-1.0" if found["public"] == "zero" else "CC-PDM-1.0"
    if found:
        return f"CC-{found['kind'].upper()}-{found['version']}"
    return next((name for pattern, name in KNOWN if pattern.search(address)), "")
