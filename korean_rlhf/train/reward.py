"""The reward model: it learns to order answers as people ranked them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor
from transformers import PreTrainedModel

from korean_rlhf.errors import BadInput
from korean_rlhf.model.checkpoint import load_model
from korean_rlhf.model.config import context_of
from korean_rlhf.model.heads import RewardModel, load_reward, save_reward
from korean_rlhf.ngrams import dialogue_hashes
from korean_rlhf.records import Comparison, Drop, Instruction
from korean_rlhf.rundir import Stage, chosen_step, read_manifest
from korean_rlhf.settings.reward import RewardSettings
from korean_rlhf.tables import DroppedRecords
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.train.accuracy import Scored, accuracy_report
from korean_rlhf.train.batches import BatchOrder, own_share, split
from korean_rlhf.train.course import Course, Metrics
from korean_rlhf.train.device import (
    Hardware,
    choose_device,
    choose_hardware,
    gradient_trial,
    training_operations,
)
from korean_rlhf.train.distributed import from_first_process
from korean_rlhf.train.examples import encode_instructions, model_context, read_all
from korean_rlhf.train.loop import Objective
from korean_rlhf.train.losses import comparison_loss
from korean_rlhf.train.optim import make_optimizer
from korean_rlhf.train.prompts import (
    read_prompt_hashes,
    split_by_prompt,
    without_overlap,
    write_prompt_hashes,
)
from korean_rlhf.train.ranked import (
    Packing,
    RankedRows,
    Ranking,
    encode_comparisons,
    ranked_rows,
    right_padded,
    row_lengths,
)
from korean_rlhf.train.stages import open_training, parameter_count, placed, publish
from korean_rlhf.train.state import resumable_step

PART = 16
"""Prompts, or demonstrations, that are scored at once outside of training."""
SAME_SCORE = 1e-3
"""Two scores of an answer, of about 1, that differ by less are one score.

In the tests they differ by 4e-7 where the decoder shares prompts, by 0.2 and 1.8 where it cannot.
"""


def reward(
    inputs: Sequence[Path],
    model: Path,
    out: Path,
    settings: RewardSettings,
    *,
    demonstrations: Path | None = None,
    replace: bool = False,
) -> None:
    """Train a reward model from the model in `model` on ranked answers.

    With `demonstrations` the stored bias makes their mean score 0. The manifest of the stage holds
    the accuracy on questions set aside, with intervals and the length baseline.

    Raises:
        Overlap: the base model was trained on a prompt of these comparisons.
        BadInput: no comparison, or no demonstration, fits the model's context.
    """
    device = choose_device(settings.device)
    files = [*inputs, model, *([demonstrations] if demonstrations else [])]
    with open_training(out, "reward", settings=settings, inputs=files, replace=replace) as stage:
        if stage.finished:
            return
        base = chosen_step(model)
        network = placed(_network(stage, base, settings), device)
        data = RewardData(inputs, base, settings, network)
        shown = data.read_demonstrations(demonstrations, ChatTokenizer.load(base))
        data.write_beside(stage)
        hardware = _hardware(stage, network, data, device, settings)
        facts = _course(stage, network, data, shown, hardware, base, settings).follow()
        best = read_manifest(stage.folder / facts["best"])
        facts |= {"validation": best["validation"], "demonstrations": len(shown)}
        facts |= {"prompts_shared": data.packing.hidden_size is not None}
        counts = data.dropped.counts(data.read, len(data.rankings))
        publish(stage, hardware, network, counts=counts, facts=facts)


def _network(stage: Stage, base: Path, settings: RewardSettings) -> RewardModel:
    step = resumable_step(stage.folder)
    if step is not None:
        network = load_reward(step)
    else:
        network = RewardModel(backbone(load_model(base)), seed=settings.seed)
    # Comparisons say nothing about it: it is set from the demonstrations when a step is saved.
    network.head.bias.requires_grad_(False)
    return network


def backbone(model: PreTrainedModel) -> PreTrainedModel:
    """Return the decoder of a causal model, without its output layer."""
    decoder: PreTrainedModel = model.base_model  # type: ignore[assignment]
    return decoder


class RewardData:
    """Comparisons as tokens, split by their first question."""

    def __init__(
        self, inputs: Sequence[Path], base: Path, settings: RewardSettings, network: RewardModel
    ) -> None:
        chat = ChatTokenizer.load(base)
        self.settings, self.pad_id, self.dropped = settings, chat.pad_id, DroppedRecords()
        self.context = model_context(base)
        kept, self.rankings = self._read(inputs, base, chat)
        own = {one for record in kept for one in dialogue_hashes(record.messages)}
        self.hashes = own | read_prompt_hashes(base)
        self.training, self.aside = split_by_prompt(
            [ranking.question for ranking in self.rankings],
            share=settings.validation_share,
            most=settings.validation_most,
            seed=settings.seed,
        )
        self.packing = packing_for(network, self.rankings, chat.pad_id, self.context)
        lengths = [self._widest(place) for place in self.training]
        self.order = BatchOrder(lengths, settings.batch_prompts, settings.seed)

    def _read(
        self, inputs: Sequence[Path], base: Path, chat: ChatTokenizer
    ) -> tuple[list[Comparison], list[Ranking]]:
        records = read_all(inputs, Comparison)
        self.read = len(records)
        fresh = without_overlap(
            records,
            lambda record: record.messages,
            read_prompt_hashes(base),
            seen_by=f"the model in {base}",
            drop_overlap=self.settings.drop_overlap,
            drop=self.dropped,
        )
        kept, rankings = encode_comparisons(fresh, chat, self.context, self.dropped)
        if not kept:
            raise BadInput(
                f"None of {self.read} comparisons ranks two answers within {self.context} tokens."
            )
        return kept, rankings

    def read_demonstrations(self, path: Path | None, chat: ChatTokenizer) -> list[Sequence[int]]:
        """Return the tokens of the demonstrations that shall score 0 on average.

        Raises:
            BadInput: none of them fits the model's context.
        """
        if path is None:
            return []
        shown, most = read_all([path], Instruction), self.settings.demonstrations_most
        if len(shown) > most:  # spread over the file: the first ones may all be of one kind
            shown = [shown[place * len(shown) // most] for place in range(most)]
        _, examples = encode_instructions(shown, chat, self.context, self._drop_demonstration)
        if not examples:
            raise BadInput(
                f"None of {len(shown)} demonstrations in {path} fits {self.context} tokens."
            )
        return [example.tokens for example in examples]

    def _drop_demonstration(self, record: Instruction, drop: Drop) -> None:
        self.dropped(record, Drop(f"demonstration-{drop.reason}", drop.detail))

    def write_beside(self, stage: Stage) -> None:
        """Write the prompts seen, by the base model too, and the records dropped."""
        write_prompt_hashes(stage.folder, self.hashes)
        self.dropped.write(stage.folder)

    def parts_at(self, step: int) -> list[RankedRows]:
        """Return this process's parts of the prompts of one step."""
        own = split(own_share(self.order.at(step)), self.settings.accumulate)
        return [self._rows([self.training[place] for place in part]) for part in own]

    def validation_parts(self) -> list[RankedRows]:
        """Return the prompts set aside, those of like length together."""
        places = sorted(self.aside, key=self._widest)
        return [self._rows(places[at : at + PART]) for at in range(0, len(places), PART)]

    def _rows(self, places: Sequence[int]) -> RankedRows:
        return ranked_rows([self.rankings[place] for place in places], self.packing)

    def _widest(self, place: int) -> int:
        return max(row_lengths(self.rankings[place], self.packing))

    @property
    def planned_tokens(self) -> int:
        """Tokens of all the epochs that were asked for."""
        rankings = [self.rankings[place] for place in self.training]
        tokens = sum(sum(row_lengths(ranking, self.packing)) for ranking in rankings)
        return round(tokens * self.settings.epochs)


def packing_for(
    network: RewardModel, rankings: Sequence[Ranking], pad_id: int, context: int
) -> Packing:
    """Return how completions become rows: prompts are shared where the decoder can."""
    alone = Packing(pad_id, context)
    shared = shares_prompts(network, rankings, alone)
    if not from_first_process("shared" if shared else ""):  # all must draw the same batches
        return alone
    width = network.backbone.config.get_text_config().hidden_size
    return Packing(pad_id, context, hidden_size=width)


@torch.no_grad()
def shares_prompts(network: RewardModel, rankings: Sequence[Ranking], alone: Packing) -> bool:
    """Return whether the decoder scores answers in one row as it does in rows of their own.

    Tried on the longest completion, because decoders differ: some take no mask of four dimensions,
    some count positions along the row (ALiBi), some attend within a window only.
    """
    ranking = max(rankings, key=lambda ranking: ranking.longest)
    completions = tuple(sorted(ranking.completions, key=len)[-2:])
    two = [Ranking(completions, ranks=(1, 2))]
    in_one_row = Packing(alone.pad_id, alone.context, hidden_size=sys.maxsize)
    device, was_training = str(network.head.weight.device), network.training
    score = ranked_scores(network.eval().score_at, device)
    expected = score(ranked_rows(two, alone))
    try:
        found = score(ranked_rows(two, in_one_row))
    except (TypeError, ValueError, RuntimeError, IndexError):
        return False  # it cannot read such a row at all
    finally:
        network.train(was_training)
    return torch.allclose(found, expected, rtol=SAME_SCORE, atol=SAME_SCORE)


def ranked_scores(score_at: Callable[..., Tensor], device: str) -> Callable[[RankedRows], Tensor]:
    """Return the scores, (completions,) float32, of some prompts in their order.

    Args:
        score_at: `RewardModel.score_at`, compiled or not: what it reads is tensors only, while each
            new list of ranks would be compiled anew.
        device: Where the model is.
    """

    def scores(rows: RankedRows) -> Tensor:
        rows = rows.to(device)
        return score_at(
            rows.inputs, rows.ends, attention_mask=rows.mask(), position_ids=rows.positions
        )

    return scores


def ranked_loss(score_at: Callable[..., Tensor], device: str) -> Callable[[RankedRows], Tensor]:
    """Return the K-wise loss of some prompts, over all pairs of each."""
    scores = ranked_scores(score_at, device)
    return lambda rows: comparison_loss(scores(rows), rows.ranks)


def measure(network: RewardModel, parts: Sequence[RankedRows], hardware: Hardware) -> Metrics:
    """Return the mean loss a prompt and the accuracy on prompts that are not trained on."""
    score = ranked_scores(network.score_at, hardware.device)
    total, scored = 0.0, []
    for rows in parts:
        with hardware.autocast():
            scores = score(rows)
        total += float(comparison_loss(scores, rows.ranks))
        scored += _by_prompt(rows, scores.tolist())
    report = accuracy_report(scored)
    return {
        "validation_loss": total / len(scored),
        "validation_accuracy": report["accuracy"],
        "validation": report,
    }


def _by_prompt(rows: RankedRows, scores: list[float]) -> list[Scored]:
    found, start = [], 0
    for one in rows.rankings:
        own = scores[start : start + len(one.ranks)]
        lengths = [len(completion) for completion in one.completions]
        found.append(Scored(one.ranks, own, lengths, one.question, one.judged))
        start += len(one.ranks)
    return found


@torch.no_grad()
def centre(network: RewardModel, demonstrations: Sequence[Sequence[int]], pad_id: int) -> None:
    """Set the bias so that the demonstrations score 0 on average; without any, leave it alone.

    In fp32, so that the mean is 0 for whoever loads the model.

    Source: InstructGPT, arXiv:2203.02155, section 3.5.
    """
    if not demonstrations:
        return
    network.head.bias.zero_()
    device, context = network.head.weight.device, context_of(network.backbone.config)
    scores, was_training = [], network.training
    network.eval()  # some decoders drop out while they train
    for at in range(0, len(demonstrations), PART):
        rows, lengths = right_padded(demonstrations[at : at + PART], pad_id, context)
        scores.append(network.score(rows.to(device), lengths.to(device)).double())
    network.train(was_training)
    network.head.bias.fill_(-float(torch.cat(scores).mean()))


def _hardware(
    stage: Stage, network: RewardModel, data: RewardData, device: str, settings: RewardSettings
) -> Hardware:
    return choose_hardware(
        stage.folder,
        settings,
        device=device,
        trial=gradient_trial(ranked_loss(network.score_at, device), data.parts_at(0)[0], [network]),
        operations=training_operations(parameter_count(network), data.planned_tokens),
    )


def _course(
    stage: Stage,
    network: RewardModel,
    data: RewardData,
    demonstrations: Sequence[Sequence[int]],
    hardware: Hardware,
    base: Path,
    settings: RewardSettings,
) -> Course[RankedRows]:
    validation = data.validation_parts()
    loss = ranked_loss(hardware.compile(network.score_at), hardware.device)

    def in_precision(rows: RankedRows) -> Tensor:
        with hardware.autocast():
            return loss(rows)

    def write_model(folder: Path) -> None:
        centre(network, demonstrations, data.pad_id)
        save_reward(network, folder, base)

    return Course(
        stage=stage,
        settings=settings,
        steps=data.order.steps(settings.epochs),
        modules={"model": network},
        optimizer=make_optimizer({"model": (network, settings.learning_rate)}, settings),
        objective=Objective(loss=in_precision, weigh=lambda rows: len(rows.rankings)),
        parts_at=data.parts_at,
        evaluate=lambda: measure(network, validation, hardware),
        evaluate_every=settings.evaluate_every,
        write_model=write_model,
        tokens=lambda parts: sum(part.inputs.numel() for part in parts),
        patience=settings.patience,
    )
