"""A tiny random model and made-up benchmark files in the layout of the real ones."""

import json
import random

import pytest

WORDS = ["사과", "나무", "강아지", "바다", "학교", "친구", "노래", "하늘", "기차", "점심"]


def sentence(rng):
    return f"{rng.choice(WORDS)}와 {rng.choice(WORDS)}를 {rng.choice(['보았다', '좋아한다'])}."


@pytest.fixture(scope="session")
def benchmarks(tmp_path_factory):
    """KoBEST files of 40 items each, a KLUE-NLI file and held-out prose."""
    root = tmp_path_factory.mktemp("benchmarks")
    rng = random.Random(5)

    def write(name, head, row):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = ["\t".join(head)] + ["\t".join(map(str, row(at))) for at in range(40)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    truth = ["TRUE", "True", "FALSE", "False"]
    write(
        "kobest/BoolQ/test.tsv",
        ["ID", "Text", "Question", "Answer"],
        lambda at: [at, sentence(rng), "맞나요?", truth[at % 4]],
    )
    write(
        "kobest/COPA/test.tsv",
        ["ID", "sentence", "question", "1", "2", "Answer"],
        lambda at: [
            at,
            sentence(rng),
            ["원인", "결과"][at % 2],
            sentence(rng),
            sentence(rng),
            1 + at % 2,
        ],
    )
    write(
        "kobest/HellaSwag/test.tsv",
        ["context", "choice1", "choice2", "choice3", "choice4", "label"],
        lambda at: [sentence(rng), *(sentence(rng) for _ in range(4)), at % 4],
    )
    rows = [
        {
            "premise": sentence(rng),
            "hypothesis": sentence(rng),
            "gold_label": ["entailment", "neutral", "contradiction"][at % 3],
        }
        for at in range(9)
    ]
    (root / "klue").mkdir()
    (root / "klue" / "klue-nli-v1.1_dev.json").write_text(json.dumps(rows), encoding="utf-8")
    paragraphs = "\n\n".join(" ".join(sentence(rng) for _ in range(40)) for _ in range(8))
    (root / "heldout.txt").write_text(paragraphs, encoding="utf-8")
    return root


def make_model(folder, seed=0, vocabulary=400):
    """Write a tiny random Llama with a byte-level tokenizer that has our special tokens."""
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    rng = random.Random(1)
    special = ["<|pad|>", "<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=special,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator([sentence(rng) for _ in range(300)], trainer)
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|begin|>",
        eos_token="<|end|>",
        pad_token="<|pad|>",
    )
    fast.chat_template = (
        "{{ bos_token }}{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
    )
    fast.save_pretrained(folder)
    torch.manual_seed(seed)
    config = transformers.LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=192,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        initializer_range=0.3,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(name="make_model", scope="session")
def make_model_fixture():
    """The function that writes a tiny model."""
    return make_model


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """The folder of a tiny random model."""
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def tiny_run(tmp_path, tiny):
    """A run with a pretrain and an SFT checkpoint, and a reward model that is no language model."""
    run = tmp_path / "runs" / "tiny"
    for stage, step in (("pretrain", 20), ("sft", 10)):
        folder = run / stage / f"step-{step:06d}"
        folder.mkdir(parents=True)
        for file in tiny.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        (folder / "manifest.json").write_text("{}")
    reward = run / "reward" / "step-000005"
    reward.mkdir(parents=True)
    (reward / "manifest.json").write_text("{}")
    (reward / "config.json").write_text('{"architectures": ["LlamaForSequenceClassification"]}')
    return run
