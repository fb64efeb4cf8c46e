"""`korean-rlhf quality` learns a score, and `clean` uses it; a language model likewise."""

import functools
import json
import shutil
import struct

import numpy as np
import pytest

from korean_rlhf.clean.quality import language
from korean_rlhf.clean.quality.score import MODEL, buckets, read_score
from korean_rlhf.clean.quality.training import area_under_curve
from korean_rlhf.clean.run import clean, clean_batch
from korean_rlhf.cli.main import main
from korean_rlhf.engine import cluster, shipping
from korean_rlhf.errors import BadInput, MissingExtra, MissingInput, UnknownName
from korean_rlhf.records import Document
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.clean import CleanSettings
from korean_rlhf.tables import read, rows, to_batch, write_jsonl

NOUNS = "아침 우물 마을 학교 강가 시장 편지 기차 산길 부엌 달빛 겨울 노래 사진 의자".split()
GOOD = [
    f"{a}에서 {b}까지 걸으며 {c} 생각을 했고 저녁에야 돌아왔다."
    for a in NOUNS
    for b in NOUNS
    for c in NOUNS[:2]
]
BAD = [
    f"{a} 특가!! {b} 무료배송 클릭 {c} 최저가 ▶▶ 지금"
    for a in NOUNS
    for b in NOUNS
    for c in NOUNS[:2]
]


def write(path, texts):
    documents = (Document(id=str(n), text=text, license="CC0-1.0") for n, text in enumerate(texts))
    write_jsonl(path, documents)
    return path


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sets")
    good = write(folder / "good.jsonl", [*GOOD, "둘 다에 있는 글이다."])
    return good, write(folder / "bad.jsonl", [*BAD, "둘 다에 있는 글이다."])


@pytest.fixture(scope="module")
def score(sets, tmp_path_factory):
    out = tmp_path_factory.mktemp("score") / "score"
    assert main(["quality", *map(str, sets), "--out", str(out), "--bucket-bits", "14"]) == 0
    return out


def test_a_score_is_learned_and_measured_on_texts_never_seen(score, capsys):
    manifest = read_manifest(score)

    held_out = manifest["held_out"]
    assert held_out["accuracy"]["low"] > 0.95 and held_out["auc"]["value"] > 0.99
    assert manifest["counts"]["dropped"] == {"held-out": held_out["texts"], "in-both-sets": 2}
    model = read_score(str(score))
    assert model.of("겨울에서 봄까지 걸으며 책 생각을 했다.") > 0.8
    assert model.of("오늘만 특가!! 무료배송 ▶▶ 최저가 클릭") < 0.2


def test_the_same_texts_make_the_same_bytes(sets, score, tmp_path):
    argv = ["quality", *map(str, sets), "--out", str(tmp_path / "again"), "--bucket-bits", "14"]
    assert main(argv) == 0

    assert (tmp_path / "again" / MODEL).read_bytes() == (score / MODEL).read_bytes()


def test_noise_is_no_better_than_chance(tmp_path):
    texts = [GOOD[place] for place in np.random.default_rng(0).permutation(len(GOOD))]
    good, bad = write(tmp_path / "a.jsonl", texts[::2]), write(tmp_path / "b.jsonl", texts[1::2])
    assert (
        main(["quality", str(good), str(bad), "--out", str(tmp_path / "out"), "--ngram", "1"]) == 0
    )

    auc = read_manifest(tmp_path / "out")["held_out"]["auc"]
    assert auc["low"] < 0.65


def test_clean_drops_what_scores_low(score, tmp_path):
    raw = write(tmp_path / "raw.jsonl", [GOOD[0], BAD[0]])
    settings = CleanSettings(workers=1, quality_model=str(score), measures=True)
    clean([raw], tmp_path / "out", settings)

    assert [document.id for document in read(tmp_path / "out", Document)] == ["0"]
    [(_, lost)] = rows(tmp_path / "out" / "dropped" / "part-00000.parquet")
    assert lost["reason"] == "low-quality" and lost["detail"].startswith("quality-score 0.")
    scores = [row["quality_score"] for _, row in rows(tmp_path / "out/measures/part-00000.parquet")]
    assert scores[0] > 0.5 > scores[1]


def test_a_small_set_and_a_torn_score_are_refused(sets, score, tmp_path):
    few = write(tmp_path / "few.jsonl", GOOD[:4])
    assert main(["quality", str(few), str(sets[1]), "--out", str(tmp_path / "out")]) == 1
    with pytest.raises(MissingInput, match="korean-rlhf quality"):
        read_score(str(tmp_path / "nothing"))
    torn = tmp_path / "torn"
    torn.mkdir()
    (torn / "manifest.json").write_text("{}")
    (torn / MODEL).write_bytes((score / MODEL).read_bytes()[:100])
    with pytest.raises(BadInput, match="no quality score"):
        read_score(str(torn))


def test_ngrams_of_all_lengths_have_their_bucket_once():
    found = buckets("가나가나", 2, 100, 26)

    assert len(found) == len({"가", "나", "가나", "나가"})
    assert np.array_equal(found, buckets("가나가나가나", 2, 100, 26))
    assert np.array_equal(buckets("A  b\nc", 3, 100, 18), buckets("a b c", 3, 100, 18))
    assert len(buckets("", 3, 100, 18)) == 0


def test_the_area_under_the_curve_counts_pairs():
    random = np.random.default_rng(0)
    scores, good = random.integers(0, 9, 200).astype(float), random.random(200) < 0.4

    wins = np.sign(scores[good][:, None] - scores[~good][None, :])
    assert area_under_curve(scores, good) == pytest.approx((wins.mean() + 1) / 2)
    assert np.isnan(area_under_curve(scores, np.ones(200, bool)))


def fasttext_model(labels, words, biased):
    """Return a supervised fastText model: `words` point to the label `biased`, others nowhere.

    The layout is that of fastText 0.9.2: arguments, dictionary, input and output matrix.
    """
    dimension = 2
    arguments = struct.pack("<12id", dimension, 5, 1, 1, 5, 1, 3, 3, 0, 0, 0, 100, 1e-4)
    entries = [("</s>", 0), *((word, 0) for word in words), *((label, 1) for label in labels)]
    known = 1 + len(words)
    dictionary = struct.pack("<3i2q", len(entries), known, len(labels), 100, -1)
    for text, kind in entries:
        dictionary += text.encode() + b"\0" + struct.pack("<qb", 1, kind)
    inputs = np.zeros((known, dimension), "<f4")
    inputs[1:, 0] = 8.0
    outputs = np.zeros((len(labels), dimension), "<f4")
    outputs[labels.index(biased), 0] = 8.0
    matrices = b"".join(
        b"\0" + struct.pack("<2q", *matrix.shape) + matrix.tobytes() for matrix in (inputs, outputs)
    )
    return struct.pack("<2i", 793712314, 12) + arguments + dictionary + matrices


@pytest.fixture
def language_model(tmp_path):
    pytest.importorskip("fasttext")
    path = tmp_path / "language.bin"
    labels = ["__label__en", "__label__ko"]
    path.write_bytes(fasttext_model(labels, ["비가", "내려서", "책을"], "__label__ko"))
    return path


def test_a_language_model_gives_the_probability_of_korean(language_model, tmp_path):
    raw = write(
        tmp_path / "raw.jsonl",
        [
            "오늘은 비가 내려서 하루 종일 집에서 책을 읽었다.",
            "가나다라 마바사아 자차카타 파하 거너더러 머버서어",
        ],
    )
    found = language.score("비가 내려서\n책을", str(language_model))
    assert found > 0.99 and language.score(" \n", str(language_model)) == 0.0

    settings = CleanSettings(workers=1, language_model=str(language_model))
    clean([raw], tmp_path / "out", settings)
    [(_, lost)] = rows(tmp_path / "out" / "dropped" / "part-00000.parquet")
    assert (lost["reason"], lost["detail"]) == ("other-language", "language-score 0.500")


def test_a_language_model_that_cannot_be_used_is_refused(language_model, tmp_path, monkeypatch):
    with pytest.raises(MissingInput):
        language.language_model(str(tmp_path / "no.bin"))
    (tmp_path / "text.bin").write_text("no model")
    with pytest.raises(BadInput, match="no fastText model"):
        language.language_model(str(tmp_path / "text.bin"))
    other = tmp_path / "other.bin"
    other.write_bytes(fasttext_model(["__label__en"], ["rain"], "__label__en"))
    with pytest.raises(BadInput, match="knows none of"):
        language.language_model(str(other))
    monkeypatch.setitem(__import__("sys").modules, "fasttext", None)
    with pytest.raises(MissingExtra, match=r"korean-rlhf\[language\]"):
        language.language_model(str(tmp_path / "another.bin"))


def test_measures_stand_beside_the_documents_and_nothing_need_be_dropped(tmp_path):
    raw = write(tmp_path / "raw.jsonl", [GOOD[0], "짧다", "This page is not in Korean at all."])
    clean([raw], tmp_path / "kept", CleanSettings(workers=1, quality=False, measures=True))
    clean([raw], tmp_path / "cut", CleanSettings(workers=1, measures=True))

    assert len(list(read(tmp_path / "kept", Document))) == 3
    assert len(list(read(tmp_path / "cut", Document))) == 1
    tables = [
        [row for _, row in rows(tmp_path / name / "measures" / "part-00000.parquet")]
        for name in ("kept", "cut")
    ]
    assert tables[0] == tables[1] and [row["id"] for row in tables[0]] == ["0", "1", "2"]
    assert tables[0][2]["latin_ratio"] == 1.0 and tables[0][1]["characters"] == 2.0
    json.dumps(tables)


def test_what_never_reached_quality_has_no_measures(tmp_path):
    document = Document(id="moved", text="#redirect 하루", license="CC0-1.0", format="namumark")
    write_jsonl(tmp_path / "raw.jsonl", [document])
    clean([tmp_path / "raw.jsonl"], tmp_path / "out", CleanSettings(workers=1, measures=True))

    [(_, row)] = rows(tmp_path / "out" / "measures" / "part-00000.parquet")
    assert row["id"] == "moved" and row["words"] is None


def test_a_misspelt_measure_ends_clean_before_any_work(tmp_path):
    raw = write(tmp_path / "raw.jsonl", [GOOD[0]])
    with pytest.raises(UnknownName, match="stop-words"):
        clean([raw], tmp_path / "out", CleanSettings(limits=("stop-word>=2",)))

    assert not (tmp_path / "out").exists()


def test_a_model_travels_to_a_machine_that_has_no_such_folder(score, tmp_path):
    here, away = tmp_path / "score", tmp_path / "away"
    shutil.copytree(score, here)
    shipped = shipping.contents([here])
    here.rename(away)
    batch = to_batch([Document(id="0", text=BAD[0], license="CC0-1.0")])
    function = functools.partial(clean_batch, settings=CleanSettings(quality_model=str(here)))

    assert cluster._apply(function, batch, shipped)["reason"].to_pylist() == ["low-quality"]
