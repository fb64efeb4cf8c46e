"""Hostile inputs, some hundreds of the 10,000 of `make bench NAME=fuzz`."""

import pytest

from korean_rlhf.errors import BadRecord
from korean_rlhf.settings.crawl import ReadSettings
from korean_rlhf.sources.files import read_files
from tests.clean.fuzzing import MISTAKES, document_outcome, file_outcome
from tests.clean.hostile import DOCUMENTS, FILES

SECONDS = 20.0
"""CPU time for one input; what takes so long here hangs."""


@pytest.mark.parametrize("start", range(0, 30 * len(DOCUMENTS), 3 * len(DOCUMENTS)))
def test_every_hostile_document_is_kept_clean_or_dropped_with_a_reason(start):
    for number in range(start, start + 3 * len(DOCUMENTS)):
        kind, outcome = document_outcome(number, SECONDS)

        assert not outcome.startswith(MISTAKES), (number, kind, outcome)


@pytest.mark.parametrize("start", range(0, 30 * len(FILES), 3 * len(FILES)))
def test_every_hostile_file_is_read_or_refused_with_words(start, tmp_path):
    for number in range(start, start + 3 * len(FILES)):
        kind, outcome = file_outcome(number, tmp_path, SECONDS)

        assert not outcome.startswith(MISTAKES), (number, kind, outcome)


@pytest.mark.parametrize(
    "name, content",
    [
        ("a.html", b"<html><title>t</title><body><p>text</p><![C></body></html>"),
        ("a.csv", b'id,"text'),
        ("a.jsonl", b'{"text": "a"}\n' + b"[" * 50_000),
        ("a.jsonl", b'{"text": "a"}\n' + b'{"a":' * 50_000),
    ],
)
def test_what_once_crashed_a_reader_is_read_or_refused_with_words(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)

    if name == "a.html":
        assert [item.title for item in read_files(tmp_path, ReadSettings())] == ["t"]
    else:
        with pytest.raises(BadRecord, match=name):
            list(read_files(tmp_path, ReadSettings()))
