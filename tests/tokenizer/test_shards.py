from __future__ import annotations

import json

import numpy as np
import pytest

from korean_rlhf.errors import BadInput, MissingInput, SettingsError
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.tokens import TokensSettings
from korean_rlhf.tokenizer.shards import TokenShards, in_held_out, write_tokens


@pytest.fixture(scope="module")
def tokens(corpus, folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("tokens") / "tokens"
    write_tokens([corpus], folder, out, TokensSettings(validation_share=0.2))
    return out


def documents(shards, begin=1, end=2):
    row = shards.read(0, len(shards)).tolist()
    found, start = [], 0
    for place, token in enumerate(row):
        if token == end:
            assert row[start] == begin
            found.append(row[start + 1 : place])
            start = place + 1
    assert start == len(row)
    return found


def test_every_document_is_in_one_split_and_whole(tokens, corpus, tokenizer):
    texts = [json.loads(line)["text"] for line in corpus.read_text("utf-8").splitlines()]
    for split, wanted in (("val", True), ("train", False)):
        found = [tokenizer.decode(ids) for ids in documents(TokenShards(tokens, split))]

        assert found == [text for text in texts if in_held_out(text, 0.2) is wanted]


def test_the_manifest_counts_what_is_there(tokens):
    manifest = read_manifest(tokens)

    assert manifest["dtype"] == "uint16"
    assert manifest["counts"]["in"] == 300
    assert sum(manifest[split]["documents"] for split in ("train", "val")) == 300
    assert len(TokenShards(tokens, "val")) == manifest["val"]["tokens"]


def test_reading_across_files_is_reading_one_row(corpus, folder, tokens, tmp_path, monkeypatch):
    settings = TokensSettings(validation_share=0.2)
    monkeypatch.setattr("korean_rlhf.tokenizer.shards.MEGATOKEN", 1)
    write_tokens([corpus], folder, tmp_path / "small", settings)
    one, many = TokenShards(tokens, "train"), TokenShards(tmp_path / "small", "train")

    assert len(read_manifest(tmp_path / "small")["train"]["files"]) > 10
    np.testing.assert_array_equal(many.read(0, len(many)), one.read(0, len(one)))
    np.testing.assert_array_equal(many.read(17, 500), one.read(17, 500))
    assert read_manifest(tmp_path / "small")["digest"] == read_manifest(tokens)["digest"]


def test_files_are_little_endian_and_flat(tokens):
    content = np.frombuffer((tokens / "val-00000.bin").read_bytes(), "<u2")

    np.testing.assert_array_equal(content, TokenShards(tokens, "val").read(0, len(content)))


def test_reading_past_the_end_is_an_error(tokens):
    shards = TokenShards(tokens, "train")

    with pytest.raises(IndexError):
        shards.read(len(shards) - 1, 2)


def test_a_torn_token_file_is_found(corpus, folder, tmp_path):
    out = tmp_path / "torn"
    write_tokens([corpus], folder, out, TokensSettings(validation_share=0.2))
    content = (out / "val-00000.bin").read_bytes()
    (out / "val-00000.bin").write_bytes(content[:-2])

    with pytest.raises(BadInput, match="--replace"):
        TokenShards(out, "val")


def test_a_folder_without_tokens_is_refused(folder, tmp_path):
    with pytest.raises(MissingInput):
        TokenShards(tmp_path, "train")
    with pytest.raises(BadInput, match="no token files"):
        TokenShards(folder, "train")


def test_settings_out_of_range_are_refused():
    with pytest.raises(SettingsError, match="validation_share"):
        TokensSettings(validation_share=1.0)
