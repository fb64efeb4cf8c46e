"""Prompt of BEEP!. Standard library only: the harness loads this file by path."""


def beep(doc: dict[str, str]) -> str:
    question = "이 댓글을 정상, 모욕, 혐오 가운데 하나로 분류하면 무엇인가?"
    return f"댓글: {doc['comments']}\n{question}\n답:"
