"""`korean-rlhf dedup`: what goes, what stays, and who is named as the one kept."""

import random

import pytest

from korean_rlhf.cli.main import main
from korean_rlhf.dedup.grams import gram_hashes, similarity
from korean_rlhf.dedup.run import deduplicate
from korean_rlhf.dedup.signatures import exact_digest
from korean_rlhf.engine import WORK
from korean_rlhf.ngrams import character_ngrams, jaccard, normalise_for_matching
from korean_rlhf.records import Document
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.dedup import DedupSettings
from korean_rlhf.tables import documents_digest, read, rows, write_jsonl
from tests.dedup.stories import story


def run(documents, tmp_path, **settings):
    write_jsonl(tmp_path / "in.jsonl", documents)
    out = tmp_path / "out"
    deduplicate([tmp_path / "in.jsonl"], out, DedupSettings(**settings))
    kept = [document.id for document in read(out, Document)]
    dropped = {
        row["id"]: (row["reason"], row["detail"])
        for file in sorted((out / "dropped").glob("*.parquet"))
        for _, row in rows(file)
    }
    return kept, dropped


def document(id, text):
    return Document(id=id, text=text, license="CC0-1.0")


def test_copies_that_differ_in_spaces_and_case_are_exact(tmp_path):
    text = "Seoul은 " + story(1)
    kept, dropped = run(
        [
            document("b", text),
            document("a", text.upper().replace(" ", "  ")),
            document("c", story(2)),
        ],
        tmp_path,
    )

    assert kept == ["a", "c"]  # the longer of the two stays
    assert dropped == {"b": ("exact-duplicate", "a")}


def test_of_equals_the_smallest_id_stays(tmp_path):
    kept, dropped = run([document(name, story(1)) for name in "cab"], tmp_path)

    assert kept == ["a"]
    assert dropped == {"b": ("exact-duplicate", "a"), "c": ("exact-duplicate", "a")}


def test_particle_edits_are_near_duplicates_and_the_longest_stays(tmp_path):
    text = story(1, 30)
    edited = text.replace("와 ", "과 ", 6).replace("에서", "에서도", 3)
    kept, dropped = run(
        [document("a", text), document("b", edited), document("c", story(2, 30))], tmp_path
    )

    assert kept == ["b", "c"]
    assert dropped == {"a": ("near-duplicate", "b")}


def test_a_copy_of_a_near_duplicate_names_the_one_that_is_in_the_corpus(tmp_path):
    text = story(1, 30)
    kept, dropped = run(
        [
            document("a", text),
            document("b", text),
            document("c", text + " 끝으로 한마디 더 적었다."),
        ],
        tmp_path,
    )

    assert kept == ["c"]
    assert dropped == {"a": ("near-duplicate", "c"), "b": ("exact-duplicate", "c")}


def test_short_texts_are_compared_exactly_only(tmp_path):
    texts = {"a": "정말 재미있어요", "b": "정말 재미있어요!", "c": "정말 재미있어요"}
    kept, dropped = run([document(name, text) for name, text in texts.items()], tmp_path)

    assert kept == ["a", "b"]
    assert dropped == {"c": ("exact-duplicate", "a")}


def test_other_texts_of_the_same_words_stay(tmp_path):
    kept, dropped = run([document(f"{seed:02}", story(seed, 30)) for seed in range(40)], tmp_path)

    assert len(kept) == 40 and dropped == {}


def test_near_duplicates_can_be_left_in(tmp_path):
    text = story(1, 30)
    documents = [document("a", text), document("b", text.replace("와 ", "과 ", 4))]

    assert run(documents, tmp_path, near=False) == (["a", "b"], {})


def test_every_drop_is_as_similar_as_promised_and_names_a_kept_document(tmp_path):
    chosen = random.Random(3)
    documents = []
    for seed in range(25):
        text = story(seed, 25)
        documents.append(document(f"{seed:02}a", text))
        copy = list(text)
        for _ in range(chosen.randrange(0, 60)):
            copy[chosen.randrange(len(copy))] = "가"
        documents.append(document(f"{seed:02}b", "".join(copy)))
    texts = {item.id: item.text for item in documents}
    kept, dropped = run(documents, tmp_path)

    assert len(kept) + len(dropped) == len(documents)
    for name, (reason, keeper) in dropped.items():
        assert keeper in kept
        sets = [character_ngrams(normalise_for_matching(texts[id]), 5) for id in (name, keeper)]
        assert reason == "exact-duplicate" or jaccard(*sets) >= 0.7
    for seed in range(25):
        names = (f"{seed:02}a", f"{seed:02}b")
        sets = [character_ngrams(normalise_for_matching(texts[id]), 5) for id in names]
        if jaccard(*sets) >= 0.9:
            assert set(names) & dropped.keys(), "a clear copy must be found"


def test_shards_and_their_size_change_nothing(tmp_path):
    documents = [document(f"{seed % 7}-{seed}", story(seed % 7, 20)) for seed in range(30)]
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()

    one = run(documents, tmp_path / "one")
    many = run(documents, tmp_path / "many", shard_documents=4)

    assert sorted(one[0]) == sorted(many[0]) and one[1] == many[1]


@pytest.mark.parametrize("moment", ["dedup.writing.publish", "rundir.Stage.finish"])
def test_the_command_goes_on_after_a_kill_and_ends_the_same(tmp_path, monkeypatch, moment):
    documents = [document(f"{seed}", story(seed % 9, 20)) for seed in range(30)]
    write_jsonl(tmp_path / "in.jsonl", documents)
    command = ["dedup", str(tmp_path / "in.jsonl"), "--shard-documents", "10", "--out"]
    assert main([*command, str(tmp_path / "whole")]) == 0

    def killed(*_, **named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"korean_rlhf.{moment}", killed)
        assert main([*command, str(tmp_path / "broken")]) == 1
    assert (tmp_path / "broken" / WORK / "input" / "complete").is_file()
    fewer = ["--workers", "1"]  # to save memory
    assert main([*command, str(tmp_path / "broken"), *fewer]) == 0

    assert documents_digest(tmp_path / "whole") == documents_digest(tmp_path / "broken")
    assert not (tmp_path / "broken" / WORK).exists()
    counts = read_manifest(tmp_path / "broken")["counts"]
    assert counts == {"in": 30, "out": 9, "dropped": {"exact-duplicate": 21}}


@pytest.mark.parametrize(
    "left, right", [("가나다라마바사", "가나다라마바아"), ("가", "나"), ("", "가")]
)
def test_hashed_ngrams_give_the_true_similarity(left, right):
    wanted = jaccard(character_ngrams(left, 3), character_ngrams(right, 3))

    assert similarity(gram_hashes(left, 3), gram_hashes(right, 3)) == pytest.approx(wanted)


def test_the_digest_ignores_spaces_case_and_unicode_form():
    assert exact_digest("각 A") == exact_digest("\u1100\u1161\u11a8a")
    assert exact_digest("3.5점") != exact_digest("35점")
