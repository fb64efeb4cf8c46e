"""Parts of `translate` that meet: second opinions, questions besides, budgets, estimates."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from korean_rlhf.cli import translate as command
from korean_rlhf.endpoint import BudgetSpent
from korean_rlhf.endpoint import client as client_module
from korean_rlhf.errors import BadRecord, EndpointError, OtherRun, SettingsError
from korean_rlhf.settings.ctranslate import LocalModelSettings
from korean_rlhf.settings.engines import EngineSettings
from korean_rlhf.settings.select import SelectSettings
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.plan import TranslationPlan
from tests.translate.replicas import Answer, Chat, DeepL, reply, serving

ALL = ["--back-translate", "--classify", "--retries", "0", "--batch-rows", "4"]


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "FIRST_WAIT", 0.001)
    monkeypatch.setenv("DEEPL_AUTH_KEY", "deepl-not-a-real-key")
    monkeypatch.setenv("KOREAN_RLHF_API_KEY", "first-not-a-real-key")


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Twelve questions with answers."""
    return write(
        tmp_path / "rows.jsonl",
        *(
            {
                "instruction": f"How do I cook {place + 2} carrots with water at home?",
                "output": f"Boil {place + 2} carrots with care in a big pot of fresh water.",
            }
            for place in range(12)
        ),
    )


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def run(rows: Path, url: str, *more: str, out: str = "out", engine: str = "openai") -> Path:
    folder = rows.parent / out
    given = [str(rows), "--out", str(folder), "--endpoint", url, "--engine", engine]
    model = ["--model", "m"] if engine == "openai" else []
    assert command.run([*given, *model, "--license", "CC0-1.0", "--concurrency", "2", *more]) == 0
    return folder


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def sent(api: Chat) -> int:
    return sum(len(turn["content"]) for body in api.asked for turn in body["messages"])


def test_all_that_ask_one_server_press_it_together_and_are_metered_together(rows: Path):
    api = Chat(latency=0.03)
    with serving(api) as url:
        found = manifest(run(rows, url, *ALL, "--price-per-million-prompt-tokens", "10"))

    assert api.most == 2, "concurrency is that of the server, not of each part that asks it"
    assert found["spent"]["characters"] == sent(api)
    assert found["spent"]["cost"] > 0
    requests = found["requests"]
    asked = requests["requests"] + requests["back_requests"] + requests["selecting_requests"]
    assert asked == len(api.asked)
    assert min(requests["paid"], requests["back_paid"], requests["selecting_paid"]) >= 6


@pytest.mark.parametrize("flag", ["--classify", "--back-translate"])
def test_a_budget_stops_questions_besides_translations_too(rows: Path, flag: str):
    api = Chat()
    prices = ["--price-per-million-prompt-tokens", "10", "--max-cost", "0.03"]
    with serving(api) as url, pytest.raises(BudgetSpent, match=r"--max-cost 0\.03 "):
        run(rows, url, flag, "--batch-rows", "4", "--retries", "0", *prices)

    assert 0 < sent(api) / 2 * 10 / 1e6 <= 0.03


def test_the_estimate_of_a_back_translation_counts_what_is_known(
    rows: Path, capsys: pytest.CaptureFixture[str]
):
    api = Chat()
    both = ["--back-translate", "--retries", "0"]
    with serving(api) as url:
        run(rows, url, "--retries", "0")
        before = sent(api)
        capsys.readouterr()
        command.run(
            [str(rows), "--out", str(rows.parent / "out"), "--endpoint", url, "--model", "m",
             "--license", "CC0-1.0", "--estimate", *both]
        )  # fmt: skip
        said = capsys.readouterr().err
        assert sent(api) == before
        run(rows, url, *both, "--replace")
        assert f" {sent(api) - before:,} characters in {len(api.asked) // 2} requests" in said


@pytest.mark.parametrize("engine", ["deepl", "ctranslate2"])
@pytest.mark.parametrize("flag", ["--classify", "--rebuild", "--back-translate"])
@pytest.mark.parametrize("estimate", [[], ["--estimate"]])
def test_what_only_a_chat_model_can_do_is_refused_first(
    rows: Path, engine: str, flag: str, estimate: list[str]
):
    with pytest.raises(SettingsError, match=f"{flag} asks a chat model, and {engine} is none"):
        run(rows, "http://127.0.0.1:9", flag, *estimate, engine=engine)

    assert not (rows.parent / "out").exists()


def test_addresses_speeds_and_unread_prompts_do_not_make_a_run_another():
    plan = TranslationPlan(
        settings=TranslateSettings(engine="deepl", terms=Path("terms.tsv")),
        options=EngineSettings(second_engine="papago", second_endpoint="http://127.0.0.1:1"),
        local=LocalModelSettings(model_folder=Path("model"), beam_size=2),
    )
    moved = replace(
        plan,
        settings=TranslateSettings(engine="deepl", terms=Path("moved.tsv")),
        options=EngineSettings(second_engine="papago", second_endpoint="http://127.0.0.1:2"),
        local=LocalModelSettings(
            model_folder=Path("moved"), beam_size=2, device="cpu", batch_threads=2,
            batch_tokens=64, parallel_batches=3,
        ),
    )  # fmt: skip
    slower = replace(plan, local=LocalModelSettings(beam_size=4))

    assert vars(plan.identity()) == vars(moved.identity()) != vars(slower.identity())
    assert plan.sources(plan.prompts()) == [Path("terms.tsv"), Path("model")]


def test_every_prompt_that_is_asked_with_belongs_to_the_run():
    plan = TranslationPlan(
        settings=TranslateSettings(model="m", back_translate=True),
        selecting=SelectSettings(classify=True, rebuild=True),
    )
    names = {path.stem for path in plan.sources(plan.prompts())}
    second = replace(
        plan,
        settings=TranslateSettings(engine="deepl"),
        selecting=SelectSettings(),
        options=EngineSettings(second_engine="openai", second_model="m"),
    )

    assert names == {"en-ko", "ko-en", "classify", "rebuild"}
    assert set(second.prompts()) == {"translate"}


def test_a_second_server_at_another_address_goes_on_and_another_glossary_does_not(rows: Path):
    with serving(DeepL()) as first, serving(Chat()) as second:
        more = ["--second-engine", "openai", "--second-model", "m", "--min-agreement", "0"]
        run(rows, first, *more, "--second-endpoint", second, engine="deepl")
        run(rows, first, *more, "--second-endpoint", "http://127.0.0.1:9", engine="deepl")
        with pytest.raises(OtherRun, match="glossary"):
            run(rows, first, *more, "--glossary", "g", engine="deepl")


class Listening(Chat):
    def __init__(self) -> None:
        super().__init__()
        self.heard: set[str] = set()

    def answer(self, path: str, headers: dict[str, str], raw: bytes) -> Answer:
        self.heard.add(headers.get("authorization", ""))
        return super().answer(path, headers, raw)


def test_the_key_of_one_chat_server_is_not_sent_to_another(
    rows: Path, monkeypatch: pytest.MonkeyPatch
):
    first, second = Listening(), Listening()
    with serving(first) as here, serving(second) as there:
        more = ["--second-engine", "qwen", "--second-model", "q", "--second-endpoint", there]
        run(rows, here, *more)
        assert first.heard == {"Bearer first-not-a-real-key"} and second.heard == {""}
        monkeypatch.setenv("KOREAN_RLHF_SECOND_API_KEY", "second-not-a-real-key")
        run(rows, here, *more[:3], "q2", *more[4:], out="again")
        assert second.heard == {"", "Bearer second-not-a-real-key"}
        monkeypatch.setenv("OTHER", "other-not-a-real-key")
        run(rows, here, *more[:3], "q3", *more[4:], "--second-api-key-variable", "OTHER", out="3")
    assert "Bearer other-not-a-real-key" in second.heard
    with pytest.raises(SettingsError, match="must not hold a user"):
        EngineSettings(second_endpoint="http://me:secret@127.0.0.1:1")
    with pytest.raises(SettingsError, match="--second-model"):
        run(rows, "http://127.0.0.1:9", "--second-engine", "qwen", out="none")


class Strange(Chat):
    """Writes brackets for ever, or half a character."""

    def translate(self, path: str, body: dict[str, Any], size: int) -> Answer:
        row = json.loads(body["messages"][-1]["content"])[0]
        content = '{"rows": ' + "[" * 100_000
        if "note" not in row and "Boil" in row["text"]:
            content = json.dumps({"rows": [{"id": row["id"], "text": "물을 \ud83d 끓이세요."}]})
        if "3 carrots" in row["text"]:
            content = "물을 \ud83d 끓이세요."
        message = {"role": "assistant", "content": content}
        return reply_ascii({"choices": [{"message": message, "finish_reason": "stop"}]})


def reply_ascii(body: Any) -> Answer:
    return 200, {}, json.dumps(body).encode()


def test_no_answer_of_a_model_can_end_the_run(rows: Path):
    with serving(Strange()) as url:
        folder = run(rows, url, "--batch-rows", "1")

    text = (folder / "dropped.jsonl").read_text(encoding="utf-8")
    reasons = {json.loads(line)["reason"] for line in text.splitlines()}
    assert manifest(folder)["counts"]["in"] == 12 == len(text.splitlines())
    assert "unreadable-reply" in reasons


class Refusing(Chat):
    def translate(self, path: str, body: dict[str, Any], size: int) -> Answer:
        return reply({"error": {"message": "'temperature' must be {1}"}}, 400)


def test_a_server_that_refuses_everything_drops_nothing(rows: Path):
    api = Refusing()
    with serving(api) as url:
        with pytest.raises(EndpointError, match=r"each of [12]\d requests .*must be \{1\}.*--temp"):
            run(rows, url, "--batch-rows", "1")
        assert len(api.asked) < 30 and not (rows.parent / "out" / "dropped.jsonl").exists()


def test_a_preference_set_stops_at_its_budget_and_goes_on(tmp_path: Path):
    pairs = write(
        tmp_path / "pairs.jsonl",
        *(
            {
                "prompt": f"How do I cook {place + 2} leeks?",
                "chosen": f"Boil all {place + 2} leeks in fresh water.",
                "rejected": f"Leave {place + 2} leeks in the sun for a day.",
            }
            for place in range(8)
        ),
    )
    api, whole = DeepL(), DeepL()
    with serving(whole) as url:
        one = run(pairs, url, out="whole", engine="deepl")
    with serving(api) as url:
        with pytest.raises(BudgetSpent, match="--max-characters 300"):
            run(pairs, url, "--max-characters", "300", engine="deepl")
        assert 0 < sum(map(len, api.paid)) <= 300
        two = run(pairs, url, engine="deepl")

    assert api.paid == whole.paid and set(api.paid.values()) == {1}
    for name in ("comparisons.jsonl", "dropped.jsonl"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_a_bad_last_row_costs_nothing_and_leaves_the_folder_free(rows: Path):
    good = rows.read_text(encoding="utf-8")
    rows.write_text(good + '{"neither": "this"}\n', encoding="utf-8")
    api = Chat()
    with serving(api) as url:
        with pytest.raises(BadRecord, match=r"rows\.jsonl:13"):
            run(rows, url, *ALL)
        assert api.asked == []
        dropped = run(rows, url, "--bad-rows", "drop", out="dropped")
        rows.write_text(good, encoding="utf-8")
        run(rows, url)
    assert manifest(dropped)["counts"]["dropped"]["unreadable-row"] == 1
