"""Prompt of KorQuAD. Standard library only: the harness loads this file by path."""

from typing import Any


def question(doc: dict[str, Any]) -> str:
    """The question comes last: a context that is too long is cut from the left."""
    asked = "지문에 나오는 말 그대로 짧게 답하라."
    return f"지문: {doc['context']}\n{asked}\n질문: {doc['question']}\n답:"


def answer(doc: dict[str, Any]) -> str:
    return str(doc["answers"]["text"][0])
