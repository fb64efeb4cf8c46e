"""The local engine against transformers, on models trained here for a second."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys

import pytest

from korean_rlhf.cli.main import main
from korean_rlhf.errors import BadInput, MissingExtra, MissingInput, SettingsError, UnknownName
from korean_rlhf.records import Drop
from korean_rlhf.settings.ctranslate import LocalModelSettings
from korean_rlhf.translate.engines.ctranslate import CTranslateEngine
from korean_rlhf.translate.engines.families import Vocabulary, language_codes
from korean_rlhf.translate.engines.protocol import Row
from tests.translate.replicas import Chat, serving
from tests.translate.tiny_models import ENGLISH, FAMILIES, convert, generate

TEXTS = ENGLISH[::9]
COPIED = {
    "marian": ["source.spm", "target.spm"],
    "m2m100": ["sentencepiece.bpe.model"],
    "nllb": ["tokenizer.json"],
}
CODES = {"marian": ("", ""), "m2m100": ("__en__", "__ko__"), "nllb": ("eng_Latn", "kor_Hang")}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A function of the name of a family: the folder of its model, trained once."""

    @functools.cache
    def folder_of(name):
        return FAMILIES[name](tmp_path_factory.mktemp(name))

    return folder_of


@pytest.fixture(scope="module")
def folder(saved, tmp_path_factory):
    """A converted M2M100 model."""
    return convert(saved("m2m100"), tmp_path_factory.mktemp("converted"), COPIED["m2m100"])


def engine(folder, **settings):
    settings = {"beam_size": 1, "device": "cpu", "batch_threads": 1, **settings}
    return CTranslateEngine(LocalModelSettings(model_folder=folder, **settings))


def user(text, note=""):
    return Row(text, "user", note)


@pytest.mark.parametrize("name", FAMILIES)
def test_tokens_are_those_of_transformers(name, saved, tmp_path):
    source, target = CODES[name]
    local = engine(convert(saved(name), tmp_path, COPIED[name]))

    expected = generate(saved(name), TEXTS, target=target)
    read = [local.source_tokens(text) for text in TEXTS]

    assert read == [each for each, _ in expected]
    assert local.translate_tokens(read) == [each for _, each in expected]
    assert read[0][0] == (source or read[0][0])
    assert len({tuple(written) for _, written in expected}) > 1  # it says different things


def test_a_sentencepiece_model_and_a_tokenizer_file_read_the_same(saved, tmp_path):
    found = {}
    for name in ("tokenizer.json", "sentencepiece.bpe.model"):
        local = engine(convert(saved("nllb"), tmp_path / name, [name]))
        rows = [user(text) for text in TEXTS]
        found[name] = [local.source_tokens(text) for text in TEXTS], local.translate(rows)

    assert found["tokenizer.json"] == found["sentencepiece.bpe.model"]
    assert all(isinstance(text, str) for text in found["tokenizer.json"][1])


def test_no_torch_is_loaded(folder):
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from korean_rlhf.settings.ctranslate import LocalModelSettings\n"
        "from korean_rlhf.translate.engines.ctranslate import CTranslateEngine\n"
        "from korean_rlhf.translate.engines.protocol import Row\n"
        "settings = LocalModelSettings(model_folder=Path(sys.argv[1]), device='cpu')\n"
        "print(CTranslateEngine(settings).translate([Row(sys.argv[2], 'user')])[0])\n"
        "sys.exit(bool({'torch', 'transformers'} & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), ENGLISH[0]], capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


def test_neither_order_nor_batch_changes_a_translation(folder):
    rows = [user(text) for text in TEXTS]
    whole = engine(folder).translate(rows)

    assert engine(folder).translate(rows[::-1]) == whole[::-1]
    assert [engine(folder, batch_tokens=1).translate([row])[0] for row in rows] == whole


def test_what_stands_between_sentences_stays(folder):
    local = engine(folder)
    first, second = (local.translate([user(text)])[0] for text in ENGLISH[:2])

    [text] = local.translate([user(f" {ENGLISH[0]}  {ENGLISH[1]}\n\n{ENGLISH[0]}\n\t* * *\n12")])

    assert text == f" {first}  {second}\n\n{first}\n\t* * *\n12"


def test_a_cut_translation_is_a_fault_of_its_row_alone(folder):
    whole = engine(folder).translate([user(ENGLISH[0])])[0]
    rows = [user(f"{ENGLISH[0]} {ENGLISH[1]}"), user("12:30")]

    cut, signs = engine(folder, longest_translation=8).translate(rows)

    assert isinstance(whole, str)
    assert isinstance(cut, Drop) and cut.reason == "truncated" and "8 tokens" in cut.detail
    assert signs == "12:30"


def test_a_sentence_longer_than_the_model_reads_is_a_fault_and_not_cut(folder):
    long, short = engine(folder, longest_source=40).translate(
        [user(" ".join(ENGLISH[0].rstrip(".") for _ in range(9))), user(ENGLISH[0])]
    )

    assert isinstance(long, Drop) and long.reason == "source-too-long"
    assert isinstance(short, str)


def test_a_second_try_decodes_otherwise_and_is_kept_apart(folder):
    local = engine(folder, no_repeat_ngram=0, retry_no_repeat_ngram=1)
    again = user(ENGLISH[0], note="Your last translation was refused.")

    once, twice = local.translate([user(ENGLISH[0]), again])

    assert once != twice
    assert local.cache_key(user(ENGLISH[0])) != local.cache_key(again)


def test_a_text_is_computed_once_for_all_runs(folder, tmp_path):
    rows = [user(text) for text in [*TEXTS, TEXTS[0]]]
    plain = engine(folder).translate(rows)
    settings = LocalModelSettings(model_folder=folder, beam_size=1, device="cpu", batch_threads=1)
    counts = []
    for _ in range(2):
        local = CTranslateEngine(settings, cache=tmp_path / "cache.sqlite")
        counts.append((local.load(rows).requests, local.translate(rows), local.counts()))
        local.close()

    assert counts[0] == (len(TEXTS), plain, {"computed": len(TEXTS), "cached": 0})
    assert counts[1] == (0, plain, {"computed": 0, "cached": len(TEXTS)})


def test_a_fault_is_not_kept(folder, tmp_path):
    settings = LocalModelSettings(model_folder=folder, longest_translation=8, device="cpu")
    local = CTranslateEngine(settings, cache=tmp_path / "cache.sqlite")
    first, second = (local.translate([user(ENGLISH[0])])[0] for _ in range(2))
    local.close()

    assert first == second and isinstance(first, Drop)
    assert local.counts() == {"computed": 2, "cached": 0}


def test_the_stage_runs_with_a_local_model(folder, tmp_path):
    rows = tmp_path / "rows.jsonl"
    turns = [{"role": "user", "content": ENGLISH[0]}, {"role": "assistant", "content": ENGLISH[1]}]
    rows.write_text(json.dumps({"messages": turns, "license": "CC0-1.0"}) + "\n")
    flags = ["--engine", "ctranslate2", "--model-folder", str(folder), "--beam-size", "1"]
    loose = ["--min-length-ratio", "0.01", "--max-length-ratio", "9", "--min-hangul", "0"]
    command = ["translate", str(rows), "--out", str(tmp_path / "out"), *flags, *loose]

    assert main([*command, "--device", "cpu"]) == 0

    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["counts"]["in"] == 1
    assert manifest["requests"]["computed"] >= 2


def test_a_local_model_is_the_second_opinion_on_a_chat_model(folder, tmp_path):
    rows = tmp_path / "rows.jsonl"
    turns = [{"role": "user", "content": ENGLISH[0]}, {"role": "assistant", "content": ENGLISH[1]}]
    rows.write_text(json.dumps({"messages": turns, "license": "CC0-1.0"}) + "\n")
    with serving(Chat()) as url:
        flags = ["--engine", "openai", "--model", "m", "--endpoint", url, "--retries", "0"]
        second = ["--second-engine", "ctranslate2", "--model-folder", str(folder)]
        fast = ["--beam-size", "1", "--device", "cpu", "--min-agreement", "1"]
        out = tmp_path / "out"
        command = ["translate", str(rows), "--out", str(out), *flags, *second, *fast]
        assert main([*command, "--estimate"]) == 0 and not out.exists()
        assert main(command) == 0
        assert main([*command, "--batch-tokens", "64"]) == 0, "finished: only faster"
        manifest = json.loads((out / "manifest.json").read_text())
        assert main([*command[:-1], "0.5", "--beam-size", "2"]) == 1, "another run"

    assert manifest["counts"]["dropped"] == {"engines-disagree": 1}
    assert manifest["requests"]["paid"] == 1 and manifest["requests"]["second_computed"] == 2


def test_the_cache_key_hangs_on_the_model_the_decoding_and_the_text(folder, tmp_path):
    other = shutil.copytree(folder, tmp_path / folder.name)
    row, key = user("Rain."), engine(folder).cache_key(user("Rain."))

    assert engine(other).cache_key(row) == key  # the place is no part of it
    assert engine(folder).cache_key(user("Snow.")) != key
    assert engine(folder, beam_size=2).cache_key(row) != key
    assert engine(folder, batch_tokens=64, parallel_batches=2).cache_key(row) == key
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps({**config, "more": 1}))
    assert engine(other).cache_key(row) != key


@pytest.mark.parametrize(
    ("tokens", "source", "target"),
    [
        ({"eng_Latn", "kor_Hang"}, ("eng_Latn",), ("kor_Hang",)),
        ({"__en__", "__ko__", "__ja__"}, ("__en__",), ("__ko__",)),
        ({"▁a", "</s>"}, (), ()),
        ({">>kor<<", ">>jpn<<"}, (">>kor<<",), ()),
    ],
)
def test_the_vocabulary_tells_how_korean_is_asked_for(tokens, source, target, tmp_path):
    codes = language_codes(Vocabulary(tokens, tokens), LocalModelSettings(), tmp_path)

    assert (codes.source, codes.target) == (source, target)


def test_a_model_without_korean_and_a_misspelt_code_are_refused(folder, tmp_path):
    french = {">>fra<<", ">>ita<<"}

    with pytest.raises(BadInput, match=r"does not write Korean \(it knows >>fra<<, >>ita<<\)"):
        language_codes(Vocabulary(french, french), LocalModelSettings(), tmp_path)
    with pytest.raises(UnknownName, match="No language of this model is called 'kor_Hang'"):
        engine(folder, target_language="kor_Hang")


def test_what_is_wrong_with_a_folder_is_said_in_one_sentence(folder, tmp_path):
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "model.safetensors").touch()
    (plain / "source.spm").touch()
    command = f"ct2-transformers-converter --model {plain} --output_dir {plain}-ct2 "
    no_tokenizer = shutil.copytree(folder, tmp_path / "bare")
    (no_tokenizer / "sentencepiece.bpe.model").unlink()
    torn = shutil.copytree(folder, tmp_path / "torn")
    (torn / "model.bin").write_bytes((torn / "model.bin").read_bytes()[:1000])

    for where, kind, said in [
        (None, SettingsError, "--model-folder FOLDER"),
        (tmp_path / "nowhere", MissingInput, "Check the path"),
        (plain, BadInput, f"{command}--quantization int8 --copy_files source.spm"),
        (no_tokenizer, MissingInput, "--copy_files of ct2-transformers-converter"),
        (torn, BadInput, "Convert the model anew"),
    ]:
        with pytest.raises(kind) as caught:
            engine(where)
        assert said in str(caught.value), str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("library", ["ctranslate2", "sentencepiece"])
def test_a_missing_library_is_named_with_its_extra(folder, library, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(MissingExtra, match=r"korean-rlhf\[translate\]"):
        engine(folder)


@pytest.mark.parametrize("name", ["beam_size", "batch_tokens", "longest_source"])
def test_settings_out_of_range_are_refused(name):
    with pytest.raises(SettingsError, match="at least"):
        LocalModelSettings(**{name: 0})
