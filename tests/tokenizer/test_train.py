from __future__ import annotations

import json
import random

import pytest

from korean_rlhf.errors import BadInput, BadRecord, SettingsError
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.tokenizer import TokenizerSettings
from korean_rlhf.tokenizer import sample
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.tokenizer.template import SPECIAL_TOKENS
from korean_rlhf.tokenizer.train import train_tokenizer

FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "report.json")


def test_special_tokens_have_the_first_ids_in_their_order(tokenizer):
    found = [tokenizer.tokenizer.token_to_id(token) for token in SPECIAL_TOKENS]

    assert found == list(range(16))
    assert (tokenizer.pad_id, tokenizer.begin_id, tokenizer.end_id) == (0, 1, 2)


def test_the_vocabulary_is_as_large_as_asked(tokenizer):
    assert tokenizer.vocabulary_size == 480


def test_training_twice_gives_the_same_files(corpus, folder, tmp_path):
    settings = TokenizerSettings(vocabulary_size=480, held_out_share=0.1)

    train_tokenizer([corpus], tmp_path / "again", settings)

    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_a_finished_tokenizer_is_left_alone(corpus, folder):
    before = (folder / "tokenizer.json").stat().st_mtime_ns

    train_tokenizer([corpus], folder, TokenizerSettings(vocabulary_size=480, held_out_share=0.1))

    assert (folder / "tokenizer.json").stat().st_mtime_ns == before


def test_a_killed_training_starts_over(corpus, folder, tmp_path):
    settings = TokenizerSettings(vocabulary_size=480, held_out_share=0.1)
    out = tmp_path / "tokenizer"
    train_tokenizer([corpus], out, settings)
    (out / "manifest.json").unlink()
    (out / "tokenizer.json").write_text("torn")
    started = {
        "stage": "tokenizer",
        **{key: read_manifest(folder)[key] for key in ("settings", "inputs")},
    }
    (out / "started.json").write_text(json.dumps(started))

    train_tokenizer([corpus], out, settings)

    assert (out / "tokenizer.json").read_bytes() == (folder / "tokenizer.json").read_bytes()


def test_the_report_is_of_held_out_documents(folder):
    report = json.loads((folder / "report.json").read_text())

    assert report["held_out"] is True
    assert report["documents"] > 0
    assert report["round_trip_failures"] == 0
    assert 3 < report["bytes_per_token"] < 20
    assert report["tokens_per_eojeol"] > 0.5
    assert read_manifest(folder)["counts"]["in"] == 300


@pytest.fixture(scope="module")
def halves(tmp_path_factory):
    """Write a corpus of 2.4 MB whose second half has other words than the first."""
    path = tmp_path_factory.mktemp("halves") / "documents.jsonl"
    words = (("고양이", "햇볕", "창가"), ("자동차", "고속도로", "휴게소"))
    draw = random.Random(4)
    with path.open("w", encoding="utf-8") as file:
        for own in words:
            for number in range(2400):
                text = f"{number} " + " ".join(draw.choices(own, k=45))
                file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    return path


SPREAD = TokenizerSettings(vocabulary_size=330, sample_megabytes=1, held_out_share=0.2)


def test_a_part_of_a_corpus_is_drawn_from_all_of_it(halves, tmp_path):
    train_tokenizer([halves], tmp_path / "out", SPREAD)
    chat = ChatTokenizer.load(tmp_path / "out")
    manifest = read_manifest(tmp_path / "out")

    for word in (" 고양이", " 창가", " 자동차", " 고속도로"):
        assert len(chat.encode(word)) == 1
    assert 900_000 < manifest["text_bytes"] < 1_100_000
    assert manifest["counts"]["in"] == 4800
    assert 1600 < manifest["counts"]["out"] < 2400


def test_the_report_is_of_texts_from_everywhere(halves, monkeypatch):
    monkeypatch.setattr(sample, "REPORT_BYTES", 100_000)
    drawn = sample.Sample([halves], SPREAD)
    learned = list(drawn.texts(lambda *_, **__: None))

    for texts in (drawn.held_out, drawn.known):
        late = sum("자동차" in text for text in texts)
        assert 0.3 < late / len(texts) < 0.7
        assert 60_000 < sum(len(text.encode()) for text in texts) < 140_000
    assert set(drawn.known) < set(learned)
    assert set(learned).isdisjoint(drawn.held_out)


def test_a_corpus_of_one_text_longer_than_the_sample_is_learned_from():
    drawn = sample.Draw.of(wanted=1, there=10**12)

    assert [drawn.takes(str(number)) for number in range(5)] == [True] + [False] * 4


def test_a_torn_record_is_named_with_file_and_line(tmp_path):
    path = tmp_path / "torn.jsonl"
    path.write_text('{"text": "가나다"}\n{"text": \n', "utf-8")

    with pytest.raises(BadRecord, match=r"torn\.jsonl:2"):
        train_tokenizer([path], tmp_path / "out", TokenizerSettings(vocabulary_size=300))


def test_empty_inputs_are_refused(tmp_path):
    path = tmp_path / "empty.jsonl"
    path.write_text("")

    with pytest.raises(BadInput, match=r"empty\.jsonl holds no records"):
        train_tokenizer([path], tmp_path / "out", TokenizerSettings(vocabulary_size=300))


@pytest.mark.parametrize(
    "wrong", [{"vocabulary_size": 271}, {"held_out_share": 0.0}, {"sample_megabytes": 0}]
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        TokenizerSettings(**wrong)
