"""What a clumsy user is told: one sentence with file, line and fix, exit code 1, nothing lost."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from korean_rlhf.cli.main import main
from korean_rlhf.rundir import LOCK, MANIFEST
from korean_rlhf.tables import DOCUMENT_SCHEMA

TEXT = (
    "햇살마을 도서관은 아침 아홉 시에 문을 엽니다. 아이들은 책을 빌려 읽고 어른들은 신문을 봅니다."
)
TURNS = [{"role": "user", "content": "안녕?"}, {"role": "assistant", "content": "네."}]
WARC = (
    b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a/%d\r\nContent-Length: 4\r\n"
    b"\r\ntext\r\n\r\n"
)
DOCUMENT = {"text": TEXT, "license": "CC0-1.0"}
SCORED = [{"question": "안녕?", "output": f"네 {score}", "score": score} for score in range(1, 7)]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a folder whose name has a space and Hangul, by relative paths."""
    place = tmp_path / "내 폴더"
    place.mkdir()
    monkeypatch.chdir(place)
    write("docs.jsonl", DOCUMENT, DOCUMENT)
    write("instructions.jsonl", {"messages": TURNS})
    write("scored.jsonl", *SCORED)
    return place


def write(name, *rows):
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    Path(name).write_text("".join(lines), encoding="utf-8")


def said(capsys, *argv):
    """Run a command that must fail; return its one sentence."""
    capsys.readouterr()
    assert main(list(argv)) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert lines[-1].startswith("korean-rlhf: ")
    assert not any("Traceback" in line for line in lines)
    return lines[-1]


def all_of(*columns):
    return pa.table({n: pa.array([dict(columns).get(n, "x")], pa.string()) for n in DOCUMENT_NAMES})


DOCUMENT_NAMES = DOCUMENT_SCHEMA.names
GOOD = json.dumps(DOCUMENT, ensure_ascii=False).encode()
BAD_FILES = {
    "empty": ("a.jsonl", b"", "a.jsonl holds no records"),
    "cp949 on line 3": (
        "a.jsonl",
        GOOD + b"\n" + GOOD + b"\n" + '{"text": "가"}\n'.encode("cp949"),
        "a.jsonl:3: not UTF-8. Convert the file: iconv",
    ),
    "cp949 table": ("a.csv", "text\n가나\n".encode("cp949"), "a.csv:2: not UTF-8"),
    "torn": ("a.jsonl", GOOD + b"\n" + GOOD[:16], "a.jsonl:2: torn or wrong JSON"),
    "torn within 마": ("a.jsonl", GOOD + b"\n" + GOOD[:17], "a.jsonl:2: torn within a char"),
    "torn array": ("a.jsonl", b"[" + GOOD + b",{", "a.jsonl:2: torn or wrong JSON"),
    "open quote": ("a.csv", 'text\n가\n"나\n다\n'.encode(), "a.csv:3: a quote is wrong"),
    "no Parquet": ("a.parquet", b"PAR1", "a.parquet: not a whole Parquet file"),
    "other kind": (
        "a.jsonl",
        json.dumps({"messages": TURNS}).encode(),
        "a.jsonl:1: not a Document: lacks 'text'. It looks like an Instruction",
    ),
    "other type": ("a.docx", b"x", "records are read from"),
}


@pytest.mark.parametrize("case", BAD_FILES)
@pytest.mark.parametrize("command", ["clean", "dedup", "tokenizer"])
def test_a_bad_file_is_named_with_its_line_and_the_mended_one_is_taken(command, case, capsys):
    name, content, says = BAD_FILES[case]
    Path(name).write_bytes(content)

    assert says in said(capsys, command, name, "--out", "out")

    assert [path.name for path in Path("out").iterdir()] == [LOCK], (
        "nothing that refuses the mended file"
    )


@pytest.mark.parametrize("column", [("text", None), ("format", "pdf")])
def test_a_foreign_parquet_file_is_checked_though_its_columns_are_ours(column, capsys):
    pq.write_table(all_of(column), "a.parquet")

    assert "a.parquet:1: not a Document" in said(capsys, "clean", "a.parquet", "--out", "out")


def test_a_corrupt_page_of_parquet_is_no_traceback(capsys):
    pq.write_table(pa.table({"text": [TEXT * 50] * 500}), "a.parquet")
    content = bytearray(Path("a.parquet").read_bytes())
    content[60:160] = bytes(100)
    Path("a.parquet").write_bytes(content)

    assert "not a whole Parquet file" in said(capsys, "clean", "a.parquet", "--out", "out")


def test_a_corrupt_web_archive_is_told_without_its_bytes(capsys):
    content = bytearray(b"".join(gzip.compress(WARC % number) for number in range(3)))
    content[-60:-30] = b"\xff" * 30
    Path("a.warc.gz").write_bytes(content)

    sentence = said(capsys, "crawl", "warc", "a.warc.gz", "--out", "out")

    assert "a.warc.gz: torn, or no WARC, after the record at byte" in sentence
    assert sentence.isascii()


@pytest.mark.parametrize("keep", [slice(0, -9), slice(9, None)])
def test_a_torn_packed_text_is_told(keep, capsys):
    Path("a.txt.gz").write_bytes(gzip.compress(TEXT.encode() * 99)[keep])

    assert "a.txt.gz: torn" in said(capsys, "crawl", "files", "a.txt.gz", "--out", "out")


@pytest.mark.parametrize("command", ["clean", "dedup", "tokenizer", "rank", "crawl files"])
def test_no_input_at_all_is_told(command, capsys):
    assert "at least one" in said(capsys, *command.split(), "--out", "out")


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("rank", "docs.jsonl", "--out", "o"), "docs.jsonl:1: not a scored answer: lacks"),
        (("translate", "docs.jsonl", "--out", "o", "--model", "m"), "docs.jsonl:1: not an instr"),
        (("crawl", "warc", "docs.jsonl", "--out", "o"), "docs.jsonl: no WARC"),
        (("crawl", "namu-dump", "docs.jsonl", "--out", "o"), "docs.jsonl: torn, or not the JSON"),
        (("crawl", "wikipedia-dump", "docs.jsonl", "--out", "o"), "torn or no MediaWiki export"),
        (("show", "none.json"), "none.json does not exist"),
        (("show", "docs.jsonl", "--limit", "-1"), "--limit cannot be negative"),
        (("clean", "docs.jsonl", "--out", "docs.jsonl"), "docs.jsonl (File exists)"),
        (("clean", "docs.jsonl", "--out", "docs.jsonl/x"), "docs.jsonl/x (Not a directory)"),
        (("clean", "docs.jsonl", "--out", "."), "holds files that no stage left there"),
        (("clean", ".", "--out", "o"), "o is inside"),
        (("report", "."), "is no run"),
        (("run", "quickstart", "--root", "docs.jsonl"), "is a file and no folder"),
    ],
)
def test_a_wrong_place_or_kind_is_one_sentence_without_bytes_of_the_file(argv, says, capsys):
    sentence = said(capsys, *argv)

    assert says in sentence
    assert "\\x" not in sentence


def test_a_settings_file_in_another_encoding_is_shown_with_its_fix(capsys):
    Path("bad.toml").write_bytes('이름 = "가"'.encode("cp949"))

    assert "bad.toml: not UTF-8" in said(
        capsys, "clean", "docs.jsonl", "--out", "o", "--settings", "bad.toml"
    )
    assert "bad.toml:1: not UTF-8" in said(capsys, "show", "bad.toml")


def test_replace_never_deletes_what_is_to_be_read(capsys):
    assert main(["rank", "scored.jsonl", "--out", "ranked"]) == 0

    assert "is read" in said(capsys, "clean", "ranked", "--out", "ranked", "--replace")
    assert "none.jsonl" in said(capsys, "rank", "none.jsonl", "--out", "ranked", "--replace")
    assert (Path("ranked") / MANIFEST).is_file()


def test_half_characters_are_replaced_and_everything_goes_on(capsys):
    Path("half.jsonl").write_text('{"text": "\\ud800 \\ud83d\\ude00"}\n')

    assert main(["show", "half.jsonl"]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "\ufffd \U0001f600"


def test_another_license_is_another_stage_of_rank(capsys):
    assert main(["rank", "scored.jsonl", "--out", "ranked"]) == 0

    assert "license was" in said(
        capsys, "rank", "scored.jsonl", "--out", "ranked", "--license", "M"
    )


def shell(line):
    command = line.replace("korean-rlhf", f"'{sys.executable}' -m korean_rlhf")
    return subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True)


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("korean-rlhf show docs.jsonl | true", 0, ""),
        ("korean-rlhf show docs.jsonl >&-", 0, ""),
        ("korean-rlhf show docs.jsonl > /dev/full", 1, "no space left"),
        ("PYTHONIOENCODING=ascii korean-rlhf show docs.jsonl", 0, ""),
    ],
)
def test_an_output_that_goes_away_is_no_traceback(line, code, says):
    done = shell(line)

    assert done.returncode == code
    assert says in done.stderr.decode()
    assert len(done.stderr.splitlines()) == int(bool(says))
