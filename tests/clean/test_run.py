"""`korean-rlhf clean` from files to files."""

import pytest

from korean_rlhf.clean import quality, run, spacing
from korean_rlhf.clean.analyser import kiwi
from korean_rlhf.clean.cleaners import CLEANERS, SWITCHES, clean_document
from korean_rlhf.clean.privacy import protecting
from korean_rlhf.clean.quality import words
from korean_rlhf.clean.run import clean
from korean_rlhf.cli.main import main
from korean_rlhf.engine import WORK
from korean_rlhf.errors import OtherRun, SettingsError
from korean_rlhf.records import Document, Drop
from korean_rlhf.rundir import Stage, read_manifest
from korean_rlhf.settings.clean import CleanSettings
from korean_rlhf.tables import read, rows, write_jsonl

PROSE = "오늘은 아침부터 비가 내려서 집에서 책을 읽었다. 문의는 010-1234-5678로 한다ㅋㅋㅋㅋㅋ"
DOCUMENTS = [
    Document(id="good", text=PROSE, license="CC0-1.0", source="일기"),
    Document(id="free", text=PROSE + " 둘째."),
    Document(
        id="namu", text=f"== 하루 ==\n'''{PROSE}'''", license="CC-BY-NC-SA-2.0", format="namumark"
    ),
    Document(id="moved", text="#redirect 하루", license="CC0-1.0", format="namumark"),
    Document(id="moved-too", text="#넘겨주기 [[하루]]", license="CC0-1.0", format="wikitext"),
    Document(id="short", text="짧다", license="CC0-1.0"),
    Document(id="foreign", text="This page is not in Korean at all.", license="CC0-1.0"),
]


@pytest.fixture
def corpus(tmp_path):
    write_jsonl(tmp_path / "raw.jsonl", DOCUMENTS)
    return tmp_path / "raw.jsonl"


def test_every_document_is_kept_clean_or_dropped_with_a_reason(corpus, tmp_path):
    out = tmp_path / "clean"
    clean([corpus], out, CleanSettings(workers=1))

    kept = {document.id: document for document in read(out, Document)}
    dropped = {
        row["id"]: row for file in (out / "dropped").glob("*.parquet") for _, row in rows(file)
    }
    assert kept.keys() == {"good", "namu"}
    assert kept["good"].text.endswith("문의는 <전화번호>로 한다ㅋㅋㅋ")
    assert kept["namu"].text.startswith("하루\n오늘은") and kept["namu"].format == "plain"
    assert {name: row["reason"] for name, row in dropped.items()} == {
        "free": "unknown-license",
        "moved": "redirect",
        "moved-too": "redirect",
        "short": "too-short",
        "foreign": "foreign",
    }
    assert dropped["moved"]["text"] == "#redirect 하루", "a dropped document stays as it came"


def test_the_manifest_counts_and_the_card_names_licences_and_reasons(corpus, tmp_path):
    out = tmp_path / "clean"
    clean([corpus], out, CleanSettings(workers=1))

    manifest, card = read_manifest(out), (out / "README.md").read_text(encoding="utf-8")
    assert manifest["counts"]["in"] == len(DOCUMENTS) and manifest["counts"]["out"] == 2
    assert manifest["masked"]["전화번호"] == 2
    assert "`unknown-license` | 1" in card and "`<전화번호>` | 2" in card
    assert "| CC-BY-NC-SA-2.0 | 1 | name the source; no commercial use" in card
    assert "일기" in card


def test_the_licence_of_the_user_speaks_for_documents_without_one(corpus, tmp_path, capsys):
    command = ["clean", str(corpus), "--out", str(tmp_path / "out"), "--license", "CC-BY-4.0"]

    assert main([*command, "--workers", "1"]) == 0

    licenses = {document.id: document.license for document in read(tmp_path / "out", Document)}
    assert licenses["free"] == "CC-BY-4.0" and licenses["good"] == "CC0-1.0"
    assert main([*command, "--workers", "2"]) == 0, "more workers make the same corpus"
    assert "already finished" in capsys.readouterr().err


def test_other_settings_do_not_mix_with_finished_work(corpus, tmp_path):
    clean([corpus], tmp_path / "out", CleanSettings(workers=1))

    with pytest.raises(OtherRun, match="jamo_run"):
        clean([corpus], tmp_path / "out", CleanSettings(workers=1, jamo_run=2))
    clean([corpus], tmp_path / "out", CleanSettings(workers=1, jamo_run=2), replace=True)


def test_cleaning_clean_text_changes_nothing(corpus, tmp_path):
    clean([corpus], tmp_path / "one", CleanSettings(workers=1))
    clean([tmp_path / "one"], tmp_path / "two", CleanSettings(workers=1))

    assert list(read(tmp_path / "one", Document)) == list(read(tmp_path / "two", Document))


@pytest.mark.parametrize("name", sorted(SWITCHES))
def test_each_switch_turns_its_cleaner_off(name, monkeypatch):
    monkeypatch.setitem(CLEANERS, name, lambda document, settings: Drop("reached"))
    document = DOCUMENTS[0]

    assert clean_document(document, CleanSettings()) == Drop("reached")
    assert clean_document(document, CleanSettings(**{name: False})) != Drop("reached")


def test_settings_out_of_range_are_refused():
    with pytest.raises(SettingsError, match="max_digit_ratio"):
        CleanSettings(max_digit_ratio=1.5)
    with pytest.raises(SettingsError, match="shard_documents"):
        CleanSettings(shard_documents=0)


def test_a_run_killed_before_its_manifest_loses_no_work_and_no_figure(
    corpus, tmp_path, monkeypatch
):
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(Stage, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            clean([corpus], out, CleanSettings(workers=1))
    assert (out / WORK / "input" / "complete").is_file(), "the inputs are not split again"

    with monkeypatch.context() as patch:
        patch.setattr(run, "drop_work", killed)
        with pytest.raises(KeyboardInterrupt):
            clean([corpus], out, CleanSettings(workers=1))
    assert read_manifest(out)["masked"]["전화번호"] == 2

    clean([corpus], out, CleanSettings(workers=1))
    assert not (out / WORK).exists(), "what a kill left behind goes with the next run"


def killed(*arguments, **named):
    raise KeyboardInterrupt


def test_a_text_is_measured_once_and_searched_once(corpus, tmp_path, monkeypatch):
    measured, searched = [], []
    script, find = quality.measures.GROUPS["script"], protecting.find
    quality.measure_names(CleanSettings())  # asks every group once
    monkeypatch.setitem(
        quality.measures.GROUPS, "script", lambda m: (measured.append(m.text), script(m))[1]
    )
    monkeypatch.setattr(
        protecting, "find", lambda text, kinds: (searched.append(text), find(text, kinds))[1]
    )

    clean([corpus], tmp_path / "out", CleanSettings(workers=1, measures=True))

    assert len(measured) == 4, "of good, namu, short and foreign"
    assert len(searched) == 4, "text and title of good and namu"


def test_one_analyser_serves_spaces_and_morphemes():
    assert spacing.kiwi is words.kiwi is kiwi
