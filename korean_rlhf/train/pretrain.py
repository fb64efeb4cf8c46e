"""Pretraining: a new GPT on token files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import PreTrainedModel

from korean_rlhf.errors import BadInput
from korean_rlhf.model.checkpoint import build_model, load_model
from korean_rlhf.rundir import Stage, input_digest
from korean_rlhf.settings.pretrain import PretrainSettings
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.tokenizer.shards import Split, TokenShards
from korean_rlhf.train.batches import Rows, own_share, packed_rows, row_count, row_order, split
from korean_rlhf.train.device import choose_device
from korean_rlhf.train.next_token import learn_rows, packed_loss
from korean_rlhf.train.stages import open_training, placed, publish
from korean_rlhf.train.state import resumable_step

SPLITS: tuple[Split, Split] = ("train", "val")
VALIDATION_PART = 16
"""Validation rows that are computed at once."""


def pretrain(
    tokens: Path, tokenizer: Path, out: Path, settings: PretrainSettings, replace: bool = False
) -> None:
    """Train a new model on the token files in `tokens` and write its checkpoints to `out`.

    Raises:
        BadInput: the token files were made with another tokenizer, or hold less than one row.
    """
    device = choose_device(settings.device)
    files = [tokens, tokenizer / "tokenizer.json"]
    with open_training(out, "pretrain", settings=settings, inputs=files, replace=replace) as stage:
        if stage.finished:
            return
        chat = ChatTokenizer.load(tokenizer)
        train, validation = (_open_tokens(tokens, tokenizer, name, settings) for name in SPLITS)
        data = PretrainData(train, validation, settings)
        model = placed(_model(stage, chat, settings), device)
        hardware, facts = learn_rows(
            stage,
            model,
            packed_loss(model),
            data,
            device,
            settings,
            tokenizer=tokenizer,
            evaluate_every=settings.evaluate_every,
        )
        publish(stage, hardware, model, counts=data.counts(facts["steps"]), facts=facts)


def _open_tokens(
    folder: Path, tokenizer: Path, name: Split, settings: PretrainSettings
) -> TokenShards:
    found = TokenShards(folder, name)
    if found.tokenizer_digest != input_digest(tokenizer / "tokenizer.json"):
        raise BadInput(
            f"The tokens in {folder} were made with another tokenizer than {tokenizer}. "
            f"Make them again: korean-rlhf tokens ... --tokenizer {tokenizer}"
        )
    if row_count(found, settings.context) < 1:
        raise BadInput(
            f"{folder} holds {len(found)} {name} tokens, less than one row of {settings.context}. "
            "Give more text, a shorter --context, or a larger --validation-share of tokens."
        )
    return found


def _model(stage: Stage, chat: ChatTokenizer, settings: PretrainSettings) -> PreTrainedModel:
    step = resumable_step(stage.folder)
    if step is not None:
        return load_model(step)
    return build_model(settings, chat.vocabulary_size, settings.seed)


class PretrainData:
    """The rows of each step, and those that the validation loss is measured on."""

    def __init__(
        self, train: TokenShards, validation: TokenShards, settings: PretrainSettings
    ) -> None:
        self.tokens, self.settings = train, settings
        self.rows = row_count(train, settings.context)
        available = row_count(validation, settings.context)
        count = min(settings.evaluate_rows, available)
        # Spread over the whole split: documents of one source stand together in it.
        chosen = [place * available // count for place in range(count)]
        self.validation = [
            packed_rows(validation, settings.context, chosen[at : at + VALIDATION_PART])
            for at in range(0, count, VALIDATION_PART)
        ]

    def parts_at(self, step: int) -> list[Rows]:
        """Return this process's parts of the rows of one step."""
        rows = row_order(self.rows, self.settings.batch_rows, self.settings.seed, step)
        own = split(own_share(rows), self.settings.accumulate)
        return [packed_rows(self.tokens, self.settings.context, part) for part in own]

    @property
    def planned_steps(self) -> int:
        """Steps that were asked for."""
        return self.settings.steps

    @property
    def planned_tokens(self) -> int:
        """Tokens of all those steps."""
        return self.settings.steps * self.settings.batch_rows * self.settings.context

    def counts(self, steps: int) -> dict[str, Any]:
        """Return the counts of the manifest, in tokens."""
        read = steps * self.settings.batch_rows * self.settings.context
        return {"in": len(self.tokens), "out": read, "dropped": {}}
