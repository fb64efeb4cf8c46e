from __future__ import annotations

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, Qwen2Config, Qwen2ForCausalLM

from korean_rlhf.errors import SettingsError
from korean_rlhf.model.generate import Decoder, generate, sample, stream
from korean_rlhf.model.passes import TOKENS_AT_ONCE

VOCABULARY = 320

PROMPTS = [[5, 9, 30, 4], [7], [11, 12, 13, 14, 15, 16, 17], [40, 41]]
SHAPES = [
    {},
    {"position": "learned", "norm": "layer", "activation": "gelu", "biases": True},
    {"key_value_heads": 2, "query_key_norm": True},
    {"distinct_layers": 1, "embedding_size": 8},
]


def foreign(kind):
    torch.manual_seed(0)
    if kind == "gpt2":
        config = GPT2Config(
            vocab_size=VOCABULARY,
            n_embd=32,
            n_layer=2,
            n_head=2,
            n_positions=64,
            initializer_range=0.3,
        )
        return GPT2LMHeadModel(config).eval()
    config = Qwen2Config(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        initializer_range=0.3,
    )
    return Qwen2ForCausalLM(config).eval()


@pytest.fixture(params=[*SHAPES, "gpt2", "qwen2"], ids=str)
def model(request, small):
    """Our shapes, and models of transformers."""
    return foreign(request.param) if isinstance(request.param, str) else small(**request.param)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def greedy_without_cache(model, prompt, count, end_id):
    ids = list(prompt)
    while len(ids) < len(prompt) + count:
        ids.append(int(model(torch.tensor([ids])).logits[0, -1].argmax()))
        if ids[-1] == end_id:
            break
    return ids[len(prompt) :]


@torch.no_grad()
def test_greedy_answers_are_those_of_the_forward_without_a_cache(model):
    expected = [greedy_without_cache(model, prompt, 12, end_id=-1) for prompt in PROMPTS]
    end_id = expected[0][5]  # so that rows end at different times
    expected = [greedy_without_cache(model, prompt, 12, end_id) for prompt in PROMPTS]
    found = generate(model, PROMPTS, max_new_tokens=12, temperature=0, end_id=end_id, pad_id=0)

    for row, answer in enumerate(expected):
        length = int(found.lengths[row])
        assert found.tokens[row, :length].tolist() == answer
        assert (found.tokens[row, length:] == 0).all()
        assert bool(found.ended[row]) is (answer[-1] == end_id)


@pytest.mark.parametrize("tokens_at_once", [1024, 8])
@torch.no_grad()
def test_logits_of_a_padded_batch_are_those_of_each_prompt_alone(
    model, tokens_at_once, monkeypatch
):
    monkeypatch.setitem(TOKENS_AT_ONCE, "cpu", tokens_at_once)
    together = Decoder(model, PROMPTS, 8)
    alone = [Decoder(model, [prompt], 8) for prompt in PROMPTS]
    for token in (21, 22, 23):
        expected = torch.cat([one.logits for one in alone])
        torch.testing.assert_close(together.logits, expected, atol=1e-4, rtol=0)
        together.step(torch.full((4,), token))
        for one in alone:
            one.step(torch.tensor([token]))


@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_the_sampler_draws_from_the_softmax(temperature):
    from scipy.stats import chisquare

    draws = 40_000
    logits = torch.randn(24, generator=seeded(1)) * 1.5
    uniform = torch.rand(draws, generator=seeded(2))
    chosen = sample(logits.expand(draws, -1), uniform, temperature=temperature)
    expected = (logits / temperature).softmax(-1).double().numpy() * draws
    observed = chosen.bincount(minlength=24).double().numpy()

    assert chisquare(observed, expected * observed.sum() / expected.sum()).pvalue > 0.001


def test_a_token_without_probability_is_never_drawn():
    logits = torch.tensor([[-torch.inf, 0.0, -torch.inf, 0.0, -torch.inf]])
    uniform = torch.tensor([0.0, 0.25, 0.5, 1 - 2**-24])
    chosen = sample(logits.expand(4, -1), uniform, temperature=1.0)

    assert chosen.tolist() == [1, 1, 3, 3]


def test_top_p_keeps_the_fewest_tokens_that_reach_it():
    logits = torch.tensor([0.1, 0.5, 0.3, 0.06, 0.04]).log().expand(2000, -1)
    uniform = torch.rand(2000, generator=seeded())

    def kept(top_p):
        return set(sample(logits, uniform, temperature=1.0, top_p=top_p).tolist())

    assert kept(0.4) == {1}
    assert kept(0.75) == {1, 2}
    assert kept(0.85) == {0, 1, 2}
    assert kept(1.0) == {0, 1, 2, 3, 4}


@torch.no_grad()
def test_the_same_seed_gives_the_same_answers(small):
    model = small()

    def answers(seed):
        return generate(
            model, PROMPTS, max_new_tokens=20, generator=seeded(seed), end_id=2, pad_id=0
        ).tokens

    assert torch.equal(answers(1), answers(1))
    assert not torch.equal(answers(1), answers(2))


@torch.no_grad()
def test_an_answer_does_not_depend_on_when_others_end(monkeypatch, small):
    model = small()

    def answers():
        return generate(
            model, PROMPTS * 8, max_new_tokens=40, generator=seeded(), end_id=7, pad_id=0
        )

    shrinking = answers()
    monkeypatch.setattr("korean_rlhf.model.generate.SHRINK", -1.0)
    whole = answers()

    assert 0 < int(shrinking.ended.sum())
    assert torch.equal(shrinking.tokens, whole.tokens)
    assert torch.equal(shrinking.lengths, whole.lengths)


@torch.no_grad()
def test_generation_stops_when_every_row_has_ended(small):
    model = small()
    first = int(model(torch.tensor([[5]])).logits[0, -1].argmax())
    found = generate(model, [[5], [5]], max_new_tokens=30, temperature=0, end_id=first, pad_id=0)

    assert found.tokens.tolist() == [[first], [first]]
    assert found.lengths.tolist() == [1, 1]
    assert found.ended.all()


@torch.no_grad()
def test_a_stream_is_the_batch_of_one_without_its_end(small):
    model = small()
    for end_id in (7, 100, -1):
        options = {"max_new_tokens": 25, "temperature": 1.3, "top_p": 0.9, "end_id": end_id}
        whole = generate(model, PROMPTS[:1], generator=seeded(4), pad_id=0, **options)
        expected = whole.tokens[0, : int(whole.lengths[0]) - bool(whole.ended[0])].tolist()

        assert list(stream(model, PROMPTS[0], generator=seeded(4), **options)) == expected


@torch.no_grad()
def test_generation_runs_under_bf16_autocast(small):
    with torch.autocast("cpu", torch.bfloat16):
        found = generate(small(), PROMPTS, max_new_tokens=5, end_id=-1, pad_id=0)

    assert found.tokens.shape == (4, 5)
    assert not found.ended.any()


def test_what_does_not_fit_the_context_is_refused(small):
    with pytest.raises(SettingsError, match="context of 64"):
        generate(small(), [[5] * 60], max_new_tokens=5, end_id=2, pad_id=0)


@pytest.mark.parametrize("options", [{}, {"query_key_norm": True}])
def test_under_autocast_the_cache_holds_bf16(small, options):
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        decoder = Decoder(small(**options), PROMPTS, 4)
        decoder.step(torch.full((4,), 5))

    kinds = {tensor.dtype for layer in decoder.cache.layers for tensor in layer}
    assert kinds == {torch.bfloat16}
