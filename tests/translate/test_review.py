from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from korean_rlhf.cli import review as command
from korean_rlhf.errors import BadInput, MissingInput, SettingsError
from korean_rlhf.translate.report.highlight import highlighted
from korean_rlhf.translate.report.pairs import read_pairs
from korean_rlhf.translate.report.survey import survey

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)"></article>'
SEA = "Rivers carry `NaCl` into the sea, year after year."
SEA_KO = "강은 해마다 `NaCl`을 바다로 나릅니다."


def row(id: str, *texts: str) -> dict[str, Any]:
    roles = ("user", "assistant")
    messages = [{"role": role, "content": text} for role, text in zip(roles, texts, strict=True)]
    return {"id": id, "source": "test", "license": "CC0-1.0", "messages": messages}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A finished translation of four records: two kept, two dropped, one with hostile text."""
    english = [row(f"row:{place}", "Say it.", SEA) for place in range(4)]
    kept = [row("row:0", "말하세요.", SEA_KO), row("row:1", "말하세요.", HOSTILE)]
    faults = (("number-changed", "message 1: new 5"), ("<b>odd</b>", f"message 1: {HOSTILE}"))
    dropped = [
        {"reason": reason, "detail": detail, **source, "translations": ["말하세요.", "5" + HOSTILE]}
        for source, (reason, detail) in zip(english[2:], faults, strict=True)
    ]
    out = tmp_path / "out"
    out.mkdir()
    source = tmp_path / "en.jsonl"
    for path, rows in (
        (source, english),
        (out / "instructions.jsonl", kept),
        (out / "dropped.jsonl", dropped),
    ):
        text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows)
        path.write_text(text, encoding="utf-8")
    (out / "settings.toml").write_text('format = "messages"\n', encoding="utf-8")
    manifest = {"stage": "translate", "inputs": [{"path": str(source), "digest": ""}]}
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return out


class Tags(HTMLParser):
    """Collects the tags, attributes and styles of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.styles: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "style" and data.strip():
            self.styles.append(data)


def pages(folder: Path) -> dict[str, Tags]:
    assert command.run([str(folder)]) == 0
    return {
        name: Tags((folder / name).read_text(encoding="utf-8"))
        for name in ("report.html", "sample.html")
    }


def test_the_figures_are_those_of_the_files(folder: Path):
    pages(folder)

    figures = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert figures["kept"] == 2
    assert figures["dropped"] == 2
    assert figures["reasons"] == {"number-changed": 1, "<b>odd</b>": 1}
    assert figures["registers"] == {"hapsyo": 1, "none": 1}
    assert sum(figures["length_ratio"]["texts"]) == 2  # "Say it." is too short for a ratio
    assert sum(figures["hangul_percent"]["texts"]) == 4


def test_whatever_a_model_wrote_is_text(folder: Path):
    for page in pages(folder).values():
        names = {name for name, _ in page.tags}
        assert not names & {"script", "img", "b", "iframe", "link", "object"}
        assert not [attr for _, attrs in page.tags for attr in attrs if attr.startswith("on")]
        assert not [attrs for _, attrs in page.tags if "style" in attrs]


def test_the_policy_allows_the_styles_of_the_page_and_nothing_else(folder: Path):
    for page in pages(folder).values():
        [policy] = [attrs["content"] for _, attrs in page.tags if attrs.get("http-equiv")]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert page.styles
        for style in page.styles:
            digest = hashlib.sha256(style.encode()).digest()
            assert f"'sha256-{base64.b64encode(digest).decode()}'" in policy


def test_the_languages_of_the_sides_are_said(folder: Path):
    sides = [
        attrs.get("lang")
        for name, attrs in pages(folder)["sample.html"].tags
        if name == "div" and attrs.get("class") == "side"
    ]
    assert sides == ["en", "ko"] * 8


def test_each_reason_has_a_button_and_a_rule_that_hides_the_others(folder: Path):
    page = pages(folder)["sample.html"]

    kinds = {attrs["class"] for name, attrs in page.tags if name == "article"}
    buttons = {attrs["id"] for name, attrs in page.tags if name == "input"}
    assert kinds == {"kept", "r0", "r1"}
    assert buttons == {"show-all", "show-kept", "show-r0", "show-r1"}
    hidden = set(re.findall(r"#show-(\w+):checked\) article:not\(\.\1\)", page.styles[0]))
    assert hidden == kinds


def test_the_sample_hangs_on_the_seed_and_on_nothing_else(folder: Path):
    source = [folder.parent / "en.jsonl"]

    def drawn(seed: int) -> list[str]:
        return [each.id for each in survey(read_pairs(folder, source), sample=2, seed=seed).sample]

    assert drawn(0) == drawn(0)
    assert len({tuple(drawn(seed)) for seed in range(8)}) > 1


def test_a_fault_is_shown_at_its_text(folder: Path):
    source = [folder.parent / "en.jsonl"]
    dropped = [each for each in read_pairs(folder, source) if each.reason == "number-changed"]

    assert [each.at_fault for each in dropped] == [1]
    assert [each.detail for each in dropped] == ["new 5"]
    assert str(highlighted("5 개 `x`", ["`x`"], "new 5")) == ("<mark>5</mark> 개 <code>`x`</code>")


def test_other_folders_are_refused_with_a_way_out(folder: Path, tmp_path: Path):
    with pytest.raises(MissingInput, match="korean-rlhf translate"):
        command.run([str(tmp_path / "nowhere")])
    (folder / "manifest.json").write_text('{"stage": "clean", "inputs": []}')
    with pytest.raises(BadInput, match="'clean'"):
        command.run([str(folder)])
    with pytest.raises(SettingsError, match="--sample"):
        command.run([str(folder), "--sample", "-1"])


def test_a_source_that_was_moved_is_named(folder: Path):
    moved = (folder.parent / "en.jsonl").rename(folder.parent / "moved.jsonl")
    with pytest.raises(MissingInput):
        command.run([str(folder)])

    assert command.run([str(folder), "--inputs", str(moved)]) == 0


def test_a_translation_that_kept_nothing_has_no_empty_plots(folder: Path):
    (folder / "instructions.jsonl").unlink()
    pages(folder)
    page = (folder / "report.html").read_text(encoding="utf-8")

    assert "<svg" not in page
    assert "받아들인 기록이 없습니다." in page
