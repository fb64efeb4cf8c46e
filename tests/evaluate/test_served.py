"""A model behind a server is scored as one that is loaded here."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from korean_rlhf.cli.main import main
from korean_rlhf.endpoint import Endpoint
from korean_rlhf.endpoint import client as client_module
from korean_rlhf.errors import BadInput, EndpointError, MissingInput, SettingsError
from korean_rlhf.evaluate import harness, models, track
from korean_rlhf.evaluate.backends import Server
from korean_rlhf.evaluate.checkpoints import find_served
from korean_rlhf.evaluate.journal import Journal
from korean_rlhf.evaluate.lm import KoreanLM
from korean_rlhf.evaluate.served import ROOM, Served
from korean_rlhf.evaluate.sources import DataOptions
from korean_rlhf.evaluate.suites import load_tasks
from korean_rlhf.settings.endpoint import ServedSettings
from korean_rlhf.settings.evaluate import EvaluateSettings
from tests.evaluate.completions_server import NAME, refuse, serving

pytestmark = pytest.mark.filterwarnings("ignore")

KEY = "sk-not-a-real-key-0123456789"
LIKELY = ["ko_kobest_copa", "ko_kobest_hellaswag", "ko_kobest_boolq", "ko_bits_per_byte"]
COPA = EvaluateSettings(suite="ko_kobest_copa", items=12, device="cpu")


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(client_module, "FIRST_WAIT", 0.001)
    monkeypatch.setenv("KOREAN_RLHF_API_KEY", KEY)


def settings(server, **more):
    return ServedSettings(
        endpoint=server.url, endpoint_model=NAME, **{"timeout_seconds": 10, **more}
    )


def opened(server, folder, context=194, **more):
    """The LM of a served model; use its `.server` in a `with` statement or leave it open."""
    tokenizer = models.load_tokenizer(folder)
    endpoint = Endpoint(settings(server, **more))
    return KoreanLM(Served(tokenizer, context - ROOM, endpoint, NAME, context))


@pytest.fixture(scope="module")
def tasks(benchmarks):
    infos = load_tasks()
    options = DataOptions(data=str(benchmarks), items=8, text_bytes=3000)
    built = harness.build_tasks([infos[name] for name in LIKELY], options)
    return built | harness.build_tasks([infos["ko_following"]], DataOptions(items=3))


def values(result):
    return [
        value
        for row in result.items
        for value in row.get("loglikelihoods", row["metrics"].get("bits_per_byte"))
    ]


@pytest.mark.parametrize("extensions", [True, False], ids=["vllm", "plain"])
def test_scores_are_those_of_the_model_loaded_here(tiny, tasks, extensions):
    local = KoreanLM(models.load(tiny, device="cpu"))
    with serving(tiny, extensions=extensions) as server:
        served = opened(server, tiny)
        for name in LIKELY:
            info = load_tasks()[name]
            mine = harness.run_task(served, info, tasks[name])
            wanted = harness.run_task(local, info, tasks[name])

            assert values(mine) == pytest.approx(values(wanted), abs=1e-3)
            assert mine.prompts_sha256 == wanted.prompts_sha256
            assert mine.truncated == wanted.truncated
        assert 2 <= server.most <= 8
        assert set(server.asked.values()) == {1}


def test_greedy_flags_are_those_of_the_model_loaded_here(tiny):
    loaded = models.load(tiny, device="cpu")
    pairs = [([1, 10 + at], [20 + at]) for at in range(10)]
    contexts = [context for context, _ in pairs[:2]]
    best = loaded.model(input_ids=torch.tensor(contexts)).logits[:, -1].argmax(dim=1)
    pairs += [(context, [token]) for context, token in zip(contexts, best.tolist(), strict=True)]
    with serving(tiny, extensions=False) as server:
        found = [flag for _, flag in opened(server, tiny)._score(pairs)]

    assert found == [flag for _, flag in KoreanLM(loaded)._score(pairs)]
    assert found[-2:] == [True, True]


@pytest.mark.parametrize("extensions", [True, False], ids=["vllm", "plain"])
def test_answers_are_those_of_the_model_loaded_here(tiny, tasks, extensions):
    info, task = load_tasks()["ko_following"], tasks["ko_following"]
    local = KoreanLM(models.load(tiny, device="cpu"))
    with serving(tiny, extensions=extensions, context=192) as server:
        mine = harness.run_task(opened(server, tiny, 192), info, task)
        wanted = harness.run_task(local, info, task)

        assert [item["answer"] for item in mine.items] == [item["answer"] for item in wanted.items]
        assert any(item["answer"] for item in mine.items)


FAULTS = {
    "429 with Retry-After": (429, {"Retry-After": "0.01"}, b""),
    "500": (500, {}, b"<html>oops</html>"),
    "torn JSON": (200, {}, b'{"choices": [{"logpro'),
    "no choices": (200, {}, b'{"choices": []}'),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_passing_fault_changes_nothing(tiny, fault):
    pairs = [([1, 10 + at], [20 + at, 30 + at]) for at in range(12)]
    with serving(tiny, fault=lambda at, _: FAULTS[fault] if at % 3 == 1 else None) as server:
        lm = opened(server, tiny)
        found = lm._score(pairs)
        counts = lm.reading.server.counts

        assert counts["retries"] > 3
        assert counts["paid"] == len(pairs) + 1  # one asks how the server wants to be asked
    wanted = KoreanLM(models.load(tiny, device="cpu"))._score(pairs)
    assert [a for a, _ in found] == pytest.approx([a for a, _ in wanted], abs=1e-3)


def test_a_wait_longer_than_allowed_ends_the_work(tiny):
    with (
        serving(tiny, fault=lambda *_: (429, {"Retry-After": "3600"}, b"")) as server,
        pytest.raises(EndpointError, match="asks to wait 3600 seconds"),
    ):
        opened(server, tiny)._score([([1, 2], [3])])


def one_more(body, choice):
    """As a server that puts a token of its own before the prompt."""
    for name in ("tokens", "token_logprobs", "top_logprobs"):
        choice["logprobs"][name].insert(0, choice["logprobs"][name][0])
    return choice


def another(body, choice):
    choice["logprobs"]["tokens"][1] = "token_id:399"
    return choice


def not_a_number(body, choice):
    choice["logprobs"]["token_logprobs"][1] = float("nan")
    return choice


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (one_more, "was sent 2 tokens and answers with 4 log-probabilities"),
        (another, "answers for other tokens"),
        (not_a_number, "no numbers"),
    ],
)
def test_a_score_of_other_tokens_is_refused_at_once(tiny, change, says):
    with (
        serving(tiny, change=change) as server,
        pytest.raises(EndpointError, match=rf"{says}.*the folder of the model that is served"),
    ):
        opened(server, tiny)._score([([1, 5], [7, 8])])

    assert len(server.seen) == 1


def silent(body, choice):
    """As a server that overlooks echo: log-probabilities of what it writes, and no more."""
    if body.get("echo"):
        for name in ("tokens", "token_logprobs", "top_logprobs"):
            choice["logprobs"][name] = choice["logprobs"][name][-1:]
    return choice


def without(body, choice):
    return choice | {"logprobs": None}


def empty(body, choice):
    """As a server that echoes tokens without computing them."""
    if body.get("echo"):
        size = len(choice["logprobs"]["token_logprobs"])
        choice["logprobs"]["token_logprobs"] = [None] * size
    return choice


def llama_cpp(number, body):
    return refuse(400, "Only no echo is supported") if body.get("echo") else None


@pytest.mark.parametrize(
    "how",
    [{"change": silent}, {"change": without}, {"change": empty}, {"fault": llama_cpp}],
    ids=["written only", "without", "empty", "llama.cpp"],
)
def test_a_server_without_echo_is_told_before_anything_is_paid(tiny, benchmarks, tmp_path, how):
    with serving(tiny, **how) as server:
        with pytest.raises(EndpointError, match=r"cannot score ko_kobest_copa.*ko_following"):
            track.evaluate(tiny, COPA, data=benchmarks, out=tmp_path / "a", served=settings(server))
        assert not server.asked
        written = EvaluateSettings(suite="ko_following", items=3)
        track.evaluate(tiny, written, out=tmp_path / "b", served=settings(server))

    scores = json.loads(next((tmp_path / "b").glob("evals/*/ko_following.json")).read_text())
    assert scores["tasks"]["ko_following"]["metrics"]["prompt_strict"]["n"] == 3


def score_file(run):
    path = run / "evals" / "served-model-tiny-000000" / "ko_kobest_copa.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_score_is_known_again_at_another_address(tiny, benchmarks, tmp_path, capsys):
    with serving(tiny) as server:
        track.evaluate(tiny, COPA, data=benchmarks, out=tmp_path, served=settings(server))
    first = score_file(tmp_path)
    with serving(tiny) as server:
        track.evaluate(tiny, COPA, data=benchmarks, out=tmp_path, served=settings(server))

        assert server.seen == []
    assert score_file(tmp_path) == first
    assert first["tasks"]["ko_kobest_copa"]["served"] == {"model": NAME, "context": 192}
    assert "answers" in capsys.readouterr().err


def test_a_served_score_stands_beside_that_of_the_same_folder_here(tiny, benchmarks, tmp_path):
    track.evaluate(tiny, COPA, data=benchmarks, out=tmp_path)
    with serving(tiny) as server:
        track.evaluate(tiny, COPA, data=benchmarks, out=tmp_path, served=settings(server))

    here = json.loads(
        (tmp_path / "evals" / "model-000000" / "ko_kobest_copa.json").read_text(encoding="utf-8")
    )
    served = score_file(tmp_path)
    assert here["weights_sha256"] == served["weights_sha256"]
    mine, wanted = served["tasks"]["ko_kobest_copa"], here["tasks"]["ko_kobest_copa"]
    assert mine["key"] != wanted["key"]
    assert mine["metrics"]["acc"]["value"] == wanted["metrics"]["acc"]["value"]


def test_a_tokenizer_is_enough_and_then_the_name_stands_for_the_weights(tiny, benchmarks, tmp_path):
    folder = tmp_path / "tokenizer"
    shutil.copytree(tiny, folder)
    (folder / "model.safetensors").unlink()
    (folder / "config.json").unlink()
    with serving(tiny) as server:
        asked = settings(server)
        with pytest.raises(SettingsError, match="--endpoint-context N"):
            track.evaluate(folder, COPA, data=benchmarks, out=tmp_path / "run", served=asked)
        asked = replace(asked, endpoint_context=192)
        track.evaluate(folder, COPA, data=benchmarks, out=tmp_path / "run", served=asked)

    assert score_file(tmp_path / "run")["tasks"]["ko_kobest_copa"]["metrics"]["acc"]["n"] == 12
    names = [Server(replace(asked, endpoint_model=name)).weights(folder) for name in ("a", "b")]
    moved = Server(replace(asked, endpoint="http://elsewhere.example/v1", endpoint_model="a"))
    assert names[0] != names[1]
    assert moved.weights(folder) == names[0]


def test_a_run_or_a_folder_that_is_not_there_is_no_served_model(tiny_run, tmp_path):
    with pytest.raises(BadInput, match="holds no tokenizer"):
        find_served(tiny_run, NAME)
    with pytest.raises(MissingInput):
        find_served(tmp_path / "none", NAME)

    step = find_served(tiny_run / "sft" / "step-000010", "/models/my model/")
    assert [at.name for at in step.checkpoints] == ["served-sft-my-model-000010"]
    assert step.checkpoints[0].chats


def test_a_text_longer_than_the_server_takes_names_the_setting(tiny):
    with (
        serving(tiny, context=64) as server,
        pytest.raises(EndpointError, match=r"maximum context.*--endpoint-context N, now 194"),
    ):
        opened(server, tiny)._score([([1] * 100, [7, 8])])


def test_a_text_longer_than_the_context_keeps_its_end(tiny):
    long = ([1, *range(10, 300)], [7, 8, 9])
    local = KoreanLM(models.load(tiny, device="cpu"))
    with serving(tiny) as server:
        served = opened(server, tiny)
        found = served._score([long])

    assert found[0][0] == pytest.approx(local._score([long])[0][0], abs=1e-3)
    assert served.truncated == local.truncated == 1


def test_an_error_of_the_server_loses_no_answer_that_was_paid_for(tiny, tmp_path):
    pairs = [([1, 10 + at], [20 + at, 30 + at]) for at in range(40)]
    gone = []

    def fails(number, body):
        if number != 20:
            return None
        gone.append(tuple(body["prompt"]))
        return refuse(404, "gone")

    with serving(tiny, fault=fails) as server:
        first, second = (opened(server, tiny, concurrency=4) for _ in range(2))
        with Journal(tmp_path / "a") as first.journal, pytest.raises(EndpointError, match="gone"):
            first._score(pairs)
        with Journal(tmp_path / "a") as second.journal:
            second._score(pairs)
        twice = [text for text, times in server.asked.items() if times > 1]

    assert twice == gone
    assert first.scorer.computed + second.scorer.computed == len(pairs) == len(server.asked)


def test_a_killed_command_goes_on_with_the_next_answer(tiny, benchmarks, tmp_path):
    command = ["eval", str(tiny), "--data", str(benchmarks), "--out", str(tmp_path / "run")]
    command += ["--suite", "ko_kobest_copa", "--items", "12", "--endpoint-model", NAME]
    command += ["--concurrency", "4"]
    children = []

    def kills(number, body):
        if number == 10:
            children[0].send_signal(signal.SIGKILL)
        return None

    with serving(tiny, fault=kills) as server:
        command += ["--endpoint", server.url]
        start = [sys.executable, "-m", "korean_rlhf.cli.main", *command]
        children.append(subprocess.Popen(start, stderr=subprocess.DEVNULL, env=os.environ))
        assert children[0].wait(timeout=120) == -signal.SIGKILL
        before = len(server.seen)
        assert main(command) == 0
        twice = [text for text, times in server.asked.items() if times > 1]

    assert before < 20
    assert len(twice) <= 4, "what was under way, and no more"
    assert len(server.asked) == 24  # 12 items of two choices
    assert score_file(tmp_path / "run")["tasks"]["ko_kobest_copa"]["metrics"]["acc"]["n"] == 12


def test_the_key_is_sent_and_written_nowhere(tiny, benchmarks, tmp_path, capsys):
    with serving(tiny) as server:
        track.evaluate(tiny, COPA, data=benchmarks, out=tmp_path, served=settings(server))
    shown = "".join(capsys.readouterr())

    assert {headers["Authorization"] for headers in server.headers} == {f"Bearer {KEY}"}
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files and not any(KEY.encode() in path.read_bytes() for path in files)
    assert KEY not in shown


def test_a_wrong_name_of_the_model_ends_at_once(tiny, benchmarks, tmp_path):
    with serving(tiny) as server:
        asked = replace(settings(server), endpoint_model="other")
        with pytest.raises(EndpointError, match=r"`other` does not exist.*--endpoint-model"):
            track.evaluate(tiny, COPA, data=benchmarks, out=tmp_path, served=asked)

    assert len(server.seen) == 1


def test_an_address_without_a_model_is_not_scored_here_by_mistake(tiny, capsys):
    assert main(["eval", str(tiny), "--endpoint", "http://gpu.example:8000/v1"]) == 1
    assert "--endpoint-model NAME" in capsys.readouterr().err
    assert main(["eval", str(tiny), "--endpoint-model", "x", "--watch"]) == 1
    assert "--watch" in capsys.readouterr().err
