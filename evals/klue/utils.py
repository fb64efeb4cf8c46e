"""Prompts of KLUE. Standard library only: the harness loads this file by path."""


def nli(doc: dict[str, str]) -> str:
    question = "전제가 참일 때 가설은 참, 거짓, 알 수 없음 가운데 무엇인가?"
    return f"전제: {doc['premise']}\n가설: {doc['hypothesis']}\n{question}\n답:"


def sts(doc: dict[str, str]) -> str:
    sentences = f"문장1: {doc['sentence1']}\n문장2: {doc['sentence2']}"
    return f"{sentences}\n두 문장의 뜻이 같은가?\n답:"


def ynat(doc: dict[str, str]) -> str:
    topics = "IT과학, 경제, 사회, 생활문화, 세계, 스포츠, 정치"
    return f"제목: {doc['title']}\n이 기사의 주제는 {topics} 가운데 무엇인가?\n답:"
