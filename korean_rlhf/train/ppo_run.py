"""The updates of one PPO run, from wherever it was left to its end."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from korean_rlhf.model.checkpoint import save_model
from korean_rlhf.progress import track
from korean_rlhf.rundir import MetricsLog, Stage, step_folder, step_number
from korean_rlhf.settings.ppo import PPOSettings
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.train.answers import (
    Answers,
    log_probabilities,
    sample_answers,
    state_values,
)
from korean_rlhf.train.device import Hardware
from korean_rlhf.train.experience import (
    Experience,
    Judged,
    Networks,
    final_scores,
    judge,
    judge_together,
    prepare,
    shared_out,
)
from korean_rlhf.train.held_out import Measured, Memory, measured, remember
from korean_rlhf.train.loop import Objective, optimise, seed_step
from korean_rlhf.train.losses import policy_loss, value_loss
from korean_rlhf.train.monitors import Watch, answer_metrics, value_metrics
from korean_rlhf.train.optim import make_optimizer, set_learning_rate
from korean_rlhf.train.schedule import learning_rate_factor
from korean_rlhf.train.state import (
    clear_leftovers,
    prune,
    read_state,
    resumable_step,
    write_checkpoint,
)

HELD_OUT_SEED = 7_777_777
"""The held-out prompts are answered with the same random numbers at every measurement."""


class Prompts(Protocol):
    """The prompts of each update, as tokens, and those the policy is measured on."""

    held_out: list[list[int]]

    def at(self, update: int) -> list[list[int]]:
        """Return the prompts of one update."""
        ...


class PPORun:
    """Policy, value network, their optimizers, and where the run stands."""

    def __init__(
        self,
        stage: Stage,
        settings: PPOSettings,
        networks: Networks,
        prompts: Prompts,
        chat: ChatTokenizer,
        hardware: Hardware,
        tokenizer: Path,
    ) -> None:
        self.stage, self.settings, self.networks = stage, settings, networks
        self.prompts, self.chat, self.hardware = prompts, chat, hardware
        self.tokenizer = tokenizer
        self.policy_optimizer = make_optimizer(
            {"policy": (networks.policy, settings.learning_rate)}, settings
        )
        self.value_optimizer = make_optimizer(
            {"values": (networks.values, settings.value_learning_rate)}, settings
        )
        self.memory = Memory()
        self.log = MetricsLog(stage.folder)
        self.tokens, self.seconds = 0, 0.0

    def follow(self) -> dict[str, Any]:
        """Run the updates that are left and return what the manifest says about the run."""
        start = self._resume()
        total = self.settings.updates
        with track(total, "ppo", "updates", done=start) as advance:
            for update in range(start, total):
                if self.memory.stopped:
                    break
                row = self.update(update)
                self._after(update + 1, row)
                advance(1, score=row["score"], kl=row["kl"], length=row["length"])
        best = self.memory.best_step
        clear_leftovers(self.stage.folder, keep_last=self.settings.keep_last, best=best)
        return self._facts()

    def update(self, update: int) -> dict[str, Any]:
        """Sample, judge and learn once; return what is worth watching."""
        begun = time.perf_counter()
        settings = self.settings
        seed_step(settings.seed, update)
        learning_rate = self._set_learning_rates(update)
        answers = self._sample(self.prompts.at(update), settings.seed * 1_000_003 + update)
        sampled = time.perf_counter()
        batches = shared_out(
            answers,
            minibatches=settings.minibatches,
            accumulate=settings.accumulate,
            seed=(settings.seed, update),
        )
        parts = [part for batch in batches for part in batch]
        judged = judge(self.networks, parts, self.hardware, settings.temperature)
        experience = prepare(parts, judged, settings)
        learned = self._learn(update, _regroup(experience, [len(batch) for batch in batches]))
        self.tokens += int(answers.lengths.sum())
        seconds = time.perf_counter() - begun
        self.seconds += seconds
        return {
            "step": update + 1,
            **answer_metrics(parts, judged, self._finals(parts, judged), settings),
            **value_metrics(experience),
            **learned,
            "learning_rate": learning_rate,
            "seconds_sampling": round(sampled - begun, 4),
            "seconds": round(seconds, 4),
        }

    def _sample(self, prompts: list[list[int]], seed: int) -> Answers:
        with self.hardware.autocast():
            answers = sample_answers(
                self.networks.policy,
                prompts,
                new_tokens=self.settings.response_tokens,
                temperature=self.settings.temperature,
                generator=torch.Generator().manual_seed(seed),
                end_id=self.chat.end_id,
                pad_id=self.chat.pad_id,
                at_once=self.settings.sample_batch,
            )
        if self.settings.score_after_end:
            answers = answers.with_spare_column(self.chat.pad_id)
        return answers.to(self.hardware.device)

    def _finals(self, parts: list[Answers], judged: list[Judged]) -> list[Tensor]:
        return [
            final_scores(seen.scores, answers.ended, self.settings)
            for answers, seen in zip(parts, judged, strict=True)
        ]

    def _learn(self, update: int, minibatches: list[list[Experience]]) -> dict[str, float]:
        """Take one optimiser step of each network a minibatch and inner epoch."""
        watch, place = Watch(), f"update {update + 1}"
        clip, policy_learns = self.settings.clip, update >= self.settings.value_only_updates
        policy: Objective[Experience] = Objective(
            loss=lambda one: self._policy_loss(one, watch),
            weigh=lambda one: float(one.answers.mask.sum()),
        )
        values = Objective(loss=self._value_loss, weigh=lambda one: float(one.value_mask.sum()))
        for _ in range(self.settings.inner_epochs):
            for parts in minibatches:
                if policy_learns:
                    step = optimise(parts, policy, self.policy_optimizer, clip=clip, place=place)
                    watch.policy(step)
                step = optimise(parts, values, self.value_optimizer, clip=clip, place=place)
                watch.values(step)
        return watch.summary()

    def _policy_loss(self, one: Experience, watch: Watch) -> Tensor:
        with self.hardware.autocast():
            new = log_probabilities(self.networks.policy, one.answers, self.settings.temperature)
        mask = one.answers.mask
        loss = policy_loss(new, one.old, one.advantages, mask, clip=self.settings.policy_clip)
        watch.ratios(loss, int(mask.sum()))
        return loss.total

    def _value_loss(self, one: Experience) -> Tensor:
        settings = self.settings
        with self.hardware.autocast():
            new = state_values(self.networks.values, one.answers)
        loss = value_loss(new, one.values, one.returns, one.value_mask, clip=settings.value_clip)
        return settings.value_weight * loss

    def measure(self) -> Measured:
        """Return the mean score and KL on the held-out prompts, and their balance."""
        samples = self.settings.evaluate_samples
        prompts = [prompt for prompt in self.prompts.held_out for _ in range(samples)]
        answers = self._sample(prompts, HELD_OUT_SEED)
        seen = judge_together(self.networks, answers, self.hardware, self.settings.temperature)
        finals = self._finals([answers], [seen])
        return measured(answers, [answers], [seen], finals, self.settings)

    def _set_learning_rates(self, update: int) -> float:
        """Set those of one update; return the policy's, 0 while it does not learn yet.

        The value network has no warm-up: values that are wrong mislead the policy from the start.
        """
        settings = self.settings
        set_learning_rate(self.value_optimizer, self._factor(update, settings.updates, warmup=0))
        alone = settings.value_only_updates
        if update < alone:
            return set_learning_rate(self.policy_optimizer, 0.0)
        factor = self._factor(update - alone, settings.updates - alone, warmup=settings.warmup)
        return set_learning_rate(self.policy_optimizer, factor)

    def _factor(self, update: int, updates: int, *, warmup: int) -> float:
        settings = self.settings
        return learning_rate_factor(
            update,
            steps=updates,
            schedule=settings.schedule,
            warmup=warmup,
            warmup_from=settings.warmup_from,
            floor=settings.floor,
        )

    def _resume(self) -> int:
        folder = resumable_step(self.stage.folder)
        if folder is None:
            self.log.truncate_after(-1)
            self._checkpoint(0, {"step": 0})
            return 0
        notes = read_state(
            folder,
            modules={"policy": self.networks.policy, "values": self.networks.values},
            optimizers=self._optimizers,
            extra={"values": self.networks.values},
        )
        self.memory = Memory(**notes)
        self.log.truncate_after(step_number(folder))
        return step_number(folder)

    def _after(self, done: int, row: dict[str, Any]) -> None:
        """Log an update; stop, measure and save when it is time."""
        settings = self.settings
        if row["kl"] > settings.kl_max:
            self.memory.stopped = "kl_max"
        if done % settings.evaluate_every == 0 or done == settings.updates or self.memory.stopped:
            self._checkpoint(done, row)
        else:
            self.log.write(row)

    def _checkpoint(self, done: int, row: dict[str, Any]) -> None:
        found = self.measure()
        remember(self.memory, done, found, self.settings)
        metrics = found.metrics
        self.log.write(row | metrics)  # before the checkpoint: a resumed run begins after this row
        write_checkpoint(
            self.stage.folder,
            done,
            write_model=lambda folder: save_model(self.networks.policy, folder, self.tokenizer),
            modules={"policy": self.networks.policy, "values": self.networks.values},
            optimizers=self._optimizers,
            extra={"values": self.networks.values},
            notes=vars(self.memory),
            facts={"stage": "ppo", **metrics},
        )
        prune(self.stage.folder, keep_last=self.settings.keep_last, best=self.memory.best_step)
        self.stage.note_time()

    @property
    def _optimizers(self) -> dict[str, torch.optim.Optimizer]:
        return {"policy": self.policy_optimizer, "values": self.value_optimizer}

    def _facts(self) -> dict[str, Any]:
        last = resumable_step(self.stage.folder)
        rows = self.log.rows()
        return {
            "best": step_folder(self.stage.folder, self.memory.best_step).name,
            "best_objective": self.memory.best_objective,
            "last": last.name if last else None,
            "steps": step_number(last) if last else 0,
            "stopped": self.memory.stopped,
            "first": rows[0] if rows else {},
            "final": rows[-1] if rows else {},
            "tokens_per_second": round(self.tokens / self.seconds, 1) if self.seconds else 0.0,
        }


def _regroup(items: list[Experience], sizes: list[int]) -> list[list[Experience]]:
    found, start = [], 0
    for size in sizes:
        found.append(items[start : start + size])
        start += size
    return found
