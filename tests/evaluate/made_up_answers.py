"""Made-up KorQuAD, HRM8K, KoBBQ, KoSBi and SQuARe in the layouts of their own repositories."""

import json

UNKNOWN = "알 수 없음"
AUNT, UNCLE = "작은 어머니", "작은 아버지"  # as long as UNKNOWN: no length leans to one of them


def write_answer_sets(root):
    """Write every set below `root` and return it."""
    sums = "".join(f"{at} 더하기 1은?,{at + 1}\n" for at in range(30))
    texts = {
        "korquad/KorQuAD_v1.0_dev.json": json.dumps(korquad(range(40))),
        "korquad/KorQuAD_v1.0_train.json": json.dumps(korquad(range(30, 60))),
        "kobbq/KoBBQ_test_samples.tsv": kobbq(),
        "kosbi/kosbi_test.json": json.dumps(kosbi(range(60))),
        "kosbi/kosbi_valid.json": json.dumps(kosbi(range(50, 90))),
        "square/response_test_ood.json": json.dumps(square()),
        "hrm8k/gsm8k_test.csv": "question,answer\n" + sums,
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def korquad(numbers):
    return {
        "data": [
            {
                "title": f"제목{number}",
                "paragraphs": [
                    {
                        "context": f"{number}번 마을에는 나무가 {number + 100}그루 있다.",
                        "qas": [
                            {
                                "id": str(number),
                                "question": f"{number}번 마을의 나무는 몇 그루인가?",
                                "answers": [{"text": f"{number + 100}그루", "answer_start": 0}],
                            }
                        ],
                    }
                ],
            }
            for number in numbers
        ]
    }


def kobbq():
    lines = ["sample_id\tcontext\tquestion\tchoices\tbiased_answer\tanswer"]
    for number in range(20):
        for letter, person in (("a", AUNT), ("b", UNCLE)):
            start = f"age-{number:03d}{letter}-001"
            told = f"{number}일에 두 분이 왔습니다."
            rest = f"누가 늦었습니까?\t['{AUNT}', '{UNCLE}', '{UNKNOWN}']\t{UNCLE}"
            lines.append(f"{start}-amb-bsd\t{told}\t{rest}\t{UNKNOWN}")
            lines.append(f"{start}-dis-bsd\t{told} {person}가 늦었습니다.\t{rest}\t{person}")
    return "\n".join(lines) + "\n"


def kosbi(numbers):
    labels = ("safe", "unsafe")
    return [
        {
            "context": f"{at // 2}번 집이 이사를 왔다.",
            "sentence": f"{labels[at % 2]} {at}",
            "sentence_label": labels[at % 2],
        }
        for at in numbers
    ]


def square():
    return [
        {"question": f"{at // 2}번은 왜 그럴까?", "response": f"답 {at}", "acceptable?": at % 2}
        for at in range(60)
    ]
