"""Make the embedded sample world, or serve its site on loopback.

korean-rlhf sampleworld make --out DIR [--seed N]    write site, dumps, prose, instructions, ...
korean-rlhf sampleworld serve DIR/site [--port N]    serve the site until stopped
korean-rlhf sampleworld translator DIR/twins.key.jsonl --ledger FILE [--port N]
                                                     serve a translator that makes stated faults
korean-rlhf sampleworld faults LEDGER FOLDER         count which of its faults were caught
korean-rlhf sampleworld rank ANSWERS DIR/to-rank.key.jsonl --out DIR
                                                     rank sampled answers by the true preference
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


@dataclass(frozen=True, kw_only=True)
class TranslatorArguments:
    """What to translate, and how badly."""

    key: Positional[Path]
    """twins.key.jsonl of a sample world; twins.en.jsonl stands beside it."""

    ledger: Path
    """JSONL file for the faults that were made; a server started again goes on in it."""

    port: int = 0
    """Port on 127.0.0.1; 0 takes any free one, told on the first line printed."""

    fault_rate: float = 0.3
    """Share of the rows that are translated wrongly."""

    seed: int = 0
    """Which rows those are."""


@dataclass(frozen=True, kw_only=True)
class FaultsArguments:
    """What to compare."""

    ledger: Positional[Path]
    """The ledger of the translator."""

    folder: Positional[Path]
    """The translated folder; faults.json is written into it."""


@dataclass(frozen=True, kw_only=True)
class RankArguments:
    """What to rank."""

    answers: Positional[Path]
    """Answers to to-rank.jsonl, as `korean-rlhf sample` writes them."""

    key: Positional[Path]
    """to-rank.key.jsonl of the sample world."""

    out: Path
    """Folder for comparisons.jsonl and dropped.jsonl."""

    replace: bool = False
    """Delete what is in --out and start anew."""


def run(argv: list[str]) -> int:
    """Dispatch to the command named first."""
    if not argv or argv[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    commands = {
        "make": _make,
        "serve": _serve,
        "translator": _translator,
        "faults": _faults,
        "rank": _rank,
    }
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


def _translator(argv: list[str]) -> int:
    arguments = parse(TranslatorArguments, argv, command="sampleworld translator")
    from korean_rlhf.sampleworld.translator import serve

    serve(
        arguments.key,
        arguments.ledger,
        port=arguments.port,
        fault_rate=arguments.fault_rate,
        seed=arguments.seed,
    )
    return 0


def _faults(argv: list[str]) -> int:
    arguments = parse(FaultsArguments, argv, command="sampleworld faults")
    from korean_rlhf.sampleworld.faultledger import fault_table

    table = fault_table(arguments.ledger, arguments.folder)
    for fault, counts in table["faults"].items():
        print(f"{fault:<22}" + "".join(f"{name} {count:>4}  " for name, count in counts.items()))
    print(f"false alarms: {table['false_alarms']} of {table['records']['without_fault']} records")
    return 0


def _rank(argv: list[str]) -> int:
    arguments = parse(RankArguments, argv, command="sampleworld rank")
    from korean_rlhf.sampleworld.labellers import rank_candidates

    rank_candidates(arguments.answers, arguments.key, arguments.out, replace=arguments.replace)
    return 0
