"""Which document stays, other corpora, kept signatures, benchmarks, repeated lines."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from korean_rlhf.cli.main import main
from korean_rlhf.dedup.fingerprints import build, load
from korean_rlhf.dedup.lines import count_repeated, cut_repeated, write_hashes
from korean_rlhf.dedup.run import SIGNATURES, deduplicate
from korean_rlhf.errors import BadInput, MissingInput, OtherRun, SettingsError
from korean_rlhf.records import Document
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.dedup import DedupSettings
from korean_rlhf.tables import documents_digest, read, rows, write_jsonl
from tests.dedup.stories import story


def document(id, text, **fields):
    return Document(id=id, text=text, license="CC0-1.0", **fields)


def run(folder, documents, **settings):
    folder.mkdir(exist_ok=True)
    write_jsonl(folder / "in.jsonl", documents)
    deduplicate([folder / "in.jsonl"], folder / "out", DedupSettings(**settings))
    return folder / "out"


def kept(out):
    return {document.id: document.text for document in read(out, Document)}


def dropped(out):
    found = {
        row["id"]: row for file in sorted((out / "dropped").glob("*")) for _, row in rows(file)
    }
    for file in sorted((out / "duplicates").glob("*")):
        for _, row in rows(file):
            assert row["keeper"] == found[row["id"]]["detail"]
            found[row["id"]] |= row
    return found


@pytest.mark.parametrize("keep, stays", [("longest", "b"), ("first", "c"), ("newest", "a")])
def test_the_rule_says_which_of_a_group_stays(tmp_path, keep, stays):
    text = story(1)
    documents = [
        document("c", text + " 끝.", fetched_at="2024-01-01T00:00:00Z"),
        document("b", text + " 끝으로 한마디.", fetched_at="2024-05-01T00:00:00Z"),
        document("a", text, fetched_at="2025-01-31T09:00:00Z"),
    ]
    out = run(tmp_path, documents, keep=keep)

    assert list(kept(out)) == [stays]
    assert {row["detail"] for row in dropped(out).values()} == {stays}


def test_of_equally_new_ones_the_longest_stays_then_the_smallest_id(tmp_path):
    documents = [document("b", story(1)), document("a", story(1)), document("c", story(1) + " 끝.")]

    assert list(kept(run(tmp_path / "1", documents, keep="newest"))) == ["c"]
    assert list(kept(run(tmp_path / "2", documents[:2], keep="newest"))) == ["a"]


def test_a_dropped_document_says_how_similar_it_is(tmp_path):
    text = story(1)
    documents = [document("a", text), document("b", text + " 끝."), document("c", text)]
    found = dropped(run(tmp_path, documents))

    assert found["a"]["similarity"] == found["c"]["similarity"]
    assert 0.9 < found["a"]["similarity"] < 1.0
    assert {row["kept_in"] for row in found.values()} == {""}


@pytest.mark.parametrize("signatures", [False, True])
def test_what_another_corpus_holds_is_dropped_and_named_there(tmp_path, signatures, capsys):
    texts = {f"y{seed}": story(seed) for seed in range(5)}
    yesterday = run(
        tmp_path / "1", [document(*item) for item in texts.items()], signatures=signatures
    )
    today = [
        document("y1", story(1)),  # the same id, the same text
        document("n2", story(2) + " 덧붙인 말이 조금 더 있는 글이다."),  # longer, yet it goes
        document("n9", story(9)),
        document("n8", story(9)),
    ]
    out = run(tmp_path / "2", today, against=[yesterday], shard_documents=2)
    found = dropped(out)

    assert list(kept(out)) == ["n8"]
    assert [(found[id]["reason"], found[id]["detail"], found[id]["kept_in"])
            for id in ("n2", "n9", "y1")] == [
        ("near-duplicate", "y2", str(yesterday)),
        ("exact-duplicate", "n8", ""),
        ("exact-duplicate", "y1", str(yesterday)),
    ]  # fmt: skip
    assert len(kept(yesterday)) == 5
    assert (yesterday / SIGNATURES).is_dir() is signatures
    assert ("signatures that it kept" in capsys.readouterr().err) is signatures


def test_kept_signatures_of_other_settings_are_not_used(tmp_path, capsys):
    yesterday = run(tmp_path / "1", [document("a", story(1))], signatures=True)
    edited = story(1) + " 끝."
    out = run(tmp_path / "2", [document("b", edited)], against=[yesterday], bands=10)

    assert list(dropped(out)) == ["b"] and "that it kept" not in capsys.readouterr().err


def fingerprints(tmp_path, **options):
    questions = [
        {"id": "q1", "question": "하늘에서 내려온 강아지가 시장에서 산 수박은 몇 개였을까요?"},
        {"id": "q2", "question": "짧다"},
        {"id": "q3", "choices": ["구름을 그린 선생님은 누구를 기다리며 책상에 앉아 있었는가?"]},
    ]
    path = tmp_path / "quiz.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in questions))
    build([path], tmp_path / "quiz.fingerprints", n=10, license="CC0-1.0", **options)
    return tmp_path / "quiz.fingerprints"


def test_a_document_with_a_question_of_a_benchmark_is_dropped_and_listed(tmp_path):
    marks = fingerprints(tmp_path)
    leak = "하늘에서내려온 강아지가  시장에서 산 수박은 몇개였을까요"
    documents = [document("a", f"{story(1)} {leak} {story(2)}"), document("b", story(3))]
    out = run(tmp_path / "drop", documents, decontaminate=[marks])
    hits = [json.loads(line) for line in (out / "contaminated.jsonl").read_text().splitlines()]

    assert list(kept(out)) == ["b"]
    assert (dropped(out)["a"]["reason"], dropped(out)["a"]["detail"]) == (
        "contaminated",
        "quiz quiz.jsonl:1",
    )
    assert hits == [{"id": "a", "benchmark": "quiz", "item": "quiz.jsonl:1", "share": 1.0}]
    assert read_manifest(out)["contaminated_hits"] == 1

    listed = run(tmp_path / "list", documents, decontaminate=[marks], contaminated="list")
    assert sorted(kept(listed)) == ["a", "b"] and len(dropped(listed)) == 0
    assert (listed / "contaminated.jsonl").read_text() == (out / "contaminated.jsonl").read_text()


def test_a_part_of_a_question_counts_by_its_share(tmp_path):
    marks = fingerprints(tmp_path)
    part = [document("a", story(1) + " 기다리며 책상에 앉아 있었는가?")]
    out = run(tmp_path / "1", part, decontaminate=[marks], contaminated_share=0.01)

    assert 0 < json.loads((out / "contaminated.jsonl").read_text())["share"] < 0.4
    assert len(kept(run(tmp_path / "2", part, decontaminate=[marks]))) == 1


def test_copies_of_a_contaminated_document_go_for_their_own_reason(tmp_path):
    leak = story(1) + " 구름을 그린 선생님은 누구를 기다리며 책상에 앉아 있었는가?"
    documents = [document("a", leak), document("b", leak), document("c", story(1))]
    out = run(tmp_path, documents, decontaminate=[fingerprints(tmp_path)])

    assert list(kept(out)) == ["c"]
    assert {row["reason"] for row in dropped(out).values()} == {"contaminated"}


def test_fingerprints_say_what_they_are_and_hold_no_text(tmp_path):
    path = fingerprints(tmp_path, version="1.0", name="연습")
    found = load(path)

    assert (found.header.name, found.header.version, found.header.license, found.header.n) == (
        "연습", "1.0", "CC0-1.0", 10)  # fmt: skip
    assert (found.header.items, found.header.short) == (2, 1)
    assert (found.hashes[1:] >= found.hashes[:-1]).all() and found.sizes.sum() == len(found.hashes)
    assert found.label(1) == "quiz.jsonl:3"
    assert "강아지".encode() not in path.read_bytes()


def test_only_the_named_fields_are_hashed(tmp_path):
    assert load(fingerprints(tmp_path, fields=["choices"])).header.items == 1


@pytest.mark.parametrize("torn", [b"", b"KRFPRNT1", None])
def test_torn_fingerprints_are_refused(tmp_path, torn):
    path = fingerprints(tmp_path)
    path.write_bytes(path.read_bytes()[:-3] if torn is None else torn)

    with pytest.raises(BadInput, match="no whole file of fingerprints"):
        load(path)


def test_mistakes_are_named_before_anything_is_read(tmp_path):
    with pytest.raises(MissingInput, match="korean-rlhf fingerprints"):
        load(tmp_path / "missing.fingerprints")
    with pytest.raises(SettingsError, match="contaminated_share"):
        DedupSettings(contaminated_share=0)
    with pytest.raises(SettingsError, match="line_documents"):
        DedupSettings(line_documents=0)


ROOT = Path(__file__).parents[2]
SOURCES = {
    "redteam": ("prompts/redteam/fraud.jsonl", lambda row: [m["content"] for m in row["messages"]]),
    "refusal": ("evals/refusal/prompts.jsonl", lambda row: [row["prompt"]]),
    "open": ("evals/open/questions.jsonl", lambda row: row["turns"]),
}


def test_every_shipped_file_of_fingerprints_is_tested():
    shipped = (ROOT / "evals" / "fingerprints").glob("*.fingerprints")

    assert {path.stem for path in shipped} == set(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_the_shipped_fingerprints_find_their_own_questions(name, tmp_path):
    source, texts = SOURCES[name]
    marks = ROOT / "evals" / "fingerprints" / f"{name}.fingerprints"
    header = load(marks).header
    lines = map(json.loads, (ROOT / source).read_text(encoding="utf-8").splitlines())
    text = max((" ".join(texts(line)) for line in lines), key=len)  # short ones have no n-gram
    out = run(tmp_path, [document("a", f"{story(1)} {text}")], decontaminate=[marks])

    assert header.license and header.version and header.n == 20
    assert dropped(out)["a"]["reason"] == "contaminated"


NOTICE = "이 글의 저작권은 연습 신문사에 있으며 허락 없이 옮겨 실을 수 없습니다."


def test_a_line_in_many_documents_is_cut_out_and_kept_beside(tmp_path):
    documents = [document(f"{seed}", f"{story(seed)}\n{NOTICE}\n끝") for seed in range(4)]
    documents.append(document("4", f"{story(4)} {NOTICE} 그리고 이어진다."))
    documents.append(document("5", NOTICE + "\n"))
    out = run(tmp_path, documents, lines=True, line_documents=5)
    cut = [row for file in sorted((out / "cut").glob("*")) for _, row in rows(file)]

    assert kept(out)["0"] == f"{story(0)}\n끝"
    assert kept(out)["4"] == f"{story(4)} 그리고 이어진다."
    assert dropped(out)["5"]["reason"] == "only-repeated-lines"
    assert dropped(out)["5"]["text"] == NOTICE + "\n"
    assert [(row["id"], row["text"], row["documents"]) for row in cut] == [
        (str(number), NOTICE, 6) for number in range(6)
    ]
    facts = read_manifest(out)
    assert (facts["cut_pieces"], facts["cut_documents"]) == (6, 6)


def test_rare_and_short_lines_stay(tmp_path):
    documents = [document(f"{seed}", f"{story(seed)}\n{NOTICE}\n같이 보기") for seed in range(3)]
    out = run(tmp_path, documents, lines=True, line_documents=3)

    assert kept(out) == {item.id: item.text for item in documents}


def test_nothing_but_the_repeated_piece_changes(tmp_path):
    """Every character left stands where it stood, and what is gone was a repeated unit."""
    chosen = random.Random(5)
    texts = []
    for seed in range(12):
        lines = [story(seed * 7 + place, chosen.randrange(1, 4)) for place in range(4)]
        lines.insert(chosen.randrange(5), chosen.choice(["", "  " + NOTICE, NOTICE + " 끝이다."]))
        texts.append("\n".join(lines))
    write_hashes(texts, tmp_path / "a.npy", 10)
    repeated = count_repeated([tmp_path / "a.npy"], 2)
    for text in texts:
        left, cuts = cut_repeated(text, repeated, 10)
        assert bool(cuts) is (NOTICE in text)
        assert [cut.text for cut in cuts] == [NOTICE] * len(cuts)
        assert left.split() == text.replace(NOTICE, "").split()


KILLED = """
import os, signal, sys
from korean_rlhf.cli.main import main
module, name, calls = sys.argv[1], sys.argv[2], [int(sys.argv[3])]
place = __import__(module, fromlist=[name])
original = getattr(place, name)
def killed(*given, **named):
    calls[0] -= 1
    if calls[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*given, **named)
setattr(place, name, killed)
sys.exit(main(sys.argv[4:]))
"""


def test_killed_at_every_stage_it_ends_with_the_same_records(tmp_path):
    """SIGKILL while reading, hashing, comparing, cutting, writing and describing, in one folder."""
    documents = [document(f"{seed:02}", f"{story(seed % 20)}\n{NOTICE}") for seed in range(60)]
    edited = [document(f"e{seed}", story(seed) + " 끝.") for seed in range(8)]
    write_jsonl(tmp_path / "in.jsonl", [*documents, *edited])
    marks = fingerprints(tmp_path)
    command = ["dedup", str(tmp_path / "in.jsonl"), "--decontaminate", str(marks), "--lines",
               "--signatures", "--shard-documents", "12", "--out"]  # fmt: skip
    assert main([*command, str(tmp_path / "whole")]) == 0

    for where, name, calls in (
        ("korean_rlhf.dedup.hashing", "write_signatures", 0),
        ("korean_rlhf.dedup.signatures", "_write", 3),
        ("korean_rlhf.dedup.run", "drop_near", 0),
        ("korean_rlhf.dedup.lines", "published", 2),
        ("korean_rlhf.dedup.writing", "publish", 3),
        ("korean_rlhf.dedup.run", "write_card", 0),
        ("korean_rlhf.dedup.run", "documents_digest", 0),
    ):
        argv = [sys.executable, "-c", KILLED, where, name, str(calls), *command]
        ended = subprocess.run(
            [*argv, str(tmp_path / "broken")], env=os.environ, capture_output=True
        )
        assert ended.returncode == -signal.SIGKILL, (where, name, ended.stderr.decode())
    assert main([*command, str(tmp_path / "broken")]) == 0

    assert documents_digest(tmp_path / "whole") == documents_digest(tmp_path / "broken")
    one, two = (read_manifest(tmp_path / name) for name in ("whole", "broken"))
    assert {**one, "seconds": 0, "peak_rss_mb": 0} == {**two, "seconds": 0, "peak_rss_mb": 0}
    for pattern in ("dropped/*", "duplicates/*", "cut/*", f"{SIGNATURES}/*", "contaminated.jsonl"):
        files = sorted((tmp_path / "whole").glob(pattern))
        assert files
        for file in files:
            other = tmp_path / "broken" / file.relative_to(tmp_path / "whole")
            assert file.read_bytes() == other.read_bytes()


def test_the_same_files_in_another_role_are_other_work(tmp_path):
    for name in ("a", "b"):
        write_jsonl(tmp_path / f"{name}.jsonl", [document(name, story(1))])
    one, two = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    deduplicate([one], tmp_path / "out", DedupSettings(against=(two,)))

    with pytest.raises(OtherRun, match="against"):
        deduplicate([one, two], tmp_path / "out", DedupSettings())
