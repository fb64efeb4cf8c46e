"""Prompt of KorSTS. Standard library only: the harness loads this file by path."""


def sts(doc: dict[str, str]) -> str:
    sentences = f"문장1: {doc['sentence1']}\n문장2: {doc['sentence2']}"
    return f"{sentences}\n두 문장의 뜻이 같은가?\n답:"
