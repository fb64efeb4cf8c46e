"""Entries of Naver's encyclopedia (지식백과) that the user is licensed to hold.

Its books belong to their publishers; there is no licence on the page.
"""

from __future__ import annotations

import re
from typing import Any

from korean_rlhf.clean.pages.blocks import text_of
from korean_rlhf.clean.pages.page import Page, classes, meta, one_line, with_class, with_id
from korean_rlhf.records import Drop

HOSTS = frozenset({"terms.naver.com", "m.terms.naver.com"})
MARK = re.compile(r"id=[\"']size_ct[\"']")
PARTS_LEFT_OUT = frozenset(
    "thmb thmb_area thumb image_area img_area se_image se_imageGroup se_caption se_video att_img "
    "cp_caption caption img_desc naver_video media_area audio_area sound_area path_area edit_info "
    "source_area tmp_source cite cite_area copyright ad_area related_area relate_lst btn_area "
    "u_likeit blind"
    .split()
)  # fmt: skip
MISSING = re.compile(
    r"(?:삭제되었거나|존재하지 않는|서비스가 (?:중단|종료)된).{0,20}"
    r"(?:항목|표제어|문서|페이지|콘텐츠)"
)


def read(tree: Any, url: str) -> Page | Drop | None:
    """Return headword and text of an entry; lists of entries are not ours."""
    body = with_id(tree, "size_ct")
    if body is None:
        return Drop("page-deleted") if MISSING.search(one_line(tree)) else None
    text = text_of(body, _left_out)
    if not text:
        return Drop("page-shell", "the entry holds no text")
    headword = next(filter(None, map(one_line, with_class(tree, "headword"))), "")
    return Page(headword or meta(tree, "og:title"), text)


def _left_out(element: Any) -> bool:
    return not PARTS_LEFT_OUT.isdisjoint(classes(element))
