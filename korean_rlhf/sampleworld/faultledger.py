"""Which faults of the sample translator were caught, and which came through."""

from __future__ import annotations

import difflib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from korean_rlhf import tables
from korean_rlhf.records import Instruction
from korean_rlhf.rundir import atomic_write_text


def count_faults(ledger: Path, translated: Path) -> dict[str, dict[str, int]]:
    """Return for each fault how often it was made, caught and missed.

    A fault in a row is missed when its wrong text stands in the translated records. A fault of a
    whole request is caught when the same request was answered well later.
    """
    rows = [row for _, row in tables.rows(ledger)] if ledger.is_file() else []
    kept = {each.id: each for each in tables.read(translated / "instructions.jsonl", Instruction)}
    served = Counter(row["served"] for row in rows if "served" in row)
    table: dict[str, dict[str, int]] = defaultdict(lambda: {"made": 0, "caught": 0, "missed": 0})
    for row in _faults(rows):
        if "rows" in row:
            missed = any(_is_kept(reached, kept) for reached in row["rows"])
        else:
            missed = not served[row["request"]]
        table[row["fault"]]["made"] += 1
        table[row["fault"]]["missed" if missed else "caught"] += 1
    return dict(sorted(table.items()))


def fault_table(ledger: Path, translated: Path) -> dict[str, Any]:
    """Compare the ledger with the translated folder and write its faults.json.

    Beside the counts of `count_faults` it says how many records without any fault were dropped.
    """
    rows = [row for _, row in tables.rows(ledger)] if ledger.is_file() else []
    faulty = {reached["id"] for row in _faults(rows) for reached in row.get("rows", ())}
    dropped = [row["id"] for _, row in tables.rows(translated / "dropped.jsonl")]
    kept = [each.id for each in tables.read(translated / "instructions.jsonl", Instruction)]
    sound = [id for id in (*kept, *dropped) if id not in faulty]
    table = {
        "faults": count_faults(ledger, translated),
        "records": {"kept": len(kept), "dropped": len(dropped), "without_fault": len(sound)},
        "false_alarms": sum(id not in faulty for id in dropped),
    }
    text = json.dumps(table, ensure_ascii=False, indent=2) + "\n"
    atomic_write_text(translated / "faults.json", text)
    return table


def _faults(rows: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield each fault of a ledger once: a killed run may have asked for it again."""
    seen = set()
    for row in rows:
        if "fault" not in row:
            continue
        reached = tuple((each["id"], each["message"]) for each in row.get("rows", ()))
        name = (row["fault"], reached, row.get("attempt"), row["request"])
        if name not in seen:
            seen.add(name)
            yield row


def _is_kept(reached: Mapping[str, Any], kept: Mapping[str, Instruction]) -> bool:
    record = kept.get(reached["id"])
    if record is None:
        return False
    found = record.messages[reached["message"]].content
    return _came_through(found, reached["wrong"], reached["right"])


def _came_through(found: str, wrong: str, right: str) -> bool:
    """Whether `found` is the wrong text rather than the right one, but for repaired particles."""
    if found in (right, wrong):
        return found == wrong and wrong != right
    near_wrong, near_right = (
        difflib.SequenceMatcher(None, found, text, autojunk=False).ratio()
        for text in (wrong, right)
    )
    return near_wrong > near_right
