"""What is compared: each template with each set of worked examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf.errors import BadInput, SettingsError
from korean_rlhf.ngrams import normalise_for_matching
from korean_rlhf.promptfiles import Example, PromptFile
from korean_rlhf.prompting.filling import find_prompt, render
from korean_rlhf.prompting.listing import require_words
from korean_rlhf.prompting.questions import GoldQuestion, require_values
from korean_rlhf.prompting.shots import choose_examples
from korean_rlhf.records import Message
from korean_rlhf.settings.prompts import CompareSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One template with its worked examples."""

    name: str
    prompt: PromptFile
    examples: Sequence[Example]

    @property
    def words(self) -> Sequence[str]:
        """What a model writes for each label; () where any text may be an answer."""
        return self.prompt.label_words

    def messages(self, question: GoldQuestion) -> tuple[Message, ...]:
        """Return what is asked."""
        known = self.prompt.asked(question.values)
        return render(self.prompt, known | {"examples": self.examples})

    def facts(self) -> dict[str, Any]:
        """Return what decides the words of a question, for the results."""
        prompt = self.prompt
        return {
            "prompt": f"{prompt.kind}/{prompt.name}",
            "version": prompt.version,
            "words": [prompt.system, prompt.user, prompt.template],
            "verbalizers": dict(zip(prompt.labels, prompt.label_words, strict=True)),
            "examples": [dict(example) for example in self.examples],
        }


def make_variants(
    names: Sequence[str], settings: CompareSettings, folder: Path | None = None
) -> list[Variant]:
    """Return every template with every set of examples, in the order they are named.

    Raises:
        UnknownName: there is no such prompt.
        BadInput: one is broken, asks nothing, or has other labels than the first.
        SettingsError: one is named twice, or holds fewer examples than are asked for.
    """
    found: list[Variant] = []
    for name in names:
        prompt = find_prompt(name, folder)
        require_words(prompt)
        found += _of_prompt(name, prompt, settings)
    own = [one.name for one in found]
    if twice := sorted({name for name in own if own.count(name) > 1}):
        raise SettingsError(f"--templates names {', '.join(twice)} twice.")
    for one in found:
        if sorted(one.prompt.labels) != sorted(found[0].prompt.labels):
            raise BadInput(
                f"{one.prompt.path} has other labels than {found[0].prompt.path}: what they score "
                "would not be comparable."
            )
    return found


def _of_prompt(name: str, prompt: PromptFile, settings: CompareSettings) -> list[Variant]:
    if not settings.shots:
        return [Variant(name=name, prompt=prompt, examples=choose_examples(prompt, None, 0))]
    several = len(settings.example_seeds) > 1
    return [
        Variant(
            name=f"{name}:{shots}" + (f"@{seed}" if several and shots else ""),
            prompt=prompt,
            examples=choose_examples(prompt, shots, seed),
        )
        for shots in settings.shots
        for seed in (settings.example_seeds if shots else settings.example_seeds[:1])
    ]


def require_askable(variants: Sequence[Variant], questions: Sequence[GoldQuestion]) -> None:
    """Refuse questions that a template cannot ask, or whose answer it shows.

    Raises:
        BadInput: a question lacks a value, stands among the examples, or its answer is no label.
    """
    for one in variants:
        names = one.prompt.used() - one.prompt.brought()
        require_values(questions, names, one.prompt.path)
        shown = {_asked(example, names) for example in one.examples}
        for question in questions:
            if _asked(question.values, names) in shown:
                raise BadInput(
                    f"Question {question.id} stands among the examples of {one.prompt.path}, with "
                    "its answer. Take it out of one of them, or give --shots 0."
                )
            if one.prompt.labels and not set(question.answers) <= set(one.prompt.labels):
                raise BadInput(
                    f"The answer of question {question.id}, {', '.join(question.answers)}, is no "
                    f"label of {one.prompt.path}: {', '.join(one.prompt.labels)}."
                )


def _asked(values: Mapping[str, str], names: Iterable[str]) -> tuple[str, ...]:
    """Return what a template asks, spacing and marks aside: other columns make no other question.

    A text of marks alone (😀) is compared as it stands.
    """
    texts = (values.get(name, "") for name in sorted(names))
    return tuple(normalise_for_matching(text) or text for text in texts)
