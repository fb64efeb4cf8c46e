"""OpenAssistant trees: every best path as a dialogue, ranked sibling answers as a Comparison.

The shapes are those of the Open-Assistant export (data.open-assistant.io, "Data schemas"): nested
trees, {"message_tree_id", "prompt": {"text", "role", "replies": [...]}}, and flat messages with
`parent_id`. `rank` is 0 for the best of its siblings and null where nobody ranked them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from korean_rlhf.records import Comparison, Instruction, Message, Role
from korean_rlhf.translate.reading.rows import Context, Line
from korean_rlhf.translate.reading.turns import SPEAKERS

MOST_RESPONSES = 9
"""A Comparison holds no more; further answers are counted as "answers-beyond-nine"."""


@dataclass(slots=True)
class Node:
    """One message of a tree and the replies to it."""

    id: str
    role: Role
    text: str
    rank: int | None
    replies: list[Node] = field(default_factory=list)


def make_node(row: dict[str, Any]) -> Node:
    """Return the message in a row, without its replies.

    Raises:
        ValueError: it lacks its id, speaker or text.
    """
    if row.get("message_id") in (None, "") or row.get("role") not in SPEAKERS:
        raise ValueError("a message needs message_id, role (prompter or assistant) and text")
    rank = row.get("rank")
    if not isinstance(row.get("text"), str):
        raise ValueError("a message needs message_id, role (prompter or assistant) and text")
    return Node(
        id=str(row["message_id"]),
        role=SPEAKERS[row["role"]],
        text=row["text"].strip(),
        rank=None if rank in (None, "") else int(float(str(rank))),
    )


def is_left_out(row: dict[str, Any]) -> bool:
    """Whether the makers of the set took a message back, and with it all that follows it."""
    return row.get("deleted") in (True, "True", "true") or row.get("review_result") in (
        False,
        "False",
        "false",
    )


def read_tree(line: Line, context: Context) -> Iterator[Instruction | Comparison]:
    """Read one nested tree."""
    root = line.row["prompt"]
    if not isinstance(root, dict):
        raise ValueError("prompt must be the first message of a tree, with its replies")
    if is_left_out(root):
        context.notes["messages-taken-back"] += 1
        return
    yield from records_of(_nested(root, context), line, context)


def _nested(row: dict[str, Any], context: Context) -> Node:
    """Return a message with its replies; a depth of MOST_DEPTH brackets bounds the recursion."""
    node = make_node(row)
    for reply in row.get("replies") or ():
        if is_left_out(reply):
            context.notes["messages-taken-back"] += 1
        else:
            node.replies.append(_nested(reply, context))
    return node


def records_of(root: Node, line: Line, context: Context) -> Iterator[Instruction | Comparison]:
    """Yield the dialogues and comparisons of one tree; their ids are those of its messages.

    A path follows the best of sibling answers, and each of several questions. It ends where its
    last answer has no reply.
    """
    facts = line.facts(context.license)
    pending: list[tuple[tuple[Message, ...], Node, bool]] = [((), root, True)]
    while pending:
        before, node, best = pending.pop()
        path = (*before, Message(role=node.role, content=node.text))
        here = facts | {"id": node.id}
        questions = [reply for reply in node.replies if reply.role == "user"]
        answers = [reply for reply in node.replies if reply.role == "assistant"]
        if node.role == "assistant" and best and not any(_is_answered(each) for each in questions):
            yield Instruction(messages=path, **here)
        if node.role == "user":
            yield from _comparison(path, answers, here, context)
        chosen = _best(answers, context)
        nexts = [(reply, best and reply is chosen) for reply in answers]
        nexts += [(reply, best) for reply in questions]
        pending.extend((path, reply, good) for reply, good in reversed(nexts))


def _is_answered(question: Node) -> bool:
    return any(reply.role == "assistant" for reply in question.replies)


def _best(answers: Iterable[Node], context: Context) -> Node | None:
    """Return the answer of the lowest rank, the first where nobody ranked them."""
    found = list(answers)
    ranked = [answer for answer in found if answer.rank is not None]
    if len(found) > 1 and not ranked:
        context.notes["first-of-unranked-answers"] += 1
    return min(ranked, key=lambda each: each.rank or 0) if ranked else next(iter(found), None)


def _comparison(
    path: tuple[Message, ...], answers: Iterable[Node], facts: dict[str, Any], context: Context
) -> Iterator[Comparison]:
    ranked = sorted(
        (answer for answer in answers if answer.rank is not None), key=lambda each: each.rank or 0
    )
    if len(ranked) < 2:
        return
    context.notes["answers-beyond-nine"] += max(0, len(ranked) - MOST_RESPONSES)
    ranked = ranked[:MOST_RESPONSES]
    order = sorted({answer.rank for answer in ranked if answer.rank is not None})
    yield Comparison(
        messages=path,
        responses=tuple(answer.text for answer in ranked),
        ranks=tuple(order.index(answer.rank or 0) + 1 for answer in ranked),
        ranked_by="labellers",
        **facts,
    )
