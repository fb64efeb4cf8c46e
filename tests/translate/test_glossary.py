from __future__ import annotations

import os
from pathlib import Path

import pytest

from korean_rlhf.errors import BadInput, BadRecord, MissingInput
from korean_rlhf.translate.protect import Glossary, protect, read_glossary, restore

TERMS = Glossary(
    [
        ("reward model", "보상 모델"),
        ("reward", "보상"),
        ("OpenAI", None),
        ("policy", "정책"),
        ("C++", None),
        (".NET", "닷넷"),
        ("US", "미국"),
        ("Kim Min-ji", "김민지"),
        ("process", "프로세스"),
    ]
)


@pytest.mark.parametrize(
    ("text", "originals", "put_back"),
    [
        ("The reward model learns a reward.", ["reward model", "reward"], ["보상 모델", "보상"]),
        ("Reward models differ.", ["Reward models"], ["보상 모델"]),
        ("Two policies, two processes.", ["policies", "processes"], ["정책", "프로세스"]),
        ("A reward\n model here", ["reward\n model"], ["보상 모델"]),
        ("OpenAI's API", ["OpenAI"], ["OpenAI"]),
        ("C++ and .NET, C++11", ["C++", ".NET", "C++"], ["C++", "닷넷", "C++"]),
        ("The US; let us go", ["US"], ["미국"]),
        ("Kim Min-ji wrote.", ["Kim Min-ji"], ["김민지"]),
        ("Use `reward` at https://reward.org now", ["`reward`", "https://reward.org"], None),
        ("unrewarded rewarding reward_x openai REWARD", [], []),
        ("OpenAI를 쓰는 reward는", ["OpenAI", "reward"], ["OpenAI", "보상"]),
    ],
)
def test_terms_are_found(text: str, originals: list[str], put_back: list[str] | None):
    found = protect(text, glossary=TERMS)

    assert list(found.originals) == originals
    assert list(found.spans) == (originals if put_back is None else put_back)
    assert restore(found.masked, found.originals).text == text


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_both_kinds_of_file_say_the_same(tmp_path: Path):
    rows = write(tmp_path / "g.tsv", "# term\tform\nreward model\t보상 모델\n\nOpenAI\tkeep\n")
    lines = '{"term": "reward model", "korean": "보상 모델"}\n{"term": "OpenAI", "keep": true}\n'
    text = "OpenAI trains reward models."

    found = [
        protect(text, glossary=read_glossary(path))
        for path in (rows, write(tmp_path / "g.jsonl", lines))
    ]

    assert found[0] == found[1]
    assert found[0].spans == ("OpenAI", "보상 모델")


def test_forms_are_in_nfc_and_a_changed_file_is_read_again(tmp_path: Path):
    path = write(tmp_path / "g.tsv", "reward\t\u1107\u1169\u1109\u1161\u11bc\n")
    assert protect("reward", glossary=read_glossary(path)).spans == ("보상",)

    write(path, "reward\t상품\n")
    os.utime(path, (1, 1))

    assert protect("reward", glossary=read_glossary(path)).spans == ("상품",)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("g.tsv", "reward 보상\n", "g.tsv:1: 'reward 보상' needs a Korean form"),
        ("g.tsv", "a\tb\n\t보상\n", "g.tsv:2: an entry needs a term"),
        ("g.tsv", "++\t보상\n", "g.tsv:1: an entry needs a term"),
        ("g.tsv", "a\t가\nb\t나\na\t다\n", "g.tsv:3: 'a' has another form"),
        ("g.jsonl", '{"term": "a"}\n', "g.jsonl:1: 'a' needs a Korean form"),
        ("g.jsonl", '{"term": 1, "korean": "가"}\n', "g.jsonl:1: an entry needs a term"),
        ("g.jsonl", "{torn\n", "g.jsonl:1"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, name: str, text: str, message: str):
    with pytest.raises(BadRecord, match=message.replace("+", r"\+")):
        read_glossary(write(tmp_path / name, text))


def test_other_mistakes_of_files(tmp_path: Path):
    (tmp_path / "g.tsv").write_bytes("보상".encode("euc-kr"))

    with pytest.raises(BadInput, match="UTF-8"):
        read_glossary(tmp_path / "g.tsv")
    with pytest.raises(MissingInput):
        read_glossary(tmp_path / "none.tsv")
