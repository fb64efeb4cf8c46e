"""A small tokenizer trained on a few sentences, once."""

from __future__ import annotations

import json

import pytest

from korean_rlhf.settings.tokenizer import TokenizerSettings
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.tokenizer.train import train_tokenizer

SENTENCES = (
    "안녕하세요? 오늘은 날씨가 참 맑아요.",
    "김치찌개는 돼지고기와 김치를 넣고 끓인 음식입니다.",
    "서울에서 부산까지 기차로 두 시간 반쯤 걸려요.",
    "고양이가 창가에서 햇볕을 쬐며 졸고 있다.",
    "I have 3 apples, 12 pears and 100 grapes.",
)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "documents.jsonl"
    rows = [
        {"text": f"{sentence} {number}번째 글이에요.\n"}
        for number in range(60)
        for sentence in SENTENCES
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture(scope="session")
def folder(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("tokenizer") / "tokenizer"
    train_tokenizer([corpus], out, TokenizerSettings(vocabulary_size=480, held_out_share=0.1))
    return out


@pytest.fixture(scope="session")
def tokenizer(folder):
    return ChatTokenizer.load(folder)
