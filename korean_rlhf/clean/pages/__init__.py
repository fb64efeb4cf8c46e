"""Page objects: title and text of pages whose template is known, before any general extractor.

A page object is a function (tree, url) -> Page, a Drop with a reason for a page that holds no text
of its own (a shell, a deleted page), or None for "not mine".
"""

from __future__ import annotations

from korean_rlhf.clean.pages.choice import read_page as read_page
from korean_rlhf.clean.pages.page import Page as Page
