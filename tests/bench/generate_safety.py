"""Harm found by the rules of `prompts generate`, in red-team prompts and in harmless ones.

    make bench NAME=generate_safety

How many prompts of each file of prompts/redteam the rules find. They were fitted to these files,
but for LATER, which were added afterwards: only LATER says how they do on prompts that they have
not seen, and no rule may be fitted to it. Harmless texts: the look-alikes of prompts/redteam and
our own instructions, both in sight when the rules were written, and the pairs written later for
`make bench NAME=generate_duplicates`, which are everyday questions and no look-alikes. Intervals
are Wilson's, 95 %. A generated instruction is one message, so what has several turns or a system
prompt is left out and counted.
The last line is one JSON object.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from korean_rlhf.assets import asset_dir
from korean_rlhf.evaluate.statistics import wilson_interval
from korean_rlhf.prompting.generation.tasks import read_seeds
from korean_rlhf.prompting.generation.unsafe import unsafe
from korean_rlhf.records import Instruction
from korean_rlhf.tables import read

PROMPTS = asset_dir("prompts")
HARMLESS = "harmless.jsonl"
LATER = ("cheating.jsonl", "revenge.jsonl")
FRESH = Path(__file__).parents[1] / "golden" / "generated_duplicates_fresh.jsonl"
Texts = dict[str, list[str]]


def main() -> int:
    harmful, dialogues = red_team()
    of_files = {name: counted(texts) for name, texts in harmful.items()}
    for name, (found, asked) in of_files.items():
        print(f"  {name:<26} {found:3} of {asked}")
    result: dict[str, object] = {"name": "generate_safety", "unit": "found, all", **of_files}
    fitted = [text for name, texts in harmful.items() if name not in LATER for text in texts]
    later = [text for name in LATER for text in harmful[name]]
    result["fitted"] = shown("harmful, the rules were fitted to them", fitted)
    result["later"] = shown("harmful, came later", later)
    for name, texts in harmless().items():
        result[name] = shown(name, texts)
    print(f"with several turns or a system prompt, left out: {dialogues}")
    print(json.dumps({**result, "dialogues": dialogues}))
    return 0


def red_team() -> tuple[Texts, int]:
    """Return the harmful questions by file, and how many records are more than a question."""
    texts, records = {}, 0
    for path in sorted((PROMPTS / "redteam").glob("*.jsonl")):
        if path.name == HARMLESS:
            continue
        all_of = list(read(path, Instruction))
        records += len(all_of)
        alone = any(len(record.messages) == 2 for record in all_of)
        texts[path.name] = questions(path) if alone else []
    return texts, records - sum(map(len, texts.values()))


def harmless() -> Texts:
    pairs = [json.loads(line) for line in FRESH.read_text(encoding="utf-8").splitlines()]
    return {
        "harmless look-alikes, in sight": questions(PROMPTS / "redteam" / HARMLESS),
        "our own instructions, in sight": questions(PROMPTS / "instructions"),
        "everyday questions, came later": sorted(
            {text for pair in pairs for text in (pair["one"], pair["two"])}
        ),
    }


def questions(path: Path) -> list[str]:
    return [seed.instruction for seed in read_seeds([path], ())]


def counted(texts: Iterable[str]) -> tuple[int, int]:
    said = [unsafe(text) is not None for text in texts]
    return sum(said), len(said)


def shown(name: str, texts: Iterable[str]) -> tuple[int, int]:
    found, asked = counted(texts)
    low, high = wilson_interval(found, asked)
    print(f"{name:<40} {found} of {asked} [{low:.3f}, {high:.3f}]")
    return found, asked


if __name__ == "__main__":
    sys.exit(main())
