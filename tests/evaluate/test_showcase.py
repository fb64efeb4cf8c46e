import json

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


def make_corpus(run, tiny, texts):
    """Give the run a tokenizer and a token folder whose validation split holds `texts`."""
    from korean_rlhf.tokenizer.chat import ChatTokenizer

    tokens = run.parent.parent / "data" / "tokens" / "tiny"
    tokens.mkdir(parents=True)
    chat = ChatTokenizer.load(tiny)
    ids = [id_ for text in texts for id_ in [chat.begin_id, *chat.encode(text), chat.end_id]]
    np.asarray(ids, dtype="<u2").tofile(tokens / "val-00000.bin")
    (tokens / "manifest.json").write_text(json.dumps({"dtype": "uint16"}))
    inputs = [{"path": "data/tokens/tiny", "digest": "x"}]
    (run / "pretrain" / "manifest.json").write_text(
        json.dumps({"inputs": inputs, "best": "step-000020"})
    )
    (run / "tokenizer").symlink_to(tiny)


def test_the_validation_split_of_the_corpus_is_read_back(tiny_run, tiny):
    texts = ["사과와 나무를 보았다.", "강아지와 바다를 좋아한다.\n친구도 좋아한다."]
    make_corpus(tiny_run, tiny, texts)

    path = heldout.validation_text(tiny_run)

    assert path.read_text(encoding="utf-8") == "\n\n".join(texts) + "\n"


def test_bits_per_byte_falls_back_on_it(tiny_run, tiny):
    make_corpus(tiny_run, tiny, ["사과와 나무를 보았다. " * 20] * 5)
    track.evaluate(tiny_run, SETTINGS)
    scores = json.loads((tiny_run / "evals" / "sft-000010" / "ko_bits_per_byte.json").read_text())

    assert scores["tasks"]["ko_bits_per_byte"]["metrics"]["bits_per_byte"]["value"] > 0


def test_a_run_without_a_corpus_has_none(tiny_run):
    assert heldout.validation_text(tiny_run) is None
