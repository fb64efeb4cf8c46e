"""Records on disk: Parquet for documents, JSONL for everything that people edit.

`read` takes a finished stage folder or a plain file and yields records of one type.
"""

from korean_rlhf.tables.contents import utf8_of
from korean_rlhf.tables.documents import (
    DOCUMENT_SCHEMA,
    DROPPED_SCHEMA,
    SHARD_BYTES,
    DocumentWriter,
    ShardWriter,
    document_row,
    documents_digest,
    from_batch,
    to_batch,
    write_parquet,
)
from korean_rlhf.tables.dropped import DroppedRecords
from korean_rlhf.tables.lines import numbered_lines, open_text
from korean_rlhf.tables.names import UniqueIds
from korean_rlhf.tables.plain import (
    DROPPED,
    ROWS_AT_ONCE,
    parquet_batches,
    parquet_schema,
    require_some,
    rows,
    shards,
    write_lines,
)
from korean_rlhf.tables.rows import (
    DOCUMENT_FIELDS,
    guess_kind,
    json_line,
    read,
    to_json,
    write_jsonl,
)
from korean_rlhf.tables.sortedruns import (
    RUN_BYTES,
    RowGroups,
    drop_runs,
    merged,
    parquet_writer,
    write_merged,
    write_run,
)

__all__ = [
    "DOCUMENT_FIELDS",
    "DOCUMENT_SCHEMA",
    "DROPPED",
    "DROPPED_SCHEMA",
    "ROWS_AT_ONCE",
    "RUN_BYTES",
    "SHARD_BYTES",
    "DocumentWriter",
    "DroppedRecords",
    "RowGroups",
    "ShardWriter",
    "UniqueIds",
    "document_row",
    "documents_digest",
    "drop_runs",
    "from_batch",
    "guess_kind",
    "json_line",
    "merged",
    "numbered_lines",
    "open_text",
    "parquet_batches",
    "parquet_schema",
    "parquet_writer",
    "read",
    "require_some",
    "rows",
    "shards",
    "to_batch",
    "to_json",
    "utf8_of",
    "write_jsonl",
    "write_lines",
    "write_merged",
    "write_parquet",
    "write_run",
]
