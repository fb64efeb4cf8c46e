from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.errors import BadInput, UnknownName
from korean_rlhf.promptfiles import list_prompts, load_prompt, sandbox

HEAD = 'version = "1.0"\nsource = "korean-rlhf"\nlicense = "Apache-2.0"\n'


def write(folder: Path, text: str, name: str = "one") -> Path:
    (folder / "kind").mkdir(exist_ok=True)
    (folder / "kind" / f"{name}.toml").write_text(HEAD + text, encoding="utf-8")
    return folder


def test_a_prompt_becomes_messages(tmp_path: Path):
    write(tmp_path, 'system = "너는 {{ role }}야."\nuser = "{{ text }}"\n')

    prompt = load_prompt("kind", "one", tmp_path)
    system, user = prompt.messages(role="번역가", text="안녕")

    assert (system.role, system.content) == ("system", "너는 번역가야.")
    assert (user.role, user.content) == ("user", "안녕")
    assert (prompt.version, prompt.source, prompt.license) == ("1.0", "korean-rlhf", "Apache-2.0")


@given(st.text(alphabet="{}%#[]()_ab가 \n'\"\\") | st.sampled_from(["{{ 1 }}", "{% raw %}", "{#"]))
def test_braces_in_data_stay_data(data: str):
    template = sandbox().from_string("[{{ text }}]")

    assert template.render(text=data) == f"[{data}]"


def test_a_value_that_is_missing_is_an_error_with_the_file(tmp_path: Path):
    write(tmp_path, 'template = "{{ text }}"\n')

    with pytest.raises(BadInput, match=r"one\.toml: 'text' is undefined"):
        load_prompt("kind", "one", tmp_path).render()


@pytest.mark.parametrize(
    "template",
    [
        "{{ text.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ items.append(1) }}",
        "{% for x in range(10**9) %}{% endfor %}",
    ],
)
def test_a_template_cannot_reach_python(tmp_path: Path, template: str):
    write(tmp_path, f'template = "{template}"\n')

    with pytest.raises(BadInput):
        load_prompt("kind", "one", tmp_path).render(text="가", items=[])


def test_a_broken_template_is_named(tmp_path: Path):
    write(tmp_path, 'template = "{{ text"\n')

    with pytest.raises(BadInput, match=r"one\.toml"):
        load_prompt("kind", "one", tmp_path).render(text="가")


@pytest.mark.parametrize("missing", ["version", "source", "license"])
def test_a_prompt_states_where_it_is_from(tmp_path: Path, missing: str):
    write(tmp_path, 'user = "가"\n')
    path = tmp_path / "kind" / "one.toml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith(missing)]
    path.write_text("\n".join(lines))

    with pytest.raises(BadInput, match=missing):
        load_prompt("kind", "one", tmp_path)


def test_a_prompt_that_says_nothing_is_refused(tmp_path: Path):
    write(tmp_path, "")

    with pytest.raises(BadInput, match="says nothing"):
        load_prompt("kind", "one", tmp_path)


def test_an_unknown_prompt_names_the_nearest(tmp_path: Path):
    write(tmp_path, 'user = "가"\n', name="en-ko")

    with pytest.raises(UnknownName, match="Did you mean 'en-ko'"):
        load_prompt("kind", "en-kr", tmp_path)
    with pytest.raises(UnknownName):
        load_prompt("kind", "../kind/en-ko", tmp_path)


def test_every_shipped_prompt_file_loads():
    found = list_prompts()

    assert ("translate", "en-ko") in found
    for kind, name in found:
        prompt = load_prompt(kind, name)
        assert prompt.license and prompt.version


def test_the_translation_prompt_keeps_rows_as_they_are():
    prompt = load_prompt("translate", "en-ko")
    rows = '[{"id": "1a", "text": "{{ name }} {% if %}"}]'

    system, user = prompt.messages(rows=rows, register="해요체")

    assert user.content == rows
    assert "해요체로" in system.content
    assert "해요체로" not in prompt.messages(rows=rows, register="")[0].content
