import pytest
from tokenizers import Tokenizer, models

from korean_rlhf.cli.stages import RecipeRun
from korean_rlhf.disk import read_json_object
from korean_rlhf.errors import BadInput
from korean_rlhf.evaluate.checkpoints import is_language_model
from korean_rlhf.evaluate.gather import gather
from korean_rlhf.evaluate.scores import read_scores
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.recipe import Recipe
from korean_rlhf.tokenizer.chat import ChatTokenizer


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"a": 1', r"not JSON \(.*line 1.*\)"),
        (b"", r"not JSON \(.*\)"),
        ('{"a": "가"}'.encode("cp949"), r"not JSON \(.*\)"),
        (b"[1]", "not a JSON object"),
    ],
)
def test_what_is_no_json_object_is_named_with_its_fix(tmp_path, content, says):
    path = tmp_path / "a.json"
    path.write_bytes(content)

    with pytest.raises(BadInput, match=rf"a\.json: {says}\. Write it again\.$"):
        read_json_object(path, fix="Write it again.")


def test_an_object_comes_back_as_it_is(tmp_path):
    (tmp_path / "a.json").write_text('{"가": [1, null]}', encoding="utf-8")

    assert read_json_object(tmp_path / "a.json", fix="") == {"가": [1, None]}


def load_tokenizer(folder):
    Tokenizer(models.BPE()).save(str(folder / "tokenizer.json"))
    return ChatTokenizer.load(folder)


def run_recipe(folder):
    RecipeRun(
        Recipe(name="r", stages=()), name=folder.name, root=folder.parents[1], seed=0, inputs={}
    ).run()


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("manifest.json", read_manifest),
        ("nli.json", lambda folder: read_scores(folder / "nli.json")),
        ("config.json", is_language_model),
        ("stages.json", gather),
        ("stages.json", run_recipe),
        ("tokenizer_config.json", load_tokenizer),
        ("special_tokens_map.json", load_tokenizer),
    ],
)
def test_every_reader_names_a_torn_file_and_what_to_do(tmp_path, name, read):
    folder = tmp_path / "runs" / "mine"
    folder.mkdir(parents=True)
    (folder / name).write_text('{"torn": ')

    with pytest.raises(BadInput, match=rf"{name}: not JSON \(.*\)\. (Delete|Fetch) "):
        read(folder)
