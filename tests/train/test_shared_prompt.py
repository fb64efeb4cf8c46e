"""Several answers to one prompt in one row: the same scores and gradients as rows of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch
from transformers import (
    BloomConfig,
    BloomForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedModel,
)

from korean_rlhf.model.branches import branch_mask, branched_row, row_groups, shared_length
from korean_rlhf.model.checkpoint import build_model
from korean_rlhf.model.heads import RewardModel
from korean_rlhf.settings.model import ModelSettings
from korean_rlhf.train.ranked import Packing, RankedRows, Ranking, ranked_rows, row_lengths
from korean_rlhf.train.reward import backbone, ranked_loss, ranked_scores, shares_prompts

VOCABULARY, CONTEXT = 60, 24
LLAMA = {
    "vocab_size": VOCABULARY, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": CONTEXT,
    "initializer_range": 0.2, "pad_token_id": 0,
}  # fmt: skip
ALONE = Packing(pad_id=0, context=CONTEXT)
SHARED = Packing(pad_id=0, context=CONTEXT, hidden_size=32)


def kogpt(**shape: str) -> PreTrainedModel:
    tiny = ModelSettings(
        layers=2, hidden_size=32, heads=4, feed_forward_size=48, context=CONTEXT, **shape
    )  # type: ignore[arg-type]
    model = build_model(tiny, VOCABULARY, 1)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:  # attention must matter, or a wrong mask would not show
                parameter.mul_(10.0)
    return model


def gpt2(**changes: str) -> PreTrainedModel:
    shape = {"vocab_size": VOCABULARY, "n_positions": CONTEXT, "n_embd": 32}
    config = GPT2Config(**shape, n_layer=2, n_head=4, initializer_range=0.2, **changes)
    return GPT2LMHeadModel(config)


READERS: dict[str, Callable[[], PreTrainedModel]] = {
    "kogpt-rope": lambda: kogpt(position="rope"),
    "kogpt-learned": lambda: kogpt(position="learned", norm="layer", activation="gelu"),
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**LLAMA)),
    "gpt2": gpt2,
}
OTHERS: dict[str, Callable[[], PreTrainedModel]] = {
    "alibi": lambda: BloomForCausalLM(
        BloomConfig(vocab_size=VOCABULARY, hidden_size=32, n_layer=2, n_head=4)
    ),
    "window": lambda: MistralForCausalLM(MistralConfig(**LLAMA, sliding_window=8)),
    "eager": lambda: gpt2(attn_implementation="eager"),
}


def network_of(make: Callable[[], PreTrainedModel]) -> RewardModel:
    torch.manual_seed(3)
    return RewardModel(backbone(make()), seed=3).eval()


def drawn(seed: int, prompt: int, answers: list[int]) -> Ranking:
    """Return a prompt with answers of that many tokens, the worst first."""
    source = torch.Generator().manual_seed(seed)

    def tokens(count: int) -> list[int]:
        return torch.randint(3, VOCABULARY, (count,), generator=source).tolist()

    start = tokens(prompt)
    completions = tuple([*start, *tokens(length - 1), 2] for length in answers)
    return Ranking(completions, tuple(range(len(answers), 0, -1)), f"q{seed}")


RANKINGS = [
    drawn(1, 14, [4, 3, 6, 2, 5, 4]),
    drawn(2, 9, [5, 1, 3, 4]),
    drawn(3, 15, [9, 2, 2, 2, 2, 2, 2, 2, 2]),
]


def scores_of(network: RewardModel, rows: RankedRows) -> torch.Tensor:
    return ranked_scores(network.score_at, "cpu")(rows)


@pytest.mark.parametrize("make", READERS.values(), ids=READERS)
def test_scores_are_those_of_rows_of_their_own(make: Callable[[], PreTrainedModel]) -> None:
    network = network_of(make)
    completions = [one for ranking in RANKINGS for one in ranking.completions]
    with torch.no_grad():
        alone = [
            network.score(torch.tensor([one]), torch.tensor([len(one)])) for one in completions
        ]
        scores = scores_of(network, ranked_rows(RANKINGS, SHARED))

    assert scores.std().item() > 0.1
    torch.testing.assert_close(scores, torch.cat(alone), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("make", READERS.values(), ids=READERS)
def test_loss_and_gradients_are_those_of_rows_of_their_own(
    make: Callable[[], PreTrainedModel],
) -> None:
    found = []
    for packing in (ALONE, SHARED):
        network = network_of(make)
        loss = ranked_loss(network.score_at, "cpu")(ranked_rows(RANKINGS, packing))
        loss.backward()  # type: ignore[no-untyped-call]
        found.append((loss.detach(), {n: p.grad for n, p in network.named_parameters()}))
    (loss_alone, alone), (loss_shared, shared) = found

    torch.testing.assert_close(loss_shared, loss_alone, rtol=1e-5, atol=1e-5)
    assert alone.keys() == shared.keys()
    for name, gradient in alone.items():
        torch.testing.assert_close(shared[name], gradient, rtol=1e-4, atol=1e-5, msg=name)


@pytest.mark.parametrize("make", READERS.values(), ids=READERS)
def test_a_decoder_that_takes_masks_and_positions_shares_prompts(
    make: Callable[[], PreTrainedModel],
) -> None:
    network = network_of(make).train()

    assert shares_prompts(network, RANKINGS, ALONE)
    assert network.training


@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
def test_a_decoder_that_would_score_otherwise_gets_rows_of_their_own(
    make: Callable[[], PreTrainedModel],
) -> None:
    assert not shares_prompts(network_of(make), RANKINGS, ALONE)


def test_answers_see_the_prompt_and_themselves_only() -> None:
    row = branched_row([[7, 8, 4, 2], [7, 8, 5, 6, 2]], shared=2)

    assert row.tokens == [7, 8, 4, 2, 5, 6, 2]
    assert row.positions == [0, 1, 2, 3, 2, 3, 4]
    assert row.ends == [3, 6]
    assert branch_mask(torch.tensor([row.owners]))[0, 0].int().tolist() == [
        [1, 0, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0, 0],
        [1, 1, 1, 1, 0, 0, 0],
        [1, 1, 0, 0, 1, 0, 0],
        [1, 1, 0, 0, 1, 1, 0],
        [1, 1, 0, 0, 1, 1, 1],
    ]


def test_what_all_answers_begin_with_is_shared_but_no_answer_whole() -> None:
    assert shared_length([[7, 8, 9, 2], [7, 8, 5, 2]]) == 2
    assert shared_length([[7, 8, 2], [7, 8, 2]]) == 2
    assert shared_length([[7, 2], [7, 2, 5]]) == 1


def test_short_answers_share_one_row_and_long_ones_are_split() -> None:
    assert row_groups(44, [12] * 6, hidden_size=256) == [[0, 1, 2, 3, 4, 5]]
    split = row_groups(300, [300] * 9, hidden_size=256)
    assert 1 < len(split) < 9
    assert sorted(place for row in split for place in row) == list(range(9))
    assert row_groups(20, [2000] * 4, hidden_size=256) == [[0], [1], [2], [3]]


def test_answers_split_over_rows_keep_their_scores_and_order() -> None:
    network = network_of(READERS["kogpt-rope"])
    narrow = Packing(pad_id=0, context=CONTEXT, hidden_size=1)  # attention costs all there
    rows = ranked_rows(RANKINGS, narrow)
    with torch.no_grad():
        scores = scores_of(network, rows)
        alone = scores_of(network, ranked_rows(RANKINGS, ALONE))

    assert len(RANKINGS) < len(rows.inputs) < sum(len(one.ranks) for one in RANKINGS)
    assert rows.inputs.shape[1] - 16 < max(max(row_lengths(one, narrow)) for one in RANKINGS)
    torch.testing.assert_close(scores, alone, rtol=1e-5, atol=1e-5)


def test_positions_stay_within_the_context_though_a_row_is_longer() -> None:
    rows = ranked_rows(RANKINGS, SHARED)

    assert rows.positions is not None
    assert rows.inputs.shape == (3, 48)
    assert int(rows.positions.max()) == CONTEXT - 1


def test_one_answer_a_row_needs_no_mask() -> None:
    rows = ranked_rows(RANKINGS, ALONE)

    assert rows.inputs.shape == (19, CONTEXT)
    assert rows.mask() is None
    assert rows.positions is None


def test_compiling_does_not_begin_anew_with_each_list_of_ranks() -> None:
    network = network_of(READERS["kogpt-rope"])
    graphs: list[torch.fx.GraphModule] = []

    def count(graph: torch.fx.GraphModule, _: Sequence[torch.Tensor]) -> Callable[..., object]:
        graphs.append(graph)
        return graph.forward

    loss = ranked_loss(torch.compile(network.score_at, backend=count), "cpu")
    for seed in range(12):
        rankings = [drawn(seed * 9 + answers, 5 + seed, [2] * answers) for answers in (3, 4 + seed)]
        loss(ranked_rows(rankings, SHARED))

    assert len(graphs) <= 3
