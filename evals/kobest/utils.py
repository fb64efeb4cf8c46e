"""Prompts of KoBEST. Standard library only: the harness loads this file by path."""


def boolq(doc: dict[str, str]) -> str:
    """Upstream ends in a blank and adds another before the answer; here it is one."""
    return f"{doc['paragraph']} 질문: {doc['question']} 답변:"


def copa(doc: dict[str, str]) -> str:
    """Upstream puts two blanks before the connective; here it is one."""
    connective = {"원인": "왜냐하면", "결과": "그래서"}[doc["question"].strip()]
    return f"{doc['premise']} {connective}"


def copa_choices(doc: dict[str, str]) -> list[str]:
    return [doc["alternative_1"], doc["alternative_2"]]


def hellaswag(doc: dict[str, str]) -> str:
    return f"문장: {doc['context']}"


def hellaswag_choices(doc: dict[str, str]) -> list[str]:
    return [doc[f"ending_{number}"] for number in range(1, 5)]


def sentineg(doc: dict[str, str]) -> str:
    return f"문장: {doc['sentence']} 긍부정:"


def wic(doc: dict[str, str]) -> str:
    """Upstream writes 가 after every word; here the particle fits it (양분이, 차가)."""
    word = doc["word"]
    sentences = f"문장1: {doc['context_1']} 문장2: {doc['context_2']}"
    return f"{sentences} 두 문장에서 {word}{subject_particle(word)} 같은 뜻으로 쓰였나?"


def subject_particle(word: str) -> str:
    """Return 이 after a final consonant, else 가."""
    code = ord(word[-1]) - 0xAC00
    return "이" if 0 <= code < 11172 and code % 28 else "가"
