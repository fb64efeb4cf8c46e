"""What chat models answer to a few everyday prompts: read by people, scored by nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from korean_rlhf.assets import asset_dir
from korean_rlhf.evaluate import scores
from korean_rlhf.evaluate.checkpoints import CHAT_STAGES, Checkpoint, Target, weights_digest
from korean_rlhf.progress import say
from korean_rlhf.records import Message
from korean_rlhf.rundir import atomic_write_text
from korean_rlhf.settings.evaluate import EvaluateSettings
from korean_rlhf.settings.loading import read_toml

SHOWCASE = "showcase.json"
PROMPTS = "showcase.toml"
MOST_TOKENS = 128
TEMPERATURE = 0.7


def show(target: Target, settings: EvaluateSettings) -> None:
    """Let the chosen chat models of a run answer the prompts of evals/showcase.toml.

    Unchanged models are not asked again. Every model answers with the same random numbers.
    """
    prompts = showcase_prompts()
    for checkpoint in target.checkpoints:
        if not checkpoint.chosen or checkpoint.stage not in CHAT_STAGES:
            continue
        path = target.evals / checkpoint.name / SHOWCASE
        key = scores.score_key(
            weights=weights_digest(checkpoint.folder),
            prompts=prompts,
            sampling=[MOST_TOKENS, TEMPERATURE, settings.seed, settings.precision],
        )
        if scores.read_scores(path).get("key") != key:
            path.parent.mkdir(parents=True, exist_ok=True)
            record = {"key": key, "rows": _answers(checkpoint, prompts, settings)}
            atomic_write_text(path, json.dumps(record, ensure_ascii=False, indent=2) + "\n")
            say(f"{checkpoint.name}: answers to {len(prompts)} everyday prompts in {path}")


def showcase_prompts(root: Path | None = None) -> list[str]:
    """Return the prompts that every chat model answers."""
    table = read_toml((root or asset_dir("evals")) / PROMPTS)
    return [str(prompt) for prompt in table["prompts"]]


def _answers(
    checkpoint: Checkpoint, prompts: list[str], settings: EvaluateSettings
) -> list[dict[str, Any]]:
    from korean_rlhf.evaluate.answers import write
    from korean_rlhf.evaluate.models import load
    from korean_rlhf.tokenizer.chat import ChatTokenizer

    loaded = load(checkpoint.folder, device=settings.device, precision=settings.precision)
    chat = ChatTokenizer.load(checkpoint.folder)
    encoded = [chat.encode_chat([Message(role="user", content=prompt)]) for prompt in prompts]
    written = write(
        loaded, encoded, most_tokens=MOST_TOKENS, temperature=TEMPERATURE, seed=settings.seed
    )
    return [
        {
            "id": str(place),
            "question": prompt,
            "answer": chat.decode(answer.text_tokens).strip(),
            "ended": answer.ended,
            "tokens": len(answer.tokens),
        }
        for place, (prompt, answer) in enumerate(zip(prompts, written, strict=True))
    ]
