"""Instruction following: the checks on written cases, the prompts on their own references."""

import json
import unicodedata
from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import BadRecord, UnknownName
from korean_rlhf.evaluate.following.graphemes import clusters
from korean_rlhf.evaluate.following.parameters import BadParameters
from korean_rlhf.evaluate.following.prompts import following
from korean_rlhf.evaluate.following.registry import CONSTRAINTS, check_constraint, satisfied
from korean_rlhf.evaluate.following.scores import process_results, readings, share_of_pairs
from korean_rlhf.evaluate.following.words import occurrences
from korean_rlhf.evaluate.sources import DataOptions, locate, rows
from korean_rlhf.hangul import FIRST, LAST, josa
from korean_rlhf.ngrams import prompt_hash
from korean_rlhf.records import Comparison, Instruction, Message
from korean_rlhf.tables import read
from tests.golden import cases as golden

PROMPTS = asset_dir("evals") / "following" / "prompts.jsonl"
SYLLABLES = st.text(st.characters(min_codepoint=FIRST, max_codepoint=LAST), min_size=2, max_size=6)


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def prompts():
    return lines(PROMPTS)


@pytest.mark.parametrize("case", golden.cases("following", label="{constraint}: {answer:.24}"))
def test_golden(case):
    found = satisfied(case["constraint"], case["answer"], case["parameters"])

    assert found is case["satisfied"]


def test_the_golden_cases_try_every_constraint_both_ways():
    seen = Counter((case["constraint"], case["satisfied"]) for case in golden.rows("following"))

    assert sum(seen.values()) >= 250
    assert set(seen) == {(name, truth) for name in CONSTRAINTS for truth in (True, False)}
    assert all(case["why"] for case in golden.rows("following") if case["expect"] == "fail")


def test_every_reference_satisfies_its_prompt(prompts):
    failed = [
        (prompt["id"], asked["name"])
        for prompt in prompts
        for asked in prompt["constraints"]
        if not satisfied(asked["name"], prompt["reference"], asked["parameters"])
    ]

    assert failed == []


def others(prompts, at):
    return [prompts[(at + step) % len(prompts)]["reference"] for step in (1, 57, 101)]


def unruly(asked):
    """Return answers that heed nothing: a short one, and one too long that says forbidden words."""
    forbidden = asked["parameters"].get("words", [asked["parameters"].get("word", "")])
    line = "Sure, here are 100 ideas 🎉🎉🎉: " + " ".join(forbidden * 3)
    return ["OK, 7", "\n\n".join(f"{number}. {line}\n- yes" for number in range(1, 60))]


def test_every_constraint_of_every_prompt_refuses_some_answer(prompts):
    """A check that always says yes would be found here."""
    obliging = [
        (prompt["id"], asked["name"])
        for at, prompt in enumerate(prompts)
        for asked in prompt["constraints"]
        if all(
            satisfied(asked["name"], answer, asked["parameters"])
            for answer in [*others(prompts, at), *unruly(asked)]
        )
    ]

    assert obliging == []


def test_the_references_of_other_prompts_fail_most_constraints(prompts):
    found = [
        satisfied(asked["name"], answer, asked["parameters"])
        for at, prompt in enumerate(prompts)
        for asked in prompt["constraints"]
        for answer in others(prompts, at)
    ]

    assert sum(found) / len(found) < 0.3


def test_prompts_cover_every_constraint_and_repeat_nothing(prompts):
    used = Counter(asked["name"] for prompt in prompts for asked in prompt["constraints"])

    assert len(prompts) >= 160
    assert set(used) == set(CONSTRAINTS)
    assert min(used.values()) >= 4
    assert all(1 <= len(prompt["constraints"]) <= 3 for prompt in prompts)
    for key in ("id", "prompt", "reference"):
        assert len({prompt[key] for prompt in prompts}) == len(prompts)
    assert {(prompt["license"], prompt["source"]) for prompt in prompts} == {
        ("Apache-2.0", "korean-rlhf")
    }


def test_the_readme_counts_right_and_names_every_constraint(prompts):
    readme = (PROMPTS.parent / "README.md").read_text(encoding="utf-8")
    total = sum(len(prompt["constraints"]) for prompt in prompts)
    rows = [line.split("|")[1] for line in readme.splitlines() if line.startswith("| ")]

    assert f"three ways that code can check | {len(prompts)} |" in readme
    assert f"{total} in all" in readme
    assert set(CONSTRAINTS) <= {name.strip() for row in rows for name in row.split(",")}


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ("저는 인공지능이라 잘 모르겠습니다.", lambda at, ps: "저는 인공지능이라 잘 모르겠습니다."),
        ("the prompt itself", lambda at, ps: ps[at]["prompt"]),
        ("the reference of the next prompt", lambda at, ps: ps[(at + 1) % len(ps)]["reference"]),
        (
            "the reference between 네, 알겠습니다! and 도움이 되었기를 바랍니다.",
            lambda at, ps: f"네, 알겠습니다!\n{ps[at]['reference']}\n도움이 되었기를 바랍니다.",
        ),
    ],
)
def test_the_readme_says_what_answers_without_sense_score(prompts, row, answer):
    found = [
        process_results({"constraints": json.dumps(prompt["constraints"])}, [answer(at, prompts)])
        for at, prompt in enumerate(prompts)
    ]
    figures = [
        *(
            sum(one[name] for one in found) / len(found)
            for name in ("prompt_strict", "prompt_loose")
        ),
        share_of_pairs([one["instruction_strict"] for one in found]),
        share_of_pairs([one["instruction_loose"] for one in found]),
    ]
    readme = (PROMPTS.parent / "README.md").read_text(encoding="utf-8")
    (line,) = [line for line in readme.splitlines() if line.startswith(f"| {row} |")]
    shown = [float(cell) for cell in line.strip("| ").split("|")[1:]]

    # Another version of Kiwi may split a sentence otherwise.
    assert shown == pytest.approx([100 * figure for figure in figures], abs=1.0)


def test_no_prompt_is_one_to_train_on(prompts):
    folder = asset_dir("prompts")
    asked = {prompt_hash([Message(role="user", content=prompt["prompt"])]) for prompt in prompts}
    trained = [
        *read(folder / "instructions", Instruction),
        *read(folder / "redteam", Instruction),
        *read(folder / "comparisons", Comparison),
    ]

    assert len(asked) == len(prompts)
    assert asked.isdisjoint(prompt_hash(record.messages[:1]) for record in trained)


def test_a_prompt_says_what_it_asks_for(prompts):
    """The phrases, words and options of a constraint stand in the prompt."""
    spelled = ("phrase", "word", "words", "options", "marker", "question", "keys", "start")
    unsaid = [
        (prompt["id"], text)
        for prompt in prompts
        for asked in prompt["constraints"]
        for key in spelled
        for text in _texts(asked["parameters"].get(key, []))
        if text not in prompt["prompt"]
    ]

    assert unsaid == []


def _texts(value):
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize(
    ("name", "parameters", "problem"),
    [
        ("sentences", {}, "needs either exactly"),
        ("sentences", {"exactly": 2, "at_most": 3}, "needs either exactly"),
        ("sentences", {"at_least": 3, "at_most": 2}, "nothing can satisfy"),
        ("sentences", {"at_least": 0}, "every answer"),
        ("sentences", {"exactly": True}, "whole number"),
        ("sentences", {"exactly": -1}, "whole number"),
        ("sentences", {"exactly": "2"}, "whole number"),
        ("characters", {"at_most": 100}, "needs the parameter 'spaces'"),
        ("characters", {"at_most": 100, "spaces": 1}, "true or false"),
        ("no_commas", {"exactly": 0}, "takes no parameter 'exactly'. It takes: none"),
        ("register", {"level": "해요체"}, "one of hapsyo, haeyo"),
        ("contains", {"words": "봄"}, "list of texts"),
        ("contains", {"words": []}, "list of texts"),
        ("begins_with", {"phrase": " "}, "must be text"),
    ],
)
def test_parameters_that_cannot_be_are_told(name, parameters, problem):
    with pytest.raises(BadParameters, match=problem):
        check_constraint(name, parameters)


def test_a_near_name_is_told():
    with pytest.raises(UnknownName, match="sentences"):
        satisfied("sentence", "봄이다.", {"exactly": 1})


@pytest.mark.parametrize("name", sorted(CONSTRAINTS))
def test_an_empty_answer_satisfies_nothing(name, prompts):
    asked = [a for prompt in prompts for a in prompt["constraints"] if a["name"] == name]

    assert not any(satisfied(name, " \n", one["parameters"]) for one in asked)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"constraints": []}, "needs 'constraints'"),
        ({"constraints": [{"name": "emoji"}]}, "is no {name, parameters}"),
        ({"constraints": [{"name": "emojis", "parameters": {}}]}, "Did you mean 'emoji'"),
        ({"constraints": [{"name": "emoji", "parameters": {}}]}, "needs either exactly"),
        ({"prompt": ""}, "needs 'prompt'"),
        ({"reference": None}, "needs 'reference'"),
    ],
)
def test_a_prompt_that_cannot_be_scored_is_told_with_its_line(tmp_path, prompts, change, problem):
    path = tmp_path / "prompts.jsonl"
    both = [prompts[0], {**prompts[1], **change}]
    path.write_text("".join(json.dumps(row) + "\n" for row in both), encoding="utf-8")

    with pytest.raises(BadRecord, match=rf"prompts\.jsonl:2: .*{problem}"):
        following(path)


def test_the_prompts_ship_with_us_and_a_local_copy_goes_first(tmp_path, prompts):
    assert locate("following", DataOptions()).path == PROMPTS
    assert [row["id"] for row in rows("following", DataOptions())] == [p["id"] for p in prompts]

    copy = tmp_path / "following" / "prompts.jsonl"
    copy.parent.mkdir()
    copy.write_text(json.dumps(prompts[3]) + "\n", encoding="utf-8")
    options = DataOptions(data=str(tmp_path))

    assert [row["id"] for row in rows("following", options)] == [prompts[3]["id"]]


def scored(answer, *asked):
    constraints = [{"name": name, "parameters": parameters} for name, parameters in asked]
    return process_results({"constraints": json.dumps(constraints)}, [answer])


def test_a_prompt_counts_only_whole_and_a_constraint_by_itself():
    asked = [("sentences", {"exactly": 2}), ("no_commas", {}), ("no_digits", {})]

    assert scored("비가 온다. 바람도 분다.", *asked) == {
        "prompt_strict": 1.0,
        "prompt_loose": 1.0,
        "instruction_strict": (3, 3),
        "instruction_loose": (3, 3),
    }
    found = scored("비가 온다. 바람도, 3번 분다.", *asked)
    assert (found["prompt_strict"], found["instruction_strict"]) == (0.0, (1, 3))


@pytest.mark.parametrize(
    ("answer", "strict", "loose"),
    [
        ("찬성", 1.0, 1.0),
        ("제 의견은 다음과 같습니다.\n찬성", 0.0, 1.0),
        ("찬성\n도움이 되었기를 바랍니다.", 0.0, 1.0),
        ("네!\n찬성\n감사합니다.", 0.0, 1.0),
        ("네!\n의견입니다.\n찬성", 0.0, 0.0),
        ("반대", 0.0, 0.0),
    ],
)
def test_loose_forgives_a_first_and_a_last_line(answer, strict, loose):
    found = scored(answer, ("one_of", {"options": ["찬성", "보류"]}))

    assert (found["prompt_strict"], found["prompt_loose"]) == (strict, loose)


def test_loose_forgives_bold_type():
    asked = ("begins_with", {"phrase": "솔직히 말하면 외롭다"})
    found = scored("**솔직히 말하면** 외롭다.", asked)

    assert (found["instruction_strict"], found["instruction_loose"]) == ((0, 1), (1, 1))


def test_loose_reads_an_answer_in_eight_forms_and_first_as_it_is():
    forms = readings("*가*\n*나*\n*다*")

    assert len(forms) == len(set(forms)) == 8
    assert forms[0] == "*가*\n*나*\n*다*"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.integers(1, 30))
def test_loose_is_never_stricter_than_strict(answer, bound):
    found = scored(
        answer,
        ("characters", {"spaces": True, "at_most": bound}),
        ("lines", {"exactly": 1 + bound % 3}),
        ("no_commas", {}),
    )

    assert found["prompt_loose"] >= found["prompt_strict"]
    assert found["instruction_loose"] >= found["instruction_strict"]


LETTERS = st.one_of(
    st.text(max_size=60),
    st.text(
        "가나다ㄱㅏa1, .?!\n\t-*#|[](){}<>《》\"'“”①🙂\u200d\ufe0f\u1112\u119e\u11ab", max_size=60
    ),
    st.sampled_from(
        ["[" * 3000, "가" * 2000, "| " * 500, "1. " * 500, "가나다 " * 300, "**\n" * 300]
    ),
)


@settings(max_examples=40, deadline=None)
@given(LETTERS)
def test_no_answer_is_too_odd_for_a_check(answer):
    for row in rows("following", DataOptions())[::3]:
        found = process_results(row, [answer])

        assert 0.0 <= found["prompt_strict"] <= found["prompt_loose"] <= 1.0


@settings(max_examples=60, deadline=None)
@given(SYLLABLES, st.sampled_from(["은/는", "이/가", "을/를", "과/와", "으로/로", "이랑/랑"]))
def test_a_word_is_found_with_the_particle_that_fits_it(word, pair):
    assert occurrences(f"{word}{josa(word, pair)} {word}.", word) == 2


@settings(max_examples=60, deadline=None)
@given(SYLLABLES, SYLLABLES)
def test_a_word_is_not_found_at_the_end_of_another(word, before):
    assume(before[0] != word[0])

    assert occurrences(before + word, word) == 0


@settings(max_examples=60, deadline=None)
@given(SYLLABLES)
def test_syllables_count_alike_in_every_normal_form(text):
    decomposed = unicodedata.normalize("NFD", text)

    assert len(clusters(text)) == len(text)
    assert satisfied("characters", decomposed, {"spaces": True, "exactly": len(text)})
