"""Speech levels (말투) of Korean text, sentence by sentence, from the endings that Kiwi finds."""

from korean_rlhf.translate.register.endings import PLAIN, POLITE, Ending, Level, ending
from korean_rlhf.translate.register.sentences import (
    Sentence,
    is_mixed,
    own_sentences,
    sentences,
    text_register,
)

__all__ = [
    "PLAIN",
    "POLITE",
    "Ending",
    "Level",
    "Sentence",
    "ending",
    "is_mixed",
    "own_sentences",
    "sentences",
    "text_register",
]
