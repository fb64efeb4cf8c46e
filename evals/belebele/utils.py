"""Prompt of Belebele. Standard library only: the harness loads this file by path."""

from typing import Any


def belebele(doc: dict[str, Any]) -> str:
    choices = [f"{letter}. {choice}" for letter, choice in zip("ABCD", doc["choices"], strict=True)]
    return "\n".join([f"지문: {doc['passage']}", f"질문: {doc['question']}", *choices, "정답:"])
