from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_rlhf.tokenizer.chat import BYTE_OF
from korean_rlhf.tokenizer.stream import BROKEN, StreamDecoder

CHARACTER_OF = {byte: character for character, byte in BYTE_OF.items()}


def byte_ids(tokenizer, content):
    return [tokenizer.tokenizer.token_to_id(CHARACTER_OF[byte]) for byte in content]


def pushed(tokenizer, ids):
    decoder = StreamDecoder(tokenizer)
    pieces = [decoder.push(id_) for id_ in ids]
    return [*pieces, decoder.finish()]


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_characters=BROKEN)))
def test_no_piece_holds_half_a_character_however_the_bytes_are_cut(tokenizer, text):
    pieces = pushed(tokenizer, byte_ids(tokenizer, text.encode()))

    assert "".join(pieces) == text
    assert not any(BROKEN in piece for piece in pieces)


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet="가힣 한글a.\n뷁ㅋ😀"))
def test_real_tokens_give_the_text(tokenizer, text):
    pieces = pushed(tokenizer, tokenizer.encode(text))

    assert "".join(pieces) == unicodedata.normalize("NFC", text)
    assert not any(BROKEN in piece for piece in pieces)


@settings(max_examples=100, deadline=None)
@given(content=st.binary())
def test_bytes_that_are_no_text_never_block_what_follows(tokenizer, content):
    pieces = pushed(tokenizer, byte_ids(tokenizer, content + "끝".encode()))

    assert "".join(pieces) == content.decode("utf-8", "replace") + "끝"


def test_special_and_unknown_tokens_are_silent(tokenizer):
    ids = [1, *tokenizer.encode("안녕"), 2, tokenizer.vocabulary_size + 3]

    assert "".join(pushed(tokenizer, ids)) == tokenizer.decode(ids) == "안녕"


@pytest.fixture
def decoded(tokenizer, monkeypatch):
    """The same tokenizer as if it were not byte-level: text comes from `decode` alone."""
    monkeypatch.setattr(type(tokenizer), "token_bytes", lambda self: None)
    return tokenizer


def test_a_tokenizer_that_is_not_byte_level_streams_too(decoded):
    text = "고양이가 뷁 하고 울었다. 😀"
    pieces = pushed(decoded, byte_ids(decoded, text.encode()))

    assert "".join(pieces) == text
    assert not any(BROKEN in piece for piece in pieces)
