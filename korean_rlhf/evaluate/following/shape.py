"""What an answer consists of: JSON, several answers, gaps to fill, one of the options."""

from __future__ import annotations

import json
import re
from typing import Any

from korean_rlhf.evaluate.following.parameters import Parameters, within

_FENCED = re.compile(r"^```(?:json)?\s*\n(.*)\n\s*```$", re.S | re.I)
_SEPARATOR = re.compile(r"^[^\S\n]*\*{6}[^\S\n]*$", re.M)
_GAP = re.compile(r"\[([^\[\]\n]+)\](?!\()")
_AROUND = " .!?~\"'“”‘’「」『』()[]*`"


def json_only(answer: str, parameters: Parameters) -> bool:
    """Whether the answer is a JSON object or array and no more, with just `keys` where given.

    A code fence around it is allowed, as in IFEval.

    >>> json_only('{"이름": "봄"}', {"keys": ["이름"]}), json_only("봄", {})
    (True, False)
    """
    fenced = _FENCED.match(answer.strip())
    try:
        found = json.loads(fenced[1] if fenced else answer, parse_constant=_refuse)
    except (ValueError, RecursionError):  # a model that writes brackets without end
        return False
    if "keys" in parameters:
        return isinstance(found, dict) and set(found) == set(parameters["keys"])
    return isinstance(found, dict | list)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def separated(answer: str, parameters: Parameters) -> bool:
    r"""Whether there are `count` different answers, a line of six asterisks between them.

    >>> separated("봄\n******\n가을", {"count": 2}), separated("봄\n******\n봄", {"count": 2})
    (True, False)
    """
    parts = [part.strip() for part in _SEPARATOR.split(answer)]
    return all(parts) and len(parts) == len(set(parts)) == parameters["count"]


def placeholders(answer: str, parameters: Parameters) -> bool:
    """Whether the answer has that many gaps to fill, like [이름]; links and ticks are none."""
    gaps = [gap for gap in _GAP.findall(answer) if gap.strip(" xX")]
    return within(len(gaps), parameters)


def one_of(answer: str, parameters: Parameters) -> bool:
    """Whether the answer is one of `options` and no more; marks around it do not matter."""
    return answer.strip().strip(_AROUND) in parameters["options"]
