"""Each fault that `prompts check` knows, made on purpose: it is found, at its line."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from korean_rlhf.cli.main import main
from korean_rlhf.prompting.check import check_folder

HEAD = 'version = "1.0"\nsource = "ours"\nlicense = "CC0-1.0"\n'
GOOD = (
    HEAD
    + 'values = ["text"]\nlabels = ["긍정", "부정"]\n\n'
    + "template = '''\n{% for one in examples %}{{ one.text }}: {{ one.answer }}\n{% endfor %}"
    + "{{ text }}:'''\n\n"
    + '[[examples]]\ntext = "참 좋다."\nanswer = "긍정"\n\n'
    + '[[examples]]\ntext = "참 싫다."\nanswer = "부정"\n'
)
ROW = {
    "id": "one-001",
    "messages": [
        {"role": "user", "content": "오늘 날씨가 어때요?"},
        {"role": "assistant", "content": "맑아요."},
    ],
    "register": "haeyo",
    "source": "ours",
    "license": "CC0-1.0",
}
COMPARED = {
    "id": "compare-001",
    "messages": ROW["messages"][:1],
    "responses": ["맑아요.", "몰라요."],
    "ranks": [1, 2],
    "source": "ours",
    "license": "CC0-1.0",
}
ASKED = {
    "id": "ask-001",
    "text": "참 맑다.",
    "answer": "긍정",
    "source": "ours",
    "license": "CC0-1.0",
}


def levels(text: str) -> list[str]:
    return ["haeyo" if part.endswith("요") else "haera" for part in text.split(".") if part.strip()]


def folder(root: Path, **files: str) -> Path:
    for name, text in files.items():
        kind, _, file = name.partition("__")
        (root / kind).mkdir(exist_ok=True)
        path = root / kind / f"{file}.{'toml' if kind == 'templates' else 'jsonl'}"
        path.write_text(text, encoding="utf-8")
        (root / kind / "_source.toml").write_text(HEAD + 'description = "글"\n', encoding="utf-8")
    return root


def found(root: Path) -> list[tuple[str, int, str]]:
    return [(one.path.name, one.line, one.text) for one in check_folder(root, levels).problems]


def only(root: Path) -> tuple[int, str]:
    problems = found(root)
    assert len(problems) == 1, problems
    return problems[0][1:]


def changed(row: dict, **values) -> str:
    return json.dumps(row | values, ensure_ascii=False) + "\n"


def test_what_is_well_formed_passes(tmp_path: Path):
    root = folder(
        tmp_path,
        templates__one=GOOD,
        instructions__one=changed(ROW),
        comparisons__one=changed(COMPARED),
        questions__one=changed(ASKED),
    )
    checked = check_folder(root, levels)

    assert list(checked.problems) == []
    assert (checked.templates, checked.rows) == (1, 3)


FAULTS_OF_A_TEMPLATE = [
    ("no toml", GOOD + "모르는 말", 18, "no TOML"),
    ("no version", GOOD.replace('version = "1.0"\n', ""), 1, "no version"),
    ("unknown key", GOOD.replace("labels", "lables"), 5, "Did you mean 'labels'"),
    ("broken template", GOOD.replace("{% endfor %}", "{% endfo %}"), 9, "Encountered unknown tag"),
    ("a value of no use", GOOD.replace('["text"]', '["text", "tone"]'), 4, "no template uses"),
    ("a value not named", GOOD.replace('["text"]', "[]"), 8, "'text', which `values` does"),
    (
        "another answer",
        GOOD.replace('answer = "부정"', 'answer = "중립"'),
        15,
        "none of the labels",
    ),
    ("a value too few", GOOD.replace('text = "참 싫다."\n', ""), 15, "must hold exactly"),
    ("the same twice", GOOD.replace("참 싫다.", "참 좋다."), 15, "what an earlier one asks"),
    ("empty", GOOD.replace("참 싫다.", " "), 15, "empty text"),
    ("a lost letter", GOOD.replace("싫다", "싫\ufffd"), 16, "U+FFFD"),
    ("both josa", GOOD.replace("참 싫다", "나은(는) 싫다"), 16, "both forms of a josa"),
    (
        "decomposed",
        GOOD.replace("싫다", unicodedata.normalize("NFD", "싫다")),
        16,
        "not NFC",
    ),
    (
        "a jamo",
        GOOD.replace("싫다", "\u1112다"),
        16,
        "U+1112",
    ),
    ("no examples", GOOD[: GOOD.index("[[examples]]")], 1, "the file has none"),
    (
        "cannot be filled",
        GOOD.replace("{{ text }}:", "{{ text.nothing }}:"),
        7,
        "cannot be filled",
    ),
    ("says nothing", HEAD, 1, "says nothing"),
    (
        "verbalizer of no label",
        GOOD.replace("\n[[", '\n[verbalizers]\n"중립" = "몰라"\n\n[[', 1),
        11,
        "no label",
    ),
]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [fault[1:] for fault in FAULTS_OF_A_TEMPLATE],
    ids=[fault[0] for fault in FAULTS_OF_A_TEMPLATE],
)
def test_a_fault_of_a_template_is_found_at_its_line(tmp_path: Path, text, line, said):
    problems = found(folder(tmp_path, templates__one=text))

    assert any(at == line and said in told for _, at, told in problems), problems


def turns(*contents: str, first: str = "user") -> list[dict[str, str]]:
    roles = ["user", "assistant"] if first == "user" else ["assistant", "user"]
    return [{"role": roles[at % 2], "content": text} for at, text in enumerate(contents)]


FAULTS_OF_A_ROW = [
    ("torn", '{"id": "one-0', "Unterminated"),
    ("no object", "[1]\n", "one JSON object"),
    ("an empty line", "\n" + changed(ROW), "an empty line"),
    ("no license", changed(ROW, license=""), "no license"),
    ("unknown key", changed(ROW, licence="MIT"), "licence is no key"),
    ("no messages", changed({k: v for k, v in ROW.items() if k != "messages"}), "lacks messages"),
    ("ends with the user", changed(ROW, messages=turns("물음")), "must be the assistant's"),
    ("a strange role", changed(ROW, messages=[{"role": "bot", "content": "네"}]), "none of"),
    (
        "no turns",
        changed(ROW, messages=[*turns("물음"), *turns("물음", "답해요.")]),
        "take turns",
    ),
    (
        "late system",
        changed(ROW, messages=[*turns("가", "나요."), {"role": "system", "content": "다"},
                               *turns("라", "마요.")]),
        "behind the first place",
    ),
    ("unknown register", changed(ROW, register="banmal"), "is none of"),
    ("another register", changed(ROW, messages=turns("날씨?", "맑다.")), "answers have: haera"),
    ("mixed", changed(ROW, messages=turns("날씨?", "맑아요. 좋다.")), "haeyo 1, haera 1"),
    ("blanks", changed(ROW, messages=turns("날씨? ", "맑아요.")), "blanks at the begin"),
    ("empty", changed(ROW, messages=turns("날씨?", " ")), "an empty text"),
    ("invisible", changed(ROW, messages=turns("날\u200b씨?", "맑아요.")), "U+200B"),
    ("josa", changed(ROW, messages=turns("날씨?", "해이(가) 나요.")), "both forms of a josa"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [fault[1:] for fault in FAULTS_OF_A_ROW],
    ids=[fault[0] for fault in FAULTS_OF_A_ROW],
)
def test_a_fault_of_an_instruction_is_found(tmp_path: Path, text, said):
    line, told = only(folder(tmp_path, instructions__one=text))

    assert said in told
    assert line == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"ranks": [1, 3]}, "leave a gap"),
        ({"ranks": [1, 1]}, "all answers are tied"),
        ({"responses": ["맑아요.", "맑아요."]}, "the same"),
        ({"ranks": [1]}, "2 responses but 1 ranks"),
        ({"responses": ["맑아요.", "ᄆᆞᆰ다"]}, "U+11"),
    ],
)
def test_a_fault_of_a_comparison_is_found(tmp_path: Path, values, said):
    assert said in only(folder(tmp_path, comparisons__one=changed(COMPARED, **values)))[1]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ASKED | {"answer": ""}, '"answer"'),
        (ASKED | {"text": 3}, "text must be text"),
        ({key: value for key, value in ASKED.items() if key != "text"}, "no value for a template"),
    ],
)
def test_a_fault_of_a_question_is_found(tmp_path: Path, row, said):
    assert said in only(folder(tmp_path, questions__one=changed(row)))[1]


def test_what_is_asked_twice_is_found_across_files(tmp_path: Path):
    near = changed(ROW, id="two-001", messages=turns("오늘 날씨가 어때?", "맑아요."))
    problems = found(
        folder(tmp_path, instructions__one=changed(ROW), instructions__two=near, redteam__x=near)
    )

    assert [(name, line) for name, line, _ in problems] == [("two.jsonl", 1)] + [("x.jsonl", 1)] * 4
    assert "it asks nearly what one-001 asks" in problems[0][2]
    assert any("its id stands already in" in text for _, _, text in problems[1:])
    assert any("its prompt stands already in" in text for _, _, text in problems[1:])


def test_a_comparison_may_rank_what_an_instruction_asks(tmp_path: Path):
    root = folder(tmp_path, instructions__one=changed(ROW), comparisons__one=changed(COMPARED))

    assert found(root) == []


def test_every_fault_is_listed_and_the_command_fails(tmp_path: Path, capsys):
    folder(tmp_path, templates__one=HEAD, instructions__one=changed(ROW, license="") + "{\n")
    (tmp_path / "templates" / "_source.toml").unlink()

    assert main(["prompts", "check", str(tmp_path)]) == 1

    printed, said = capsys.readouterr()
    lines = printed.splitlines()
    assert len(lines) == 4
    assert f"{tmp_path}/instructions/one.jsonl:2: " in printed
    assert "_source.toml:1: is not there" in printed
    assert "4 to mend" in said


def test_a_folder_without_prompts_is_an_error(tmp_path: Path, capsys):
    assert main(["prompts", "check", str(tmp_path)]) == 1
    assert main(["prompts", "check", str(tmp_path / "nowhere")]) == 1
    assert "holds no prompts" in capsys.readouterr().err
