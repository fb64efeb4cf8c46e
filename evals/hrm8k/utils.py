"""Prompts of HRM8K. Standard library only: the harness loads this file by path."""


def problem(doc: dict[str, str]) -> str:
    if doc["part"] == "MMMLU":
        last = "마지막 줄에 고른 선택지의 번호(1, 2, 3, 4)를 \\boxed{} 안에 쓰시오."
    else:
        last = "마지막 줄에 최종 답을 \\boxed{} 안에 쓰시오."
    return f"다음 문제를 차례대로 풀고, {last}\n\n문제: {doc['question']}\n풀이:"
