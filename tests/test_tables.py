import dataclasses
import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd

from korean_rlhf.errors import BadInput, BadRecord, MissingInput
from korean_rlhf.records import Comparison, Document, Drop, Instruction, Message, Prompt
from korean_rlhf.tables import (
    DOCUMENT_SCHEMA,
    DocumentWriter,
    ShardWriter,
    UniqueIds,
    document_row,
    documents_digest,
    from_batch,
    json_line,
    parquet_batches,
    read,
    rows,
    shards,
    to_batch,
    write_jsonl,
)
from korean_rlhf.tables.sortedruns import merged, write_run


def page(number, **fields):
    return Document(
        **{"id": f"web:{number}", "text": f"글 {number}", "license": "CC0-1.0"} | fields
    )


def test_documents_come_back_as_they_were_sorted_by_id(tmp_path):
    pages = [page(number, title="제목", format="html") for number in (3, 1, 2)]
    with DocumentWriter(tmp_path) as writer:
        for document in pages:
            writer.write(document)
        writer.drop(page(9), Drop("too-short", "4"))
    (tmp_path / "manifest.json").write_text("{}")

    assert list(read(tmp_path, Document)) == sorted(pages, key=lambda document: document.id)
    assert writer.counts == {"in": 4, "out": 3, "dropped": {"too-short": 1}}
    ((_, dropped),) = rows(next((tmp_path / "dropped").glob("*.parquet")))
    assert (dropped["id"], dropped["reason"], dropped["detail"]) == ("web:9", "too-short", "4")


@pytest.mark.parametrize(
    ("make", "write"),
    [
        (DocumentWriter, lambda writer: writer.write(page(1))),
        (DocumentWriter, lambda writer: writer.drop(page(1), Drop("too-short"))),
        (
            lambda folder: ShardWriter(folder, DOCUMENT_SCHEMA),
            lambda writer: writer.write(document_row(page(1))),
        ),
    ],
)
def test_a_block_that_ends_well_publishes_and_one_that_fails_does_not(tmp_path, make, write):
    with pytest.raises(ZeroDivisionError), make(tmp_path / "failed") as writer:
        write(writer)
        raise ZeroDivisionError
    with make(tmp_path / "well") as writer:
        write(writer)

    assert [path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*.parquet")] == ["well"]


def test_a_full_shard_goes_to_disk_at_once(tmp_path):
    with DocumentWriter(tmp_path, shard_bytes=2000) as writer:
        for number in range(5):
            writer.write(page(number, text="가" * 400))
    (tmp_path / "manifest.json").write_text("{}")

    assert [shard.name for shard in shards(tmp_path)] == [f"part-{n:05d}.parquet" for n in range(3)]
    assert len(list(read(tmp_path, Document))) == 5


def test_the_digest_leaves_the_time_out_and_nothing_else(tmp_path):
    def digest(**fields):
        folder = tmp_path / json.dumps(fields)
        with DocumentWriter(folder) as writer:
            writer.write(page(1, **fields))
        return documents_digest(folder)

    assert digest(fetched_at="2025-01-01T00:00:00Z") == digest()
    others = [
        digest(**{field.name: "plain" if field.name == "format" else "x"})
        for field in dataclasses.fields(Document)
        if field.name not in ("fetched_at", "format")
    ]
    assert len({digest(), *others}) == len(others) + 1


def test_a_batch_is_the_documents_it_was_made_of():
    pages = [page(1), page(2, text="")]

    assert from_batch(to_batch(pages)) == pages


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.zst"])
def test_a_plain_record_needs_only_text(tmp_path, suffix):
    content = '{"text": "하나"}\n\n{"text": "둘", "license": "CC0-1.0", "extra": 1}\n'.encode()
    path = tmp_path / f"plain{suffix}"
    path.write_bytes(zstd.compress(content) if suffix.endswith("zst") else content)

    one, two = read(path, Document, license="MIT")

    assert (one.text, one.license, one.id) == ("하나", "MIT", "plain:1")
    assert (two.text, two.license, two.id) == ("둘", "CC0-1.0", "plain:3")


def test_csv_and_arrays_and_pairs_are_read_as_instructions(tmp_path):
    (tmp_path / "a.csv").write_text('Q,A,label\n"쉼표, 있음","두\n줄",0\n', encoding="utf-8")
    array = [{"instruction": "요약해 줘", "input": "긴 글", "output": "짧은 글"}]
    (tmp_path / "b.jsonl").write_text(
        json.dumps(array, ensure_ascii=False, indent=1), encoding="utf-8"
    )

    (question,) = read(tmp_path / "a.csv", Instruction)
    (summary,) = read(tmp_path / "b.jsonl", Instruction)

    assert [turn.content for turn in question.messages] == ["쉼표, 있음", "두\n줄"]
    assert summary.messages[0].content == "요약해 줘\n\n긴 글"


RECORDS = [
    Instruction(
        messages=(Message(role="user", content="안녕?"), Message(role="assistant", content="네.")),
        id="1",
    ),
    Prompt(messages=(Message(role="user", content="안녕?"),), id="2", license="CC0-1.0"),
    Comparison(
        messages=(Message(role="user", content="?"),), responses=("가", "나"), ranks=(1, 1), id="3"
    ),
    Comparison(
        messages=(Message(role="user", content="?"),),
        responses=("가", "나"),
        ranks=(2, 1),
        scores=(1.5, 9.0),
        id="4",
    ),
]


def test_a_line_has_its_fields_in_the_order_of_the_record():
    assert list(json.loads(json_line(RECORDS[-1]))) == [
        "messages",
        "responses",
        "ranks",
        "id",
        "scores",
    ]


@pytest.mark.parametrize("record", RECORDS)
def test_json_records_come_back_as_they_were(tmp_path, record):
    write_jsonl(tmp_path / "x.jsonl.zst", [record])

    assert list(read(tmp_path / "x.jsonl.zst", type(record))) == [record]
    assert "\\u" not in json_line(record)


@pytest.mark.parametrize(
    ("line", "kind", "says"),
    [
        ('{"text": "가"', Document, "torn or wrong JSON"),
        ('["가"]', Document, "not a JSON object"),
        ('{"title": "가"}', Document, "lacks 'text'"),
        ('{"text": 3}', Document, "text must be text"),
        ('{"text": "가", "format": "pdf"}', Document, "none of plain"),
        ('{"text": "가"}', Instruction, "needs messages"),
        ('{"messages": []}', Prompt, "at least one"),
        ('{"messages": [{"role": "user", "content": "?"}]}', Instruction, "assistant"),
        (
            '{"prompt": "?", "responses": ["가", "나"], "ranks": [1]}',
            Comparison,
            "2 responses but 1",
        ),
        (
            '{"prompt": "?", "responses": ["가", "나"], "ranks": [0, 1]}',
            Comparison,
            "whole numbers",
        ),
        (
            '{"prompt": "?", "responses": ["가", "나"], "ranks": [1, 2], "scores": [3]}',
            Comparison,
            "2 responses but 1 scores",
        ),
        ('{"prompt": "?", "responses": "가나", "ranks": [1, 2]}', Comparison, "list of texts"),
    ],
)
def test_a_bad_line_is_named_with_file_and_line(tmp_path, line, kind, says):
    path = tmp_path / "bad.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")

    with pytest.raises(BadRecord, match=rf"bad\.jsonl:2: .*{says}"):
        list(read(path, kind))


def test_another_encoding_is_named_with_its_fix(tmp_path):
    path = tmp_path / "old.jsonl"
    path.write_bytes('{"text": "가"}\n{"text": "나"}\n'.encode("cp949"))

    with pytest.raises(BadRecord, match="iconv"):
        list(read(path, Document))


def test_a_torn_archive_or_parquet_is_named(tmp_path):
    torn = zstd.compress(json.dumps({"text": "가" * 5000}).encode())[:-9]
    (tmp_path / "torn.jsonl.zst").write_bytes(torn)
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 nothing")

    for name in ("torn.jsonl.zst", "torn.parquet"):
        with pytest.raises(BadInput, match=name):
            list(read(tmp_path / name, Document))


def test_missing_and_strange_inputs_are_named(tmp_path):
    with pytest.raises(MissingInput, match="nothing-here"):
        list(read(tmp_path / "nothing-here", Document))
    (tmp_path / "a.docx").write_bytes(b"x")
    with pytest.raises(BadInput, match=r"\.parquet"):
        list(read(tmp_path / "a.docx", Document))


def test_batches_hold_at_most_what_was_asked(tmp_path):
    with DocumentWriter(tmp_path) as writer:
        for number in range(5):
            writer.write(page(number))

    sizes = [batch.num_rows for batch in parquet_batches(tmp_path / "part-00000.parquet", size=2)]

    assert sizes == [2, 2, 1]


def test_a_plain_folder_gives_every_file_and_a_stage_only_its_results(tmp_path):
    with DocumentWriter(tmp_path) as writer:
        writer.write(page(1))
    (tmp_path / "more.jsonl").write_text('{"text": "둘"}\n', encoding="utf-8")
    (tmp_path / ".hidden.jsonl").write_text("torn")
    (tmp_path / "spark.parquet").mkdir()

    assert [path.name for path in shards(tmp_path)] == ["more.jsonl", "part-00000.parquet"]
    (tmp_path / "manifest.json").write_text("{}")
    assert [path.name for path in shards(tmp_path)] == ["part-00000.parquet"]


def test_a_shard_that_waited_on_disk_is_as_one_that_did_not(tmp_path, monkeypatch):
    pages = [page(number * 7 % 20, text=f"{number} " * 9) for number in range(20)]
    for name, size in (("one", 1 << 20), ("many", 60)):
        monkeypatch.setattr("korean_rlhf.tables.documents.RUN_BYTES", size)
        with DocumentWriter(tmp_path / name, shard_bytes=400) as writer:
            for document in pages:
                writer.write(document)
        assert list((tmp_path / name).glob(".*")) == [], "no draft is left"

    one, many = (sorted((tmp_path / name).glob("part-*.parquet")) for name in ("one", "many"))
    assert len(one) == len(many) > 1
    for left, right in zip(one, many, strict=True):
        assert list(parquet_batches(left)) == list(parquet_batches(right))


def test_what_waited_on_disk_goes_with_a_block_that_fails(tmp_path, monkeypatch):
    monkeypatch.setattr("korean_rlhf.tables.documents.RUN_BYTES", 10)

    with pytest.raises(ZeroDivisionError), DocumentWriter(tmp_path) as writer:
        writer.write(page(1, text="글" * 20))
        writer.drop(page(2, text="글" * 20), Drop("too-short"))
        assert len(list(tmp_path.rglob(".*.tmp"))) == 2
        raise ZeroDivisionError

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_pages_without_text_do_not_pile_up_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("korean_rlhf.tables.documents.RUN_BYTES", 4000)

    with DocumentWriter(tmp_path, shard_bytes=100_000) as writer:
        for number in range(600):
            writer.drop(page(number, text=""), Drop("http-404"))
            assert len(writer.lost.pending) < 20

    assert len(list((tmp_path / "dropped").glob("part-*.parquet"))) > 1


def test_few_long_rows_of_a_run_are_read_at_once(tmp_path):
    rows = pa.table({"id": [f"{n:03}" for n in range(40)], "text": ["가" * 100_000] * 40})
    write_run(tmp_path / "run", rows)

    with pa.OSFile(str(tmp_path / "run")) as file, pa.ipc.open_stream(file) as stream:
        assert [batch.num_rows for batch in stream] == [1] * 40
    assert pa.concat_tables(merged([tmp_path / "run"])).equals(rows)


def test_ids_stay_unique_when_there_are_many():
    ids = UniqueIds()
    names = [f"글 {number % 4000}" for number in range(10_000)]

    given = [ids.unique(name) for name in names]

    assert len(set(given)) == len(given)
    assert given[:4000] == names[:4000]
    assert given[4000:8000] == [f"{name}#2" for name in names[4000:8000]]
    assert given[9000] == "글 1000#3"


def test_named_columns_of_every_row_group_are_read(tmp_path):
    table = pa.table({"id": [str(n) for n in range(10)], "text": ["글"] * 10})
    pq.write_table(table, tmp_path / "x.parquet", row_group_size=4)

    batches = list(parquet_batches(tmp_path / "x.parquet", 3, ["id"]))

    assert [batch.num_rows for batch in batches] == [3, 1, 3, 1, 2]
    assert pa.Table.from_batches(batches).equals(table.select(["id"]))


def test_gzip_is_read_and_a_torn_one_is_named(tmp_path):
    whole = gzip.compress(json.dumps({"text": "가나"}, ensure_ascii=False).encode() + b"\n")
    (tmp_path / "a.jsonl.gz").write_bytes(whole)
    (tmp_path / "torn.jsonl.gz").write_bytes(whole[:-9])
    (tmp_path / "not.jsonl.gz").write_bytes(b"{}")

    assert [each.text for each in read(tmp_path / "a.jsonl.gz", Document)] == ["가나"]
    for name in ("torn.jsonl.gz", "not.jsonl.gz"):
        with pytest.raises(BadInput, match=r"not a whole \.gz file"):
            list(read(tmp_path / name, Document))


def test_settings_files_of_a_folder_are_no_records(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "가"}\n', encoding="utf-8")
    (tmp_path / "notes.json").write_text("{}")

    assert [each.text for each in read(tmp_path, Document)] == ["가"]


def test_a_folder_with_both_sets_gives_the_one_that_is_asked_for(tmp_path):
    dialogue = {"messages": [{"role": "user", "content": "가"}]}
    pair = dialogue | {"responses": ["나", "다"], "ranks": [1, 2]}
    answered = {"messages": [*dialogue["messages"], {"role": "assistant", "content": "나"}]}
    (tmp_path / "comparisons.jsonl").write_text(json.dumps(pair) + "\n")
    (tmp_path / "instructions.jsonl").write_text(json.dumps(answered) + "\n")

    assert [len(each.responses) for each in read(tmp_path, Comparison)] == [2]
    assert [each.messages[-1].content for each in read(tmp_path, Instruction)] == ["나"]
    with pytest.raises(BadRecord, match="not a Document"):
        list(read(tmp_path, Document))


def test_bad_rows_are_handed_over_where_somebody_takes_them(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n1,2,3\n4,5\n")
    (tmp_path / "a.json").write_text('[{"a": 1}, 2, {"a": 3}]')
    for name, place, content in (("a.csv", 3, ["1", "2", ["3"]]), ("a.json", 2, 2)):
        taken = {}

        def take(number, problem, row, taken=taken):
            taken[number] = row

        assert len(list(rows(tmp_path / name, take))) == 2
        assert taken == {place: content}
