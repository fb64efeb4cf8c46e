"""Make the embedded sample world, or serve its site on loopback.

korean-rlhf sampleworld make --out DIR [--seed N]    write site, dumps, prose, instructions, ...
korean-rlhf sampleworld serve DIR/site [--port N]    serve the site until stopped
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.errors import UnknownName
from korean_rlhf.settings.sampleworld import SampleworldSettings


@dataclass(frozen=True, kw_only=True)
class MakeArguments:
    """Where to, and how large."""

    out: Path
    """Folder of the sample world, e.g. data/sample/quickstart."""

    stage: Nested[SampleworldSettings] = field(default_factory=SampleworldSettings)

    replace: bool = False
    """Delete what an earlier run left in --out and start anew."""


@dataclass(frozen=True, kw_only=True)
class ServeArguments:
    """What to serve."""

    folder: Positional[Path]
    """The folder `site` of a sample world."""

    port: int = 0
    """Port on 127.0.0.1; 0 takes any free one, told on the first line printed."""


def run(argv: list[str]) -> int:
    """Dispatch to `make` or `serve`."""
    if not argv or argv[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    commands = {"make": _make, "serve": _serve}
    if argv[0] not in commands:
        raise UnknownName("sampleworld command", argv[0], commands)
    return commands[argv[0]](argv[1:])


def _make(argv: list[str]) -> int:
    arguments = parse(MakeArguments, argv, command="sampleworld make")
    from korean_rlhf.sampleworld.make import make

    make(arguments.out, arguments.stage, replace=arguments.replace)
    return 0


def _serve(argv: list[str]) -> int:
    arguments = parse(ServeArguments, argv, command="sampleworld serve")
    from korean_rlhf.sampleworld.server import serve

    serve(arguments.folder, arguments.port)
    return 0
