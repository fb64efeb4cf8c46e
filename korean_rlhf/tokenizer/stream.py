"""Text from tokens as they come, never half a syllable."""

from __future__ import annotations

import codecs

from korean_rlhf.tokenizer.chat import ChatTokenizer

BROKEN = "�"


class StreamDecoder:
    """Turns tokens into text as they come; joined, the pieces are the text of all tokens.

    A Hangul syllable is three bytes of UTF-8 and may be spread over two or three tokens: its bytes
    are held back until it is whole.
    """

    def __init__(self, tokenizer: ChatTokenizer) -> None:
        self._tokenizer = tokenizer
        self._bytes = tokenizer.token_bytes()
        self._utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._ids: list[int] = []
        self._shown = ""

    def push(self, token_id: int) -> str:
        """Return the text that is certain now, "" while a character is incomplete."""
        if self._bytes is not None:
            # Some models have more outputs than their tokenizer has tokens: those are silent.
            known = token_id < len(self._bytes)
            return self._utf8.decode(self._bytes[token_id] if known else b"")
        self._ids.append(token_id)
        text = self._tokenizer.decode(self._ids)
        return "" if text.endswith(BROKEN) else self._show(text)

    def finish(self) -> str:
        """Return what is left when no token follows; a torn character becomes U+FFFD."""
        if self._bytes is not None:
            return self._utf8.decode(b"", final=True)
        return self._show(self._tokenizer.decode(self._ids))

    def _show(self, text: str) -> str:
        piece = text[len(self._shown) :]
        self._shown = text
        return piece
