r"""What a written Korean answer settles on: a choice, or a number.

An answer is read in this order, and the first place that says anything decides: a \boxed{}, the
last sentence that is marked as the answer (정답은 …, 답: …), a sentence that calls something right,
and what the last line concludes. Where several are named and none is marked, nothing is extracted:
a guess would be scored as knowledge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction

from korean_rlhf.evaluate import numerals
from korean_rlhf.evaluate.statements import boxed, cleaned, last_line, marked, sentences

CIRCLED_FROM = (0x2460, 0x2474, 0x2776, 0x24B6, 0x24D0, 0x326E)
"""① ⑴ ❶ Ⓐ ⓐ ㉮: four more follow each."""
PLACES = {chr(start + at): at for start in CIRCLED_FROM for at in range(5)}
for _row in ("ABCDE", "abcde", "12345", "가나다라마", "ㄱㄴㄷㄹㅁ", "일이삼사오"):
    PLACES |= {character: place for place, character in enumerate(_row)}
PLACES |= {"첫": 0, "두": 1, "세": 2, "네": 3, "다섯": 4}

END = (
    r"(?=$|[\s.,:;)\]!?·/&~}<-]|번|입니|이다|이에요|예요|에요|이야|야\b|임\b|이며|이고|이라|인데|이기|라고|이라고|다(?=$|[\s.])"
    r"|(?:은|는|이|가|을|를|와|과|로|도|나|랑|이나|이랑|하고)(?=\s))"
)
AFTER_NUMBER = END.replace("|번", "") + r"(?!\s+(?!보기|선택지|항목|문장|또는|혹은|및)[가-힣])"
"""3번 보기, but not 3번 읽었다."""
PARTICLE = (
    r"(?=(?:였|이었|일|임|라|라는|로|으로|는|은|가|이|를|을|와|과|도|만|의)"
    r"(?:[\s.,]|$|[가-힣]*[다요]))"
)
"""What may follow a letter right after a mark."""
ALONE = r"(?=$|[\s.,:;)\]!?/]|번|입니|이다|이에요|예요|에요|이야|이고|이며|인데|라고|이라고)"
LABEL = re.compile(
    rf"(?P<circled>[{''.join(chr(start + at) for start in CIRCLED_FROM for at in range(5))}])"
    r"|[(\[<](?P<wrapped>[A-Ea-e1-5가나다라마ㄱ-ㅁ])[)\]>]"
    rf"|(?<![A-Za-z0-9가-힣])(?P<letter>[A-E]){END}(?!\s(?:씨|군|양)[은이의가과와를을는\s])"
    rf"|(?<![\d.,])(?P<digit>[1-5])\s*번{AFTER_NUMBER}"
    rf"|(?<![가-힣])(?P<spelled>[일이삼사오])\s*번{AFTER_NUMBER}"
    rf"|(?:보기|선택지)\s*(?P<listed>[1-5A-Ea-e]){END}"
    r"|(?<![가-힣\d])(?P<ordinal>첫|두|세|네|다섯|[1-5])\s*번째"
)
BARE = re.compile(
    rf"(?P<letter>[A-Ea-e])(?:{END}|{PARTICLE})|(?P<digit>[1-5])(?![.,]\d){END}"
    rf"|(?P<syllable>[가나다라마ㄱ-ㅁ]){ALONE}"
)
"""A label without 번 or brackets: only right after a mark, or at the start of the text."""
JOINED = re.compile(
    r"\s*번?\s*(?:[,/·&~-]|와|과|랑|이랑|하고|및|또는|혹은|그리고|이나|나|or\b|and\b)\s*"
    r"(?:또는|혹은)?\s*"
)
DENIAL = re.compile(
    r"\s*번?\s*(?:이|가|은|는|도)?\s*(?:정답이?\s*|답이?\s*)?(?:아니|아닙|아닌|아님|틀|오답)"
)
WRONG = re.compile(r"아니|아닐|아닙|아닌|아님|않|틀리|틀렸|틀린|오답|제외|잘못")
AFTER_LABEL = re.compile(r"번?\s*(?:[.:)]\s*\S|입니다|이다|이에요|예요)")
RIGHT = re.compile(r"정답|답이|답입|맞|옳|고르|고릅|선택|가장\s*(?:적절|알맞)")
CONCLUSION = re.compile(r"따라서|그러므로|결론|결국|그래서|즉[,\s]|therefore", re.IGNORECASE)

COUNTERS = (
    "개월|개|명|마리|권|장|살|번째|번|원|시간|시|분|초|일|년|월|주|송이|그루|대|자루|병|컵|잔|쪽|점|배|가지"
    "|켤레|채|척|킬로미터|센티미터|미터|킬로그램|그램|리터|퍼센트|도|칸|줄|층|회|달|통|봉지|조각|벌|쌍|판"
    "|상자|묶음|사람|달러"
)
COPULA = re.compile(
    r"\s*(?:입니다|이다|다|이에요|예요|에요|이야|야|임|(?:이|가)\s*(?:됩니다|된다|돼요))$"
)
BEFORE = re.compile(r"^(?:약|총|모두|전부|합계|정확히|바로)\s+")
EQUATIONS = re.compile(r"=[^=]*(?:[,;]|또는|혹은|이거나|\bor\b)[^=]*=")


def choice(text: str, count: int, texts: Sequence[str] = ()) -> int | None:
    """Return the place of the choice that `text` settles on, None if it names none or several.

    Args:
        text: What a model wrote.
        count: Choices there are, 2 to 5.
        texts: The choices as they read, where an answer may repeat one instead of its label.

    >>> choice("정답은 ③번입니다.", 4), choice("답: 나", 4), choice("①번 또는 ②번", 4)
    (2, 1, None)
    """
    text = cleaned(text)
    content = boxed(text)
    clauses = [*([content] if content is not None else []), *marked(text)]
    for clause in clauses:
        if found := _named(clause) or _repeated(clause, texts):
            return _only(found, count)
    for found in (_alone(text), _called_right(text), _concluded(text)):
        if found:
            return _only(found, count)
    return _only(_repeated(last_line(text), texts), count)


def number(text: str) -> Fraction | None:
    r"""Return the number that `text` settles on, None if it names none or several.

    >>> number("3 + 4 = 7\n따라서 정답은 1,234개입니다.")
    Fraction(1234, 1)
    """
    text = _digits(cleaned(text))
    content = boxed(text)
    if content is not None:
        return _stated_number(content)
    for clause in marked(text):
        if DENIAL.search(clause):
            continue
        if any(numerals.numbers(clause)) or numerals.NEVER.search(clause):
            return _stated_number(clause)
        if (found := _spelled(clause)) is not None:
            return found
    return _concluding_number(last_line(text))


def _labels(text: str) -> list[tuple[int, int, int]]:
    """Return (place, begin, end) of the labels in `text`."""
    return [(_place(found), found.start(), found.end()) for found in LABEL.finditer(text)]


def _place(found: re.Match[str]) -> int:
    return PLACES[next(part for part in found.groups() if part)]


def _named(clause: str) -> set[int]:
    """Return the choices that a marked clause names: the first, and those joined to it."""
    clause = re.sub(r"\S{1,30}\s*(?:번\s*)?(?:이|가)?\s*아니(?:라|고),?\s*", "", clause)
    found = BARE.match(clause) or LABEL.search(clause)
    named: set[int] = set()
    while found:
        if not DENIAL.match(clause, found.end()):
            named.add(_place(found))
        joined = JOINED.match(clause, found.end())
        at = joined.end() if joined else len(clause)
        found = LABEL.match(clause, at) or BARE.match(clause, at)
    return named


def _alone(text: str) -> set[int]:
    """Return the choice of a text that is a label, or begins as a line of its own with one."""
    first, _, rest = text.partition("\n")
    found = BARE.match(first) or LABEL.match(first)
    if not found or DENIAL.match(first, found.end()):
        return set()
    after = first[found.end() :]
    if rest.strip() and after.strip(" .:)번"):
        return set()
    if after.strip(" .:)번") and not AFTER_LABEL.match(after):
        return set()
    said, *others = sentences(after) or [""]
    listed = {_place(other) for text in others if (other := BARE.fullmatch(text))}
    return {_place(found)} | {place for place, *_ in _labels(said)} | listed


def _called_right(text: str) -> set[int]:
    """Return the choices that the last sentence which calls any right does."""
    for sentence in reversed(sentences(text)):
        labels = _labels(sentence)
        borders = [*(begin for _, begin, _ in labels), len(sentence)][1:]
        after = [sentence[end:border] for (_, _, end), border in zip(labels, borders, strict=True)]
        named = {
            place
            for (place, *_), words in zip(labels, after, strict=True)
            if RIGHT.search(words) and not WRONG.search(words)
        }
        if named:
            return named
    return set()


def _concluded(text: str) -> set[int]:
    """Return the choices of a concluding last line, or the only one that the text names."""
    line = last_line(text)
    whole = line if CONCLUSION.search(line) else text
    if WRONG.search(whole):
        return set()
    return {place for place, *_ in _labels(whole)}


def _repeated(text: str, texts: Sequence[str]) -> set[int]:
    """Return the choices whose text stands in `text`, less those that lie inside a longer one."""
    if WRONG.search(text):
        return set()
    packed = _packed(text)
    held = {place: _packed(choice) for place, choice in enumerate(texts) if _packed(choice)}
    held = {place: choice for place, choice in held.items() if choice in packed}
    longer = {
        place
        for place, choice in held.items()
        if any(choice in other and choice != other for other in held.values())
    }
    return held.keys() - longer


def _packed(text: str) -> str:
    return "".join(character for character in cleaned(text).lower() if character.isalnum())


def _only(found: set[int], count: int) -> int | None:
    """Return the one place, where there is one and the question has it."""
    place = next(iter(found)) if len(found) == 1 else count
    return place if place < count else None


def _digits(text: str) -> str:
    """Return `text` with ① … ⑳ as digits."""
    return re.sub("[①-⑳]", lambda found: str(unicodedata.digit(found[0], 0)), text)


def _stated_number(clause: str) -> Fraction | None:
    """Return the number of a clause; of an equation, what it comes to."""
    clause = numerals.ungroup(clause)
    clause = re.sub(r"\s*\([^()]*\)\s*", " ", clause).strip() or clause  # remarks beside the answer
    if EQUATIONS.search(clause):
        return None
    _, _, after = clause.rpartition("=")
    found = numerals.parse(after)
    return _spelled(after) if found is None and not any(numerals.numbers(after)) else found


def _spelled(clause: str) -> Fraction | None:
    """Return the number that a clause spells, with or without what is counted."""
    if any(numerals.numbers(clause)):
        return None
    words = BEFORE.sub("", clause.strip(" .")) if clause else ""
    for form in (words, COPULA.sub("", words)):
        for span in (form, re.sub(rf"\s*(?:{COUNTERS})$", "", form)):
            if (value := numerals.word_number(span)) is not None:
                return value
    return None


def _concluding_number(line: str) -> Fraction | None:
    """Return the number that a last line ends with: the only one, or the one before its copula."""
    line = numerals.ungroup(line.strip().rstrip("."))
    if "=" in line or len(set(numerals.numbers(line))) <= 1:
        return _stated_number(line)
    final = re.search(
        r"(?:^|\s)(\S+(?:\s[가-힣]{1,4})?)(?:입니다|이다|이에요|예요|이\s?됩니다)$", line
    )
    return numerals.parse(final[1]) if final else None
