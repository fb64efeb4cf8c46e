"""The tasks through lm-eval: against its own `hf` model, an oracle and chance."""

import zlib

import pytest

from korean_rlhf.evaluate import harness, models
from korean_rlhf.evaluate.lm import KoreanLM
from korean_rlhf.evaluate.sources import DataOptions
from korean_rlhf.evaluate.suites import load_tasks
from tests.evaluate.fakes import Fake
from tests.evaluate.made_up import write_all

pytestmark = pytest.mark.filterwarnings("ignore")

NAMES = ("ko_kobest_boolq", "ko_kobest_copa", "ko_kobest_hellaswag", "ko_bits_per_byte")


@pytest.fixture(scope="module")
def infos():
    every = load_tasks()
    return [every[name] for name in NAMES]


@pytest.fixture(scope="module")
def tasks(infos, benchmarks):
    return harness.build_tasks(infos, DataOptions(data=str(benchmarks)))


@pytest.fixture(scope="module")
def stock(tiny):
    """lm-eval's `hf`; plain contexts get the begin token, as our models were trained."""
    from lm_eval.models.huggingface import HFLM

    model = HFLM(pretrained=str(tiny), device="cpu", dtype="float32", batch_size=8)
    encode = model.tok_encode
    rolling = model.loglikelihood_rolling

    def begun(string, add_special_tokens=None, **options):
        tokens = encode(string, add_special_tokens, **options)
        return tokens if add_special_tokens is False else [1, *tokens]

    def plain(requests, **options):
        model.tok_encode = encode
        try:
            return rolling(requests, **options)
        finally:
            model.tok_encode = begun

    model.tok_encode, model.loglikelihood_rolling = begun, plain
    return model


def test_one_subject_of_kmmlu_has_an_error(tmp_path, tiny):
    write_all(tmp_path)
    (tmp_path / "kmmlu" / "data" / "Math-test.csv").unlink()
    info = load_tasks()["ko_kmmlu_text"]
    task = harness.build_tasks([info], DataOptions(data=str(tmp_path)))[info.name]
    result = harness.run_task(KoreanLM(models.load(tiny, device="cpu")), info, task)
    share = result.metrics["acc"].value

    assert 0 < share < 1
    assert result.metrics["acc"].stderr == pytest.approx((share * (1 - share) / 19) ** 0.5)


def loglikelihoods(result):
    return [
        value
        for row in result.items
        for value in row.get("loglikelihoods", row["metrics"].get("bits_per_byte"))
    ]


def test_log_likelihoods_are_those_of_stock_lm_eval(infos, tasks, tiny, stock, capsys):
    ours = KoreanLM(models.load(tiny, device="cpu"))
    for info in infos:
        mine = harness.run_task(ours, info, tasks[info.name])
        theirs = harness.run_task(stock, info, tasks[info.name])

        assert loglikelihoods(mine) == pytest.approx(loglikelihoods(theirs), abs=1e-3)
        assert mine.prompts_sha256 == theirs.prompts_sha256


def is_right(task, request):
    gold = task.doc_to_target(request.doc)
    gold = int(gold) if str(gold).isdigit() else gold
    return request.idx == gold


def test_an_oracle_scores_one(infos, tasks):
    for info in infos[:3]:
        task = tasks[info.name]
        lm = Fake(lambda request, task=task: 0.0 if is_right(task, request) else -9.0)
        metrics = harness.run_task(lm, info, task).metrics

        assert {name: found.value for name, found in metrics.items()} == dict.fromkeys(metrics, 1.0)


def test_one_model_after_another_gives_each_its_own_scores(infos, tasks):
    info, task = infos[1], tasks[infos[1].name]
    right = harness.run_task(Fake(lambda r: 0.0 if is_right(task, r) else -9.0), info, task)
    wrong = harness.run_task(Fake(lambda r: -9.0 if is_right(task, r) else 0.0), info, task)

    assert (right.metrics["acc"].value, wrong.metrics["acc"].value) == (1.0, 0.0)


def test_answers_by_chance_score_chance(infos, tasks):
    for info in infos[:3]:
        lm = Fake(lambda request: zlib.crc32(repr(request.args).encode()) / 2**32 - 30.0)
        found = harness.run_task(lm, info, tasks[info.name]).metrics["acc"]

        assert abs(found.value - info.chance["acc"]) < 4 * found.stderr


def test_a_bit_a_byte_is_one_bit_per_byte(infos, tasks):
    found = harness.run_task(Fake(None), infos[3], tasks[NAMES[3]]).metrics["bits_per_byte"]

    assert found.value == pytest.approx(1.0)
    assert found.stderr == pytest.approx(0.0, abs=1e-9)


def test_no_prompt_has_two_blanks_in_a_row(infos, tasks):
    for info in infos[:3]:
        task = tasks[info.name]
        task.build_all_requests(rank=0, world_size=1)
        texts = ["".join(instance.args) for instance in task.instances]

        assert texts and not [text for text in texts if "  " in text]


def test_every_metric_has_an_error_bar(infos, tasks, tiny):
    ours = KoreanLM(models.load(tiny, device="cpu"))
    for info in infos:
        metrics = harness.run_task(ours, info, tasks[info.name]).metrics

        assert info.headline in metrics
        assert all(found.stderr is not None for found in metrics.values())


def test_accuracy_by_tokens_is_the_likeliest_choice_a_token(infos, tasks, tiny):
    ours = KoreanLM(models.load(tiny, device="cpu"))
    info, task = infos[2], tasks[infos[2].name]
    found = harness.run_task(ours, info, task)
    right = []
    for item, question in zip(found.items, found.questions, strict=True):
        sizes = [
            len(ours.tokenizer.encode(" " + choice, add_special_tokens=False))
            for choice in question["choices"]
        ]
        scores = [total / size for total, size in zip(item["loglikelihoods"], sizes, strict=True)]
        right.append(scores.index(max(scores)) == question["gold"])

    assert found.metrics["acc_tokens"].value == pytest.approx(sum(right) / len(right))
    assert {"acc_norm", "acc_bytes", "acc_tokens"} <= set(found.metrics)


def test_three_lengths_are_three_accuracies(infos, tasks):
    """Latin letters are one byte, Hangul three; the words are what the model counts."""
    info, task = infos[2], tasks[infos[2].name]
    texts = ["abcdefghij", "가 나", "가나다라마바", "가나다 라마"]
    scores = [-9.0, -4.0, -8.5, -9.5]

    class Counting(Fake):
        def token_counts(self, given):
            return [len(text.split()) for text in given]

    def best(sizes):
        each = [score / size for score, size in zip(scores, sizes, strict=True)]
        return each.index(max(each))

    characters = best([len(text) for text in texts])
    size_in_bytes = best([len(text.encode()) for text in texts])
    tokens = best([len(text.split()) for text in texts])
    docs = task.dataset["test"]
    made = [
        dict(docs[at]) | {f"ending_{n}": text for n, text in enumerate(texts, start=1)}
        for at in range(4)
    ]
    made = [row | {"label": at} for at, row in enumerate(made)]
    lm = Counting(lambda request: scores[request.idx])
    task.dataset["test"] = docs.from_list(made)
    task._instances = None
    try:
        items = harness.run_task(lm, info, task).items
    finally:
        task.dataset["test"] = docs
    picked = {
        name: [item["metrics"][name] for item in items].index(1.0)
        for name in ("acc_norm", "acc_bytes", "acc_tokens")
    }

    assert picked == {"acc_norm": characters, "acc_bytes": size_in_bytes, "acc_tokens": tokens}
    assert len({characters, size_in_bytes, tokens}) == 3
