"""The HTTP engines against local replicas of the documented APIs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from korean_rlhf.endpoint import BudgetSpent, Meter
from korean_rlhf.endpoint import client as client_module
from korean_rlhf.errors import EndpointError, SettingsError, UnknownName
from korean_rlhf.records import Drop
from korean_rlhf.settings.engines import BudgetSettings, EngineSettings, TranslatorSettings
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines import Engine, Row, Wanted, open_engine
from tests.translate import replicas
from tests.translate.replicas import Answer, Api, korean, reply, serving


class Maker(NamedTuple):
    api: type[Api]
    options: dict[str, Any]


MAKERS = {
    "deepl": Maker(replicas.DeepL, {}),
    "papago": Maker(replicas.Papago, {}),
    "google": Maker(replicas.Google, {}),
    "google-v3": Maker(replicas.GoogleV3, {"google_project": "ours"}),
}
SECRETS = [
    "deepl-not-a-real-key",
    "papago-not-a-real-id",
    "papago-not-a-real-key",
    "google-not-a-real-key",
    "google-not-a-real-token",
]


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "FIRST_WAIT", 0.001)
    monkeypatch.setenv("DEEPL_AUTH_KEY", "deepl-not-a-real-key")
    monkeypatch.setenv("NCP_APIGW_API_KEY_ID", "papago-not-a-real-id")
    monkeypatch.setenv("NCP_APIGW_API_KEY", "papago-not-a-real-key")
    monkeypatch.setenv("GOOGLE_API_KEY", "google-not-a-real-key")
    monkeypatch.setenv("GOOGLE_ACCESS_TOKEN", "google-not-a-real-token")


@contextmanager
def opened(
    name: str, cache: Path | None = None, meter: Meter | None = None, **more: Any
) -> Iterator[tuple[Engine, Api]]:
    api = MAKERS[name].api()
    of_options = {key: more.pop(key) for key in list(more) if hasattr(EngineSettings(), key)}
    options = EngineSettings(**{**MAKERS[name].options, **of_options})
    with serving(api) as url:
        server = TranslatorSettings(endpoint=url, **{"timeout_seconds": 5.0, **more})
        wanted = Wanted(
            settings=TranslateSettings(engine=name),
            options=options,
            server=server,
            cache=cache,
            meter=meter or Meter(),
        )
        engine = open_engine(wanted)
        try:
            yield engine, api
        finally:
            engine.close()


def rows(*texts: str) -> list[Row]:
    return [Row(text, "user") for text in texts]


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("text", ["Press ⟦0⟧ if a < b & 'c'.", 'Press <x id="0"/> if a < b & c.'])
def test_signs_and_spans_survive_the_journey(name: str, text: str):
    with opened(name) as (engine, api):
        api.translator = lambda shown: shown  # says what it hears
        assert engine.translate(rows(text)) == [text]
        assert engine.counts()["paid"] == 1


def test_deepl_is_sent_what_its_page_says():
    with opened("deepl", glossary="g-1", context="A cookery book.") as (engine, api):
        engine.translate(rows("Boil ⟦0⟧ & stir."))
    assert api.asked == [
        {
            "text": ['Boil <x id="0"/> &amp; stir.'],
            "source_lang": "EN",
            "target_lang": "KO",
            "tag_handling": "xml",
            "tag_handling_version": "v2",
            "ignore_tags": ["x"],
            "preserve_formatting": True,
            "glossary_id": "g-1",
            "context": "A cookery book.",
        }
    ]


def test_papago_is_asked_for_polite_korean_unless_told_otherwise():
    with opened("papago") as (engine, api):
        (polite,) = engine.translate(rows("Boil it."))
    with opened("papago", honorific=False) as (engine, _):
        (plain,) = engine.translate(rows("Boil it."))
    assert api.asked == [{"source": "en", "target": "ko", "honorific": True, "text": "Boil it."}]
    assert isinstance(polite, str) and polite.endswith("있어요.")
    assert isinstance(plain, str) and plain.endswith("있다.")


def test_google_v3_takes_the_translations_of_the_glossary():
    name = "projects/ours/locations/global/glossaries/g"
    with opened("google-v3", glossary=name) as (engine, api):
        (text,) = engine.translate(rows("Boil it."))
    assert api.asked[0]["glossaryConfig"] == {"glossary": name}
    assert isinstance(text, str) and text.endswith("용어집")


def test_google_keeps_lines_and_indents_and_unescapes():
    text = "Don't:\n- one\n  - two\n\nEnd."
    with opened("google") as (engine, api):
        api.translator = lambda shown: shown.replace("<br>", " <br> ")
        assert engine.translate(rows(text)) == [text]


MANY = [f"Sentence number {place} about boiling water." for place in range(130)]


@pytest.mark.parametrize(("name", "requests"), [("deepl", 3), ("google", 2), ("papago", 130)])
def test_a_batch_keeps_to_the_limits(name: str, requests: int):
    with opened(name) as (engine, api):
        found = engine.translate(rows(*MANY))
        assert found == [korean(text) for text in MANY]
        assert len(api.asked) == requests  # 50, 128 and 1 texts
        assert len(api.paid) == 130


def test_deepl_never_passes_128_kib():
    texts = [f"{place} " + "물이 끓으면 boil < & >. " * 500 for place in range(12)]
    with opened("deepl") as (engine, api):
        api.translator = lambda shown: shown
        assert engine.translate(rows(*texts)) == texts
        assert len(api.asked) > 1


@pytest.mark.parametrize("name", ["papago", "google"])
def test_a_long_text_travels_in_whole_sentences(name: str):
    text = " ".join(f"This is sentence {place}, neither long nor short." for place in range(300))
    with opened(name) as (engine, api):
        api.translator = lambda shown: shown
        assert engine.translate(rows(text)) == [text]
        sent = [body["text"] if name == "papago" else body["q"][0] for body in api.asked]
        assert len(sent) > 2 and all(part.endswith("short.") for part in sent)


def test_a_sentence_longer_than_a_request_is_refused_alone():
    with opened("papago") as (engine, _):
        long, short = engine.translate(rows("word " * 1200, "Short."))
    assert isinstance(long, Drop) and long.reason == "request-refused"
    assert short == korean("Short.")


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_text_is_paid_once_in_whatever_batch(name: str, tmp_path: Path):
    cache = tmp_path / "replies.sqlite"
    with opened(name, cache) as (engine, api):
        first = engine.translate(rows("One.", "Two.", "One."))
        assert api.paid.total() == 2
        again = engine.translate(rows("Three.", "Two."))
        assert api.paid.total() == 3
    with opened(name, cache) as (engine, api):
        assert engine.translate(rows("Two.", "Three.", "One.")) == [first[1], again[0], first[0]]
        assert api.asked == [] and engine.load(rows("Two.")).requests == 0
        assert engine.load(rows("Four.")).characters == 5
        assert engine.counts() == {"cached": 3}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("deepl", {"glossary": "g-1"}),
        ("deepl", {"context": "A cookery book."}),
        ("deepl", {"formality": "prefer_more"}),
        ("papago", {"honorific": False}),
        ("google-v3", {"google_model": "projects/ours/locations/global/models/general/nmt"}),
    ],
)
def test_what_changes_the_answer_is_in_the_key(name: str, change: dict[str, Any], tmp_path: Path):
    cache = tmp_path / "replies.sqlite"
    with opened(name, cache) as (engine, _):
        engine.translate(rows("One."))
    with opened(name, cache, **change) as (engine, api):
        engine.translate(rows("One."))
        assert api.paid.total() == 1


GARBAGE: dict[str, Callable[[str], Answer]] = {
    "torn JSON": lambda _: (200, {}, b'{"transl'),
    "HTML": lambda _: (200, {}, b"<html>please log in</html>"),
    "a list": lambda _: (200, {}, b"[]"),
    "nothing": lambda _: (200, {}, b"{}"),
    "null": lambda name: {
        "deepl": reply({"translations": None}),
        "papago": reply({"message": None}),
        "google": reply({"data": None}),
        "google-v3": reply({"translations": None}),
    }[name],
    "one too few": lambda name: {
        "deepl": reply({"translations": [{"text": "하나"}]}),
        "papago": reply({"message": {"result": {}}}),
        "google": reply({"data": {"translations": [{"translatedText": "하나"}]}}),
        "google-v3": reply({"translations": [{"translatedText": "하나"}]}),
    }[name],
    "no text": lambda name: {
        "deepl": reply({"translations": [{"text": 7}, {"text": None}]}),
        "papago": reply({"message": {"result": {"translatedText": 7}}}),
        "google": reply({"data": {"translations": [{}, {}]}}),
        "google-v3": reply({"translations": ["하나", "둘"]}),
    }[name],
    "429": lambda _: reply({"message": "Too many requests"}, 429),
    "429 with seconds": lambda _: reply({}, 429, Retry_After="0.01"),
    "500": lambda _: (500, {}, b"oops"),
    "503": lambda _: (503, {}, b""),
    "529": lambda _: (529, {}, b""),
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("fault", GARBAGE)
def test_a_passing_fault_is_tried_again(name: str, fault: str):
    with opened(name) as (engine, api):
        api.faults = [GARBAGE[fault](name)] * 2
        found = engine.translate(rows("One.", "Two."))
        assert found == [korean("One."), korean("Two.")]
        assert engine.counts()["retries"] == 2


@pytest.mark.parametrize("name", MAKERS)
def test_silence_is_tried_again(name: str):
    def late() -> Answer:
        time.sleep(0.4)
        return reply({})

    with opened(name, timeout_seconds=0.2) as (engine, api):
        api.faults = [late]
        assert engine.translate(rows("One.")) == [korean("One.")]


@pytest.mark.parametrize("name", MAKERS)
def test_garbage_for_ever_ends_with_what_it_was(name: str):
    with opened(name, attempts=3) as (engine, api):
        api.faults = [(200, {}, b"<html>")] * 9
        with pytest.raises(EndpointError, match=r"in 3 tries; the last time: the answer is no"):
            engine.translate(rows("One."))


STOPS: dict[str, tuple[str, Answer, str]] = {
    "deepl 456": ("deepl", reply({"message": "Quota exceeded"}, 456), "are used up.*kept"),
    "deepl 404": ("deepl", reply({"message": "Not found"}, 404), "Check --endpoint"),
    "papago quota": (
        "papago",
        reply({"error": {"errorCode": "400", "message": "Quota Exceeded"}}, 429),
        "quota of this application is used up.*kept",
    ),
    "papago languages": (
        "papago",
        reply({"errorCode": "N2MT05", "errorMessage": "same language"}, 400),
        "same language.*Check --endpoint",
    ),
    "google day": (
        "google",
        reply({"error": {"code": 403, "message": "Daily Limit Exceeded"}}, 403),
        "quota of the day.*kept",
    ),
    "google billing": (
        "google",
        reply({"error": {"code": 403, "message": "This API requires billing."}}, 403),
        "Switch on billing",
    ),
    "google-v3 404": ("google-v3", reply({"error": {"message": "no"}}, 404), "--google-project"),
}


@pytest.mark.parametrize("case", STOPS)
def test_what_no_retry_mends_stops_at_once_with_a_sentence(case: str):
    name, answer, said = STOPS[case]
    with opened(name) as (engine, api):
        api.faults = [answer] * 9
        with pytest.raises(EndpointError, match=said):
            engine.translate(rows("One."))
        assert len(api.asked) == 1


RATES: dict[str, tuple[str, Answer]] = {
    "papago 410": ("papago", reply({"error": {"errorCode": "410"}}, 429)),
    "papago 420": ("papago", reply({"error": {"errorCode": "420"}}, 429)),
    "google user": (
        "google",
        reply({"error": {"message": "x", "errors": [{"reason": "userRateLimitExceeded"}]}}, 403),
    ),
    "google words": ("google", reply({"error": {"message": "User Rate Limit Exceeded"}}, 403)),
    "google-v3 429": ("google-v3", reply({"error": {"status": "RESOURCE_EXHAUSTED"}}, 429)),
}


@pytest.mark.parametrize("case", RATES)
def test_a_rate_is_waited_for(case: str):
    name, answer = RATES[case]
    with opened(name) as (engine, api):
        api.faults = [answer]
        assert engine.translate(rows("One.")) == [korean("One.")]


@pytest.mark.parametrize("name", MAKERS)
def test_a_refused_text_does_not_take_its_neighbours_along(name: str):
    class Choosy(MAKERS[name].api):
        def translate(self, path: str, body: dict[str, Any], size: int) -> Answer:
            if "Bad" in str(body):
                return reply({"message": "refused"}, 400)
            return super().translate(path, body, size)

    with opened(name) as (engine, api):
        api.translate = Choosy.translate.__get__(api)  # type: ignore[method-assign]
        api.__class__ = Choosy
        one, bad, two = engine.translate(rows("One.", "Bad.", "Two."))
    assert (one, two) == (korean("One."), korean("Two."))
    assert isinstance(bad, Drop) and bad.reason == "request-refused"


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("status", [401, 403, 429, 404, 400])
def test_a_key_that_a_server_repeats_is_shown_nowhere(
    name: str, status: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    cache = tmp_path / "replies.sqlite"
    with opened(name, cache, attempts=1) as (engine, api):
        api.faults = [reply({"error": {"message": f"bad {' '.join(SECRETS)}"}}, status)] * 9
        said = ""
        try:
            said = str(engine.translate(rows("One.")))
        except EndpointError as problem:
            said = str(problem)
        shown = said + caplog.text + repr(vars(engine)) + cache.read_bytes().decode("latin-1")
    own = {"deepl": SECRETS[:1], "papago": SECRETS[1:3], "google": SECRETS[3:4]}
    for secret in own.get(name, SECRETS[4:]):
        assert secret not in shown
    assert "<API key>" in said


@pytest.mark.parametrize("name", MAKERS)
def test_a_wrong_key_is_named_by_its_variable(name: str, monkeypatch: pytest.MonkeyPatch):
    variable = {"deepl": "DEEPL_AUTH_KEY", "papago": "NCP_APIGW_API_KEY"}.get(name)
    variable = variable or ("GOOGLE_API_KEY" if name == "google" else "GOOGLE_ACCESS_TOKEN")
    monkeypatch.setenv(variable, "wrong")
    with opened(name) as (engine, _), pytest.raises(EndpointError, match=f"refuses.*{variable}"):
        engine.translate(rows("One."))
    for value, said in (("", "wants a key"), ("틀린 열쇠", "holds no key")):
        monkeypatch.setenv(variable, value)
        with pytest.raises(SettingsError, match=f"{said}.*{variable}|{variable}.*{said}"):
            open_engine(
                Wanted(
                    settings=TranslateSettings(engine=name),
                    options=EngineSettings(**MAKERS[name].options),
                )
            )


def test_the_key_of_a_free_account_has_a_host_of_its_own(monkeypatch: pytest.MonkeyPatch):
    for key, host in (("abc", "https://api.deepl.com"), ("abc:fx", "https://api-free.deepl.com")):
        monkeypatch.setenv("DEEPL_AUTH_KEY", key)
        engine = open_engine(Wanted(settings=TranslateSettings(engine="deepl")))
        assert vars(engine)["_endpoint"].base == host
        engine.close()


def test_a_misspelt_engine_is_no_chat_model():
    with pytest.raises(UnknownName, match="deepl"):
        open_engine(Wanted(settings=TranslateSettings(engine="deepll", model="m")))
    other = open_engine(Wanted(settings=TranslateSettings(engine="vllm", model="m")))
    assert other.name == "vllm:m"
    other.close()


def test_a_budget_of_characters_stops_before_it_is_passed(tmp_path: Path):
    cache = tmp_path / "replies.sqlite"
    texts = [f"Text number {place:02}." for place in range(10)]  # 15 characters each
    meter = Meter(BudgetSettings(max_characters=100))
    with opened("papago", cache, meter) as (engine, api):
        with pytest.raises(BudgetSpent, match=r"--max-characters 100 is used up: 90 char.*kept"):
            engine.translate(rows(*texts))
        assert api.paid.total() == 6
    meter = Meter(BudgetSettings(max_characters=60))  # of this run: what is cached is free
    with opened("papago", cache, meter) as (engine, api):
        assert engine.translate(rows(*texts)) == [korean(text) for text in texts]
        assert api.paid.total() == 4 and meter.characters == 60


def test_a_budget_of_money_counts_characters():
    meter = Meter(BudgetSettings(max_cost=0.001, price_per_million_characters=20.0))
    with opened("google", meter=meter) as (engine, _):
        engine.translate(rows("Text number 01.", "Text number 02."))
        with pytest.raises(BudgetSpent, match=r"--max-cost 0\.001"):
            engine.translate(rows("Text number 03.", "Text number 04."))
        assert meter.cost == pytest.approx(0.0006)
    with pytest.raises(SettingsError, match="needs a price"):
        BudgetSettings(max_cost=1.0)


def test_what_was_billed_but_not_readable_is_counted():
    meter = Meter(BudgetSettings(max_characters=20))
    with opened("papago", meter=meter) as (engine, api):
        api.faults = [(200, {}, b"{}")]
        with pytest.raises(BudgetSpent):
            engine.translate(rows("Text number 01."))
        assert meter.characters == 15 and len(api.asked) == 1


def test_an_answer_without_tokens_says_nothing_about_the_dearest():
    budget = BudgetSettings(max_cost=0.001, price_per_million_prompt_tokens=1.0)
    meter = Meter(budget)
    meter.settle(meter.reserve(400, "tokens"))  # unreadable: counted as the most, 0.0004
    meter.settle(meter.reserve(400, "tokens"), prompt_tokens=40)

    assert meter.cost == pytest.approx(0.00044)
    assert meter.reserve(400, "tokens").cost == pytest.approx(0.00004)


def test_while_one_request_waits_all_of_its_batch_stays_claimed(tmp_path: Path):
    with opened("papago", tmp_path / "replies.sqlite") as (engine, api):
        renewed: list[int] = []
        endpoint = vars(engine)["_endpoint"]
        endpoint.renew = lambda keys: renewed.append(len(keys))
        api.faults = [reply({}, 503)]
        engine.translate(rows("One.", "Two.", "Three."))

    assert renewed[0] == 3, "before the second try"


def test_characters_per_minute_hold_requests_back():
    with opened("papago", characters_per_minute=15 * 600.0) as (engine, _):
        began = time.monotonic()
        engine.translate(rows(*(f"Text number {place:02}." for place in range(4))))
        assert time.monotonic() - began > 0.29  # three gaps of 0.1 s
