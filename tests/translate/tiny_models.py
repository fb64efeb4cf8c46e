"""Translation models of a few thousand weights, in the shape of each family, and their conversion.

They are trained for a second on 108 own sentences: enough to write different words and to end.
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sentencepiece
import torch
import transformers
from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES
from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES as NLLB_CODES

SIZES = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "encoder_layerdrop": 0.0,
    "decoder_layerdrop": 0.0,
    "max_position_embeddings": 128,
    "dropout": 0.0,
    "attention_dropout": 0.0,
}
WHO = [("The teacher", "선생님은"), ("My sister", "언니는"), ("A neighbour", "이웃은")]
WHAT = [
    ("reads a book", "책을 읽습니다"),
    ("cooks rice", "밥을 짓습니다"),
    ("plants a tree", "나무를 심습니다"),
    ("writes a letter", "편지를 씁니다"),
    ("opens the window", "창문을 엽니다"),
    ("walks to school", "학교까지 걸어갑니다"),
]
WHEN = [
    ("in the morning", "아침에"),
    ("after lunch", "점심을 먹고 나서"),
    ("every Sunday", "일요일마다"),
    ("before the rain", "비가 오기 전에"),
    ("with a friend", "친구와 함께"),
    ("at home", "집에서"),
]
ENGLISH = [f"{who[0]} {what[0]} {when[0]}." for who in WHO for what in WHAT for when in WHEN]
KOREAN = [f"{who[1]} {when[1]} {what[1]}." for who in WHO for what in WHAT for when in WHEN]


def marian(folder: Path) -> Path:
    """Save a Marian model with two sentencepiece models and one vocabulary; return its folder."""
    sides = [
        _sentencepiece(folder / f"{name}.spm", lines)
        for name, lines in (("source", ENGLISH), ("target", KOREAN))
    ]
    both = dict.fromkeys(["</s>", "<unk>", *sides[0], *sides[1]])
    words = {piece: place for place, piece in enumerate([*both, "<pad>"])}
    (folder / "vocab.json").write_text(json.dumps(words, ensure_ascii=False), "utf-8")
    files = {"source_spm": "source.spm", "target_spm": "target.spm", "vocab": "vocab.json"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it recommends sacremoses and does not use it
        tokenizer = transformers.MarianTokenizer(
            **{name: str(folder / file) for name, file in files.items()}
        )
    pad = words["<pad>"]
    config = transformers.MarianConfig(
        vocab_size=len(words),
        pad_token_id=pad,
        eos_token_id=0,
        decoder_start_token_id=pad,
        forced_eos_token_id=None,
        bad_words_ids=[[pad]],  # as the hub's models have it
        **SIZES,
    )
    return _save(transformers.MarianMTModel, config, tokenizer, folder)


def m2m100(folder: Path) -> Path:
    """Save an M2M100 model; return its folder."""
    pieces = _sentencepiece(folder / "sentencepiece.bpe.model", ENGLISH + KOREAN)
    tokens = ["<s>", "<pad>", "</s>", "<unk>", *pieces]
    words = {token: place for place, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(words, ensure_ascii=False), "utf-8")
    tokenizer = transformers.M2M100Tokenizer(
        vocab_file=str(folder / "vocab.json"),
        spm_file=str(folder / "sentencepiece.bpe.model"),
        src_lang="en",
        tgt_lang="ko",
        extra_special_tokens=[f"__{code}__" for code in FAIRSEQ_LANGUAGE_CODES["m2m100"]],
    )
    config = transformers.M2M100Config(vocab_size=len(tokenizer) + 8, **SIZES)  # 8 made-up words
    return _save(transformers.M2M100ForConditionalGeneration, config, tokenizer, folder)


def nllb(folder: Path) -> Path:
    """Save an M2M100 model with NLLB's tokenizer; return its folder."""
    _sentencepiece(folder / "sentencepiece.bpe.model", ENGLISH + KOREAN, model_type="bpe")
    tokenizer = transformers.NllbTokenizer.from_pretrained(
        str(folder), src_lang="eng_Latn", tgt_lang="kor_Hang", extra_special_tokens=NLLB_CODES
    )
    config = transformers.M2M100Config(vocab_size=len(tokenizer), **SIZES)
    return _save(transformers.M2M100ForConditionalGeneration, config, tokenizer, folder)


FAMILIES: dict[str, Callable[[Path], Path]] = {"marian": marian, "m2m100": m2m100, "nllb": nllb}


def convert(folder: Path, out: Path, copied: Sequence[str]) -> Path:
    """Convert a saved model with CTranslate2's own converter; return the new folder."""
    from ctranslate2.converters import TransformersConverter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        TransformersConverter(str(folder), copy_files=list(copied)).convert(str(out), force=True)
    return out


def generate(
    folder: Path, texts: Sequence[str], *, target: str = "", tokens: int = 40
) -> list[Any]:
    """Return (what transformers reads, what it writes greedily), as tokens, for each text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder))
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(str(folder)).eval()
    forced = tokenizer.convert_tokens_to_ids(target) if target else None
    found = []
    for text in texts:
        read = tokenizer(text, return_tensors="pt")
        written = model.generate(
            **read, num_beams=1, do_sample=False, max_new_tokens=tokens, forced_bos_token_id=forced
        )
        ids = read["input_ids"][0].tolist(), written[0].tolist()[1:]
        found.append(tuple(tokenizer.convert_ids_to_tokens(each) for each in ids))
    return found


def _sentencepiece(path: Path, lines: list[str], model_type: str = "unigram") -> list[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_prefix=str(path.parent / "trained"),
        model_type=model_type,
        vocab_size=140,
        hard_vocab_limit=False,
        character_coverage=1.0,
        num_threads=1,
        minloglevel=2,
    )
    (path.parent / "trained.vocab").unlink()
    shutil.move(path.parent / "trained.model", path)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [pieces.id_to_piece(place) for place in range(3, pieces.vocab_size())]


def _save(kind: Any, config: Any, tokenizer: Any, folder: Path) -> Path:
    torch.manual_seed(7)
    model = kind(config)
    _train(model, tokenizer)
    model.eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _train(model: Any, tokenizer: Any, steps: int = 100) -> None:
    read = tokenizer(ENGLISH[::3], return_tensors="pt", padding=True)
    labels = tokenizer(text_target=KOREAN[::3], return_tensors="pt", padding=True)["input_ids"]
    labels[labels == tokenizer.pad_token_id] = -100
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        model(**read, labels=labels).loss.backward()
        optimizer.step()
        with torch.no_grad():  # Marian starts a translation from zeros, not from a learned <pad>
            model.get_input_embeddings().weight[tokenizer.pad_token_id] = 0.0
