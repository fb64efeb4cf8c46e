"""datatrove's side of the benchmark `clean`, run by it in datatrove's own environment.

    python clean_peer.py numbers|words|morphemes|shipped FILE

STOP_WORDS in the environment are those of the language. numbers: FILE holds texts with their words
and our measures. Whether a number is theirs is asked of the filters as they ship: with the number
as its threshold a filter keeps the text, with the next number beyond it drops it.
"""

import json
import math
import os
import sys
import time

import datatrove.utils.word_tokenizers as word_tokenizers
from datatrove.data import Document
from datatrove.pipeline.filters.fineweb_quality_filter import FineWebQualityFilter
from datatrove.pipeline.filters.gopher_quality_filter import GopherQualityFilter
from datatrove.pipeline.filters.gopher_repetition_filter import GopherRepetitionFilter
from datatrove.pipeline.formatters import FTFYFormatter, PIIFormatter, SymbolLinesFormatter
from datatrove.utils.text import split_into_parts

LANGUAGE = "ko"
TINY = 5e-324
"""The smallest number above zero: these filters take zero for "off"."""
WARM_UP = 20


class Given:
    """Words that were cut before."""

    words = ()

    def word_tokenize(self, text):
        return text.split() if self.words == () else self.words


def repetition(**checks):
    off = {"dup_line_frac": None, "dup_para_frac": None, "dup_line_char_frac": None,
           "dup_para_char_frac": None, "top_n_grams": (), "dup_n_grams": ()}  # fmt: skip
    return GopherRepetitionFilter(language=LANGUAGE, **{**off, **checks})


def fineweb(**checks):
    off = {"line_punct_thr": -1.0, "short_line_thr": 2.0, "char_duplicates_ratio": 2.0,
           "new_line_ratio": math.inf}  # fmt: skip
    return FineWebQualityFilter(language=LANGUAGE, **{**off, **checks})


def gopher(**checks):
    off = dict.fromkeys(
        ("min_doc_words", "max_doc_words", "min_avg_word_length", "max_avg_word_length",
         "max_symbol_word_ratio", "max_bullet_lines_ratio", "max_ellipsis_lines_ratio",
         "max_non_alpha_words_ratio", "min_stop_words")
    )  # fmt: skip
    return GopherQualityFilter(language=LANGUAGE, **{**off, **checks})


def tops(n):
    return lambda limit: repetition(top_n_grams=((n, limit),))


def duplicates(n):
    return lambda limit: repetition(dup_n_grams=((n, limit),))


MOST = {
    "duplicate-lines": lambda limit: repetition(dup_line_frac=limit or TINY),
    "duplicate-line-ratio": lambda limit: repetition(dup_line_char_frac=limit or TINY),
    "duplicate-paragraphs": lambda limit: repetition(dup_para_frac=limit or TINY),
    "duplicate-paragraph-ratio": lambda limit: repetition(dup_para_char_frac=limit or TINY),
    **{f"top-{n}-gram": tops(n) for n in (2, 3, 4)},
    **{f"duplicate-{n}-grams": duplicates(n) for n in range(5, 11)},
    "short-lines": lambda limit: fineweb(short_line_thr=limit),
    "line-duplicates": lambda limit: fineweb(char_duplicates_ratio=limit),
    "newlines-per-word": lambda limit: fineweb(new_line_ratio=limit),
    "symbols-per-word": lambda limit: gopher(max_symbol_word_ratio=limit or TINY),
    "bullet-lines": lambda limit: gopher(max_bullet_lines_ratio=limit or TINY),
    "ellipsis-lines": lambda limit: gopher(max_ellipsis_lines_ratio=limit or TINY),
}
"""A filter that drops what is above the limit."""
LEAST = {
    "punctuated-lines": lambda limit, stops: fineweb(line_punct_thr=limit),
    "words": lambda limit, stops: gopher(min_doc_words=limit),
    "mean-word-length": lambda limit, stops: gopher(min_avg_word_length=limit),
    "alphabetic-words": lambda limit, stops: gopher(max_non_alpha_words_ratio=limit),
    "stop-words": lambda limit, stops: gopher(min_stop_words=limit, stop_words=stops),
}
"""A filter that drops what is below the limit."""


def numbers(rows):
    given = Given()
    word_tokenizers.load_word_tokenizer = lambda language: given
    compared, wrong = 0, []
    for row in rows:
        given.words = row["words"]
        split_into_parts.cache_clear()
        document, measures = Document(text=row["text"], id="-"), row["measures"]
        # One threshold for two measures.
        measures["symbols-per-word"] = max(
            measures["hashes-per-word"], measures["ellipses-per-word"]
        )
        for name, checks in MOST.items():
            compared += 1
            if not is_most(name, checks, measures[name], document):
                wrong.append((name, measures[name], row["text"][:50]))
        for name, checks in LEAST.items():
            compared += 1
            if not is_least(checks, measures[name], document, row["stops"]):
                wrong.append((name, measures[name], row["text"][:50]))
    return {"numbers": compared, "different": len(wrong), "examples": wrong[:5]}


def is_most(name, checks, value, document):
    if not keeps(checks(value), document):
        return False
    if name.startswith("top-") and value == 0:
        return True  # fewer words than one n-gram has: no threshold drops that
    return not keeps(checks(math.nextafter(value, -math.inf)), document)


def is_least(checks, value, document, stops):
    return keeps(checks(value, stops), document) and not keeps(
        checks(math.nextafter(value, math.inf), stops), document
    )


def keeps(check, document):
    return check.filter(document) is True


def filters():
    """Return the three filters of FineWeb-2 with the settings of configs/kor_Hang.yml."""
    top = ((2, 0.282), (3, 0.228), (4, 0.185))
    again = ((5, 0.201), (6, 0.184), (7, 0.168), (8, 0.154), (9, 0.14), (10, 0.127))
    return [
        repetition(dup_line_frac=0.374, top_n_grams=top, dup_n_grams=again),
        fineweb(short_line_thr=999, char_duplicates_ratio=0.1, line_punct_thr=0.062,
                new_line_ratio=0.196),
        GopherQualityFilter(language=LANGUAGE, min_avg_word_length=1, max_avg_word_length=6,
                            max_non_alpha_words_ratio=0.791,
                            stop_words=os.environ["STOP_WORDS"].split()),
    ]  # fmt: skip


def formatters():
    return [FTFYFormatter(), PIIFormatter(), SymbolLinesFormatter(["|"], replace_char="\n")]


def timed(rows, mode):
    checks, forms = filters(), formatters() if mode == "shipped" else []
    documents = [Document(text=row["text"], id="-") for row in rows]
    for document in documents[:WARM_UP]:
        clean(document, checks, forms)
    split_into_parts.cache_clear()
    begun = time.process_time()
    kept = [clean(document, checks, forms) for document in documents]
    seconds = time.process_time() - begun
    return {"seconds": seconds, "documents": len(documents), "kept": kept}


def clean(document, checks, forms):
    if not all(keeps(check, document) for check in checks):
        return False
    text = document.text
    for form in forms:
        text = form.format(text)
    return True


def main():
    mode, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        rows = [json.loads(line) for line in file]
    if mode == "words":
        word_tokenizers.load_word_tokenizer = lambda language: Given()
    print(json.dumps(numbers(rows) if mode == "numbers" else timed(rows, mode)))


if __name__ == "__main__":
    main()
