"""Take out of a text what no translator may touch, and put it back exactly once.

blocks.py and inline.py find the spans, glossary.py the names; marks.py takes them out and puts them
back; tags.py and segments.py are the other two ways to show a masked text; outline.py compares what
is left of the Markdown.
"""

from korean_rlhf.translate.protect.glossary import Glossary, read_glossary
from korean_rlhf.translate.protect.marks import MARK, Protected, Restored, protect, restore
from korean_rlhf.translate.protect.outline import outline_change
from korean_rlhf.translate.protect.segments import Cut, cut
from korean_rlhf.translate.protect.tags import from_tags, to_tags

__all__ = [
    "MARK",
    "Cut",
    "Glossary",
    "Protected",
    "Restored",
    "cut",
    "from_tags",
    "outline_change",
    "protect",
    "read_glossary",
    "restore",
    "to_tags",
]
