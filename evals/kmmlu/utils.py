"""Prompts of KMMLU. Standard library only: the harness loads this file by path."""

from typing import Any


def letters(doc: dict[str, Any]) -> str:
    """Upstream ends in a full-width colon; here it is the one that the choices are typed with."""
    choices = [f"{letter}. {choice}" for letter, choice in zip("ABCD", doc["choices"], strict=True)]
    return "\n".join([doc["question"], *choices, "정답:"])


def question(doc: dict[str, Any]) -> str:
    return f"질문: {doc['question']}\n정답:"
