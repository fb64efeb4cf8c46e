import json
import shutil
from dataclasses import replace

import pytest

from korean_rlhf.errors import MissingInput
from korean_rlhf.evaluate import harness, scores, sweep, track
from korean_rlhf.evaluate.checkpoints import find_target, weights_digest
from korean_rlhf.evaluate.sources import NoData
from korean_rlhf.settings.evaluate import EvaluateSettings
from tests.evaluate.made_up import write_all

pytestmark = pytest.mark.filterwarnings("ignore")

QUICK = EvaluateSettings(suite="quick", items=12, text_bytes=3000, device="cpu")


@pytest.fixture
def counted(monkeypatch):
    """Count what is computed."""
    done = []
    run_task = harness.run_task

    def counting(lm, info, task, **options):
        done.append((lm.label.split()[0], info.name))
        return run_task(lm, info, task, **options)

    monkeypatch.setattr(harness, "run_task", counting)
    return done


def read(run, checkpoint, suite="quick"):
    return json.loads((run / "evals" / checkpoint / f"{suite}.json").read_text(encoding="utf-8"))


def test_every_language_model_of_a_run_is_found_and_the_reward_model_is_not(tiny_run):
    target = find_target(tiny_run)

    assert [at.name for at in target.checkpoints] == ["pretrain-000020", "sft-000010"]
    assert find_target(tiny_run / "sft").run == tiny_run
    assert find_target(tiny_run / "sft" / "step-000010").run == tiny_run.resolve()


def test_an_unfinished_checkpoint_is_left_alone(tiny_run):
    (tiny_run / "sft" / "step-000010" / "manifest.json").unlink()

    assert [at.stage for at in find_target(tiny_run).checkpoints] == ["pretrain"]


def test_a_folder_without_checkpoints_is_told(tmp_path):
    with pytest.raises(MissingInput):
        find_target(tmp_path)


def test_a_plain_model_gets_a_run_of_its_own(tiny, tmp_path):
    target = find_target(tiny, tmp_path / "out")

    assert target.evals == tmp_path / "out" / "evals"
    assert target.checkpoints[0].name == "model-000000"


def test_an_unchanged_score_is_never_computed_twice(tiny_run, benchmarks, counted):
    track.evaluate(tiny_run, QUICK, data=benchmarks)
    first = read(tiny_run, "sft-000010")
    once = list(counted)
    track.evaluate(tiny_run, QUICK, data=benchmarks)

    assert counted == once
    assert read(tiny_run, "sft-000010") == first
    assert len(once) == 2 * 4  # two checkpoints; SentiNeg and WiC are not there
    assert set(first["missing"]) == {"ko_kobest_sentineg", "ko_kobest_wic"}
    entry = first["tasks"]["ko_kobest_copa"]
    assert entry["metrics"]["acc"]["n"] == 12
    assert entry["machine"]["device"] == "cpu" and entry["machine"]["precision"] == "float32"
    assert {"korean_rlhf", "python", "torch", "transformers", "lm_eval"} <= set(entry["versions"])
    items = tiny_run / "evals" / "sft-000010" / entry["items"]
    assert len(items.read_text(encoding="utf-8").splitlines()) == 12


def test_another_suite_uses_the_same_scores(tiny_run, benchmarks, counted):
    track.evaluate(tiny_run, QUICK, data=benchmarks)
    counted.clear()
    alone = EvaluateSettings(suite="ko_kobest_copa", items=12, device="cpu")
    track.evaluate(tiny_run, alone, data=benchmarks)

    assert counted == []
    assert list(read(tiny_run, "sft-000010", "ko_kobest_copa")["tasks"]) == ["ko_kobest_copa"]


def test_changed_weights_are_a_new_score(tiny_run, benchmarks, counted):
    track.evaluate(tiny_run, QUICK, data=benchmarks)
    counted.clear()
    weights = tiny_run / "sft" / "step-000010" / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-4:] = b"\0\0\0\0"
    weights.write_bytes(content)
    track.evaluate(tiny_run, QUICK, data=benchmarks)

    assert {name for name, _ in counted} == {"sft-000010"}
    assert len(counted) == 4


def test_other_settings_are_a_new_score(tiny_run, benchmarks, counted):
    track.evaluate(tiny_run, QUICK, data=benchmarks)
    counted.clear()
    chat = EvaluateSettings(suite="quick", items=12, text_bytes=3000, device="cpu", template="chat")
    track.evaluate(tiny_run, chat, data=benchmarks)

    assert {name for name, _ in counted} == {"sft-000010"}, "pretrain has no chat template"


def test_a_score_that_is_asked_for_again_is_the_newest(tiny_run, benchmarks, counted, monkeypatch):
    times = iter(f"2026-01-01T00:00:{second:02}+00:00" for second in range(60))
    monkeypatch.setattr(sweep, "_now", lambda: next(times))
    few = EvaluateSettings(suite="ko_kobest_copa", items=4, device="cpu", checkpoints="chosen")
    for settings in (few, replace(few, items=12), few):
        track.evaluate(tiny_run, settings, data=benchmarks)
    entry = read(tiny_run, "sft-000010", "ko_kobest_copa")["tasks"]["ko_kobest_copa"]

    assert len(counted) == 2 * 2, "the third command computes nothing"
    assert entry["metrics"]["acc"]["n"] == 4
    assert entry["asked_at"] > "2026-01-01T00:00:03" > entry["scored_at"]
    track.evaluate(tiny_run, few, data=benchmarks)
    assert read(tiny_run, "sft-000010", "ko_kobest_copa")["tasks"]["ko_kobest_copa"] == entry


def test_another_number_of_examples_is_a_new_score_and_is_said(tiny_run, tmp_path, counted, capsys):
    sets = write_all(tmp_path / "sets")
    suite = EvaluateSettings(suite="ko_nsmc", items=6, device="cpu", checkpoints="chosen")
    track.evaluate(tiny_run, suite, data=sets)
    counted.clear()
    two = replace(suite, shots=2)
    track.evaluate(tiny_run, two, data=sets)
    track.evaluate(tiny_run, two, data=sets)
    entry = read(tiny_run, "sft-000010", "ko_nsmc")["tasks"]["ko_nsmc"]

    assert len(counted) == 2, "once a checkpoint"
    assert entry["shots"] == 2
    track.evaluate(tiny_run, replace(two, seed=2), data=sets)
    assert len(counted) == 4, "other examples"
    capsys.readouterr()
    track.evaluate(tiny_run, replace(two, suite="ko_apeach"), data=sets)
    entry = read(tiny_run, "sft-000010", "ko_apeach")["tasks"]["ko_apeach"]

    assert entry["shots"] == 0
    assert "ko_apeach is asked without examples" in capsys.readouterr().err


def test_a_score_holds_its_baselines_and_the_chance_of_what_was_asked(tiny_run, tmp_path):
    sets = write_all(tmp_path / "sets")
    for suite in ("ko_click", "ko_kobest_copa"):
        settings = EvaluateSettings(suite=suite, device="cpu", checkpoints="chosen")
        track.evaluate(tiny_run, settings, data=sets)
    click = read(tiny_run, "sft-000010", "ko_click")["tasks"]["ko_click"]
    copa = read(tiny_run, "sft-000010", "ko_kobest_copa")["tasks"]["ko_kobest_copa"]

    assert click["chance"] == {"acc": round((28 / 4 + 10 / 5) / 38, 4)}
    assert list(click["baselines"]) == ["majority"]
    assert set(copa["baselines"]) == {"majority", "longest", "shortest"}
    assert copa["baselines"]["longest"] + copa["baselines"]["shortest"] >= 0.5


def test_a_sweep_killed_anywhere_goes_on_with_the_next_task(
    tiny_run, benchmarks, counted, monkeypatch
):
    class Killed(BaseException):
        pass

    real = harness.run_task

    def killing(lm, info, task, **options):
        if len(counted) == 5:
            raise Killed
        return real(lm, info, task, **options)

    monkeypatch.setattr(harness, "run_task", killing)
    with pytest.raises(Killed):
        track.evaluate(tiny_run, QUICK, data=benchmarks)
    before = list(counted)
    monkeypatch.setattr(harness, "run_task", real)
    track.evaluate(tiny_run, QUICK, data=benchmarks)

    assert len(before) == 5
    assert len(counted) == len(set(counted)) == 8


def test_a_score_stays_when_its_data_are_gone(tiny_run, benchmarks, tmp_path):
    track.evaluate(tiny_run, QUICK, data=benchmarks)
    fewer = tmp_path / "fewer"
    (fewer / "kobest").mkdir(parents=True)
    (fewer / "kobest" / "COPA").symlink_to(benchmarks / "kobest" / "COPA")
    track.evaluate(tiny_run, QUICK, data=fewer)

    assert "ko_kobest_boolq" in read(tiny_run, "sft-000010")["tasks"]


def test_a_suite_without_any_data_is_an_error(tiny_run, tmp_path):
    with pytest.raises(NoData, match="No task of 'quick' has its data"):
        track.evaluate(tiny_run, QUICK, data=tmp_path)


def test_a_data_folder_that_is_not_there_is_told_before_anything_else(tmp_path):
    with pytest.raises(MissingInput, match="none"):
        track.evaluate(tmp_path, QUICK, data=tmp_path / "none")


def test_only_chosen_checkpoints_are_scored_when_asked(tiny_run, benchmarks, counted):
    (tiny_run / "sft" / "manifest.json").write_text(json.dumps({"best": "step-000007"}))
    chosen = EvaluateSettings(suite="ko_kobest_copa", items=5, device="cpu", checkpoints="chosen")
    track.evaluate(tiny_run, chosen, data=benchmarks)

    assert [name for name, _ in counted] == ["pretrain-000020"]


def test_the_items_are_looked_for_in_the_corpus_that_is_named(tiny_run, benchmarks, tmp_path):
    table = (benchmarks / "kobest" / "BoolQ" / "test.tsv").read_text(encoding="utf-8")
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps({"id": "1", "text": table}) + "\n", encoding="utf-8")
    one = EvaluateSettings(suite="ko_kobest_boolq", items=12, device="cpu")
    track.evaluate(tiny_run, one, data=benchmarks, corpus=corpus)
    found = json.loads((tiny_run / "evals" / "contamination.json").read_text(encoding="utf-8"))

    (told,) = found["tasks"].values()
    assert told["items"] == 12 and len(told["seen"]) + told["short"] == 12
    with pytest.raises(MissingInput):
        track.evaluate(tiny_run, one, data=benchmarks, corpus=tmp_path / "none")


def test_going_back_to_earlier_settings_computes_nothing(tiny_run, benchmarks, counted):
    track.evaluate(tiny_run, QUICK, data=benchmarks)
    first = read(tiny_run, "sft-000010")
    track.evaluate(tiny_run, replace(QUICK, items=3), data=benchmarks)
    fewer = len(counted)
    track.evaluate(tiny_run, QUICK, data=benchmarks)

    assert len(counted) == fewer
    again = read(tiny_run, "sft-000010")
    asked = {name for name, entry in again["tasks"].items() if entry.pop("asked_at", "")}
    assert again == first
    assert asked == {"ko_kobest_copa", "ko_kobest_hellaswag", "ko_kobest_boolq"}


def test_scores_of_a_checkpoint_that_is_deleted_meanwhile_stay(tiny_run, benchmarks, monkeypatch):
    track.evaluate(tiny_run, QUICK, data=benchmarks)
    first = read(tiny_run, "pretrain-000020")
    target = find_target(tiny_run)
    monkeypatch.setattr("korean_rlhf.evaluate.backends.find_target", lambda path, out: target)
    shutil.rmtree(tiny_run / "pretrain" / "step-000020")
    track.evaluate(tiny_run, replace(QUICK, items=3), data=benchmarks)

    assert read(tiny_run, "pretrain-000020") == first
    assert read(tiny_run, "sft-000010")["tasks"]["ko_kobest_copa"]["metrics"]["acc"]["n"] == 3


def test_another_chat_template_is_another_model(tiny_run):
    folder = tiny_run / "sft" / "step-000010"
    before = weights_digest(folder)
    (folder / "chat_template.jinja").write_text("{{ messages }}", encoding="utf-8")

    assert weights_digest(folder) != before
    with pytest.raises(MissingInput):
        weights_digest(tiny_run / "nothing")


def test_what_a_kill_left_of_a_finished_score_is_deleted(tiny_run, benchmarks):
    track.evaluate(tiny_run, QUICK, data=benchmarks)
    key = read(tiny_run, "sft-000010")["tasks"]["ko_kobest_copa"]["key"]
    left = tiny_run / "evals" / "sft-000010" / "items" / f"ko_kobest_copa-{key[:16]}.journal"
    left.write_text("", encoding="utf-8")
    track.evaluate(tiny_run, QUICK, data=benchmarks)

    assert not left.exists()


def test_corrected_labels_stand_beside_the_old_questions(tmp_path):
    one = [{"doc": "a", "prompt": "가", "gold": 0}]
    two = [{"doc": "b", "prompt": "가", "gold": 1}]
    first = scores.write_questions(tmp_path, "ko_x", one)

    assert first == scores.write_questions(tmp_path, "ko_x", one)
    assert first != scores.write_questions(tmp_path, "ko_x", two)
