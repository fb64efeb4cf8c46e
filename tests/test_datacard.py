"""The data card: what it counts, what it draws, and who can open the folder by it."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pyarrow as pa
import pytest

from korean_rlhf.datacard import obligations, write_card
from korean_rlhf.datacard.measures import HISTOGRAMS, SCRIPTS, characters_by_script, measures
from korean_rlhf.datacard.page import MOST_ROWS
from korean_rlhf.datacard.survey import survey
from korean_rlhf.records import Document, Drop
from korean_rlhf.tables import DocumentWriter

PROSE = "오늘은 비가 와서 집에서 책을 읽었다.\n漢字 2개와 ABC도 있다."


@pytest.fixture
def folder(tmp_path):
    """Three kept documents of two licences, one dropped."""
    folder = tmp_path / "말뭉치"
    with DocumentWriter(folder) as writer:
        for name, license in (("1", "CC-BY-SA-4.0"), ("2", "CC-BY-SA-4.0"), ("3", "KOGL-Type-1")):
            writer.write(Document(id=name, text=PROSE, source="일기", license=license))
        lost = Document(id="4", text="짧다 <전화번호>", source="편지", license="CC0-1.0")
        writer.drop(lost, Drop("too-short"))
    write_card(folder, "clean", writer.counts, masked={"전화번호": 2, "이메일": 0})
    return folder


def card(folder):
    return (folder / "README.md").read_text(encoding="utf-8")


def test_the_card_counts_sources_licences_reasons_and_masks(folder):
    text = card(folder)

    assert f"| 일기 | CC-BY-SA-4.0 | 2 | {2 * len(PROSE)} | 0 |" in text
    assert "| 편지 | CC0-1.0 | 0 | 0 | 1 |" in text
    assert f"| **all** |  | 3 | {3 * len(PROSE)} | 1 |" in text
    assert "| `too-short` | 1 | 25.00 % |" in text
    assert "| `<전화번호>` | 2 |" in text and "이메일" not in text


def test_each_licence_stands_with_its_obligations_and_none_is_claimed_for_all(folder):
    text = card(folder)
    head, _, body = text.removeprefix("---\n").partition("---\n")

    assert "| CC-BY-SA-4.0 | 2 | name the source; share what you make of it under" in body
    assert "| KOGL-Type-1 | 1 | name the source (공공누리 제1유형) |" in body
    assert "license: other" in head and "CC-BY" not in head.upper()
    assert obligations("CC-PDM-1.0") == "none"


def test_datasets_opens_the_kept_documents_and_no_others(folder, tmp_path, monkeypatch):
    datasets = pytest.importorskip("datasets", reason="it comes with the extra eval")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)

    found = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))

    assert list(found) == ["train"]
    assert found["train"]["id"][:] == ["1", "2", "3"]
    assert found["train"]["text"][0] == PROSE


def test_every_plot_is_shown_and_says_its_korean_in_text(folder):
    shown = re.findall(r"!\[[^]]+\]\((plots/[\w-]+\.svg)\)", card(folder))

    assert len(shown) == len(HISTOGRAMS) + 1
    assert {folder / name for name in shown} == set((folder / "plots").iterdir())
    for name in shown:
        drawing = ET.parse(folder / name)
        words = "".join(drawing.getroot().itertext())
        assert re.search("[가-힣]", words)
        assert re.search(r"3 documents|Hangul 71", drawing.getroot().get("aria-label"))


def test_the_characters_of_each_script_are_counted():
    texts = pa.array(["한글 ㅋㅋ 漢字", "Ab 12\n!? é 𠀀", "", None, " \n "])

    counted = characters_by_script(texts)

    assert dict(zip(SCRIPTS, counted.by_script[0].tolist(), strict=True)) == {
        "Hangul": 4, "Hanja": 2, "Latin": 0, "digits": 0, "others": 0,
    }  # fmt: skip
    assert counted.by_script[1].tolist() == [0, 1, 3, 2, 2]
    assert counted.characters.tolist() == [8, 12, 0, 0, 3]
    assert counted.eojeols.tolist() == [3, 5, 0, 0, 0]
    assert counted.lines.tolist() == [1, 2, 1, 1, 2]


def test_a_text_without_characters_has_no_shares():
    values = measures(characters_by_script(pa.array(["", "가나 다"])))

    assert np.isnan(values["hangul"][0]) and values["hangul"][1] == 100
    assert values["eojeol"][1] == 1.5 and values["length"].tolist() == [0, 4]


def test_documents_beyond_the_axis_count_in_the_outermost_bar(tmp_path):
    with DocumentWriter(tmp_path) as writer:
        for name, length in (("1", 1), ("2", 100), ("3", 2_000_000)):
            writer.write(Document(id=name, text="가" * length))

    lengths = survey(tmp_path).histograms["length"]

    assert lengths[0] == lengths[-1] == 1 and lengths.sum() == 3


def test_many_sources_are_added_up(tmp_path):
    with DocumentWriter(tmp_path) as writer:
        for number in range(MOST_ROWS + 5):
            writer.write(
                Document(id=str(number), text="글", source=f"곳 {number:03}", license="MIT")
            )
    write_card(tmp_path, "clean", writer.counts)

    text = card(tmp_path)
    assert "| 5 smaller ones |  | 5 | 5 | 0 |" in text
    assert f"| **all** |  | {MOST_ROWS + 5} | {MOST_ROWS + 5} | 0 |" in text
