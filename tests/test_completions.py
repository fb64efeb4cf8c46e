"""What is sent to the completions API, and how its answers are read."""

import json

import pytest

from korean_rlhf.endpoint import base_address
from korean_rlhf.endpoint.answers import PassingFault
from korean_rlhf.endpoint.completions import Continue, Echo, NoEcho, WrongEcho

ECHO = Echo(model="m", tokens=(1, 5, 7))
VLLM = {
    "tokens": ["token_id:1", "token_id:5", "token_id:7", "token_id:9"],
    "token_logprobs": [None, -2.5, -0.25, -0.125],
    "top_logprobs": [
        None,
        {"token_id:5": -2.5, "token_id:6": -0.5},
        {"token_id:7": -0.25},
        {"token_id:9": -0.125},
    ],
    "text_offset": [0, 10, 20, 30],
}


def reply(**changed):
    """What vLLM answers, with some of its lists changed."""
    choice = {"index": 0, "text": "가나다", "logprobs": VLLM | changed, "finish_reason": "length"}
    usage = {"prompt_tokens": 3, "completion_tokens": 1}
    return json.dumps({"choices": [choice], "usage": usage}).encode()


def test_a_text_to_be_scored_is_sent_as_the_protocol_says():
    plain = Echo(model="m", tokens=(1, 5), extended=False).body()

    assert plain == {
        "model": "m",
        "prompt": [1, 5],
        "echo": True,
        "logprobs": 1,
        "max_tokens": 1,
        "temperature": 0.0,
    }
    assert Echo(model="m", tokens=(1, 5)).body() == plain | {"return_tokens_as_token_ids": True}


def test_a_text_to_be_continued_is_sent_as_the_protocol_says():
    asked = Continue(
        model="m", tokens=(1, 5), most=8, stops=["", "a", "b", "c", "d", "e"], extended=False
    )

    assert asked.body() == {
        "model": "m",
        "prompt": [1, 5],
        "max_tokens": 8,
        "temperature": 0.0,
        "stop": ["a", "b", "c", "d"],
    }
    assert "stop" not in Continue(model="m", tokens=(1,), most=8).body()


def test_only_the_last_tokens_of_the_prompt_count():
    found = ECHO.parse(reply())

    assert found.score(1) == (-0.25, True)
    assert found.score(2) == (-2.75, False)
    assert (found.prompt_tokens, found.completion_tokens) == (3, 1)


@pytest.mark.parametrize("count", [1, 2])
def test_scores_are_those_of_stock_lm_eval(count):
    stock = pytest.importorskip("lm_eval.models.openai_completions").LocalCompletionsAPI
    theirs = stock.parse_logprobs(json.loads(reply()), ctxlens=[3 - count])

    assert [ECHO.parse(reply()).score(count)] == theirs


def test_a_server_may_leave_out_the_token_behind_the_prompt_and_the_ids():
    shorter = {name: values[:3] for name, values in VLLM.items()}
    # SGLang gives the likeliest token alone, and text that may be half a syllable.
    tops = [None, {"\ufffd": -0.5}, {"\ufffd": -0.25}]
    texts = ["<s>", "\ufffd", "\ufffd"]
    found = ECHO.parse(reply(**(shorter | {"top_logprobs": tops, "tokens": texts})))

    assert found.score(2) == (-2.75, False)
    assert found.score(1) == (-0.25, True)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"token_logprobs": None}, NoEcho),
        ({"top_logprobs": None}, NoEcho),
        ({"token_logprobs": [-0.1], "top_logprobs": [{"x": -0.1}]}, NoEcho),
        ({"token_logprobs": [None, -1.0]}, WrongEcho),
        ({"top_logprobs": [None, {}]}, WrongEcho),
        ({"tokens": ["token_id:1", "token_id:5", "token_id:8"]}, WrongEcho),
        ({"token_logprobs": [None, float("nan"), -1.0, -1.0]}, WrongEcho),
    ],
)
def test_other_lists_are_no_score(changed, error):
    with pytest.raises(error):
        ECHO.parse(reply(**changed))


@pytest.mark.parametrize("hole", [None, "-0.5", True])
def test_a_hole_among_the_scored_tokens_is_no_score(hole):
    found = ECHO.parse(reply(token_logprobs=[None, hole, -0.25, -0.125]))

    assert found.score(1) == (-0.25, True)
    with pytest.raises(NoEcho):
        found.score(2)


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"7", b'{"choices": []}', b'{"choices": [7]}', b"\xff"]
)
def test_a_torn_answer_may_be_mended_by_another_try(content):
    for request in (ECHO, Continue(model="m", tokens=(1,), most=2)):
        with pytest.raises(PassingFault):
            request.parse(content)


def test_what_was_written_has_ids_where_the_server_tells_them():
    request = Continue(model="m", tokens=(1,), most=2)

    def read(**choice):
        return request.parse(json.dumps({"choices": [choice]}).encode())

    assert read(text="가", token_ids=[3, 4]).tokens == (3, 4)
    assert read(text="가").tokens is None
    assert read(text="가", token_ids=None).text == "가"
    with pytest.raises(PassingFault):
        read(text=None)


@pytest.mark.parametrize(
    ("endpoint", "base"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/completions", "http://localhost:8000/v1"),
        ("https://a.example/api/v1/chat/completions", "https://a.example/api/v1"),
    ],
)
def test_every_usual_address_has_the_same_base(endpoint, base):
    assert base_address(endpoint) == base
