"""A world of a few hundred words: tokenizer, tokens, instructions, comparisons, prompts."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from korean_rlhf.model.checkpoint import build_model, save_model
from korean_rlhf.records import Comparison, Document, Instruction, Message, Prompt
from korean_rlhf.settings.model import ModelSettings
from korean_rlhf.settings.tokens import TokensSettings
from korean_rlhf.tables import write_jsonl
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.tokenizer.shards import write_tokens
from korean_rlhf.tokenizer.template import CHAT_TEMPLATE, SPECIAL_TOKENS

FRUITS = ("사과", "바나나", "포도", "딸기", "참외", "수박", "자두", "살구")
COLOURS = ("빨간색", "노란색", "보라색", "초록색")
PLACES = ("서울", "부산", "대구", "광주", "제주", "강릉")
TINY = ModelSettings(layers=2, hidden_size=32, heads=2, feed_forward_size=64, context=48)


@dataclass(frozen=True)
class World:
    folder: Path
    tokenizer: Path
    tokens: Path
    base: Path
    """A model folder with random weights."""
    instructions: Path
    comparisons: Path
    prompts: Path

    @property
    def chat(self) -> ChatTokenizer:
        return ChatTokenizer.load(self.tokenizer)


def sentences(count: int = 300) -> list[str]:
    draw = random.Random(3)
    return [
        f"{draw.choice(PLACES)}에서 나는 {draw.choice(FRUITS)} {draw.randint(1, 9)}개는 "
        f"{draw.choice(COLOURS)}입니다."
        for _ in range(count)
    ]


def ask(number: int, topic: str) -> Message:
    place, fruit = PLACES[number % len(PLACES)], FRUITS[number % len(FRUITS)]
    return Message(role="user", content=f"{topic} {number}번 {place} {fruit}의 색은?")


def answer(text: str) -> Message:
    return Message(role="assistant", content=text)


def make_tokenizer(folder: Path) -> None:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=[AddedToken(token, special=True) for token in SPECIAL_TOKENS],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(sentences(), trainer)
    folder.mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"bos_token": "<|begin|>", "eos_token": "<|end|>", "pad_token": "<|pad|>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")


def make_world(folder: Path) -> World:
    """Write the whole world into a folder."""
    made = World(
        folder,
        folder / "tokenizer",
        folder / "tokens",
        folder / "base",
        folder / "instructions.jsonl",
        folder / "comparisons.jsonl",
        folder / "prompts.jsonl",
    )
    make_tokenizer(made.tokenizer)
    documents = [
        Document(id=f"{n}", text=text, license="CC0-1.0") for n, text in enumerate(sentences())
    ]
    write_jsonl(folder / "text.jsonl", documents)
    write_tokens(
        [folder / "text.jsonl"],
        made.tokenizer,
        made.tokens,
        TokensSettings(validation_share=0.1),
    )
    save_model(build_model(TINY, made.chat.vocabulary_size, 1), made.base, made.tokenizer)
    write_jsonl(made.instructions, [instruction(n) for n in range(60)])
    write_jsonl(made.comparisons, [comparison(n) for n in range(40)])
    write_jsonl(made.prompts, [Prompt(messages=(ask(n, "셋"),), id=f"p{n}") for n in range(40)])
    return made


def instruction(number: int) -> Instruction:
    colour = COLOURS[number % len(COLOURS)]
    return Instruction(messages=(ask(number, "하나"), answer(f"{colour}입니다.")), id=f"i{number}")


def comparison(number: int) -> Comparison:
    draw = random.Random(number)
    colour = COLOURS[number % len(COLOURS)]
    ranked = [f"{colour}입니다.", f"{colour}.", "모릅니다.", "1"]
    order = draw.sample(range(4), 4)
    return Comparison(
        messages=(ask(number, "둘"),),
        responses=tuple(ranked[place] for place in order),
        ranks=tuple(place + 1 for place in order),
        id=f"c{number}",
        ranked_by="test",
    )
