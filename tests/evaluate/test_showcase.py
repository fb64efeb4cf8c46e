import json
import shutil

import numpy as np
import pytest

from korean_rlhf.evaluate import heldout, showcase, track
from korean_rlhf.evaluate.checkpoints import find_target
from korean_rlhf.settings.evaluate import EvaluateSettings

pytestmark = pytest.mark.filterwarnings("ignore")
SETTINGS = EvaluateSettings(suite="ko_bits_per_byte", device="cpu", text_bytes=2000)


def test_chat_models_answer_everyday_prompts_once(tiny_run):
    target = find_target(tiny_run)
    showcase.show(target, SETTINGS)
    path = tiny_run / "evals" / "sft-000010" / "showcase.json"
    first = path.read_text(encoding="utf-8")
    before = path.stat().st_mtime_ns
    showcase.show(target, SETTINGS)

    assert len(json.loads(first)["rows"]) == len(showcase.showcase_prompts())
    assert path.stat().st_mtime_ns == before
    assert not (tiny_run / "evals" / "pretrain-000020").exists()


def make_corpus(run, tiny, texts, digest="x"):
    """Give the run a tokenizer and a token folder whose validation split holds `texts`."""
    write_tokens(run, tiny, texts, digest)
    write_inputs(run, digest)
    (run / "tokenizer").symlink_to(tiny)


def write_inputs(run, digest, name="manifest.json"):
    """Say that pretraining read the tokens with this digest."""
    inputs = [{"path": "data/tokens/tiny", "digest": digest}]
    (run / "pretrain" / name).write_text(json.dumps({"inputs": inputs, "best": "step-000020"}))


def write_tokens(run, tiny, texts, digest):
    from korean_rlhf.tokenizer.chat import ChatTokenizer

    tokens = run.parent.parent / "data" / "tokens" / "tiny"
    tokens.mkdir(parents=True, exist_ok=True)
    chat = ChatTokenizer.load(tiny)
    ids = [id_ for text in texts for id_ in [chat.begin_id, *chat.encode(text), chat.end_id]]
    np.asarray(ids, dtype="<u2").tofile(tokens / "val-00000.bin")
    (tokens / "manifest.json").write_text(json.dumps({"dtype": "uint16", "digest": digest}))


def test_the_validation_split_of_the_corpus_is_read_back(tiny_run, tiny):
    texts = ["사과와 나무를 보았다.", "강아지와 바다를 좋아한다.\n친구도 좋아한다."]
    make_corpus(tiny_run, tiny, texts)

    path = heldout.validation_text(tiny_run, tiny_run / "evals")

    assert path.read_text(encoding="utf-8") == "\n\n".join(texts) + "\n"


def test_scores_elsewhere_find_the_text_of_the_run(tiny_run, tiny, tmp_path):
    make_corpus(tiny_run, tiny, ["사과와 나무를 보았다."])
    target = find_target(tiny_run, tmp_path / "scores")

    path = heldout.validation_text(target.run, target.evals)

    assert path == tmp_path / "scores" / "evals" / "heldout.txt"
    assert path.read_text(encoding="utf-8") == "사과와 나무를 보았다.\n"
    assert not (tiny_run / "evals" / "heldout.txt").exists()


def test_a_new_corpus_sets_other_text_aside(tiny_run, tiny):
    make_corpus(tiny_run, tiny, ["사과와 나무를 보았다."])
    path = heldout.validation_text(tiny_run, tiny_run / "evals")
    first = path.stat().st_mtime_ns
    assert (
        heldout.validation_text(tiny_run, tiny_run / "evals") == path
        and path.stat().st_mtime_ns == first
    )

    write_tokens(tiny_run, tiny, ["강아지와 바다를 좋아한다."], "y")
    assert (
        heldout.validation_text(tiny_run, tiny_run / "evals") == path
    )  # the model is still that of the old corpus
    assert path.stat().st_mtime_ns == first

    write_inputs(tiny_run, "y")
    assert heldout.validation_text(tiny_run, tiny_run / "evals") == path
    assert path.read_text(encoding="utf-8") == "강아지와 바다를 좋아한다.\n"


def test_the_text_of_another_corpus_is_never_taken(tiny_run, tiny):
    make_corpus(tiny_run, tiny, ["사과와 나무를 보았다."])
    path = heldout.validation_text(tiny_run, tiny_run / "evals")
    write_inputs(tiny_run, "z")

    assert heldout.validation_text(tiny_run, tiny_run / "evals") is None
    assert path.is_file()
    (tiny_run / "pretrain" / "manifest.json").unlink()
    write_inputs(tiny_run, "z", "started.json")  # pretraining again, not finished yet
    assert heldout.validation_text(tiny_run, tiny_run / "evals") is None


def test_the_text_stays_when_the_tokens_or_the_pretraining_are_gone(tiny_run, tiny):
    make_corpus(tiny_run, tiny, ["사과와 나무를 보았다."])
    path = heldout.validation_text(tiny_run, tiny_run / "evals")
    shutil.rmtree(tiny_run.parent.parent / "data")
    assert heldout.validation_text(tiny_run, tiny_run / "evals") == path

    shutil.rmtree(tiny_run / "pretrain")
    assert heldout.validation_text(tiny_run, tiny_run / "evals") == path


def test_bits_per_byte_falls_back_on_it(tiny_run, tiny):
    make_corpus(tiny_run, tiny, ["사과와 나무를 보았다. " * 20] * 5)
    track.evaluate(tiny_run, SETTINGS)
    scores = json.loads((tiny_run / "evals" / "sft-000010" / "ko_bits_per_byte.json").read_text())

    assert scores["tasks"]["ko_bits_per_byte"]["metrics"]["bits_per_byte"]["value"] > 0


def test_a_run_without_a_corpus_has_none(tiny_run):
    assert heldout.validation_text(tiny_run, tiny_run / "evals") is None
