"""The table of reasons in both languages is that of the checks."""

import re
from pathlib import Path

import pytest

from korean_rlhf.translate.checks import CHECKS
from korean_rlhf.translate.engines.backtranslation import REASON

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_table_of_reasons_lists_every_check_in_its_order(language):
    text = (DOCS / language / "explanation/translation.md").read_text(encoding="utf-8")

    listed = re.findall(r"^\| `([a-z-]+)` \|", text, flags=re.MULTILINE)
    assert listed == [*CHECKS, REASON]
