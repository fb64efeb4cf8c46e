"""Reward training with each prompt read once, against once for every answer. Two minutes.

    make bench NAME=shared_prompt

Synthetic comparisons of six answers of 12 tokens to a prompt of 44, 16 a step, for a decoder of
4 layers x 256 on one thread. Each side runs five times in processes of its own, in turns; the last
line is one JSON object: comparisons a second of processor time, and peak memory, of the medians.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time

import torch

from korean_rlhf.model.checkpoint import build_model
from korean_rlhf.model.heads import RewardModel
from korean_rlhf.settings.model import ModelSettings
from korean_rlhf.train.ranked import Packing, RankedRows, Ranking, ranked_rows
from korean_rlhf.train.reward import backbone, ranked_loss

PROMPT, ANSWER, ANSWERS, PROMPTS = 44, 12, 6, 16
VOCABULARY, WIDTH = 2048, 256
WARM_UP, STEPS, ROUNDS = 3, 20, 5
GOAL = 2.5
"""Times as fast; the rows hold a third of the tokens."""


def main() -> int:
    """Measure one side when it is named, else both."""
    if len(sys.argv) > 1:
        print(json.dumps(measure(shared=sys.argv[1] == "shared")))
        return 0
    sides: dict[str, list[dict[str, float]]] = {"apart": [], "shared": []}
    for _ in range(ROUNDS):
        for side, found in sides.items():
            line = subprocess.check_output([sys.executable, "-P", __file__, side], text=True)
            print(side, line.strip(), flush=True)
            found.append(json.loads(line))
    speed, memory = (
        {side: statistics.median(one[name] for one in found) for side, found in sides.items()}
        for name in ("comparisons_per_second", "peak_mb")
    )
    result = {
        "name": "shared_prompt",
        "unit": "comparisons trained on a second of processor time, one thread",
        "ours": speed["shared"],
        "peer": speed["apart"],
        "ratio": round(speed["shared"] / speed["apart"], 2),
        "goal": GOAL,
        "peak_mb": memory,
        "peak_ratio": round(memory["shared"] / memory["apart"], 2),
    }
    print(json.dumps(result))
    return 0


def measure(*, shared: bool) -> dict[str, float]:
    """Return the speed and the memory of training steps."""
    torch.set_num_threads(1)
    shape = ModelSettings(layers=4, hidden_size=WIDTH, heads=4, feed_forward_size=704, context=256)
    network = RewardModel(backbone(build_model(shape, VOCABULARY, 1))).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    packing = Packing(pad_id=0, context=256, hidden_size=WIDTH if shared else None)
    batches = [comparisons(seed, packing) for seed in range(WARM_UP + STEPS)]
    loss = ranked_loss(network.score_at, "cpu")
    for number, rows in enumerate(batches):
        if number == WARM_UP:
            begun = time.process_time()
        optimizer.zero_grad()
        (loss(rows) / PROMPTS).backward()
        optimizer.step()
    seconds = time.process_time() - begun
    return {
        "comparisons_per_second": round(STEPS * PROMPTS / seconds, 2),
        "peak_mb": round(peak_mb(), 1),
    }


def comparisons(seed: int, packing: Packing) -> RankedRows:
    """Return one step's prompts with their answers."""
    source = torch.Generator().manual_seed(seed)

    def tokens(count: int) -> list[int]:
        return torch.randint(3, VOCABULARY, (count,), generator=source).tolist()

    rankings = []
    for _ in range(PROMPTS):
        prompt = tokens(PROMPT)
        completions = tuple([*prompt, *tokens(ANSWER)] for _ in range(ANSWERS))
        rankings.append(Ranking(completions, tuple(range(1, ANSWERS + 1))))
    return ranked_rows(rankings, packing)


def peak_mb() -> float:
    """Return the most resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
