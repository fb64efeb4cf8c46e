"""Small models of every shape."""

from __future__ import annotations

import json

import pytest
import torch

from korean_rlhf.model.checkpoint import build_model
from korean_rlhf.settings.model import ModelSettings
from korean_rlhf.settings.tokenizer import TokenizerSettings
from korean_rlhf.tokenizer.train import train_tokenizer

VOCABULARY = 320
SMALL = {"layers": 2, "hidden_size": 32, "heads": 4, "context": 64}


@pytest.fixture(scope="session")
def small():
    """Return a function that makes a small model of the shape asked for."""
    return make_small


def make_small(seed=1, **options):
    """Return a model with random weights, large enough that logits differ clearly."""
    model = build_model(ModelSettings(**(SMALL | options)), VOCABULARY, seed).eval()
    with torch.no_grad():
        generator = torch.Generator().manual_seed(seed)
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.1)
    return model


@pytest.fixture(scope="session")
def ids():
    return torch.randint(3, VOCABULARY, (3, 12), generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory):
    """A tokenizer of VOCABULARY tokens."""
    place = tmp_path_factory.mktemp("tokenizer")
    rows = [{"text": f"오늘은 날씨가 참 맑아요. {number}번째 날이에요."} for number in range(50)]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (place / "documents.jsonl").write_text(lines, "utf-8")
    settings = TokenizerSettings(vocabulary_size=VOCABULARY)
    train_tokenizer([place / "documents.jsonl"], place / "tokenizer", settings)
    return place / "tokenizer"
