"""Prompt of the faithfulness set. Standard library only: the harness loads this file by path."""

from typing import Any


def question(doc: dict[str, Any]) -> str:
    """The question comes last: a context that is too long is cut from the left."""
    asked = "지문만 보고 답하라. 지문에 답이 없으면 '알 수 없음'이라고 답하라."
    return f"지문: {doc['context']}\n{asked}\n질문: {doc['question']}\n답:"


def choices(doc: dict[str, Any]) -> list[str]:
    return [doc["answer"], "알 수 없음"]
