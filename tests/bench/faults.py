"""Which check finds which fault of a translation, and what it suspects without reason.

    make bench NAME=faults DATA=folder

DATA is a folder with parallel/ (JHE, python-docs), instructions/ (self-instruct) and preferences/
(HH), as docs/benchmarks.md names them. ENGLISH=2000 REAL=4000 HALF=1 are the defaults: of each kind
the rows whose English has the smallest SHA-256 are taken, and of them one half, by that digest:
half 0 is the one that the checks were tuned on. Into the right Korean of each row every fault that
applies is put, one at a time; what comes out is masked, restored, repaired and checked as in
`translate`. Rows are exchanged within requests of eight.

Printed: of each fault how many were made, which share was found and under which reasons; of each
reason how often it was given and right; false alarms by kind of text. Recall over all is the mean
over the faults. Precision is that of a set half of whose rows are at fault.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fault_bases import BASES, REAL, Base, drawn
from fault_makers import FAULTS, OTHER_TEXT
from stand_in import stand_in

from korean_rlhf.records import Drop
from korean_rlhf.sampleworld.badtranslations import Line
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.alignment import swapped
from korean_rlhf.translate.checks import Pair, faults
from korean_rlhf.translate.josa import repair
from korean_rlhf.translate.protect import protect, restore

SETTINGS = TranslateSettings(model="bench")
POLITE = replace(SETTINGS, register="haeyo")
"""Asked for where a whole answer is made plain: without a wanted register nothing tells it."""
BATCH = 8


@dataclass
class Tally:
    """What was made and found."""

    made: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    named: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    right: Counter[str] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    missed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, fault: str, reasons: Sequence[str], expected: frozenset[str], text: str) -> None:
        self.made[fault] += 1
        self.found[fault] += bool(reasons)
        if not reasons:
            self.missed[fault].append(text)
        for reason in set(reasons):
            self.named[fault][reason] += 1
            self.given[reason] += 1
            self.right[reason] += reason in expected


def main() -> int:
    bases = chosen(Path(os.environ["DATA"]), int(os.environ.get("HALF", "1")))
    clean = {kind: clean_reasons(rows) for kind, rows in bases.items()}
    tallies = {
        "real translations": tallied([row for kind in REAL for row in bases[kind]]),
        "English rows": tallied([row for kind in bases if kind not in REAL for row in bases[kind]]),
    }
    for name, tally in tallies.items():
        print_faults(name, tally)
    print_false_alarms(bases, clean)
    result = {"name": "faults", "unit": "share", **summary(bases, clean, tallies)}
    print_reasons(bases, clean, tallies)
    print(json.dumps(result))
    return 0


def chosen(data: Path, half: int) -> dict[str, list[Base]]:
    real, english = (int(os.environ.get(name, count)) for name, count in
                     (("REAL", "4000"), ("ENGLISH", "2000")))  # fmt: skip
    rows = {kind: drawn(BASES[kind](data), real) for kind in REAL}
    rows["self-instruct"] = drawn(BASES["self-instruct"](data), english // 2)
    rows["hh"] = drawn(BASES["hh"](data), english - len(rows["self-instruct"]))
    return {kind: [row for row in each if row.half == half] for kind, each in rows.items()}


def clean_reasons(rows: Sequence[Base]) -> list[list[str]]:
    """Return what is said about each right translation, exchanged rows included."""
    found = [judged(row, masked(row), SETTINGS) for row in rows]
    for batch in batches([*range(len(rows))]):
        texts = [(protect(rows[at].english).masked, masked(rows[at])) for at in batch]
        for place in swapped([text[0] for text in texts], [text[1] for text in texts]):
            found[batch[place]].append("answer-of-another-row")
    return found


def tallied(rows: Sequence[Base]) -> Tally:
    tally = Tally()
    for row in rows:
        line = Line(
            english=protect(row.english).masked,
            korean=masked(row),
            kind="instruction" if row.speaker == "user" else "answer",
            reply=stand_in(protect(row.reply), "assistant") if row.reply.strip() else "",
        )
        for name, (fault, expected) in FAULTS.items():
            wrong = fault(line, random.Random(f"{name}\0{row.english}"))
            if wrong is None or wrong.strip() == line.korean.strip():
                continue
            settings = POLITE if name == "register-plain" else SETTINGS
            tally.add(name, judged(row, wrong, settings), expected, f"{row.english}\n  {wrong}")
    for name, shift in (("rows-exchanged", 0), ("rows-shifted", 1)):
        add_swapped(tally, rows, name, shift)
    return tally


def add_swapped(tally: Tally, rows: Sequence[Base], name: str, shift: int) -> None:
    """Exchange two rows of each batch, or shift all by one."""
    expected = OTHER_TEXT | {
        "answer-of-another-row", "placeholder-lost", "placeholder-invented", "repetition",
        "register-mixed", "answered", "not-korean", "source-copied", "translator-refusal",
        "address-changed", "josa-wrong", "other-script",
    }  # fmt: skip
    for batch in batches([*range(len(rows))]):
        if len(batch) < BATCH:
            continue
        rng = random.Random(f"{name}\0{batch[0]}")
        order = batch[1:] + batch[:1] if shift else exchanged(batch, rng)
        sources = [protect(rows[at].english).masked for at in batch]
        targets = [masked(rows[at]) for at in order]
        found = swapped(sources, targets)
        for place, (at, other) in enumerate(zip(batch, order, strict=True)):
            if at != other:
                reasons = judged(rows[at], targets[place], SETTINGS)
                reasons += ["answer-of-another-row"] * (place in found)
                tally.add(name, reasons, expected, f"{rows[at].english}\n  {targets[place]}")


def exchanged(batch: list[int], rng: random.Random) -> list[int]:
    one, other = rng.sample(range(len(batch)), 2)
    order = [*batch]
    order[one], order[other] = order[other], order[one]
    return order


def batches(places: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(places), BATCH):
        yield places[start : start + BATCH]


def masked(row: Base) -> str:
    """Return the Korean with the marks of the English in place of its spans."""
    korean = row.korean
    for number, span in enumerate(protect(row.english).spans):
        korean = korean.replace(span, f"⟦{number}⟧", 1)
    return korean


def judged(row: Base, wrong: str, settings: TranslateSettings) -> list[str]:
    """Return the reasons that `translate` would give, as korean_rlhf.translate.pieces does."""
    protected = protect(row.english)
    restored = restore(wrong.strip(), protected.spans)
    if isinstance(restored, Drop):
        return [restored.reason]
    pair = Pair(
        source=row.english,
        target=repair(restored.text, restored.seams),
        masked_source=protected.masked,
        masked_target=wrong.strip(),
        spans=protected.spans,
        speaker=row.speaker,
    )
    return [fault.reason for fault in faults(pair, settings)]


def print_faults(name: str, tally: Tally) -> None:
    print(f"\n{name}\n| fault | made | found | reasons given |\n|---|---|---|---|")
    for fault, made in tally.made.items():
        reasons = ", ".join(
            f"{reason} {count / made:.2f}" for reason, count in tally.named[fault].most_common(3)
        )
        print(f"| {fault} | {made:,} | {tally.found[fault] / made:.2f} | {reasons} |")
    if os.environ.get("MISSED"):
        for fault in os.environ["MISSED"].split(","):
            for text in tally.missed[fault][:12]:
                print("MISSED", fault, text[:700], sep="\n  ")


def print_false_alarms(bases: dict[str, list[Base]], clean: dict[str, list[list[str]]]) -> None:
    print("\n| right translations | rows | suspected | reasons |\n|---|---|---|---|")
    for kind, rows in bases.items():
        suspected = sum(map(bool, clean[kind])) / len(rows)
        reasons = Counter(reason for found in clean[kind] for reason in set(found))
        said = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
        print(f"| {kind} | {len(rows):,} | {suspected:.1%} | {said} |")


def print_reasons(
    bases: dict[str, list[Base]],
    clean: dict[str, list[list[str]]],
    tallies: dict[str, Tally],
) -> None:
    """Print of each reason how often it was given, and right, among as many right rows."""
    print("\n| reason | given at faults | of right rows | precision |\n|---|---|---|---|")
    for reason, (given, alarms, precision) in sorted(precisions(bases, clean, tallies).items()):
        print(f"| {reason} | {given:,} | {alarms:.2%} | {precision:.2f} |")


def precisions(
    bases: dict[str, list[Base]],
    clean: dict[str, list[list[str]]],
    tallies: dict[str, Tally],
) -> dict[str, tuple[int, float, float]]:
    """Return by reason (given at faults, share of right rows suspected, precision)."""
    rows = sum(map(len, bases.values()))
    alarms = Counter(
        reason for found in clean.values() for reasons in found for reason in set(reasons)
    )
    made = sum(tally.made.total() for tally in tallies.values())
    given = sum((tally.given for tally in tallies.values()), Counter())
    right = sum((tally.right for tally in tallies.values()), Counter())
    return {
        reason: (
            given[reason],
            alarms[reason] / rows,
            right[reason] / (given[reason] + made * alarms[reason] / rows),
        )
        for reason in given
    }


def summary(
    bases: dict[str, list[Base]],
    clean: dict[str, list[list[str]]],
    tallies: dict[str, Tally],
) -> dict[str, object]:
    recalls = {
        f"{name}: {fault}": tally.found[fault] / made
        for name, tally in tallies.items()
        for fault, made in tally.made.items()
    }
    recall = sum(recalls.values()) / len(recalls)
    rows = sum(map(len, bases.values()))
    alarms = sum(bool(found) for each in clean.values() for found in each) / rows
    return {
        "rows": rows,
        "faults": sum(tally.made.total() for tally in tallies.values()),
        "recall": round(recall, 4),
        "recall of all rows": round(
            sum(tally.found.total() for tally in tallies.values())
            / sum(tally.made.total() for tally in tallies.values()),
            4,
        ),
        "precision": round(recall / (recall + alarms), 4),
        "false alarms": round(alarms, 4),
        "below 0.9": {name: round(each, 3) for name, each in recalls.items() if each < 0.9},
    }


if __name__ == "__main__":
    sys.exit(main())
