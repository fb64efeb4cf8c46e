"""Benchmarks in the layout of their own repositories, as the rows that the tasks ask about.

Every reader returns rows with the column names of the Hugging Face copy of the set, so that a local
file and the hub lead to the same prompts. Text is NFC. Each row is checked: a label that is none of
the known spellings is an error with file and line, never a guess.
"""

from korean_rlhf.evaluate.benchmarks.exams import (
    HAERAE_PARTS,
    KMMLU_SUBJECTS,
    click,
    click_row,
    haerae,
    haerae_row,
    kmmlu,
    kmmlu_row,
    kmmlu_shots,
)
from korean_rlhf.evaluate.benchmarks.hate import apeach, beep
from korean_rlhf.evaluate.benchmarks.inference import klue_nli, kornli
from korean_rlhf.evaluate.benchmarks.kobest import boolq, copa, hellaswag, sentineg, wic
from korean_rlhf.evaluate.benchmarks.passages import belebele, belebele_row, kocommongen
from korean_rlhf.evaluate.benchmarks.reading import (
    NoFiles,
    Quoting,
    Reader,
    Row,
    json_array,
    label,
    table,
    text,
)
from korean_rlhf.evaluate.benchmarks.sample import sample_choices
from korean_rlhf.evaluate.benchmarks.similarity import klue_sts, klue_sts_row, korsts
from korean_rlhf.evaluate.benchmarks.topics import klue_ynat, klue_ynat_row, nsmc

__all__ = [
    "HAERAE_PARTS",
    "KMMLU_SUBJECTS",
    "NoFiles",
    "Quoting",
    "Reader",
    "Row",
    "apeach",
    "beep",
    "belebele",
    "belebele_row",
    "boolq",
    "click",
    "click_row",
    "copa",
    "haerae",
    "haerae_row",
    "hellaswag",
    "json_array",
    "klue_nli",
    "klue_sts",
    "klue_sts_row",
    "klue_ynat",
    "klue_ynat_row",
    "kmmlu",
    "kmmlu_row",
    "kmmlu_shots",
    "kocommongen",
    "kornli",
    "korsts",
    "label",
    "nsmc",
    "sample_choices",
    "sentineg",
    "table",
    "text",
    "wic",
]
