"""Turn reStructuredText sources into the text that a reader of the built page sees.

    python extraction_gold.py FILE...     # needs docutils; one JSON line a file: {"path", "text"}

A directive that docutils does not know gives its title and its content, an unknown role its text;
images, raw HTML, comments, tables of contents and hidden pieces give nothing. A .py file is a
Sphinx-Gallery page: its docstring and its `###...` comment blocks are reST, the rest is code.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive, directives, roles

COMMENT_BLOCK = re.compile(r"^(?:#{20,}|# ?%%).*\n((?:#.*\n?)*)", re.MULTILINE)
TITLED = re.compile(r"^(.*?)\s*<[^<>]*>$", re.DOTALL)
CODE = ("code-block", "sourcecode", "code", "parsed-literal", "prompt", "doctest", "testcode")
SILENT = frozenset(
    "toctree contents raw image meta index only include literalinclude currentmodule "
    "module highlight tabularcolumns youtube video customcarditem customcalloutitem minigallery "
    "galleryitem autofunction autoclass bibliography".split()
)


class Content(Directive):
    """Any directive with text in it: its title, then its content."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = None

    def run(self) -> list[Any]:
        """Return the paragraphs inside."""
        found = [nodes.paragraph("", argument) for argument in self.arguments]
        holder = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, holder)
        return [*found, holder]


class Code(Content):
    """A block of code, its language left out."""

    def run(self) -> list[Any]:
        """Return the block as it stands."""
        return [nodes.literal_block(text="\n".join(_without_options(self.content)))]


class Silence(Content):
    """A directive that shows no text of its own."""

    def run(self) -> list[Any]:
        """Return nothing."""
        return []


class AnyOption(dict):  # type: ignore[type-arg]
    """Takes every option, as nobody knows those of unknown directives."""

    def __getitem__(self, name: str) -> Any:
        return lambda value: value

    def __bool__(self) -> bool:
        return True


def main() -> int:
    """Print the text of each file named."""
    for directive in (Content, Code, Silence):
        directive.option_spec = AnyOption()
    for path in map(Path, sys.argv[1:]):
        text = gallery(path) if path.suffix == ".py" else path.read_text(encoding="utf-8")
        print(json.dumps({"path": str(path), "text": plain(text)}, ensure_ascii=False))
    return 0


def gallery(path: Path) -> str:
    """Return a Sphinx-Gallery source as one reST text with its code in `code-block`s."""
    source = path.read_text(encoding="utf-8")
    docstring = ast.parse(source).body[0]
    parts = [ast.get_docstring(ast.parse(source), clean=False) or ""]
    rest = "\n".join(source.split("\n")[docstring.end_lineno or 0 :]) + "\n"
    place = 0
    for block in COMMENT_BLOCK.finditer(rest):
        parts.append(_code(rest[place : block.start()]))
        parts.append(re.sub(r"^# ?", "", block[1], flags=re.MULTILINE))
        place = block.end()
    return "\n\n".join([*parts, _code(rest[place:])])


def _code(source: str) -> str:
    body = textwrap.indent(source.strip("\n"), "    ")
    return f".. code-block::\n\n{body}\n" if body.strip() else ""


def plain(source: str) -> str:
    """Return what a reader of the page built from reST sees."""
    _know(source)
    settings = {"report_level": 5, "halt_level": 5, "file_insertion_enabled": False}
    tree = publish_doctree(source, settings_overrides={**settings, "doctitle_xform": False})
    for kind in (nodes.comment, nodes.system_message, nodes.substitution_definition, nodes.raw):
        for node in [*tree.findall(kind)]:
            node.parent.remove(node)
    return tree.astext()


def _know(source: str) -> None:
    """Register every directive and role of `source` that has no meaning of its own here."""
    for name in re.findall(r"^\s*\.\. ([\w:-]+)::", source, re.MULTILINE):
        kind = Code if name in CODE else Silence if name in SILENT else Content
        if kind is not Content or name not in directives._directive_registry:
            directives.register_directive(name, kind)
    for name in re.findall(r":([\w:+-]+):`", source):
        if name not in roles._role_registry:
            roles.register_local_role(name, _role)


def _role(name: str, raw: str, text: str, *_: Any, **__: Any) -> tuple[list[Any], list[Any]]:
    titled = TITLED.match(text)
    return [nodes.Text(titled[1] if titled else text.lstrip("~!"))], []


def _without_options(lines: Any) -> list[str]:
    return [line for line in lines if not re.match(r"^:[\w-]+:(?: |$)", line)]


if __name__ == "__main__":
    sys.exit(main())
