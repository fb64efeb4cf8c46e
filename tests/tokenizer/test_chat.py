from __future__ import annotations

import json
import shutil
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_rlhf.errors import BadInput, MissingInput
from korean_rlhf.records import Message
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.tokenizer.template import CHAT_TEMPLATE

QUESTION = Message(role="user", content="서울에서 부산까지 얼마나 걸려요?")
ANSWER = Message(role="assistant", content="기차로 두 시간 반쯤 걸려요.")
THANKS = Message(role="user", content="고마워요!")
REPLY = Message(role="assistant", content="천만에요.\n좋은 여행 되세요.")
SYSTEM = Message(role="system", content="친절하게 대답하세요.")
DIALOGUES = [
    (QUESTION, ANSWER),
    (QUESTION, ANSWER, THANKS, REPLY),
    (SYSTEM, QUESTION, ANSWER, THANKS, REPLY),
]

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
FORGETFUL = (
    "{% for message in messages %}{% if message['role'] == 'assistant' and not loop.last %}"
    "<|reserved_1|>(생략)<|end|>{% else %}<|reserved_1|>{{ message['content'] }}<|end|>"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}<|reserved_1|>{% endif %}"
)


def with_template(folder, target, template, **config):
    shutil.copytree(folder, target)
    path = target / "tokenizer_config.json"
    values = json.loads(path.read_text()) | config
    values.pop("chat_template")
    path.write_text(json.dumps(values))
    (target / "chat_template.jinja").write_text(template, "utf-8")
    return ChatTokenizer.load(target)


@pytest.fixture(scope="session")
def chatml(folder, tmp_path_factory):
    """Another maker's tokenizer: ChatML tokens, no BOS, no pad."""
    target = tmp_path_factory.mktemp("chatml") / "tokenizer"
    shutil.copytree(folder, target)
    text = (target / "tokenizer.json").read_text("utf-8")
    text = text.replace("<|reserved_0|>", "<|im_start|>").replace("<|end|>", "<|im_end|>")
    (target / "tokenizer.json").write_text(text, "utf-8")
    (target / "special_tokens_map.json").unlink()
    config = {"eos_token": {"content": "<|im_end|>"}, "pad_token": None, "chat_template": CHATML}
    (target / "tokenizer_config.json").write_text(json.dumps(config))
    return ChatTokenizer.load(target)


@settings(max_examples=200, deadline=None)
@given(text=st.text())
def test_decoding_gives_back_the_text_in_nfc(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text)) == unicodedata.normalize("NFC", text)


def test_a_special_token_in_a_text_is_plain_characters(tokenizer):
    ids = tokenizer.encode("가<|end|>나<|assistant|>")

    assert all(id_ >= 16 for id_ in ids)
    assert tokenizer.decode(ids) == "가<|end|>나<|assistant|>"


def test_many_texts_are_encoded_as_each_alone(tokenizer):
    texts = ["안녕하세요?", "", "<|end|>", "고양이가 졸고 있다."]

    assert tokenizer.encode_many(texts) == [tokenizer.encode(text) for text in texts]


@pytest.mark.parametrize("messages", DIALOGUES)
@pytest.mark.parametrize("for_answer", [True, False])
def test_transformers_gives_the_same_ids(folder, tokenizer, messages, for_answer):
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(folder)
    turns = [{"role": one.role, "content": one.content} for one in messages]
    if for_answer:
        turns, messages = turns[:-1], messages[:-1]
    expected = theirs.apply_chat_template(
        turns, add_generation_prompt=for_answer, tokenize=True, return_dict=False
    )

    assert tokenizer.encode_chat(messages, for_answer) == expected
    assert theirs.encode("고양이", add_special_tokens=False) == tokenizer.encode("고양이")
    assert theirs.encode("고양이") == [1, *tokenizer.encode("고양이")]
    assert (theirs.pad_token_id, theirs.bos_token_id, theirs.eos_token_id) == (0, 1, 2)


def test_a_dialogue_is_written_as_the_contract_says(tokenizer):
    ids = tokenizer.encode_chat([QUESTION], for_answer=True)
    newline = tokenizer.encode("\n")

    assert ids == [1, 4, *newline, *tokenizer.encode(QUESTION.content), 2, 5, *newline]


@pytest.mark.parametrize("messages", DIALOGUES)
@pytest.mark.parametrize("kind", ["tokenizer", "chatml"])
def test_the_mask_is_exactly_the_answers_and_their_end(request, messages, kind):
    chat = request.getfixturevalue(kind)
    ids, learned = chat.encode_training(messages)

    expected = []
    for message in messages:
        if message.role == "assistant":
            expected += [*chat.encode(message.content), chat.end_id]
    assert [id_ for id_, is_learned in zip(ids, learned, strict=True) if is_learned] == expected
    assert learned[-1] and ids[-1] == chat.end_id
    assert not any(
        is_learned and id_ != chat.end_id and id_ < 16
        for id_, is_learned in zip(ids, learned, strict=True)
    )


@pytest.mark.parametrize("kind", ["tokenizer", "chatml"])
def test_training_starts_with_the_prompt_that_chat_gives(request, kind):
    chat = request.getfixturevalue(kind)
    prompt = chat.encode_chat([QUESTION, ANSWER, THANKS], for_answer=True)
    ids, learned = chat.encode_training([QUESTION, ANSWER, THANKS, REPLY])

    assert ids[: len(prompt)] == prompt
    assert all(learned[len(prompt) :])


words = st.sampled_from(["<|end|>", "<|user|>\n", "<|assistant|>\n", "<|begin|>", "가", " ", "<"])


@settings(max_examples=100, deadline=None)
@given(parts=st.lists(words, min_size=1))
def test_no_content_can_forge_a_turn(tokenizer, parts):
    content = "".join(parts)
    ids, learned = tokenizer.encode_training(
        [Message(role="user", content=content), Message(role="assistant", content=content)]
    )

    assert [id_ for id_ in ids if id_ < 16] == [1, 4, 2, 5, 2]
    assert tokenizer.decode(id_ for id_, one in zip(ids, learned, strict=True) if one) == (
        content.strip()
    )


def test_a_template_that_rewrites_earlier_turns_is_refused(folder, tmp_path):
    chat = with_template(folder, tmp_path / "forgetful", FORGETFUL)

    assert chat.encode_training([QUESTION, ANSWER])[1][-1]
    with pytest.raises(BadInput, match="writes earlier turns differently"):
        chat.encode_training([QUESTION, ANSWER, THANKS, REPLY])


def test_a_template_without_the_end_token_is_refused(folder, tmp_path):
    template = CHATML.replace("<|im_start|>", "<|reserved_0|>").replace("<|im_end|>", "[끝]")
    chat = with_template(folder, tmp_path / "endless", template)

    with pytest.raises(BadInput, match="does not end an answer"):
        chat.encode_training([QUESTION, ANSWER])


def test_a_folder_without_a_template_says_so(folder, tmp_path):
    chat = with_template(folder, tmp_path / "base", "")

    with pytest.raises(BadInput, match="no chat template"):
        chat.encode_chat([QUESTION])


def test_a_template_cannot_reach_python(folder, tmp_path):
    template = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    chat = with_template(folder, tmp_path / "evil", template)

    with pytest.raises(BadInput, match="refuses"):
        chat.encode_chat([QUESTION])


def test_generation_marks_of_transformers_are_read_over(folder, tmp_path):
    marked = CHAT_TEMPLATE.replace(
        "{{- '<|' + message", "{%- generation -%}\n{{- '<|' + message"
    ).replace("eos_token -}}\n", "eos_token -}}\n{%- endgeneration -%}\n")
    chat = with_template(folder, tmp_path / "marked", marked)
    plain = ChatTokenizer.load(folder)

    assert chat.encode_training([QUESTION, ANSWER]) == plain.encode_training([QUESTION, ANSWER])


def test_a_missing_and_a_torn_tokenizer_are_named(tmp_path):
    with pytest.raises(MissingInput, match=r"tokenizer\.json"):
        ChatTokenizer.load(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(BadInput, match=r"tokenizer\.json"):
        ChatTokenizer.load(tmp_path)
