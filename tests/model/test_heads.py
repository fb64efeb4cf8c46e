from __future__ import annotations

import json

import pytest
import torch
from transformers import AutoModelForSequenceClassification, GPT2Config, GPT2LMHeadModel

from korean_rlhf.model.heads import (
    KoGPTForSequenceClassification,
    RewardModel,
    load_reward,
    save_reward,
)

VOCABULARY = 320

LENGTHS = torch.tensor([12, 7, 1])


def padded(ids):
    rows = ids.clone()
    for row, length in enumerate(LENGTHS):
        rows[row, length:] = 0
    return rows


@pytest.fixture(scope="session")
def reward(small):
    return lambda **options: shifted(RewardModel(small(**options).model, seed=3))


def shifted(model):
    with torch.no_grad():
        model.head.bias.fill_(-1.25)
    return model.eval()


def test_the_head_starts_as_the_paper_says(small):
    model = RewardModel(small(hidden_size=1024, layers=1).model, seed=5)

    assert model.head.weight.std().item() == pytest.approx(1025**-0.5, rel=0.1)
    assert model.head.bias.item() == 0
    assert torch.equal(
        RewardModel(small(hidden_size=1024, layers=1).model, seed=5).head.weight, model.head.weight
    )


def test_the_score_is_the_value_at_the_last_token(ids, reward):
    model = reward()
    with torch.no_grad():
        values = model.values(padded(ids))
        scores = model.score(padded(ids), LENGTHS)

    assert values.shape == (3, 12) and values.dtype == torch.float32
    assert torch.equal(scores, values[torch.arange(3), LENGTHS - 1])


def test_padding_does_not_change_the_score(ids, reward):
    model = reward()
    wider = torch.cat([padded(ids), torch.zeros(3, 9, dtype=torch.long)], dim=1)
    with torch.no_grad():
        alone = [
            model.score(ids[row : row + 1, :length], LENGTHS[row : row + 1])
            for row, length in enumerate(LENGTHS)
        ]

        torch.testing.assert_close(model.score(wider, LENGTHS), torch.cat(alone), atol=1e-5, rtol=0)


def test_the_score_depends_on_the_query(ids, reward):
    model = reward()
    other = ids.clone()
    other[:, 0] = 5
    with torch.no_grad():
        full = torch.full((3,), 12)

        assert (model.score(ids, full) - model.score(other, full)).abs().min() > 1e-4


@pytest.mark.parametrize("options", [{}, {"query_key_norm": True}, {"distinct_layers": 1}])
def test_saving_and_loading_keeps_every_score(ids, tmp_path, options, reward):
    model = reward(**options)
    save_reward(model, tmp_path)
    with torch.no_grad():
        assert torch.equal(load_reward(tmp_path).values(ids), model.values(ids))


@pytest.mark.parametrize("options", [{}, {"query_key_norm": True}])
def test_transformers_opens_it_and_gives_the_score_before_the_shift(ids, tmp_path, options, reward):
    model = reward(**options)
    save_reward(model, tmp_path)
    theirs = AutoModelForSequenceClassification.from_pretrained(tmp_path).eval()
    shift = json.loads((tmp_path / "config.json").read_text())["reward_bias"]
    with torch.no_grad():
        found = theirs(padded(ids)).logits[:, 0]

        assert shift == -1.25
        torch.testing.assert_close(found + shift, model.score(padded(ids), LENGTHS))


def test_our_own_class_gives_the_score_itself(ids, tmp_path, reward):
    model = reward(distinct_layers=1)
    save_reward(model, tmp_path)
    theirs = AutoModelForSequenceClassification.from_pretrained(tmp_path).eval()
    with torch.no_grad():
        assert isinstance(theirs, KoGPTForSequenceClassification)
        torch.testing.assert_close(
            theirs(padded(ids)).logits[:, 0], model.score(padded(ids), LENGTHS)
        )


def test_a_reward_model_over_another_architecture_is_kept_too(ids, tmp_path):
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=2, pad_token_id=0)
    model = RewardModel(GPT2LMHeadModel(config).base_model).eval()
    with torch.no_grad():
        model.head.bias.fill_(0.5)
        save_reward(model, tmp_path)
        loaded = load_reward(tmp_path)

        assert torch.equal(loaded.values(ids), model.values(ids))


def test_a_causal_checkpoint_is_no_reward_model(tmp_path, small):
    from korean_rlhf.errors import BadInput
    from korean_rlhf.model.checkpoint import save_model

    save_model(small(), tmp_path)

    with pytest.raises(BadInput, match=r"head\.weight"):
        load_reward(tmp_path)
