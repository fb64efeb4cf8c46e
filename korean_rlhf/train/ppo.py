"""PPO against a reward model, by the InstructGPT recipe.

Each update samples answers, scores them at their last token, takes the price of the KL from the SFT
model off every token, and improves policy and value network on them.

Source: InstructGPT, arXiv:2203.02155, appendix C.4; Huang et al. 2024, arXiv:2403.17031.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from transformers import PreTrainedModel

from korean_rlhf.errors import BadInput, SettingsError
from korean_rlhf.model.checkpoint import load_model
from korean_rlhf.model.config import context_of
from korean_rlhf.model.heads import RewardModel, load_reward
from korean_rlhf.ngrams import dialogue_hashes, question_hash
from korean_rlhf.records import Drop, Prompt
from korean_rlhf.rundir import Stage, chosen_step
from korean_rlhf.settings.ppo import PPOSettings
from korean_rlhf.tables import DroppedRecords
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.train.batches import Example as Dialogue
from korean_rlhf.train.batches import padded_rows, row_order
from korean_rlhf.train.device import (
    Hardware,
    choose_device,
    choose_hardware,
    gradient_trial,
)
from korean_rlhf.train.distributed import launched_processes
from korean_rlhf.train.examples import model_context, read_all
from korean_rlhf.train.experience import Networks
from korean_rlhf.train.next_token import masked_loss, to_device
from korean_rlhf.train.ppo_run import PPORun
from korean_rlhf.train.prompts import (
    read_prompt_hashes,
    split_by_prompt,
    without_overlap,
    write_prompt_hashes,
)
from korean_rlhf.train.stages import open_training, placed, publish
from korean_rlhf.train.state import resumable_step


def ppo(
    prompts: Sequence[Path],
    policy: Path,
    reward: Path,
    out: Path,
    settings: PPOSettings,
    replace: bool = False,
) -> None:
    """Optimise the model in `policy` against the reward model in `reward`.

    The manifest's "best" is the step with the highest score minus the price of its KL, on prompts
    that are never trained on; step 0 is the policy as it came.

    Raises:
        Overlap: the policy or the reward model was trained on one of the prompts.
        BadInput: the two models have different tokenizers, or no prompt leaves room to answer.
        SettingsError: more than one process was started, or compilation was asked for.
    """
    device = choose_device(settings.device)
    _require_supported(settings)
    files = [*prompts, policy, reward]
    with open_training(out, "ppo", settings=settings, inputs=files, replace=replace) as stage:
        if stage.finished:
            return
        bases = chosen_step(policy), chosen_step(reward)
        chat = _common_tokenizer(*bases)
        data = PromptData(prompts, bases, chat, settings)
        write_prompt_hashes(stage.folder, data.hashes)
        data.dropped.write(stage.folder)
        networks = _networks(stage, *bases, device)
        hardware = _hardware(stage, networks.policy, data, device, settings)
        run = PPORun(stage, settings, networks, data, chat, hardware, bases[0])
        facts = run.follow()
        counts = data.dropped.counts(data.read, data.kept)
        publish(stage, hardware, networks.policy, counts=counts, facts=facts)


def _require_supported(settings: PPOSettings) -> None:
    if launched_processes() > 1:
        raise SettingsError("ppo runs in one process. Start it without torchrun.")
    if settings.compile == "on":
        raise SettingsError(
            "compile = 'on' does not suit ppo: its batches have a new shape each time. "
            "Leave it at 'auto'."
        )


def _common_tokenizer(policy: Path, reward: Path) -> ChatTokenizer:
    chat, other = ChatTokenizer.load(policy), ChatTokenizer.load(reward)
    probe = "한국어 문장을 읽고 답해 주세요. 12345 <|end|>"
    if chat.vocabulary_size != other.vocabulary_size or chat.encode(probe) != other.encode(probe):
        raise BadInput(
            f"{policy} and {reward} have different tokenizers. "
            "Train the reward model from the same SFT model, or one with the same tokenizer."
        )
    return chat


class PromptData:
    """Prompts as tokens: those to train on, and those that the policy is measured on."""

    def __init__(
        self,
        inputs: Sequence[Path],
        bases: tuple[Path, Path],
        chat: ChatTokenizer,
        settings: PPOSettings,
    ) -> None:
        self.settings, self.dropped = settings, DroppedRecords()
        kept = self._fresh(read_all(inputs, Prompt), bases)
        room = min(map(model_context, bases)) - settings.response_tokens
        pairs = self._fitting(kept, chat, room)
        self.kept = len(pairs)
        own = {one for record, _ in pairs for one in dialogue_hashes(record.messages)}
        self.hashes = own.union(*map(read_prompt_hashes, bases))
        training, aside = split_by_prompt(
            [question_hash(record.messages) for record, _ in pairs],
            share=0.2,
            most=settings.evaluate_prompts,
            seed=settings.seed,
        )
        self.training = [pairs[place][1] for place in training]
        self.held_out = [pairs[place][1] for place in aside]

    def _fresh(self, records: list[Prompt], bases: tuple[Path, Path]) -> list[Prompt]:
        self.read = len(records)
        for name, base in zip(("policy", "reward model"), bases, strict=True):
            records = without_overlap(
                records,
                lambda record: record.messages,
                read_prompt_hashes(base),
                seen_by=f"the {name} in {base}",
                drop_overlap=self.settings.drop_overlap,
                drop=self.dropped,
            )
        return records

    def _fitting(
        self, records: Sequence[Prompt], chat: ChatTokenizer, room: int
    ) -> list[tuple[Prompt, list[int]]]:
        pairs = [(record, chat.encode_chat(record.messages)) for record in records]
        for record, tokens in pairs:
            if len(tokens) > room:
                detail = f"{len(tokens)} tokens, room for {room}"
                self.dropped(record, Drop("prompt-leaves-no-room-to-answer", detail))
        fitting = [(record, tokens) for record, tokens in pairs if len(tokens) <= room]
        if not fitting:
            raise BadInput(
                f"None of {self.read} prompts leaves room for {self.settings.response_tokens} "
                "tokens of answer. Give a smaller --response-tokens."
            )
        return fitting

    def at(self, update: int) -> list[list[int]]:
        """Return the prompts of one update: every prompt once an epoch, shuffled anew for each."""
        settings = self.settings
        order = row_order(len(self.training), settings.rollouts, settings.seed, update)
        return [self.training[place] for place in order]


def _networks(stage: Stage, policy: Path, reward: Path, device: str) -> Networks:
    """Load the four networks; the policy from the last checkpoint if there is one."""
    networks = Networks(
        policy=load_model(resumable_step(stage.folder) or policy),
        reference=load_model(policy),
        reward=load_reward(reward),
        values=load_reward(reward),
    )
    for network in (networks.policy, networks.reference, networks.reward, networks.values):
        placed(network, device)
        without_dropout(network)
    networks.reference.requires_grad_(False)
    networks.reward.requires_grad_(False)
    return networks


def without_dropout(network: PreTrainedModel | RewardModel) -> None:
    """Switch dropout off for good: a ratio must tell of the policy's change, not of chance.

    Evaluation mode does that for every module and attention function, and changes nothing else in
    a transformer.
    """
    network.eval()


def _hardware(
    stage: Stage, policy: PreTrainedModel, data: PromptData, device: str, settings: PPOSettings
) -> Hardware:
    """Choose the precision by a language-model pass over prompts of a minibatch's size."""
    count = settings.rollouts // settings.minibatches // settings.accumulate or 1
    prompts = (data.training * count)[:count]
    dialogues = [Dialogue(one, [True] * len(one)) for one in prompts]
    rows = padded_rows(dialogues, 0, context_of(policy.config))
    trial = gradient_trial(masked_loss(policy), to_device(rows, device), [policy])
    return choose_hardware(stage.folder, settings, device=device, trial=trial, operations=0.0)
