"""Prompt of KoCommonGEN v2. Standard library only: the harness loads this file by path."""

from typing import Any


def commongen(doc: dict[str, Any]) -> str:
    """The four sentences stand in the prompt and are scored whole, as in the original."""
    ask = "다음 낱말로 만든 문장 가운데 상식에 맞는 것을 고르시오."
    return "\n".join([ask, f"낱말: {', '.join(doc['concepts'])}", *commongen_choices(doc), "정답:"])


def commongen_choices(doc: dict[str, Any]) -> list[str]:
    return [f"{number}. {choice}" for number, choice in enumerate(doc["choices"], start=1)]
