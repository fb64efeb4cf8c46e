"""What a killed sweep finds again."""

import pytest

from korean_rlhf.evaluate import models
from korean_rlhf.evaluate.journal import Journal, request_key
from korean_rlhf.evaluate.lm import BrokenModel, KoreanLM


def test_answers_are_there_again_and_a_torn_line_is_not(tmp_path):
    path = tmp_path / "items" / "a.journal"
    with Journal(path) as journal:
        journal.add({"k1": [-1.5, True]})
        journal.add({"k2": "답은 둘"})
    path.write_bytes(path.read_bytes() + b'["k3", [-2')

    with Journal(path) as again:
        assert again.known == {"k1": [-1.5, True], "k2": "답은 둘"}
        again.add({"k3": [-2.0, False]})
    with Journal(path) as third:
        assert list(third.known) == ["k1", "k2", "k3"]
        third.forget()
    assert not path.exists()


def test_keys_tell_context_and_continuation_apart():
    assert request_key([1, 2], [3]) != request_key([1], [2, 3])
    assert request_key([1], options="a") != request_key([1], options="b")


class Killed(Exception):
    """Stands for SIGKILL: nothing after it runs but what the kernel does."""


def test_after_a_kill_no_request_is_scored_twice(tmp_path, tiny, monkeypatch):
    pairs = [([1, 10 + at], [20 + at, 30 + at]) for at in range(50)]
    path = tmp_path / "a.journal"
    whole = KoreanLM(models.load(tiny, device="cpu"), batch_tokens=16)._score(pairs)

    first = KoreanLM(models.load(tiny, device="cpu"), batch_tokens=16)
    add, calls = Journal.add, []

    def dies(self, answers):
        add(self, answers)
        calls.append(len(answers))
        if len(calls) == 4:
            raise Killed

    with monkeypatch.context() as patch, Journal(path) as first.journal:
        patch.setattr(Journal, "add", dies)
        with pytest.raises(Killed):
            first._score(pairs)

    second = KoreanLM(models.load(tiny, device="cpu"), batch_tokens=16)
    with Journal(path) as second.journal:
        found = second._score(pairs)

    assert second.scorer.computed == len(pairs) - sum(calls)
    assert [a for a, _ in found] == pytest.approx([a for a, _ in whole], abs=1e-5)
    assert [b for _, b in found] == [b for _, b in whole]


def test_a_model_with_broken_numbers_gets_no_score_and_leaves_none(tmp_path, tiny, monkeypatch):
    lm = KoreanLM(models.load(tiny, device="cpu"))
    head = lm.scorer.head
    monkeypatch.setattr(lm.scorer, "head", lambda hidden: head(hidden) * float("nan"))
    with Journal(tmp_path / "a.journal") as lm.journal:
        with pytest.raises(BrokenModel, match="precision fp32"):
            lm._score([([1, 10], [20])])

        assert not lm.journal.known


def test_cuts_are_counted_whether_answers_are_known_or_not(tmp_path, tiny):
    long = [([1] * 3000, [7, 8])]
    for _ in range(2):
        lm = KoreanLM(models.load(tiny, device="cpu"))
        with Journal(tmp_path / "a.journal") as lm.journal:
            lm._score(long)
            assert lm.truncated == 1


def test_a_prompt_that_a_writer_cuts_is_counted(tiny):
    from lm_eval.api.instance import Instance

    lm = KoreanLM(models.load(tiny, device="cpu"))
    options = {"until": ["\n"], "max_gen_toks": 4}
    asked = [Instance("generate_until", {}, (text, options), 0) for text in ("가", "가 " * 3000)]
    lm.generate_until(asked)

    assert lm.truncated == 1
