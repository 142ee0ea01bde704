"""What stands for a conversation that has outgrown the model's window. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from k2_jupyter.agent.prompts import load
from k2_jupyter.messages import AssistantMessage, Message, ToolMessage
from k2_jupyter.notebook.cutting import cut
from k2_jupyter.notebook.text import neutral

_EARLIER = 2_000
"""Characters that an earlier request of the user keeps, and `_ALL_EARLIER` that they all do."""
_ALL_EARLIER = 20_000
_ARGUMENTS = 160
_LINE = 300


def outset(asked: Sequence[str], notes: str, *, own: bool) -> str:
    """The user's words and the notes, as one message: the conversation goes on from here.

    `own`: the model wrote the notes; else they are a `digest`.
    """
    origin = load("notes_own" if own else "notes_listed")
    return "\n\n".join([*_words(asked), load("notes", origin=origin, notes=neutral(notes))])


def digest(messages: Sequence[Message], room: int) -> str:
    """What was said and called, a line each, the newest that fit into `room` characters."""
    lines: list[str] = []
    for line in reversed(list(_lines(messages))):
        room -= len(line) + 1
        if room < 0:
            lines.append("…")
            break
        lines.append(line)
    return "\n".join(reversed(lines))


def newest_steps(messages: Sequence[Message], fits: Callable[[Sequence[Message]], bool]) -> int:
    """How many of the last messages to keep: whole answers with their results, while they fit."""
    kept = 0
    for count in range(1, len(messages)):
        if isinstance(messages[-count], AssistantMessage):
            if not fits(messages[-count:]):
                break
            kept = count
        elif not isinstance(messages[-count], ToolMessage):
            break
    return kept


def _words(asked: Sequence[str]) -> Iterator[str]:
    *earlier, last = asked or [""]
    shown: list[str] = []
    room = _ALL_EARLIER
    for text in reversed(earlier):
        shown.append(cut(text, min(_EARLIER, max(room, 0))) if room > 0 else "…")
        room -= len(shown[-1])
    yield from reversed(shown)
    yield last


def _lines(messages: Sequence[Message]) -> Iterator[str]:
    for message in messages:
        match message:
            case AssistantMessage(text=text) if text.strip():
                yield f"You said: {_one_line(text, _LINE)}"
            case ToolMessage(call=call, result=result):
                came = result.gist or result.text
                yield (
                    f"{call.name} {_one_line(call.arguments, _ARGUMENTS)} → "
                    f"{_one_line(came, _LINE)}"
                )


def _one_line(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
