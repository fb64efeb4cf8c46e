"""Prompt of KorNLI. Standard library only: the harness loads this file by path."""


def nli(doc: dict[str, str]) -> str:
    question = "전제가 참일 때 가설은 참, 거짓, 알 수 없음 가운데 무엇인가?"
    return f"전제: {doc['premise']}\n가설: {doc['hypothesis']}\n{question}\n답:"
