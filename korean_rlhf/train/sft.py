"""Supervised fine-tuning on instructions, to the minimum of the validation loss."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from korean_rlhf.errors import BadInput
from korean_rlhf.model.checkpoint import load_model
from korean_rlhf.ngrams import dialogue_hashes, question_hash
from korean_rlhf.records import Instruction
from korean_rlhf.rundir import Stage, chosen_step
from korean_rlhf.settings.sft import SFTSettings
from korean_rlhf.tables import DroppedRecords
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.train.batches import BatchOrder, Example, Rows, own_share, padded_rows, split
from korean_rlhf.train.device import choose_device
from korean_rlhf.train.examples import encode_instructions, model_context, read_all
from korean_rlhf.train.next_token import learn_rows, masked_loss
from korean_rlhf.train.prompts import (
    read_prompt_hashes,
    split_by_prompt,
    write_prompt_hashes,
)
from korean_rlhf.train.stages import open_training, placed, publish
from korean_rlhf.train.state import resumable_step

VALIDATION_PART = 32
"""Validation dialogues that are computed at once."""


def sft(
    inputs: Sequence[Path], model: Path, out: Path, settings: SFTSettings, replace: bool = False
) -> None:
    """Fine-tune the model in `model` on instructions and write its checkpoints to `out`.

    Learned are the assistant's messages, their end tokens included, of every turn. The step with
    the lowest validation loss is the manifest's "best".

    Raises:
        BadInput: no instruction fits the model's context.
    """
    device = choose_device(settings.device)
    with open_training(
        out, "sft", settings=settings, inputs=[*inputs, model], replace=replace
    ) as stage:
        if stage.finished:
            return
        base = chosen_step(model)
        network = placed(load_model(resumable_step(out) or base), device)
        data = SFTData(inputs, ChatTokenizer.load(base), model_context(base), settings)
        data.write_beside(stage, base)
        hardware, facts = learn_rows(
            stage,
            network,
            masked_loss(network),
            data,
            device,
            settings,
            tokenizer=base,
            evaluate_every=settings.evaluate_every,
            patience=settings.patience,
        )
        counts = data.dropped.counts(data.read, len(data.examples))
        publish(stage, hardware, network, counts=counts, facts=facts)


class SFTData:
    """Instructions as tokens, split by first question: some to learn from, some to measure on."""

    def __init__(
        self, inputs: Sequence[Path], chat: ChatTokenizer, context: int, settings: SFTSettings
    ) -> None:
        records = read_all(inputs, Instruction)
        self.read, self.settings, self.pad_id = len(records), settings, chat.pad_id
        self.context, self.dropped = context, DroppedRecords()
        kept, self.examples = encode_instructions(records, chat, context, self.dropped)
        if not kept:
            raise BadInput(f"None of {self.read} instructions fits a context of {context} tokens.")
        self.hashes = [one for record in kept for one in dialogue_hashes(record.messages)]
        self.training, aside = split_by_prompt(
            [question_hash(record.messages) for record in kept],
            share=settings.validation_share,
            most=settings.validation_most,
            seed=settings.seed,
        )
        lengths = [len(self.examples[place].tokens) for place in self.training]
        self.order = BatchOrder(lengths, settings.batch_size, settings.seed)
        aside.sort(key=lambda place: len(self.examples[place].tokens))
        self.validation = [
            self._rows(aside[at : at + VALIDATION_PART])
            for at in range(0, len(aside), VALIDATION_PART)
        ]

    def write_beside(self, stage: Stage, base: Path) -> None:
        """Write the prompts seen, here and by `base`, and the records dropped into the folder."""
        write_prompt_hashes(stage.folder, {*self.hashes, *read_prompt_hashes(base)})
        self.dropped.write(stage.folder)

    def parts_at(self, step: int) -> list[Rows]:
        """Return this process's parts of the dialogues of one step."""
        own = split(own_share(self.order.at(step)), self.settings.accumulate)
        return [self._rows([self.training[place] for place in part]) for part in own]

    def _rows(self, places: Sequence[int]) -> Rows:
        chosen: list[Example] = [self.examples[place] for place in places]
        return padded_rows(chosen, self.pad_id, self.context)

    @property
    def planned_steps(self) -> int:
        """Steps of all the epochs that were asked for."""
        return self.order.steps(self.settings.epochs)

    @property
    def planned_tokens(self) -> int:
        """Tokens of all those steps."""
        tokens = sum(len(self.examples[place].tokens) for place in self.training)
        return round(tokens * self.settings.epochs)
