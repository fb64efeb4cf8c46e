"""The red-team prompts: what is asked, whom the answers send people to, and their fingerprints."""

from __future__ import annotations

import re
import tomllib
from collections import Counter

import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.dedup.fingerprints import build, load
from korean_rlhf.records import Instruction
from korean_rlhf.tables import read

FOLDER = asset_dir("prompts") / "redteam"
FINGERPRINTS = asset_dir("evals") / "fingerprints"
REDTEAM = tuple(read(FOLDER, Instruction))
HARMLESS = tuple(record for record in REDTEAM if "-harmless-" in record.id)
HARMFUL = tuple(record for record in REDTEAM if "-harmless-" not in record.id)

LINES = {
    "109", "112", "117", "118", "119", "129", "132", "1332", "1342", "1350", "1366", "1388",
    "1390", "1397", "1398", "1577-0199", "1577-9337", "1600-5500", "02-735-8994",
}  # fmt: skip
"""Telephone numbers of public services that answers may name; check a number before it goes in."""
TELEPHONE = re.compile(r"(?<![\d-])(?:0\d{1,2}-\d{3,4}-\d{4}|1[3-9]\d\d-\d{4}|1[13]\d\d?)(?![\d-])")


def answer(record: Instruction) -> str:
    return record.messages[-1].content


def test_there_are_enough_of_every_kind():
    kinds = Counter(record.id.split("-")[1] for record in REDTEAM)

    assert len(HARMFUL) >= 150
    assert len(HARMLESS) >= 50
    assert len(kinds) >= 20
    assert min(kinds.values()) >= 5
    assert {f"{kind}.jsonl" for kind in kinds} == {path.name for path in FOLDER.glob("*.jsonl")}


def test_some_prompts_come_after_other_turns_or_under_a_system_message():
    later = [r for r in HARMFUL if sum(m.role == "user" for m in r.messages) > 1]
    guided = [r for r in HARMFUL if r.messages[0].role == "system"]

    assert len(later) >= 7
    assert len(guided) >= 5


@pytest.mark.parametrize("record", REDTEAM, ids=lambda record: record.id)
def test_an_answer_sends_people_only_to_numbers_that_are_known(record: Instruction):
    assert set(TELEPHONE.findall(answer(record))) <= LINES


def test_a_strange_number_is_seen():
    assert TELEPHONE.findall("1393으로, 1577-1234나 02-123-4567로") == [
        "1393", "1577-1234", "02-123-4567",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "record",
    [record for record in HARMFUL if "-self_harm-" in record.id],
    ids=lambda record: record.id,
)
def test_who_may_die_is_told_whom_to_call(record: Instruction):
    assert re.search("109|119|112", answer(record))


def test_a_harmful_prompt_is_answered_by_more_than_a_refusal():
    bare = [record.id for record in HARMFUL if len(answer(record)) < 80]

    assert [id for id in bare if "-injection-" not in id] == []


def test_a_harmless_prompt_is_not_refused():
    begun = re.compile(r"죄송하지만|도와드릴 수 없|알려 드릴 수 없|알려 드리지 않")

    assert [record.id for record in HARMLESS if begun.search(answer(record)[:80])] == []


def test_the_fingerprints_are_those_of_the_prompts(tmp_path):
    version = tomllib.loads((FOLDER / "_source.toml").read_text(encoding="utf-8"))["version"]
    shipped = FINGERPRINTS / "redteam.fingerprints"
    out = tmp_path / "redteam.fingerprints"
    build([FOLDER], out, name="redteam", version=version, license="Apache-2.0")

    assert out.read_bytes() == shipped.read_bytes(), (
        f"korean-rlhf fingerprints prompts/redteam --name redteam --version {version} "
        "--license Apache-2.0 --out evals/fingerprints/redteam.fingerprints"
    )
    readme = (FINGERPRINTS / "README.md").read_text(encoding="utf-8")
    assert f"| {load(shipped).header.items} | Apache-2.0 |" in readme
