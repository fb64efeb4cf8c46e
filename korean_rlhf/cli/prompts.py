"""Make prompts.

korean-rlhf prompts generate --model MODEL --license LICENSE --out DIR
                                                 new instructions with answers, from seeds
"""

from __future__ import annotations

from korean_rlhf.cli import generate
from korean_rlhf.errors import UnknownName

PARTS = ("generate",)
"""Modules of this folder that hold a command of the group, for the reference of commands."""


def run(argv: list[str]) -> int:
    """Dispatch to the command named first."""
    if not argv or argv[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    commands = {"generate": generate.run}
    if argv[0] not in commands:
        raise UnknownName("prompts command", argv[0], commands)
    return commands[argv[0]](argv[1:])
