import re

import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import BadInput, MissingInput, SettingsError, UnknownName
from korean_rlhf.evaluate.gather import gather
from korean_rlhf.evaluate.references import fitting, is_drawn, load_published
from korean_rlhf.evaluate.suites import load_tasks
from tests.evaluate.report_files import entry_of, score

FILES = sorted((asset_dir("evals") / "baselines").glob("*.toml"))


def test_the_shipped_scores_fit_their_schema():
    found = load_published()

    assert len(found) > 50 and len(FILES) >= 3
    for one in found:
        assert re.fullmatch(r"ko_[a-z0-9_]+", one.task) and one.model
        assert 0.0 < one.value < 1.0 and one.shots >= -1
        assert one.source.startswith("https://") and one.about.endswith(".")
    keys = [(one.task, one.metric, one.model, one.shots, one.source) for one in found]
    assert len(set(keys)) == len(keys)


def test_metrics_of_shipped_tasks_are_ours():
    tasks = load_tasks()
    named = [one for one in load_published() if one.task in tasks]

    assert named
    for one in named:
        assert one.metric in tasks[one.task].chance


def write_baselines(root, text):
    (root / "baselines").mkdir()
    (root / "baselines" / "one.toml").write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("about = 'a'\nscore = []", BadInput),
        ("source = 's'\nabout = 'a'\n[[score]]\ntask = 't'", SettingsError),
        ("source = 's'\nabout = 'a'\n[[score]]\ntask = 't'\nvalu = 1.0", UnknownName),
    ],
)
def test_a_file_that_does_not_fit_is_named(tmp_path, text, error):
    with pytest.raises(error, match=r"one\.toml"):
        load_published(write_baselines(tmp_path, text))


def test_a_published_score_is_shown_only_for_the_same_task_and_metric():
    entries = {"ko_kobest_copa": entry_of([1, 0])}
    shown = fitting(load_published(), entries)

    assert shown and {(one.task, one.metric) for one in shown} == {("ko_kobest_copa", "acc")}
    assert all(is_drawn(one, "ko_kobest_copa", entries[one.task]) for one in shown)
    assert not is_drawn(shown[0], "ko_kobest_copa", entry_of([1, 0], headline="f1"))


def test_a_reference_run_stands_beside_with_its_last_chosen_checkpoint(tmp_path):
    run, other = tmp_path / "run", tmp_path / "other"
    score(run, "sft", 5, {"ko_kobest_copa": ([1, 0, 1, 1], {})})
    score(other, "pretrain", 9, {"ko_kobest_copa": ([0, 0, 0, 0], {})})
    score(other, "sft", 3, {"ko_kobest_copa": ([1, 1, 1, 0], {})})
    (reference,) = gather(run, [other]).references

    assert reference.name == "other" and reference.scores.checkpoint == "sft-000003"
    with pytest.raises(MissingInput, match="korean-rlhf eval"):
        gather(run, [tmp_path / "none"])
