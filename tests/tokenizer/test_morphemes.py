import json

from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.settings.tokenizer import TokenizerSettings
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.tokenizer.morphemes import at_morphemes, pieces
from korean_rlhf.tokenizer.train import train_tokenizer


@given(st.text("가나 다.\n", max_size=30), st.data())
def test_pieces_joined_are_the_text(text, data):
    starts = data.draw(st.lists(st.integers(0, max(len(text) - 1, 0)), max_size=9)) if text else []

    assert "".join(pieces(text, sorted(starts))) == text


def test_texts_come_back_in_nfc_whatever_they_hold():
    texts = ["그는 서울에\n갔다. ㅋㅋㅋ <|end|> 😀 漢字 abc", "", "  ", "가"]

    assert "".join(at_morphemes(texts)) == "그는 서울에\n갔다. ㅋㅋㅋ <|end|> 😀 漢字 abc  가"


def test_a_name_is_the_same_token_before_every_particle(tmp_path):
    lines = [
        f"{name}{particle} 학교에 갔습니다. 나는 {name}{particle} 보았어요."
        for name in ("준호", "민지", "서연")
        for particle in ("는", "가", "와", "를")
    ]
    rows = [json.dumps({"text": "\n".join(lines), "license": "CC0-1.0"}, ensure_ascii=False)] * 40
    (tmp_path / "in.jsonl").write_text("\n".join(rows), encoding="utf-8")
    settings = TokenizerSettings(vocabulary_size=512, morphemes=True)

    train_tokenizer([tmp_path / "in.jsonl"], tmp_path / "out", settings)

    chat = ChatTokenizer.load(tmp_path / "out")
    firsts = {
        tuple(chat.encode(f"나는 준호{particle}")[:-1]) for particle in ("는", "가", "와", "를")
    }
    assert len(firsts) == 1
