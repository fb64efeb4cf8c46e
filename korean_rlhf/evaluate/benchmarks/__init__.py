"""Benchmarks in the layout of their own repositories, as the rows that the tasks ask about.

Every reader returns rows with the column names of the Hugging Face copy of the set, so that a local
file and the hub lead to the same prompts. Text is NFC. Each row is checked: a label that is none of
the known spellings is an error with file and line, never a guess.
"""

from korean_rlhf.evaluate.benchmarks.hate import apeach, beep
from korean_rlhf.evaluate.benchmarks.inference import klue_nli, kornli
from korean_rlhf.evaluate.benchmarks.kobest import boolq, copa, hellaswag, sentineg, wic
from korean_rlhf.evaluate.benchmarks.reading import (
    Quoting,
    Reader,
    Row,
    json_array,
    label,
    table,
    text,
)
from korean_rlhf.evaluate.benchmarks.sample import sample_choices

__all__ = [
    "Quoting",
    "Reader",
    "Row",
    "apeach",
    "beep",
    "boolq",
    "copa",
    "hellaswag",
    "json_array",
    "klue_nli",
    "kornli",
    "label",
    "sample_choices",
    "sentineg",
    "table",
    "text",
    "wic",
]
