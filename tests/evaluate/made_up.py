"""Made-up evaluation sets in the layouts of their own repositories.

The right answers go round, and nothing else in an item depends on them: who does not read the
question is right by chance.
"""

import csv
import json
import random

from tests.evaluate.made_up_answers import write_answer_sets

WORDS = ["사과", "나무", "강아지", "바다", "학교", "친구", "노래", "하늘", "기차", "점심"]
VERBS = ["보았다", "좋아한다", "기다렸다", "그렸다고 한다", "아직 잊지 못했다"]
INFERENCE = ["entailment", "neutral", "contradiction"]
HATE = ["none", "offensive", "hate"]
TOPICS = ["IT과학", "경제", "사회", "생활문화", "세계", "스포츠", "정치"]
SUBJECTS = ["Criminal-Law", "Math"]
PARTS = [
    "general_knowledge",
    "history",
    "loan_words",
    "rare_words",
    "reading_comprehension",
    "standard_nomenclature",
]
TRUTH = ["TRUE", "False", "True", "FALSE"]
SPLITS = (("test", 40, 11), ("train", 12, 12))


def sentence(rng):
    """Return a sentence that hardly comes twice, of no fixed length."""
    names = " ".join(f"{rng.choice(WORDS)}{rng.randrange(1000)}" for _ in range(rng.randint(2, 5)))
    return f"{names}을 {rng.choice(VERBS)}."


def write_all(root):
    """Write every set below `root` and return it."""
    for split, count, seed in SPLITS:
        rng = random.Random(seed)
        write_kobest(root / "kobest", split, count, rng)
        write_nlu(root, split, count, rng)
        write_comments(root, split, count, rng)
        write_exams(root, split, count, rng)
        write_passages(root, split, count, rng)
    return write_answer_sets(root)


def write_kobest(root, split, count, rng):
    def rows(make):
        return [[at, *make(at)] for at in range(count)]

    def table(folder, head, make):
        write_table(root / folder / f"{split}.tsv", head, rows(make))

    head = ["ID", "Text", "Question", "Answer"]
    table("BoolQ", head, lambda at: [sentence(rng), "맞나요?", TRUTH[at % 4]])
    head = ["ID", "sentence", "question", "1", "2", "Answer"]

    def copa(at):
        kind = ["원인", "결과"][at // 2 % 2]
        return [sentence(rng), kind, sentence(rng), sentence(rng), 1 + at % 2]

    table("COPA", head, copa)
    head = ["ID", "context", "choice1", "choice2", "choice3", "choice4", "label"]
    table("HellaSwag", head, lambda at: [*(sentence(rng) for _ in range(5)), at % 4])
    table("SentiNeg", ["ID", "Text", "Label"], lambda at: [sentence(rng), at % 2])
    head = ["ID", "Target", "SENTENCE1", "SENTENCE2", "ANSWER"]

    def wic(at):
        word = rng.choice(WORDS)
        return [word, f"[{word}] {sentence(rng)}", f"[{word}] {sentence(rng)}", TRUTH[at % 4]]

    table("WiC", head, wic)


def write_nlu(root, split, count, rng):
    """KLUE, KorNLI and KorSTS; their test split has another name."""
    ours = {"test": "dev", "train": "train"}[split]
    nli = [
        {"premise": sentence(rng), "hypothesis": sentence(rng), "gold_label": INFERENCE[at % 3]}
        for at in range(count)
    ]
    write_json(root / "klue" / f"klue-nli-v1.1_{ours}.json", nli)
    scores = [(at % 5) + 0.25 * (1 + at % 3) for at in range(count)]
    pairs = [
        {
            "sentence1": sentence(rng),
            "sentence2": sentence(rng),
            "labels": {"label": round(score, 1), "real-label": score, "binary-label": score >= 3},
        }
        for score in scores
    ]
    for pair in pairs:
        pair["labels"]["binary-label"] = int(pair["labels"]["binary-label"])
    write_json(root / "klue" / f"klue-sts-v1.1_{ours}.json", pairs)
    titles = [{"title": sentence(rng), "label": TOPICS[at % 7]} for at in range(count)]
    write_json(root / "klue" / f"ynat-v1.1_{ours}.json", titles)
    write_table(
        root / "kornli" / ("xnli.test.ko.tsv" if split == "test" else "xnli.dev.ko.tsv"),
        ["sentence1", "sentence2", "gold_label"],
        [[row["premise"], row["hypothesis"], row["gold_label"]] for row in nli],
    )
    head = ["genre", "filename", "year", "id", "score", "sentence1", "sentence2"]
    rows = [
        ["news", "f", "2012", at, score, sentence(rng), sentence(rng)]
        for at, score in enumerate(scores)
    ]
    write_table(root / "korsts" / f"sts-{split}.tsv", head, rows)


def write_comments(root, split, count, rng):
    """NSMC, BEEP! and APEACH; the last has no other split."""
    rows = [[at, sentence(rng), at % 2] for at in range(count)]
    write_table(root / "nsmc" / f"ratings_{split}.txt", ["id", "document", "label"], rows)
    rows = [[sentence(rng), "False", "none", HATE[at % 3]] for at in range(count)]
    head = ["comments", "contain_gender_bias", "bias", "hate"]
    write_table(root / "beep" / ("dev.tsv" if split == "test" else "train.tsv"), head, rows)
    if split == "test":
        rows = [[at, sentence(rng), ["Default", "Spoiled"][at % 2]] for at in range(count)]
        write_csv(root / "apeach" / "test.csv", ["", "text", "class"], rows)


def write_exams(root, split, count, rng):
    """KMMLU, HAE-RAE Bench and CLIcK; the last two have no other split."""
    head = ["question", "answer", "A", "B", "C", "D", "Category", "Human Accuracy"]
    name = {"test": "test", "train": "dev"}[split]
    for subject in SUBJECTS:
        rows = [
            [sentence(rng), 1 + at % 4, *(sentence(rng) for _ in range(4)), subject, 0.5]
            for at in range(count // 2)
        ]
        write_csv(root / "kmmlu" / "data" / f"{subject}-{name}.csv", head, rows)
    if split != "test":
        return
    for part in PARTS:
        rows = [
            [haerae_query(rng), "a|b|c|d|e", f"({'ABCDE'[at % 5]})"] for at in range(count // 4)
        ]
        write_csv(root / "haerae" / f"{part}.csv", ["query", "options", "answer"], rows)
    folder = root / "click" / "Dataset" / "Language" / "Textual"
    culture = root / "click" / "Dataset" / "Culture" / "Korean Law"
    four = [click_exam(rng, f"TK_{at}", 4, at) for at in range(count // 2)]
    five = [click_exam(rng, f"CSAT_{at}", 5, at, paragraph=sentence(rng)) for at in range(10)]
    write_json(folder / "Textual_TOPIK.json", four)
    write_json(folder / "Textual_CSAT.json", five)
    exams = [click_exam(rng, f"KIIP_{at}", 4, at) for at in range(8)]
    flat = [{**exam.pop("problems")[0], **exam} for exam in exams]
    write_json(culture / "Law_KIIP.json", flat)


def haerae_query(rng):
    choices = "\n".join(f"({letter}) {sentence(rng)}" for letter in "ABCDE")
    return f"{sentence(rng)}\n### 선택지:\n{choices}\n### 정답:"


def click_exam(rng, name, size, at, paragraph=""):
    """Return an exam of one problem; as in the real files, blanks of the answer are not kept."""
    choices = [f" {sentence(rng)} " for _ in range(size)]
    problem = {"question": sentence(rng), "choices": choices, "answer": choices[at % size].strip()}
    return {"id": name, "paragraph": paragraph, "problems": [problem]}


def write_passages(root, split, count, rng):
    """Belebele (one split, two questions a passage) and KoCommonGEN v2 (five examples)."""
    if split == "test":
        rows = []
        for at in range(count):
            rows.append(
                {
                    "link": f"https://example.org/{at // 2}",
                    "question_number": 1 + at % 2,
                    "flores_passage": sentence(rng),
                    "question": sentence(rng),
                    **{f"mc_answer{number}": sentence(rng) for number in range(1, 5)},
                    "correct_answer_num": str(1 + at % 4),
                    "dialect": "kor_Hang",
                }
            )
        write_lines(root / "belebele" / "kor_Hang.jsonl", rows)
    names = {"test": "korean_commongen_v2_847_shuffled.jsonl", "train": "v2_5shot.jsonl"}
    rows = [
        {
            "concept_set": "#".join(rng.sample(WORDS, 3)),
            **{str(number): sentence(rng) for number in range(1, 5)},
            "gold": 1 + at % 4,
        }
        for at in range(count)
    ]
    write_lines(root / "kocommongen" / names[split], rows)
    if split == "test":
        rows = [
            {"question": sentence(rng), "choices": [sentence(rng) for _ in "가나다라"]}
            | {"id": str(at), "answer": at % 4}
            for at in range(count)
        ]
        write_lines(root / "choices.jsonl", rows)


def write_table(path, head, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["\t".join(map(str, row)) for row in [head, *rows]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_csv(path, head, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def write_json(path, found):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def write_lines(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
