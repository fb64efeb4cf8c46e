import json
import random

import pytest
import torch

from korean_rlhf.evaluate import models
from korean_rlhf.evaluate.lm import KoreanLM, split_tokens
from korean_rlhf.evaluate.scoring import Scorer


@pytest.fixture(scope="module")
def loaded(tiny):
    return models.load(tiny, device="cpu")


def scorer(loaded, **options):
    options = {"max_length": loaded.max_length, "batch_tokens": 512} | options
    return Scorer(loaded.model, device="cpu", **options)


def random_pairs(count, seed=0, longest=40):
    rng = random.Random(seed)

    def tokens(most):
        return [rng.randrange(6, 400) for _ in range(rng.randint(1, most))]

    return [(tokens(longest), tokens(8)) for _ in range(count)]


def by_hand(model, context, continuation):
    """Return the log-likelihood by the definition: one text at a time, all logits."""
    whole = torch.tensor([context + continuation])
    with torch.no_grad():
        logits = model(input_ids=whole).logits[0].float().log_softmax(-1)
    places = range(len(context) - 1, len(context) + len(continuation) - 1)
    return sum(float(logits[at, token]) for at, token in zip(places, continuation, strict=True))


def test_scores_are_the_definition(loaded):
    pairs = random_pairs(30)
    scored = scorer(loaded).score(pairs)

    assert [logprob for logprob, _ in scored] == pytest.approx(
        [by_hand(loaded.model, *pair) for pair in pairs], abs=1e-3
    )


def test_the_size_of_a_batch_changes_nothing(loaded):
    pairs = random_pairs(25, seed=1)
    one_by_one = scorer(loaded, batch_tokens=1).score(pairs)
    together = scorer(loaded, batch_tokens=100_000).score(pairs)

    assert [a for a, _ in one_by_one] == pytest.approx([a for a, _ in together], abs=1e-3)
    assert [b for _, b in one_by_one] == [b for _, b in together]


def test_choices_of_one_token_share_one_pass(loaded):
    rows = scorer(loaded)._rows([([1, 7, 8], [9]), ([1, 7, 8], [10]), ([1, 7], [8, 9])])

    assert sorted(len(row.asked) for row in rows) == [1, 2]


def choices(seed, questions=12):
    """Questions with two to five choices of several tokens, some choices beginning alike."""
    rng = random.Random(seed)

    def tokens(count):
        return [rng.randrange(6, 400) for _ in range(count)]

    pairs = []
    for _ in range(questions):
        context, start = tokens(rng.randint(1, 60)), tokens(2)
        pairs += [(context, tokens(rng.randint(1, 9))) for _ in range(rng.randint(2, 4))]
        pairs.append((context, start + tokens(3)))
    return pairs


def test_choices_behind_one_context_score_as_they_do_alone(loaded):
    pairs = choices(3)
    together = scorer(loaded)
    rows = together._rows(pairs)
    apart = scorer(loaded)
    apart.branch_length = 0

    assert any(row.branched for row in rows) and not any(r.branched for r in apart._rows(pairs))
    assert sum(len(r.tokens) for r in rows) < 0.6 * sum(len(r.tokens) for r in apart._rows(pairs))
    found, alone = together.score(pairs), apart.score(pairs)
    assert [a for a, _ in found] == pytest.approx([a for a, _ in alone], abs=1e-3)
    assert [b for _, b in found] == [b for _, b in alone]
    assert [a for a, _ in found] == pytest.approx(
        [by_hand(loaded.model, *pair) for pair in pairs], abs=1e-3
    )


@pytest.mark.parametrize("name", ["alibi", "recurrent", "window"])
def test_models_that_cannot_keep_choices_apart_are_asked_one_at_a_time(name):
    made = other_model(name)
    alone = Scorer(made, max_length=64, batch_tokens=256, device="cpu")
    pairs = choices(4, questions=6)

    assert alone.branch_length in (0, 8)
    found = [logprob for logprob, _ in alone.score(pairs)]
    assert found == pytest.approx([by_hand(made, *pair) for pair in pairs], abs=1e-3)


def other_model(name):
    import transformers

    torch.manual_seed(0)
    small = {"vocab_size": 400, "hidden_size": 32, "num_hidden_layers": 2}
    if name == "alibi":
        config = transformers.BloomConfig(vocab_size=400, hidden_size=32, n_layer=2, n_head=4)
        return transformers.BloomForCausalLM(config).eval()
    if name == "recurrent":
        config = transformers.MambaConfig(**small, state_size=4)
        return transformers.MambaForCausalLM(config).eval()
    config = transformers.MistralConfig(
        **small, intermediate_size=48, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=128, sliding_window=8,
    )  # fmt: skip
    return transformers.MistralForCausalLM(config).eval()


def seeing_config():
    """Of a small model that reads text and looks at pictures, each with a config of its own."""
    import transformers

    text = {
        "vocab_size": 400, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
        "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 16,
        "max_position_embeddings": 128, "sliding_window": 64,
    }  # fmt: skip
    vision = {
        "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1,
        "num_attention_heads": 2, "image_size": 28, "patch_size": 14,
    }  # fmt: skip
    return transformers.Gemma3Config(text_config=text, vision_config=vision)


def test_a_model_that_also_sees_is_asked_by_its_text_config(tmp_path, tiny):
    import transformers

    torch.manual_seed(0)
    made = transformers.AutoModelForCausalLM.from_config(seeing_config())
    made.save_pretrained(tmp_path)
    for file in tiny.glob("tokenizer*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    seeing = models.load(tmp_path, device="cpu")
    pairs = random_pairs(6)
    found = [logprob for logprob, _ in scorer(seeing).score(pairs)]

    assert seeing.max_length == models.context_in(tmp_path) == 128
    assert found == pytest.approx([by_hand(seeing.model, *pair) for pair in pairs], abs=1e-3)


@pytest.mark.parametrize(
    ("config", "length"),
    [
        ({"model_type": "llama", "max_position_embeddings": 64}, 64),
        ({"model_type": "gpt2", "n_positions": 96}, 96),
        ({"model_type": "gemma3", "text_config": {"max_position_embeddings": 512}}, 512),
        ({"model_type": "gemma3", "text_config": {"hidden_size": 32}}, 131_072),
        ({"model_type": "unheard-of", "max_sequence_length": 32}, 32),
        ({"model_type": "unheard-of", "text_config": {"n_positions": 48}}, 48),
        ({"text_config": {"n_positions": 48}, "n_positions": 12}, 48),
        ({"model_type": "mamba"}, None),
        ({}, None),
    ],
)
def test_the_context_is_read_from_the_config_alone(tmp_path, config, length):
    (tmp_path / "config.json").write_text(json.dumps(config))

    assert models.context_in(tmp_path) == length


def test_without_a_config_no_context_is_known(tmp_path):
    assert models.context_in(tmp_path) is None


def test_greedy_is_true_only_for_what_the_model_would_write(loaded):
    context = [1, 50, 60]
    with torch.no_grad():
        best = int(loaded.model(input_ids=torch.tensor([context])).logits[0, -1].argmax())
    scored = scorer(loaded).score([(context, [best]), (context, [best + 1])])

    assert [greedy for _, greedy in scored] == [True, False]


def test_a_text_too_long_keeps_its_end_and_is_counted(loaded):
    long = scorer(loaded, max_length=16)
    context, continuation = list(range(10, 60)), [70, 71]
    kept = (context + continuation)[-17:-2]
    (cut,), (same,) = long.score([(context, continuation)]), long.score([(kept, continuation)])

    assert long.cut([(context, continuation), (kept, continuation)]) == 1
    assert cut[0] == pytest.approx(same[0], abs=1e-4)


def test_a_model_whose_logits_are_more_than_its_output_layer_is_used_whole(loaded):
    class Capped(type(loaded.model)):
        def forward(self, *inputs, **options):
            output = super().forward(*inputs, **options)
            output.logits = 2.0 * torch.tanh(output.logits / 2.0)
            return output

    plain = type(loaded.model)
    loaded.model.__class__ = Capped
    try:
        pairs = random_pairs(5, seed=2)
        scored = scorer(loaded).score(pairs)
        wanted = [by_hand(loaded.model, *pair) for pair in pairs]
    finally:
        loaded.model.__class__ = plain

    assert [logprob for logprob, _ in scored] == pytest.approx(wanted, abs=1e-3)


def test_a_merge_across_the_boundary_keeps_the_tokens_of_the_whole():
    assert split_tokens([5, 6, 7], [5, 6, 8, 9], prefix=1) == ([5, 6], [8, 9])


def test_an_empty_continuation_is_scored_by_the_last_token():
    assert split_tokens([5, 6], [5, 6], prefix=1) == ([5], [6])


def test_documents_begin_as_they_did_in_pretraining(loaded):
    lm = KoreanLM(loaded)

    assert lm.tok_encode("사과")[0] == loaded.begin_id
    assert lm.tok_encode("<|begin|>사과").count(loaded.begin_id) == 1
    assert loaded.begin_id not in lm.tok_encode("사과", add_special_tokens=False)


def test_a_text_longer_than_the_model_reads_is_cut_without_a_warning(loaded, monkeypatch):
    monkeypatch.setattr(loaded.tokenizer, "model_max_length", loaded.max_length)
    long = "사과와 나무를 보았다. " * 400
    warned = loaded.tokenizer.deprecation_warnings  # where transformers notes that it has warned
    warned.clear()
    KoreanLM(loaded).tok_encode(long)
    assert not warned
    loaded.tokenizer.encode(long)
    assert warned  # what a reader of the log was spared
