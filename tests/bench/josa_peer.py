"""What other libraries choose; runs in the environment of the peers: JSON rows in, JSON out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable


def libraries() -> dict[str, Callable[[str, str], str]]:
    """Return each library as a function of a word and a pair (을/를): the word with its form."""
    import hangeul
    import josa
    import korean_glue
    import tossi
    import tossicat
    from pyjosa.josa import Josa

    return {
        "tossi": lambda word, pair: tossi.postfix(word, pair.split("/")[0]),
        "pyjosa": lambda word, pair: Josa.get_full_string(word, pair.split("/")[0]),
        "hangeul": lambda word, pair: word + hangeul.get_josa(word, pair),
        "korean-josa": lambda word, pair: word + josa.get_josa(word, pair.split("/")[0]),
        "korean_glue": lambda word, pair: korean_glue.attach(word, pair),
        "tossicat": lambda word, pair: tossicat.postfix(word, pair.split("/")[0]),
    }


def chosen(library: Callable[[str, str], str], row: dict[str, str]) -> str | None:
    """Return the form that a library chooses, None where it refuses the word."""
    try:
        return library(row["word"], row["pair"]).removeprefix(row["word"])
    except Exception:  # whatever a library says to a word that it does not know
        return None


rows = json.load(sys.stdin)
json.dump({name: [chosen(library, row) for row in rows] for name, library in libraries().items()},
          sys.stdout)  # fmt: skip
