"""Prompt of APEACH. Standard library only: the harness loads this file by path."""


def apeach(doc: dict[str, str]) -> str:
    return f"문장: {doc['text']}\n이 문장은 혐오 표현인가?\n답:"
