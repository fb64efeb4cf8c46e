"""Prompt of CLIcK. Standard library only: the harness loads this file by path."""

from typing import Any


def click(doc: dict[str, Any]) -> str:
    """Every choice is shown; upstream shows four of those items that have five."""
    context = [f"맥락: {doc['paragraph']}"] if doc["paragraph"] else []
    marked = zip(letters(doc), doc["choices"], strict=True)
    choices = [f"{letter}. {choice}" for letter, choice in marked]
    return "\n".join([*context, f"질문: {doc['question']}", *choices, "정답:"])


def letters(doc: dict[str, Any]) -> list[str]:
    return list("ABCDE"[: len(doc["choices"])])
