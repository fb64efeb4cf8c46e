"""Personal data: what is found, and what is put in its place."""

import re

import pytest

from korean_rlhf.clean import run
from korean_rlhf.clean.cleaners import clean_document
from korean_rlhf.clean.privacy import MARKS, find, is_nobodys, mask, replace_values, replacement
from korean_rlhf.clean.privacy.checkdigits import business_fits, card_fits, resident_fits
from korean_rlhf.clean.privacy.kinds import digits_of
from korean_rlhf.clean.run import clean
from korean_rlhf.records import Document, Drop
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.clean import DEFAULT_PRIVACY_KINDS, CleanSettings
from korean_rlhf.tables import read, write_jsonl

ALL = (*DEFAULT_PRIVACY_KINDS, "address")
EXAMPLES = {
    "email": ["hong@naver.com", "hong (at) naver.com", "hong[at]naver[dot]com"],
    "resident": ["850314-1234562", "8503141234562"],
    "foreigner": ["900101-5123452"],
    "card": ["9374 1234 5678 9014", "9374-1234-5678-9014"],
    "business": ["123-45-67891"],
    "account": ["123456-78-901234", "110-123-456789"],
    "phone": ["010-1234-5678", "02-345-6789", "(031) 123-4567", "0502-1234-5678", "1588-1234",
              "+82-10-1234-5678", "02-123-4567~8"],
    "passport": ["M12345678", "M123A4567"],
    "licence": ["11-05-123456-78", "서울 05-123456-78"],
    "plate": ["12가 3456", "123가4567", "서울 12 가 3456"],
    "address": ["서울특별시 강남구 테헤란로 152 101동 1203호", "전남 목포시 부주로 312"],
}  # fmt: skip
VALUES = [(kind, value) for kind, values in EXAMPLES.items() for value in values]
CONTEXT = {
    "resident": "주민번호", "foreigner": "외국인등록번호", "card": "카드", "business": "사업자",
    "account": "계좌", "phone": "전화", "passport": "여권", "licence": "면허", "plate": "차량",
}  # fmt: skip
PROSE = "오늘은 아침부터 비가 내려서 집에서 책을 읽었다. 문의는 010-1234-5678로 한다."


def in_context(kind, value):
    return f"{CONTEXT.get(kind, '')} {value} 끝"


@pytest.mark.parametrize("kind, value", VALUES)
def test_every_example_is_found_as_its_kind(kind, value):
    text = in_context(kind, value)

    assert [(text[a:b], found) for a, b, found in find(text, ALL)] == [(value, kind)]
    assert mask(text, ALL) == text.replace(value, f"<{MARKS[kind]}>")


@pytest.mark.parametrize("kind, value", VALUES)
@pytest.mark.parametrize("key", ["0", "1"])
def test_a_replacement_has_the_same_form_and_is_never_replaced_again(kind, value, key):
    drawn = replacement(value, kind, key)
    text = in_context(kind, drawn)

    assert drawn != value and replacement(value, kind, key) == drawn
    assert replace_values(text, key, ALL) == text
    if kind not in ("email", "address", "plate", "passport"):
        assert re.sub("[0-9]", "0", drawn) == re.sub("[0-9]", "0", value)
    elif kind in ("plate", "passport"):
        shape = [("[0-9]", "0"), ("[가-힣]", "가"), ("[A-Z]", "A")]
        for pattern, sign in shape if kind == "passport" else shape[:1]:
            drawn, value = re.sub(pattern, sign, drawn), re.sub(pattern, sign, value)
        assert len(drawn) == len(value) and drawn[0] == value[0]


@pytest.mark.parametrize("number", range(200))
def test_a_replacement_belongs_to_nobody(number):
    key = str(number)
    resident = digits_of(replacement("850314-1234562", "resident", key))
    foreigner = digits_of(replacement("900101-5123452", "foreigner", key))

    assert resident[2:6] == "0230" and not resident_fits(resident) and resident[6] == "1"
    assert foreigner[2:6] == "0230" and not resident_fits(foreigner) and foreigner[6] == "5"
    assert not card_fits(digits_of(replacement("9374 1234 5678 9014", "card", key)))
    business = digits_of(replacement("123-45-67891", "business", key))
    assert business[3:5] == "00" and not business_fits(business)
    assert re.fullmatch(r"010-0\d{3}-\d{4}", replacement("010-1234-5678", "phone", key))
    assert re.fullmatch(r"02-0\d{2}-\d{4}", replacement("02-345-6789", "phone", key))
    assert re.fullmatch(r"0502-0\d{3}-\d{4}", replacement("0502-1234-5678", "phone", key))
    assert re.fullmatch(r"\+82-10-0\d{3}-\d{4}", replacement("+82-10-1234-5678", "phone", key))
    assert re.fullmatch(r"1500-\d{4}", replacement("1588-1234", "phone", key))
    assert re.fullmatch(r"\d\d[차카타파] \d{4}", replacement("12가 3456", "plate", key))
    assert re.fullmatch(r"X\d{3}[A-Z]\d{4}", replacement("M123A4567", "passport", key))
    assert re.fullmatch(r"00-\d\d-\d{6}-\d\d", replacement("11-05-123456-78", "licence", key))
    mail = replacement("hong@naver.com", "email", key)
    assert re.fullmatch(r"user\d{6}@example\.(com|net|org)", mail) and is_nobodys(mail, "email")


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("+44 (0)20 7946 0958", r"\+44 \(0\)0\d \d{4} \d{4}"),
        ("+1 202 456 1111", r"\+1 00\d \d{3} \d{4}"),
        ("+852 2810 2345", r"\+852 00\d\d \d{4}"),
        ("+39 06 6982 1234", r"\+39 00 \d{4} \d{4}"),
    ],
)
def test_a_number_abroad_is_replaced_by_one_without_an_area(value, form):
    drawn = replace_values(f"연락처 {value}", "0").removeprefix("연락처 ")

    assert re.fullmatch(form, drawn) and drawn != value
    assert not is_nobodys(value, "phone") and is_nobodys(drawn, "phone")
    assert replace_values(f"연락처 {drawn}", "0") == f"연락처 {drawn}"


def test_a_value_written_twice_is_replaced_by_one_value_in_a_document_and_others_elsewhere():
    text = "010-1234-5678, 01012345678, +82-10-1234-5678"
    one, two, three = (replace_values(text, key) for key in ("0\0a", "0\0b", "1\0a"))
    numbers = {digits_of(number).removeprefix("82").lstrip("0") for number in one.split(", ")}

    assert len(numbers) == 1
    assert len({one, two, three}) == 3


def test_only_the_chosen_kinds_are_taken_out():
    text = "a@b.kr 010-1234-5678 서울특별시 강남구 테헤란로 152"

    assert mask(text, ("email",)) == text.replace("a@b.kr", "<이메일>")
    assert mask(text, ALL) == "<이메일> <전화번호> <주소>"
    assert mask(text, ()) == text


def test_a_kind_that_stays_is_not_taken_for_another():
    assert mask("사업자등록번호 123-45-67891 계좌", ("account",)).startswith(
        "사업자등록번호 123-45"
    )


def test_a_document_with_personal_data_can_be_left_out():
    settings = CleanSettings(privacy_mode="drop")
    document = Document(id="a", text=PROSE + " a@b.kr", title="010-1234-5678", license="CC0-1.0")

    assert clean_document(document, settings) == Drop("personal-data", "전화번호 2, 이메일 1")


def test_a_title_is_treated_as_the_text_is():
    document = Document(id="a", text=PROSE, title="문의 010-1234-5678", license="CC0-1.0")
    drawn = clean_document(document, CleanSettings(privacy_mode="replace"))

    assert clean_document(document, CleanSettings()).title == "문의 <전화번호>"
    assert drawn.title.removeprefix("문의 ") in drawn.text


@pytest.mark.parametrize("mode", ["mask", "replace"])
def test_the_report_counts_what_was_taken_out_once_even_after_a_kill(mode, tmp_path, monkeypatch):
    documents = [Document(id=str(n), text=f"{PROSE} {n}번째. a@b.kr", license="CC0-1.0")
                 for n in range(6)]  # fmt: skip
    documents.append(Document(id="marked", text=PROSE.replace("010-1234-5678", "<전화번호>"),
                              license="CC0-1.0"))  # fmt: skip
    write_jsonl(tmp_path / "raw.jsonl", documents)
    settings = CleanSettings(workers=1, shard_documents=2, privacy_mode=mode)
    whole, calls = run.clean_batch, []

    def killed_after_its_work(*arguments, **named):
        calls.append(1)
        rows = whole(*arguments, **named)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return rows

    monkeypatch.setattr(run, "clean_batch", killed_after_its_work)
    with pytest.raises(KeyboardInterrupt):
        clean([tmp_path / "raw.jsonl"], tmp_path / "out", settings)
    clean([tmp_path / "raw.jsonl"], tmp_path / "out", settings)

    masked = read_manifest(tmp_path / "out")["masked"]
    assert masked["전화번호"] == 6 and masked["이메일"] == 6 and sum(masked.values()) == 12
    texts = [document.text for document in read(tmp_path / "out", Document)]
    assert not any("010-1234-5678" in text or "a@b.kr" in text for text in texts)
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "`<전화번호>` | 6" in card
