"""Precision and recall of the rules that find rows bound to English, on hand-labelled tasks.

    make bench NAME=selecting FOLDER=DIR      # WRONG=1 lists each mistake

DIR holds self-instruct-seed-tasks.en.jsonl and self-instruct-user-oriented.en.jsonl (the 175 seed
tasks and 252 user-oriented instructions of github.com/yizhongw/self-instruct). The labels are in
selecting_labels.json, by id; a task without one can be translated. "written" are the tasks that
were read while the rules were written, "held out" those that were labelled only after the first
version of the rules was done.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import Counter
from pathlib import Path

from korean_rlhf.records import Instruction
from korean_rlhf.settings.select import KINDS
from korean_rlhf.translate.reading import read_records
from korean_rlhf.translate.selecting import untranslatable

FILES = ("self-instruct-seed-tasks.en.jsonl", "self-instruct-user-oriented.en.jsonl")
LABELS = Path(__file__).with_name("selecting_labels.json")


def main() -> int:
    """Print a table for each part."""
    folder = os.environ.get("FOLDER")
    if not folder:
        raise SystemExit("Say where the tasks are: make bench NAME=selecting FOLDER=DIR")
    tables: dict[str, Counter[tuple[str, str]]] = {"written": Counter(), "held out": Counter()}
    by_kind = json.loads(LABELS.read_text(encoding="utf-8"))
    labels = {id: kind for kind, ids in by_kind.items() for id in ids}
    for task in read_records([Path(folder) / name for name in FILES]):
        assert isinstance(task, Instruction)
        count(task, labels.get(task.id.partition(":")[0], ""), tables[part_of(task.id)])
    for name, table in tables.items():
        show(name, table)
    return 0


def part_of(id: str) -> str:
    """Return which part a task is in: two of five, by the hash of its id, were held out."""
    number = int(hashlib.sha256(id.encode()).hexdigest(), 16)
    return "held out" if number % 5 < 2 else "written"


def count(task: Instruction, wanted: str, table: Counter[tuple[str, str]]) -> None:
    """Note what the rules say of one task against its label."""
    drop = untranslatable(task.messages, frozenset(KINDS))
    found = drop.reason.removeprefix("untranslatable-") if drop else ""
    table["rows", ""] += 1
    if found == wanted:
        table["right", found] += bool(found)
        return
    table["wrong", found] += bool(found)
    table["missed", wanted] += bool(wanted)
    if os.environ.get("WRONG"):
        print(f"{task.id}: label {wanted or '-'}, rules {found or '-'}")


def show(name: str, table: Counter[tuple[str, str]]) -> None:
    """Print the counts of each kind, and precision and recall of all."""
    print(f"{name}: {table['rows', '']} tasks")
    total = Counter({word: sum(table[word, kind] for kind in KINDS) for word in WORDS})
    for kind in KINDS:
        print(f"  {kind:14}" + "".join(f"{word} {table[word, kind]:3}  " for word in WORDS))
    found, labelled = total["right"] + total["wrong"], total["right"] + total["missed"]
    print(f"  precision {total['right']}/{found}, recall {total['right']}/{labelled}")


WORDS = ("right", "wrong", "missed")

if __name__ == "__main__":
    sys.exit(main())
