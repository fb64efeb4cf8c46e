"""Chat templates: ours, and the sandbox in which any Hugging Face template is rendered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from korean_rlhf.errors import BadInput

PAD, BEGIN, END = "<|pad|>", "<|begin|>", "<|end|>"
SYSTEM, USER, ASSISTANT = "<|system|>", "<|user|>", "<|assistant|>"
SPECIAL_TOKENS = (
    PAD,
    BEGIN,
    END,
    SYSTEM,
    USER,
    ASSISTANT,
    *(f"<|reserved_{number}|>" for number in range(10)),
)
"""In the order of their ids, from 0."""

CHAT_TEMPLATE = (
    "{{- bos_token -}}\n"
    "{%- for message in messages -%}\n"
    "{%- if message['role'] not in ['system', 'user', 'assistant'] -%}\n"
    "{{- raise_exception('unknown role: ' + message['role']) -}}\n"
    "{%- endif -%}\n"
    "{{- '<|' + message['role'] + '|>\\n' + message['content'] | trim + eos_token -}}\n"
    "{%- endfor -%}\n"
    "{%- if add_generation_prompt -%}{{- '<|assistant|>\\n' -}}{%- endif -%}\n"
)
"""Content is trimmed, because the line break before it would else melt into its first token."""


class ChatTemplate:
    """A compiled chat template."""

    def __init__(self, source: str, special: Mapping[str, str], folder: Path) -> None:
        self.special = dict(special)
        self.folder = folder
        self._template = None
        if source:
            try:
                self._template = _environment().from_string(source)
            except TemplateError as error:
                raise BadInput(f"The chat template of {folder} is no Jinja: {error}") from error

    def render(self, messages: Sequence[Mapping[str, str]], for_answer: bool) -> str:
        """Return the dialogue as text; `for_answer` adds the opening of the assistant's turn.

        Raises:
            BadInput: there is no template, or it refuses these messages.
        """
        if self._template is None:
            raise BadInput(
                f"{self.folder} has no chat template. Add a chat_template.jinja, or start from a "
                "model that has one."
            )
        try:
            return self._template.render(
                messages=[dict(message) for message in messages],
                add_generation_prompt=for_answer,
                **self.special,
            )
        except (TemplateError, TypeError, ValueError) as error:
            raise BadInput(f"The chat template of {self.folder} refuses: {error}") from error


class _Generation(Extension):
    """Accepts `{% generation %}...{% endgeneration %}`, which only marks the answer."""

    tags = {"generation"}  # noqa: RUF012 (the name is Jinja's)

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _environment() -> ImmutableSandboxedEnvironment:
    """Return the environment that transformers renders chat templates in."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
    )
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = _now()
    return environment


def _now() -> Callable[[str], str]:
    return lambda form: datetime.now(tz=UTC).strftime(form)


def _to_json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _refuse(message: str) -> None:
    raise TemplateError(message)
