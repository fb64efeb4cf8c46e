"""The `korean-rlhf` command: it finds the command, and turns errors into exit codes."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from korean_rlhf import __version__
from korean_rlhf.errors import KoreanRLHFError, MissingExtra, UnknownName

COMMANDS = {
    "run": "a whole recipe: every stage from a crawl to a report (run quickstart)",
    "crawl": "fetch a site, or read a dump, an archive or files, into raw documents",
    "clean": "raw documents -> clean Korean text, every drop with its reason",
    "quality": "learn a quality score for clean from good and bad texts",
    "dedup": "take exact and near duplicates out of a corpus",
    "fingerprints": "hash a benchmark, so that dedup finds its text in a corpus",
    "translate": "turn English instruction and preference sets into Korean",
    "review": "counts, plots and a sample to read of a translated set",
    "prompts": "check, fill, compare and generate prompts with any model",
    "tokenizer": "train a byte-level BPE tokenizer",
    "tokens": "a corpus -> memory-mapped token files",
    "pretrain": "train a GPT from nothing",
    "sft": "fine-tune a model on instructions",
    "reward": "learn a reward from ranked answers",
    "ppo": "optimise a model against the reward",
    "eval": "score every checkpoint that has no score yet",
    "judge": "let a model judge open answers, or measure a judge",
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
PLACES = {
    errno.EACCES: "no permission. Choose another place, or get the right to it.",
    errno.EPERM: "no permission. Choose another place, or get the right to it.",
    errno.EROFS: "the disk is read-only. Choose another place.",
    errno.EEXIST: "a file is there where a folder is needed. Choose another place.",
    errno.ENOTDIR: "a part of the path is a file and no folder. Check the path.",
    errno.EISDIR: "this is a folder and no file. Check the path.",
    errno.ENAMETOOLONG: "the name is too long for the disk. Choose a shorter one.",
    errno.ENOSPC: "no space left on the disk. Free some and run the same command again.",
    errno.EDQUOT: "your share of the disk is full. Free some and run the same command again.",
}
"""Errors of the operating system that are about the user's paths, and what to do."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, or 1 for what the user can mend."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _make_output_safe()
    try:
        status = _dispatch(arguments)
        sys.stdout.flush()  # here, so that a reader that went away is seen below
        return status
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
        _forget_output()
        return 0
    except OSError as error:
        if error.errno not in PLACES:
            raise
        place = error.filename
        if place is None:
            _forget_output()
        print(f"korean-rlhf: {place or 'the output'}: {PLACES[error.errno]}", file=sys.stderr)
    return 1


def _make_output_safe() -> None:
    """Let no terminal stop a command: neither a closed one nor one that cannot show Hangul."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def _forget_output() -> None:
    """Send what Python would still flush at its end to nowhere, as its documentation advises."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


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
    from korean_rlhf import allocator
    from korean_rlhf.children import watch_parent

    watch_parent()
    allocator.keep_freed_memory()
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
