"""Write the sample dumps: a NamuWiki JSON array and a MediaWiki export, as the real ones are made.

The pages are hand-written (dumptexts/); ids, times and contributors vary by seed.
"""

from __future__ import annotations

import bz2
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

TEXTS = Path(__file__).parent / "dumptexts"
PAGE = "@@@@ "
NAMU, KOWIKI = "namuwiki.json", "kowiki.xml.bz2"
WIKI_BASE = "http://haetsal.localhost/wiki/"
NAMESPACES = {
    -2: "미디어",
    -1: "특수",
    0: "",
    1: "토론",
    2: "사용자",
    3: "사용자토론",
    4: "위키백과",
    5: "위키백과토론",
    6: "파일",
    7: "파일토론",
    8: "미디어위키",
    9: "미디어위키토론",
    10: "틀",
    11: "틀토론",
    12: "도움말",
    13: "도움말토론",
    14: "분류",
    15: "분류토론",
    828: "모듈",
    829: "모듈토론",
}
SCHEMA = "http://www.mediawiki.org/xml/export-0.11/"
CONTRIBUTORS = ("R:namubot", "haessal", "192.0.2.17", "eunbit", "198.51.100.4", "dalbit")
"""Invented names, and addresses reserved for documentation (RFC 5737)."""


def write_dumps(folder: Path, seed: int) -> None:
    """Write `folder`/namuwiki.json and `folder`/kowiki.xml.bz2."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAMU).write_text(namu_dump(random.Random(f"{seed} namu")), encoding="utf-8")
    xml = wiki_dump(random.Random(f"{seed} wiki"))
    (folder / KOWIKI).write_bytes(bz2.compress(xml.encode("utf-8")))


def pages(name: str) -> Iterator[tuple[int, str, str]]:
    """Yield (namespace, title, text) of each page in dumptexts/`name`."""
    content = (TEXTS / name).read_text(encoding="utf-8")
    for part in content.split(f"\n{PAGE}")[1:]:
        head, _, text = part.partition("\n")
        namespace, _, title = head.partition(" ")
        yield int(namespace), title, text.strip("\n")


def namu_dump(chance: random.Random) -> str:
    """Return a dump as NamuWiki published it in 2021: one JSON array on one line."""
    rows = [
        {
            "namespace": str(namespace),
            "title": title,
            "text": text,
            "contributors": chance.sample(CONTRIBUTORS, chance.randint(1, 4)),
        }
        for namespace, title, text in pages("namu.txt")
    ]
    return json.dumps(rows, ensure_ascii=False)


def wiki_dump(chance: random.Random) -> str:
    """Return a MediaWiki export (schema 0.11) with the newest revision of each page."""
    body = "".join(
        _page(namespace, title, text, chance) for namespace, title, text in pages("kowiki.txt")
    )
    return f"""<mediawiki xmlns="{SCHEMA}" version="0.11" xml:lang="ko">
  <siteinfo>
    <sitename>햇살백과</sitename>
    <dbname>haetsalwiki</dbname>
    <base>{WIKI_BASE}%EB%8C%80%EB%AC%B8</base>
    <generator>MediaWiki 1.43.0</generator>
    <case>first-letter</case>
    <namespaces>
{"".join(map(_namespace, NAMESPACES))}    </namespaces>
  </siteinfo>
{body}</mediawiki>
"""


def _namespace(key: int) -> str:
    name = NAMESPACES[key]
    start = f'      <namespace key="{key}" case="first-letter"'
    return f"{start}>{name}</namespace>\n" if name else f"{start} />\n"


def _page(namespace: int, title: str, text: str, chance: random.Random) -> str:
    page_id, revision = chance.randint(10_000, 999_999), chance.randint(10**7, 10**8)
    day = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randint(0, 2_000_000))
    redirect = ""
    if text.lower().startswith(("#넘겨주기", "#redirect")):
        target = text.partition("[[")[2].partition("]]")[0]
        redirect = f"    <redirect title={quoteattr(target)} />\n"
    model = "Scribunto" if namespace == 828 else "wikitext"
    return f"""  <page>
    <title>{escape(title)}</title>
    <ns>{namespace}</ns>
    <id>{page_id}</id>
{redirect}    <revision>
      <id>{revision}</id>
      <timestamp>{day.strftime("%Y-%m-%dT%H:%M:%SZ")}</timestamp>
      <contributor>
        <username>{chance.choice(("햇살봇", "감자", "은빛"))}</username>
        <id>{chance.randint(1, 9999)}</id>
      </contributor>
      <comment>/* 개요 */</comment>
      <model>{model}</model>
      <format>text/x-wiki</format>
      <text bytes="{len(text.encode())}" xml:space="preserve">{escape(text)}</text>
    </revision>
  </page>
"""
