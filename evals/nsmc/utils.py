"""Prompt of NSMC. Standard library only: the harness loads this file by path."""


def nsmc(doc: dict[str, str]) -> str:
    return f"영화 평: {doc['document']}\n이 평은 긍정인가, 부정인가?\n답:"
