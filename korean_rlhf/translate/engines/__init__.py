"""Engines that translate rows of masked text, behind one protocol."""

from korean_rlhf.translate.engines.chat import ChatEngine, read_reply
from korean_rlhf.translate.engines.protocol import Engine, Load, MaskStyle, Row
from korean_rlhf.translate.engines.registry import OPENERS, Wanted, is_chat, open_engine

__all__ = [
    "OPENERS",
    "ChatEngine",
    "Engine",
    "Load",
    "MaskStyle",
    "Row",
    "Wanted",
    "is_chat",
    "open_engine",
    "read_reply",
]
