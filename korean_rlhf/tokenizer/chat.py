"""Messages to token ids and back, with the mask of what SFT learns. No torch, no transformers.

Works for the tokenizers that `train.py` writes and for any Hugging Face folder with a
tokenizer.json and a chat template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from korean_rlhf.disk import read_json_object
from korean_rlhf.errors import BadInput, MissingInput
from korean_rlhf.records import Message
from korean_rlhf.tokenizer.template import ChatTemplate

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "chat_template.jinja",
)
WHEN_BROKEN = "Fetch or write the tokenizer again."
FIRST_PLACEHOLDER = 0xF0000
"""Private-use characters stand for special tokens that a user typed, until they are encoded."""


class ChatTokenizer:
    """A tokenizer that knows how a dialogue is written."""

    def __init__(self, folder: Path, tokenizer: Tokenizer, config: dict[str, Any]) -> None:
        self.folder = folder
        self.tokenizer = tokenizer
        # Special tokens in a text are plain characters; only the template makes real ones.
        self.tokenizer.encode_special_tokens = True
        self.vocabulary_size: int = tokenizer.get_vocab_size(with_added_tokens=True)
        special = {name: _content(config.get(name)) for name in SPECIAL_NAMES}
        self.template = ChatTemplate(_template_source(folder, config), special, folder)
        self.end_id = self._id(special["eos_token"], "eos_token")
        self.end_token = special["eos_token"]
        begin, pad = special["bos_token"], special["pad_token"]
        self.begin_id = self._id(begin, "bos_token") if begin else self.end_id
        self.pad_id = self._id(pad, "pad_token") if pad else self.end_id
        self._added = {
            token.content: (id_, token)
            for id_, token in tokenizer.get_added_tokens_decoder().items()
        }
        self._specials = [text for text, (_, token) in self._added.items() if token.special]
        self._cut = _cutter(self._added)
        self._protect = _cutter(self._specials)

    @classmethod
    def load(cls, folder: Path) -> ChatTokenizer:
        """Return the tokenizer in `folder`.

        Raises:
            MissingInput: there is no tokenizer.json.
            BadInput: it cannot be read, or names no token that ends an answer.
        """
        path = folder / "tokenizer.json"
        if not path.is_file():
            raise MissingInput(path, "korean-rlhf tokenizer INPUT... --out DIR")
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # tokenizers raises plain Exception
            raise BadInput(f"{path} cannot be read as a tokenizer: {error}") from error
        config = _config(folder / "special_tokens_map.json")
        config |= {
            name: value
            for name, value in _config(folder / "tokenizer_config.json").items()
            if value is not None
        }
        return cls(folder, tokenizer, config)

    def encode(self, text: str) -> list[int]:
        """Return the ids of plain text; a special token written in it is not interpreted."""
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def encode_many(self, texts: Sequence[str]) -> list[list[int]]:
        """Return `encode` of each text, computed on all cores."""
        encoded = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [one.ids for one in encoded]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of `ids` without special tokens."""
        text: str = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return text

    def encode_chat(self, messages: Sequence[Message], for_answer: bool = True) -> list[int]:
        """Return the ids of a dialogue; `for_answer` adds the opening of the assistant's turn."""
        pieces = self._pieces(messages)
        done = "".join(text for text, _ in pieces)
        whole = self._render(messages, for_answer)
        pieces.append((self._rest(whole, done), False))
        return [id_ for text, _ in pieces for id_ in self._encode_template(text)]

    def encode_training(self, messages: Sequence[Message]) -> tuple[list[int], list[bool]]:
        """Return the ids of a dialogue and, for each, whether SFT learns to write it.

        Learned are the content of every assistant message and the token that ends it.

        Raises:
            BadInput: the chat template writes an earlier turn differently once a later one is
                there, or does not end an answer with the end token.
        """
        ids: list[int] = []
        learned: list[bool] = []
        for text, is_answer in self._pieces(messages):
            piece = self._encode_template(text)
            ids += piece
            learned += [is_answer] * len(piece)
        return ids, learned

    def token_bytes(self) -> list[bytes] | None:
        """Return the UTF-8 bytes of every token, b"" for special ones.

        None when the tokenizer is not byte-level.
        """
        if '"ByteLevel"' not in json.dumps(json.loads(self.tokenizer.to_str())["decoder"]):
            return None
        table = []
        for id_ in range(self.vocabulary_size):
            token = self.tokenizer.id_to_token(id_) or ""
            if token in self._added:
                added = self._added[token][1]
                table.append(b"" if added.special else token.encode())
            else:
                table.append(bytes(BYTE_OF[character] for character in token))
        return table

    def _pieces(self, messages: Sequence[Message]) -> list[tuple[str, bool]]:
        """Return the template's text up to the last answer, cut where answers begin and end.

        Each answer is encoded by itself, as it is when the model writes it.
        """
        pieces: list[tuple[str, bool]] = []
        done = ""
        for index, message in enumerate(messages):
            if message.role != "assistant":
                continue
            prompt = self._render(messages[:index], True)
            answer = self._rest(self._render(messages[: index + 1], False), prompt)
            end = answer.rfind(self.end_token)
            if end < 0:
                raise BadInput(
                    f"The chat template of {self.folder} does not end an answer with its "
                    f"eos_token {self.end_token!r}. Name the token it uses as eos_token."
                )
            answer = answer[: end + len(self.end_token)]
            pieces += [(self._rest(prompt, done), False), (answer, True)]
            done = prompt + answer
        return pieces

    def _rest(self, longer: str, shorter: str) -> str:
        if not longer.startswith(shorter):
            raise BadInput(
                f"The chat template of {self.folder} writes earlier turns differently once a "
                "later one is there, so what the model saw cannot be told from what it wrote. "
                "Use a template that only ever appends."
            )
        return longer[len(shorter) :]

    def _render(self, messages: Sequence[Message], for_answer: bool) -> str:
        turns = [
            {"role": message.role, "content": self._protected(message.content)}
            for message in messages
        ]
        return self.template.render(turns, for_answer)

    def _protected(self, content: str) -> str:
        if not self._specials:
            return content
        return self._protect.sub(
            lambda found: chr(FIRST_PLACEHOLDER + self._specials.index(found[0])), content
        )

    def _restored(self, text: str) -> str:
        last = FIRST_PLACEHOLDER + len(self._specials)
        return "".join(
            self._specials[ord(character) - FIRST_PLACEHOLDER]
            if FIRST_PLACEHOLDER <= ord(character) < last
            else character
            for character in text
        )

    def _encode_template(self, text: str) -> list[int]:
        """Return the ids of rendered text: the template's special tokens are real ones."""
        parts = self._cut.split(text) if self._added else [text]
        for at in range(1, len(parts), 2):
            token = self._added[parts[at]][1]
            if token.lstrip:
                parts[at - 1] = parts[at - 1].rstrip()
            if token.rstrip:
                parts[at + 1] = parts[at + 1].lstrip()
        ids: list[int] = []
        for at, part in enumerate(parts):
            if at % 2:
                ids.append(self._added[part][0])
            elif part:
                ids += self.encode(self._restored(part))
        return ids

    def _id(self, token: str, name: str) -> int:
        id_ = self.tokenizer.token_to_id(token) if token else None
        if id_ is None:
            raise BadInput(
                f"{self.folder / 'tokenizer_config.json'} names no {name} that its tokenizer has."
            )
        return int(id_)


SPECIAL_NAMES = ("bos_token", "eos_token", "pad_token", "unk_token")


def _byte_alphabet() -> dict[str, int]:
    """Return the byte that each character of a byte-level token stands for.

    Source: GPT-2's bytes_to_unicode: printable Latin-1 stands for itself, the rest follows 255.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    alphabet = {chr(byte): byte for byte in printable}
    return alphabet | {chr(256 + at): byte for at, byte in enumerate(others)}


BYTE_OF = _byte_alphabet()


def _cutter(tokens: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(tokens, key=len, reverse=True)
    return re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")


def _content(token: Any) -> str:
    """Return the text of a token, which configs write as a string or as {"content": ...}."""
    if isinstance(token, dict):
        token = token.get("content")
    return str(token) if token else ""


def _template_source(folder: Path, config: dict[str, Any]) -> str:
    path = folder / "chat_template.jinja"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    source = config.get("chat_template") or ""
    if isinstance(source, list):  # several, by name
        named = {str(one["name"]): str(one["template"]) for one in source}
        return named.get("default", "")
    return str(source)


def _config(path: Path) -> dict[str, Any]:
    return read_json_object(path, fix=WHEN_BROKEN) if path.is_file() else {}
