"""`prompts list`, `show` and `render`: what people see, and what data may hold."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.cli.main import main
from korean_rlhf.errors import BadInput, SettingsError
from korean_rlhf.promptfiles import load_prompt
from korean_rlhf.prompting.filling import find_prompt, given_values, render
from korean_rlhf.prompting.shots import choose_examples


def said(capsys, *argv: str) -> str:
    assert main(["prompts", *argv]) == 0
    return capsys.readouterr().out


def refused(capsys, *argv: str) -> str:
    assert main(["prompts", *argv]) == 1
    return capsys.readouterr().err


def test_the_list_names_kind_version_license_and_count(capsys):
    lines = said(capsys, "list", "templates").splitlines()

    assert lines[0].split() == ["prompt", "version", "license", "count"]
    assert "templates/sentiment                 1.0      Apache-2.0  5 examples" in lines
    assert "90 records" in said(capsys, "list", "questions")
    assert "Did you mean 'templates'" in refused(capsys, "list", "template")


def test_a_prompt_is_shown_as_people_read_it(capsys):
    shown = said(capsys, "show", "sentiment-plain-words")

    assert "labels: 긍정 (좋다), 부정 (나쁘다), 중립 (그저 그렇다)" in shown
    assert "text: 너는 굉장하구나\nanswer: 긍정" in shown
    assert "Did you mean 'sentiment'" in refused(capsys, "show", "sentimnt")


def test_a_set_is_shown_line_by_line(capsys):
    first = json.loads(said(capsys, "show", "questions/sentiment").splitlines()[0])

    assert first["answer"] == "긍정"


def test_a_prompt_is_filled_from_the_command_line(capsys, tmp_path: Path):
    file = tmp_path / "text.txt"
    file.write_text("{% raw %} {{ 7 * 7 }}\n둘째 줄", encoding="utf-8")
    shown = said(capsys, "render", "sentiment", "--set-file", f"text={file}", "--shots", "0")

    assert "문장: {% raw %} {{ 7 * 7 }}\n둘째 줄\n감정:" in shown
    assert "너는 굉장하구나" not in shown


def test_roles_stand_over_several_messages(capsys):
    flags = [word for name in ("conversation", "answer", "reference")
             for word in ("--set", f"{name}=글")]  # fmt: skip
    shown = said(capsys, "render", "judge/single", *flags)

    assert shown.startswith("[system]\n")
    assert "\n\n[user]\n" in shown


def test_rows_become_lines_of_messages(capsys, tmp_path: Path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": "a", "text": "{{ 참 }}"}\n{"text": "좋다"}\n', encoding="utf-8")
    lines = said(capsys, "render", "spelling", "--rows", str(rows)).splitlines()
    first, second = map(json.loads, lines)

    assert first["id"] == "a"
    assert first["messages"][0]["content"].endswith("원문: {{ 참 }}\n교정:")
    assert second["messages"][0]["content"].endswith("원문: 좋다\n교정:")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["judge/single", "--set", "answer=가"], "wants conversation, reference: give --set conv"),
        (["sentiment", "--set", "text"], "is no NAME=VALUE"),
        (["sentiment", "--set", "text=가", "--set", "text=나"], "gives text a second value"),
        (["sentiment", "--set-file", "text=nowhere.txt"], "nowhere.txt does not exist"),
        (["sentiment", "--set", "text=가", "--shots", "9"], "holds 5 examples, fewer than"),
        (["sentiment", "--set", "text=가", "--shots", "-1"], "must be 0 or more"),
        (["nowhere.toml"], "nowhere.toml does not exist"),
        (["templte/sentiment"], "Did you mean 'templates'"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(capsys, argv, words):
    error = refused(capsys, "render", *argv)

    assert words in error
    assert error.count("\n") == 1


@given(st.text(alphabet="{}%#[]()_ab가 \n'\"\\=") | st.sampled_from(["{{ 1 }}", "{% raw %}"]))
def test_any_value_comes_out_as_it_went_in(value: str):
    filled = render(find_prompt("sentiment"), given_values([f"text={value}"], []))

    assert filled[0].content.endswith(f"문장: {value}\n감정:")


def test_drawn_examples_are_balanced_and_the_same_for_a_seed():
    prompt = load_prompt("templates", "sentiment")
    draws = [choose_examples(prompt, 3, seed) for seed in range(20)]

    assert all(Counter(one["answer"] for one in drawn) == dict.fromkeys(prompt.labels, 1)
               for drawn in draws)  # fmt: skip
    assert len({json.dumps(drawn, ensure_ascii=False) for drawn in draws}) > 4
    assert choose_examples(prompt, 3, 7) == draws[7]
    assert choose_examples(prompt, None, 7) == list(prompt.examples)
    assert choose_examples(prompt, 0, 7) == []


def test_a_prompt_without_examples_takes_no_shots():
    with pytest.raises(SettingsError, match="shows no examples"):
        choose_examples(load_prompt("judge", "single"), 1, 0)


def test_two_wordings_may_share_examples(tmp_path: Path):
    head = 'version = "1"\nsource = "ours"\nlicense = "CC0-1.0"\ntemplate = "{{ text }}"\n'
    (tmp_path / "kind").mkdir()
    for name, more in (
        ("one", 'labels = ["가"]\n[[examples]]\ntext = "글"\nanswer = "가"\n'),
        ("two", 'examples_of = "one"\n'),
        ("three", 'examples_of = "two"\n'),
        ("four", 'examples_of = "four"\n'),
        ("five", 'examples_of = "one"\nlabels = ["나"]\n'),
    ):
        (tmp_path / "kind" / f"{name}.toml").write_text(head + more, encoding="utf-8")

    assert load_prompt("kind", "two", tmp_path).examples == ({"text": "글", "answer": "가"},)
    assert load_prompt("kind", "two", tmp_path).labels == ("가",)
    assert load_prompt("kind", "five", tmp_path).labels == ("나",)
    with pytest.raises(BadInput, match="no examples of its own"):
        load_prompt("kind", "three", tmp_path)
    with pytest.raises(BadInput, match="names the file itself"):
        load_prompt("kind", "four", tmp_path)


HEAD = 'version = "1"\nsource = "ours"\nlicense = "CC0-1.0"\nvalues = ["text"]\n'


def own(tmp_path: Path, words: str) -> tuple[str, ...]:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "one.toml").write_text(HEAD + words, encoding="utf-8")
    return "one", "--prompts", str(tmp_path)


def test_a_column_of_the_rows_does_not_replace_what_the_file_brings(capsys, tmp_path: Path):
    words = 'labels = ["긍정", "부정"]\ntemplate = "{{ labels | join(1) }}: {{ text }}"\n'
    prompt = own(tmp_path, words)
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "좋다", "labels": "0", "examples": []}\n', encoding="utf-8")
    shown = json.loads(said(capsys, "render", *prompt, "--rows", str(rows)))

    assert shown["messages"][0]["content"] == "긍정1부정: 좋다"


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("labels = 3", "labels must be a list of texts"),
        ('examples = "글"', "examples are tables"),
        ("examples = [1]", "example 1 must be a table of texts"),
        ('verbalizers = ["말"]', "verbalizers are a table"),
    ],
)
def test_a_file_of_another_shape_is_refused_in_one_sentence(capsys, tmp_path, words, fault):
    prompt = own(tmp_path, f'{words}\ntemplate = "{{{{ text }}}}"\n')

    for argv in (["show", *prompt], ["render", *prompt, "--set", "text=가"]):
        error = refused(capsys, *argv)
        assert f"one.toml: {fault}" in error
        assert error.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}{{ text }}",
        "{{ 3 | dictsort }}{{ text }}",
        "{{ text | nosuch }}",
        "{{ range(10 ** 9) | list }}{{ text }}",
        "{{ " + "(" * 2000 + "text" + ")" * 2000 + " }}",
    ],
    ids=["calls itself", "wrong kind", "no filter", "too long", "too deep"],
)
def test_a_template_that_fails_is_named_in_one_sentence(capsys, tmp_path: Path, words: str):
    prompt = own(tmp_path, f"template = '{words}'\n")
    error = refused(capsys, "render", *prompt, "--set", "text=가")

    assert "one.toml: " in error
    assert error.count("\n") == 1
    assert main(["prompts", "check", str(tmp_path)]) == 1
    assert "one.toml:" in capsys.readouterr().out
