from __future__ import annotations

import dataclasses
import json
import shutil

import pytest

from korean_rlhf import tables
from korean_rlhf.errors import BadInput, FolderInUse, MissingInput, OtherRun, SettingsError
from korean_rlhf.model.answerfile import Source, answer_file
from korean_rlhf.model.assistant import Assistant, chat_checkpoint
from korean_rlhf.model.candidates import write_candidates
from korean_rlhf.model.chat import Chat
from korean_rlhf.model.checkpoint import save_model
from korean_rlhf.records import Candidates, Message, Prompt
from korean_rlhf.settings.chat import ChatSettings
from korean_rlhf.settings.sample import SampleSettings
from korean_rlhf.tokenizer.chat import ChatTokenizer


@pytest.fixture(scope="module")
def assistant(small, tokenizer_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    save_model(small(context=96), folder, tokenizer_folder)
    return Assistant.load(folder)


def prompts(count):
    return [
        Prompt(messages=(Message(role="user", content=f"{number}번 날씨"),), id=f"p{number}")
        for number in range(count)
    ]


def finish(step):
    step.mkdir(parents=True)
    (step / "manifest.json").write_text("{}")
    return step


def test_a_run_is_its_best_finished_stage(tmp_path):
    with pytest.raises(MissingInput):
        chat_checkpoint(tmp_path / "nothing")
    finish(tmp_path / "pretrain" / "step-000001")
    with pytest.raises(MissingInput):
        chat_checkpoint(tmp_path)
    sft = finish(tmp_path / "sft" / "step-000002")
    (tmp_path / "ppo").mkdir()

    assert chat_checkpoint(tmp_path) == sft
    assert chat_checkpoint(tmp_path / "sft") == sft
    ppo = finish(tmp_path / "ppo" / "step-000010")
    best = finish(tmp_path / "ppo" / "step-000005")
    assert chat_checkpoint(tmp_path) == ppo
    (tmp_path / "ppo" / "manifest.json").write_text('{"best": "step-000005"}')
    assert chat_checkpoint(tmp_path) == best


def test_the_answer_comes_in_pieces_and_is_remembered(assistant):
    chat = Chat(assistant, ChatSettings(seed=1, max_new_tokens=12))
    pieces = list(chat.reply("오늘 날씨는 어때요?"))

    assert [message.role for message in chat.history] == ["user", "assistant"]
    assert chat.history[1].content == "".join(pieces)
    again = Chat(assistant, ChatSettings(seed=1, max_new_tokens=12))
    assert list(again.reply("오늘 날씨는 어때요?")) == pieces
    chat.reset()
    assert chat.history == []


def test_old_turns_leave_when_the_context_is_full(assistant, monkeypatch):
    chat = Chat(assistant, ChatSettings(seed=1, max_new_tokens=16, system="맑게 말해요."))
    for number in range(6):
        list(chat.reply(f"{number}번째 날은 어때요?"))
    seen = []
    encode = ChatTokenizer.encode_chat
    monkeypatch.setattr(
        ChatTokenizer,
        "encode_chat",
        lambda self, messages, for_answer: seen.append(messages) or encode(self, messages),
    )
    list(chat.reply("7번째 날은 어때요?"))

    assert len(chat.history) == 14
    assert [message.role for message in seen[-1][:2]] == ["system", "user"]
    assert len(seen[-1]) < len(seen[0])
    assert seen[-1][-1].content == "7번째 날은 어때요?"


def test_a_question_longer_than_the_context_is_refused_and_forgotten(assistant):
    chat = Chat(assistant, ChatSettings(max_new_tokens=16))
    with pytest.raises(SettingsError, match="Say it shorter"):
        list(chat.reply("맑아요. " * 200))

    assert chat.history == []


def test_an_interrupted_answer_is_kept_as_far_as_it_came(assistant):
    chat = Chat(assistant, ChatSettings(seed=3, max_new_tokens=30, temperature=2.0))
    reply = chat.reply("오늘 날씨는?")
    first = next(reply)
    reply.close()

    assert chat.history[1].content == first


def test_candidates_are_k_answers_to_each_prompt(assistant, tmp_path):
    out = tmp_path / "deep" / "answers.jsonl"
    write_candidates(assistant, prompts(5), out, SampleSettings(k=3, max_new_tokens=6))
    found = list(tables.read(out, Candidates))

    assert [one.id for one in found] == [f"p{number}" for number in range(5)]
    assert all(len(one.responses) == 3 for one in found)
    assert len({answer for one in found for answer in one.responses}) > 5


def test_a_killed_run_goes_on_to_the_same_file(assistant, tmp_path):
    settings = SampleSettings(k=2, max_new_tokens=6, batch_size=4, seed=9)
    out = tmp_path / "answers.jsonl"
    write_candidates(assistant, prompts(7), out, settings)
    content = out.read_bytes()
    for cut in (0, 1, len(content) // 3, len(content) - 5):
        out.write_bytes(content[:cut])
        write_candidates(assistant, prompts(7), out, settings)

        assert out.read_bytes() == content


def test_prompts_that_do_not_fit_are_counted(assistant, tmp_path, capsys):
    long = Prompt(messages=(Message(role="user", content="맑아요. " * 200),))
    out = tmp_path / "answers.jsonl"
    write_candidates(assistant, [long, *prompts(1)], out, SampleSettings(max_new_tokens=6))

    assert len(out.read_text().splitlines()) == 1
    assert "too-long: 1 left out" in capsys.readouterr().err
    with pytest.raises(SettingsError, match="None of 1 prompts fits"):
        write_candidates(assistant, [long], out, SampleSettings(max_new_tokens=6))


SMALL = SampleSettings(k=2, max_new_tokens=4)


def test_a_file_goes_on_only_with_the_same_settings_prompts_and_model(assistant, tmp_path):
    out = tmp_path / "answers.jsonl"
    write_candidates(assistant, prompts(1), out, SMALL)
    content = out.read_bytes()
    shutil.copytree(assistant.folder, tmp_path / "other")
    (tmp_path / "other" / "tokenizer_config.json").open("a").write("\n")
    other = dataclasses.replace(assistant, folder=tmp_path / "other")

    for says, model, asked, settings in (
        ("k was 2, now 3", assistant, prompts(1), dataclasses.replace(SMALL, k=3)),
        ("top_p was 1.0, now 0.9", assistant, prompts(1), dataclasses.replace(SMALL, top_p=0.9)),
        ("the prompts were others", assistant, prompts(2), SMALL),
        ("it was another model", other, prompts(1), SMALL),
    ):
        with pytest.raises(OtherRun, match=rf"{says}\)\. Choose another --out, or give --replace"):
            write_candidates(model, asked, out, settings)
    assert out.read_bytes() == content

    write_candidates(assistant, prompts(2), out, SMALL, replace=True)
    assert len(out.read_text().splitlines()) == 2


def test_answers_may_go_on_with_a_moved_model_but_not_in_a_file_of_something_else(
    assistant, tmp_path
):
    out = tmp_path / "answers.jsonl"
    write_candidates(assistant, prompts(1), out, SMALL)
    shutil.copytree(assistant.folder, tmp_path / "moved")
    write_candidates(
        dataclasses.replace(assistant, folder=tmp_path / "moved"), prompts(1), out, SMALL
    )
    mine = tmp_path / "mine.jsonl"
    mine.write_text('{"thesis": 1}\n')

    for replace in (False, True):
        with pytest.raises(BadInput, match=r"mine\.jsonl is there, but not"):
            write_candidates(assistant, prompts(1), mine, SMALL, replace=replace)
    assert mine.read_text() == '{"thesis": 1}\n'


def test_a_deleted_file_begins_anew_with_other_prompts(assistant, tmp_path):
    out = tmp_path / "answers.jsonl"
    write_candidates(assistant, prompts(1), out, SMALL)
    out.unlink()
    write_candidates(assistant, prompts(3), out, SMALL)

    assert len(out.read_text().splitlines()) == 3


def test_two_processes_do_not_write_one_file(assistant, tmp_path):
    out = tmp_path / "answers.jsonl"
    source = Source.of(assistant.folder, prompts(1), SMALL)
    with (
        answer_file(out, source),
        pytest.raises(FolderInUse, match=r"answers\.jsonl\. Wait for it, or choose another --out"),
    ):
        write_candidates(assistant, prompts(1), out, SMALL)

    assert not out.exists()
    write_candidates(assistant, prompts(1), out, SMALL)
    assert out.exists()


@pytest.mark.parametrize("wrong", [{"k": 0}, {"k": 10}, {"temperature": 0.0}, {"top_p": 0.0}])
def test_sampling_settings_out_of_range_are_refused(wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        SampleSettings(**wrong)


def test_the_chat_command_reads_lines_from_a_pipe(assistant, monkeypatch, capsys):
    import io

    from korean_rlhf.cli import chat

    lines = "오늘 날씨는?\n\n/reset\n" + "맑아요. " * 200 + "\n내일은?\n/quit\n안 읽혀요\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    argv = [str(assistant.folder), "--seed", "1", "--max-new-tokens", "8"]

    assert chat.run(argv) == 0
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) >= 3
    assert "Say it shorter" in printed.err


def test_the_sample_command_writes_candidates(assistant, tmp_path):
    from korean_rlhf.cli import sample

    rows = [{"messages": [{"role": "user", "content": "내일은?"}], "id": "a"}]
    (tmp_path / "prompts.jsonl").write_text(json.dumps(rows[0]) + "\n")
    out = tmp_path / "answers.jsonl"
    argv = [str(assistant.folder), "--prompts", str(tmp_path / "prompts.jsonl")]

    assert sample.run([*argv, "--out", str(out), "--k", "2", "--max-new-tokens", "4"]) == 0
    assert len(json.loads(out.read_text())["responses"]) == 2
    again = ["--out", str(out), "--k", "3", "--max-new-tokens", "4"]
    with pytest.raises(OtherRun, match="k was 2, now 3"):
        sample.run([*argv, *again])
    assert sample.run([*argv, *again, "--replace"]) == 0
    assert len(json.loads(out.read_text())["responses"]) == 3
    with pytest.raises(SettingsError, match="is read with --prompts"):
        sample.run([*argv, "--out", str(tmp_path / "prompts.jsonl"), "--replace"])
    with pytest.raises(SettingsError, match=r"\.jsonl"):
        sample.run([*argv, "--out", str(tmp_path / "answers.parquet")])


def test_a_model_without_a_tokenizer_is_named(assistant, tmp_path):
    shutil.copytree(assistant.folder, tmp_path / "bare")
    (tmp_path / "bare" / "tokenizer.json").unlink()

    with pytest.raises(MissingInput, match=r"tokenizer\.json"):
        Assistant.load(tmp_path / "bare")
