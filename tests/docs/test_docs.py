"""What can drift is compared with the code."""

import hashlib
import importlib.util
import re
from pathlib import Path

import pytest

from korean_rlhf import errors
from korean_rlhf.cli.main import COMMANDS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), DOCS.parent / "README.md"]
LINK = re.compile(r"\]\(([^)#]+?)(#[^)]*)?\)")
FOLLOWS = re.compile(r"<!-- follows (\S+) sha256:([0-9a-f]{12}) -->")


def test_the_command_reference_is_what_the_code_says():
    spec = importlib.util.spec_from_file_location("reference", DOCS / "reference.py")
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)

    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), (
        "python docs/reference.py"
    )


def test_every_error_is_explained_in_both_languages():
    names = [
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.KoreanRLHFError)
    ]
    for language in ("en", "ko"):
        text = (DOCS / language / "reference/errors.md").read_text(encoding="utf-8")
        assert [name for name in names if name not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    for target, _ in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_line_in_the_docs_names_a_real_command(page):
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"^(?:\$ )?korean-rlhf ([a-z]+)", text, flags=re.MULTILINE):
        assert name in COMMANDS, name


@pytest.mark.parametrize("page", sorted((DOCS / "ko").rglob("*.md")), ids=lambda page: page.name)
def test_a_korean_page_follows_the_english_one_as_it_is(page):
    """A page whose English original changed is stale: translate again, then renew the digest."""
    found = FOLLOWS.search(page.read_text(encoding="utf-8"))
    assert found, "the page needs <!-- follows PATH sha256:... -->"
    original = DOCS / found[1]

    assert hashlib.sha256(original.read_bytes()).hexdigest()[:12] == found[2]
