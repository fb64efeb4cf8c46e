from __future__ import annotations

import itertools
import json

import pytest
import torch
from transformers import AutoModel, AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

from korean_rlhf.errors import BadInput, MissingInput, SettingsError
from korean_rlhf.model.checkpoint import load_model, save_model
from korean_rlhf.model.export import export
from korean_rlhf.model.gpt import KoGPTForCausalLM

VOCABULARY = 320

HUB = [
    ("llama", {}),
    ("llama", {"key_value_heads": 2, "tied_embeddings": False}),
    ("llama", {"biases": True, "rope_theta": 500_000.0}),
    ("qwen3", {"query_key_norm": True}),
    ("qwen3", {"query_key_norm": True, "key_value_heads": 1, "tied_embeddings": False}),
]
OWN = [
    {"distinct_layers": 1},
    {"embedding_size": 8},
    {"position": "learned"},
    {"norm": "layer"},
    {"activation": "relu2"},
    {"query_key_norm": True, "biases": True},
]


def logits(model, ids):
    with torch.no_grad():
        return model(ids).logits


@pytest.mark.parametrize(("kind", "options"), HUB, ids=str)
def test_expressible_options_are_a_folder_of_llama_or_qwen3(ids, tmp_path, kind, options, small):
    model = small(**options)
    save_model(model, tmp_path)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path)
    ours = load_model(tmp_path)

    assert json.loads((tmp_path / "config.json").read_text())["model_type"] == kind
    assert type(theirs).__name__ == {"llama": "Llama", "qwen3": "Qwen3"}[kind] + "ForCausalLM"
    assert isinstance(ours, KoGPTForCausalLM)
    torch.testing.assert_close(logits(theirs, ids), logits(model, ids), atol=1e-5, rtol=1e-5)
    assert torch.equal(logits(ours, ids), logits(model, ids))


@pytest.mark.parametrize("options", OWN, ids=str)
def test_other_options_are_a_folder_of_kogpt(ids, tmp_path, options, small):
    model = small(**options)
    save_model(model, tmp_path)
    registered = AutoModelForCausalLM.from_pretrained(tmp_path)

    assert json.loads((tmp_path / "config.json").read_text())["model_type"] == "kogpt"
    assert torch.equal(logits(load_model(tmp_path), ids), logits(model, ids))
    torch.testing.assert_close(logits(registered, ids), logits(model, ids))
    assert AutoModel.from_pretrained(tmp_path) is not None


def test_tied_weights_are_written_once_and_stay_tied(tmp_path, ids, small):
    save_model(small(), tmp_path)
    loaded = load_model(tmp_path)

    assert loaded.lm_head.weight is loaded.model.embed_tokens.weight


def test_saving_what_was_loaded_gives_the_same_files(tmp_path, small):
    save_model(small(query_key_norm=True), tmp_path / "one")
    save_model(load_model(tmp_path / "one"), tmp_path / "two")

    for file in (tmp_path / "one").iterdir():
        assert (tmp_path / "two" / file.name).read_bytes() == file.read_bytes(), file.name


def test_the_tokenizer_goes_with_the_weights(tmp_path, tokenizer_folder, small):
    from transformers import AutoTokenizer

    save_model(small(), tmp_path, tokenizer_folder)
    wanted = {"model.safetensors", "config.json", "generation_config.json", "tokenizer.json"}

    assert wanted <= {file.name for file in tmp_path.iterdir()}
    assert AutoTokenizer.from_pretrained(tmp_path).eos_token_id == 2


def test_transformers_writes_the_same_greedy_answer(tmp_path, ids, small):
    save_model(small(distinct_layers=1), tmp_path / "kogpt")
    save_model(small(), tmp_path / "llama")
    for folder in ("kogpt", "llama"):
        theirs = AutoModelForCausalLM.from_pretrained(tmp_path / folder)
        ours = load_model(tmp_path / folder)
        found = [
            model.generate(
                ids[:1], attention_mask=torch.ones(1, 12), max_new_tokens=8, do_sample=False
            )
            for model in (theirs, ours)
        ]

        assert torch.equal(*found)


def test_any_other_causal_model_opens_too(tmp_path, ids):
    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config(vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=2))
    model.eval().save_pretrained(tmp_path)
    loaded = load_model(tmp_path)

    assert isinstance(loaded, GPT2LMHeadModel)
    assert torch.equal(logits(loaded, ids), logits(model, ids))


def test_pickled_weights_are_never_read(tmp_path, small):
    save_model(small(), tmp_path)
    torch.save(small().state_dict(), tmp_path / "pytorch_model.bin")
    (tmp_path / "model.safetensors").unlink()

    with pytest.raises(MissingInput, match="safetensors"):
        load_model(tmp_path)
    GPT2LMHeadModel(GPT2Config(vocab_size=8, n_embd=8, n_layer=1, n_head=1)).save_pretrained(
        tmp_path / "gpt2"
    )
    (tmp_path / "gpt2" / "model.safetensors").rename(tmp_path / "gpt2" / "pytorch_model.bin")
    with pytest.raises(BadInput, match="cannot be opened"):
        load_model(tmp_path / "gpt2")


def test_weights_that_do_not_fit_are_refused(tmp_path, small):
    save_model(small(), tmp_path / "two")
    save_model(small(layers=3), tmp_path / "three")
    weights = (tmp_path / "three" / "model.safetensors").read_bytes()
    (tmp_path / "two" / "model.safetensors").write_bytes(weights)
    with pytest.raises(BadInput, match=r"model\.layers\.2"):
        load_model(tmp_path / "two")
    (tmp_path / "three" / "model.safetensors").write_bytes(weights[:1000])
    with pytest.raises(BadInput, match="safetensors"):
        load_model(tmp_path / "three")
    with pytest.raises(MissingInput):
        load_model(tmp_path / "four")


LLAMA_CELLS = [
    {
        "query_key_norm": norm,
        "distinct_layers": layers,
        "embedding_size": size,
        "tied_embeddings": tied,
    }
    for norm, layers, size, tied in itertools.product(
        (False, True), (None, 1), (None, 8), (False, True)
    )
]
GPT2_CELLS = [
    {"position": "learned", "norm": "layer", "activation": activation, "biases": biases, **sharing}
    for activation, biases, sharing in itertools.product(
        ("gelu", "silu", "relu2"),
        (False, True),
        ({}, {"distinct_layers": 1, "embedding_size": 8}, {"tied_embeddings": False}),
    )
]


@pytest.mark.parametrize("options", LLAMA_CELLS + GPT2_CELLS, ids=str)
def test_an_exported_model_is_the_same_function(ids, tmp_path, options, small):
    model = small(**options)
    kind = export(model, tmp_path)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path)

    wanted = "qwen3" if options.get("query_key_norm") else "llama"
    assert kind == ("gpt2" if options.get("position") == "learned" else wanted)
    assert type(theirs).__module__.startswith("transformers.")
    torch.testing.assert_close(logits(theirs, ids), logits(model, ids), atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    "options",
    [
        {"activation": "relu2"},
        {"norm": "layer"},
        {"position": "learned"},
        {"position": "learned", "norm": "layer", "activation": "gelu", "key_value_heads": 2},
        {"query_key_norm": True, "biases": True},
    ],
    ids=str,
)
def test_what_no_other_architecture_computes_is_refused(tmp_path, options, small):
    with pytest.raises(SettingsError, match="No other architecture"):
        export(small(**options), tmp_path)
