"""A dialogue with a model: history, what of it fits, and the answer as it is written."""

from __future__ import annotations

from collections.abc import Generator

import torch

from korean_rlhf.errors import SettingsError
from korean_rlhf.model.assistant import Assistant
from korean_rlhf.model.generate import stream
from korean_rlhf.records import Message
from korean_rlhf.settings.chat import ChatSettings
from korean_rlhf.tokenizer.stream import StreamDecoder


class Chat:
    """A dialogue that remembers what was said."""

    def __init__(self, assistant: Assistant, settings: ChatSettings) -> None:
        self.assistant = assistant
        self.settings = settings
        self.generator = torch.Generator()
        if settings.seed is None:
            self.generator.seed()
        else:
            self.generator.manual_seed(settings.seed)
        self.history: list[Message] = []

    def reset(self) -> None:
        """Forget the dialogue."""
        self.history = []

    def reply(self, text: str) -> Generator[str, None, None]:
        """Yield the answer to `text` in whole characters as it is written.

        A reply that is not read to its end is remembered as far as it was read.

        Raises:
            SettingsError: `text` alone does not fit the model's context.
        """
        asked = Message(role="user", content=text)
        room = self.assistant.room(self.settings.max_new_tokens)
        prompt = self._prompt([*self.history, asked], room)
        pieces: list[str] = []
        decoder = StreamDecoder(self.assistant.tokenizer)
        try:
            for token in stream(
                self.assistant.model,
                prompt,
                max_new_tokens=room,
                temperature=self.settings.temperature,
                top_p=self.settings.top_p,
                generator=self.generator,
                end_id=self.assistant.tokenizer.end_id,
            ):
                if piece := decoder.push(token):
                    pieces.append(piece)
                    yield piece
            if piece := decoder.finish():
                pieces.append(piece)
                yield piece
        finally:
            answer = Message(role="assistant", content="".join(pieces))
            self.history += [asked, answer]

    def _prompt(self, messages: list[Message], room: int) -> list[int]:
        """Return the tokens of the latest messages that leave `room` for the answer."""
        told = self.settings.system
        system = [Message(role="system", content=told)] if told else []
        for start in range(0, len(messages), 2):  # a question goes together with its answer
            ids = self.assistant.encode([*system, *messages[start:]], room)
            if ids is not None:
                return ids
        raise SettingsError(
            f"That is too long: the model reads {self.assistant.context} tokens, {room} of them "
            "kept for the answer. Say it shorter."
        )
