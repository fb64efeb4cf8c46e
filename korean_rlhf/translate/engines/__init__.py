"""Engines that translate rows of masked text, behind one protocol."""

from korean_rlhf.translate.engines.chat import ChatEngine, read_reply
from korean_rlhf.translate.engines.protocol import Engine, MaskStyle, Row

__all__ = ["ChatEngine", "Engine", "MaskStyle", "Row", "read_reply"]
