"""The `korean-rlhf` command: it finds the command, and turns errors into exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from korean_rlhf import __version__
from korean_rlhf.errors import KoreanRLHFError, MissingExtra, UnknownName

COMMANDS = {
    "run": "a whole recipe: every stage from a crawl to a report (run quickstart)",
    "crawl": "fetch a site, or read a dump, an archive or files, into raw documents",
    "clean": "raw documents -> clean Korean text, every drop with its reason",
    "dedup": "take exact and near duplicates out of a corpus",
    "translate": "turn an English instruction set into Korean",
    "tokenizer": "train a byte-level BPE tokenizer",
    "tokens": "a corpus -> memory-mapped token files",
    "pretrain": "train a GPT from nothing",
    "sft": "fine-tune a model on instructions",
    "reward": "learn a reward from ranked answers",
    "ppo": "optimise a model against the reward",
    "eval": "score every checkpoint that has no score yet",
    "rank": "answers with scores -> ranked comparisons",
    "report": "write the report of a run: HTML, Markdown, JSON",
    "chat": "talk with a model in the terminal",
    "sample": "write K answers a prompt, for people to rank",
    "show": "print records of any kind as JSON lines",
    "sampleworld": "make or serve the sample data of the quickstart",
    "where": "print the folder of the shipped crawlers, prompts, evals or recipes",
}
EXTRAS = {"scrapy": "crawl", "torch": "train", "transformers": "train", "lm_eval": "eval"}
"""Optional libraries, and the extra of this package that brings them."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, or 1 for what the user can mend."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(arguments)
    except KoreanRLHFError as error:
        print(f"korean-rlhf: {error}", file=sys.stderr)
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in EXTRAS or find_spec(library) is not None:
            raise
        print(f"korean-rlhf: {MissingExtra(f'{arguments[0]}', EXTRAS[library])}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nkorean-rlhf: stopped; run the same command again to go on.", file=sys.stderr)
    except BrokenPipeError:  # the reader of our output went away: `korean-rlhf show x | head`
        sys.stdout = None
        return 0
    return 1


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_help())
        return 0
    if arguments[0] in ("-V", "--version"):
        print(f"korean-rlhf {__version__}")
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        raise UnknownName("command", name, COMMANDS)
    from korean_rlhf.children import watch_parent

    watch_parent()
    command = import_module(f"korean_rlhf.cli.{name}")
    return int(command.run(rest))


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {text}" for name, text in COMMANDS.items()]
    return "\n".join(
        [
            "usage: korean-rlhf COMMAND [ARGUMENTS]   (korean-rlhf COMMAND --help says more)",
            "",
            *lines,
            "",
            "Begin with: korean-rlhf run quickstart",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
