from __future__ import annotations

import inspect
import itertools

import pytest
import torch
import transformers

from korean_rlhf.errors import SettingsError
from korean_rlhf.model import layers
from korean_rlhf.model.checkpoint import build_model
from korean_rlhf.model.gpt import KoGPTForCausalLM, KoGPTModel, hidden_states, to_logits
from korean_rlhf.settings.model import ModelSettings

SMALL = {"layers": 2, "hidden_size": 32, "heads": 4, "context": 64}

VOCABULARY = 320

SHAPES = [
    {"position": position, "norm": norm, "activation": activation}
    for position, norm, activation in itertools.product(
        ("rope", "learned"), ("rms", "layer"), ("swiglu", "gelu", "silu", "relu2")
    )
]
OPTIONS = [
    {"key_value_heads": 2},
    {"query_key_norm": True},
    {"distinct_layers": 1},
    {"embedding_size": 8},
    {"embedding_size": 8, "tied_embeddings": False},
    {"tied_embeddings": False},
    {"biases": True},
    {"distinct_layers": 1, "embedding_size": 8, "key_value_heads": 1, "query_key_norm": True},
]


@pytest.mark.parametrize("options", SHAPES + OPTIONS, ids=str)
def test_no_token_sees_a_later_one(ids, options, small):
    model = small(**options)
    changed = ids.clone()
    changed[:, 7:] = 3
    with torch.no_grad():
        before, after = model(ids).logits, model(changed).logits

    torch.testing.assert_close(before[:, :7], after[:, :7])
    assert (before[:, 7:] - after[:, 7:]).abs().max() > 0.01


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_short_rows_are_learned_as_long_ones_are(ids, options, small, monkeypatch):
    """Short rows on a CPU do without SDPA: the same logits, the same gradients."""

    def learn():
        model = small(**options)
        logits = model(ids).logits
        logits.square().mean().backward()
        return logits, [parameter.grad for parameter in model.parameters()]

    short, gradients = learn()
    monkeypatch.setattr(layers, "WRITTEN_OUT_MOST", 0)
    long, gradients_of_long = learn()

    torch.testing.assert_close(short, long, atol=1e-5, rtol=1e-5)
    for one, other in zip(gradients, gradients_of_long, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_every_parameter_learns(ids, options, small):
    model = small(**options)
    model(ids).logits.logsumexp(-1).sum().backward()

    still = [name for name, one in model.named_parameters() if not one.grad.abs().sum() > 0]
    assert not still


def test_the_order_of_tokens_matters(ids, small):
    for position in ("rope", "learned"):
        model = small(position=position)
        swapped = ids.clone()
        swapped[:, [0, 1]] = ids[:, [1, 0]]
        with torch.no_grad():
            assert (model(ids).logits[:, -1] - model(swapped).logits[:, -1]).abs().max() > 1e-3


def test_rotary_positions_are_relative(ids, small):
    model = small()
    positions = torch.arange(12)[None]
    with torch.no_grad():
        here = model(ids, position_ids=positions).logits
        there = model(ids, position_ids=positions + 40).logits

    torch.testing.assert_close(here, there, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("options", [{}, {"position": "learned"}, {"query_key_norm": True}])
def test_padding_on_the_left_changes_no_logits(ids, options, small):
    model = small(**options)
    padded = torch.cat([torch.zeros(3, 5, dtype=torch.long), ids], dim=1)
    mask = torch.cat([torch.zeros(3, 5, dtype=torch.long), torch.ones_like(ids)], dim=1)
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    with torch.no_grad():
        plain = model(ids).logits
        shifted = model(padded, attention_mask=mask, position_ids=positions).logits

    torch.testing.assert_close(shifted[:, 5:], plain, atol=1e-4, rtol=0)
    assert shifted.isfinite().all()


@pytest.mark.parametrize("options", [{}, {"embedding_size": 8}, {"tied_embeddings": False}])
def test_hidden_states_lead_to_the_same_logits(ids, options, small):
    model = small(**options)
    with torch.no_grad():
        hidden = hidden_states(model, ids)

        assert hidden.shape == (3, 12, 32)
        torch.testing.assert_close(to_logits(model, hidden), model(ids).logits)
        torch.testing.assert_close(model(ids, logits_to_keep=2).logits, model(ids).logits[:, -2:])


TINY = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("Gemma2", {"head_dim": 8, "final_logit_softcapping": 0.5}),
        ("Cohere", {"logit_scale": 0.3}),
        ("Granite", {"logits_scaling": 7.0}),
        ("Qwen2", {}),
    ],
)
def test_hidden_states_lead_to_the_logits_of_other_architectures(ids, kind, options):
    torch.manual_seed(0)
    config = getattr(transformers, f"{kind}Config")(**TINY, **options)
    model = getattr(transformers, f"{kind}ForCausalLM")(config).eval()
    with torch.no_grad():
        found = to_logits(model, hidden_states(model, ids))

        torch.testing.assert_close(found, model(ids).logits)


def test_shared_layers_hold_the_weights_of_one(small):
    def count(**options):
        return sum(one.numel() for one in small(layers=4, **options).model.layers.parameters())

    assert count(distinct_layers=1) * 4 == count()
    assert count(distinct_layers=2) * 2 == count()


def test_a_factorised_embedding_is_smaller(small):
    whole, factorised = small(), small(embedding_size=8)

    assert whole.model.embed_tokens.weight.shape == (VOCABULARY, 32)
    assert factorised.model.embed_tokens.weight.shape == (VOCABULARY, 8)
    assert factorised.lm_head.weight is factorised.model.embed_tokens.weight


def test_the_seed_decides_the_weights_and_nothing_else_changes():
    state = torch.get_rng_state()
    one, same, other = (build_model(ModelSettings(**SMALL), VOCABULARY, seed) for seed in (1, 1, 2))

    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), same.parameters(), strict=True))
    assert not torch.equal(one.lm_head.weight, other.lm_head.weight)


def test_a_new_model_knows_nothing(ids):
    model = build_model(ModelSettings(layers=4, hidden_size=64, heads=4), VOCABULARY, 1)
    with torch.no_grad():
        loss = torch.nn.functional.cross_entropy(
            model(ids).logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten()
        )

    assert loss.item() == pytest.approx(torch.tensor(float(VOCABULARY)).log().item(), abs=0.1)
    writing = model.model.layers[0].mlp.down_proj.weight.std().item()
    assert writing == pytest.approx(0.02 / 8**0.5, rel=0.1)


def test_two_forwards_in_training_mode_are_equal(ids, small):
    model = small().train()

    assert torch.equal(model(ids).logits, model(ids).logits)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"hidden_size": 30}, "heads"),
        ({"heads": 4, "key_value_heads": 3}, "key_value_heads"),
        ({"layers": 6, "distinct_layers": 4}, "distinct_layers"),
        ({"layers": 0}, "layers"),
        ({"hidden_size": 36, "heads": 4, "position": "rope"}, "even"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(wrong, named):
    with pytest.raises(SettingsError, match=named):
        ModelSettings(**wrong)


def test_the_feed_forward_width_is_llamas_or_gpt2s():
    assert ModelSettings(hidden_size=768, heads=12).feed_forward == 2048
    assert ModelSettings(hidden_size=768, heads=12, activation="gelu").feed_forward == 3072
    assert ModelSettings(hidden_size=192).feed_forward == 512
    assert ModelSettings(feed_forward_size=100).feed_forward == 100


def test_generate_of_transformers_finds_the_names_it_looks_for():
    decoder, whole = (
        list(inspect.signature(kind.forward).parameters) for kind in (KoGPTModel, KoGPTForCausalLM)
    )

    assert {"attention_mask", "position_ids", "past_key_values", "logits_to_keep"} <= set(whole)
    assert [name for name in whole if name != "logits_to_keep"] == decoder
