"""A history as endpoints accept it: each call with its one result, nothing empty. Pure.

A gap comes from a crash, an import, or a result that was taken out; endpoints refuse the
whole request for it (HTTP 400 "tool_call_ids did not have response messages"). Messages
that are as they should be come back as the same objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    ToolCall,
    ToolMessage,
    ToolResult,
    UserMessage,
)

MISSING = ToolResult(
    "The result of this call is not available any more. Do not assume that it succeeded.",
    is_error=True,
)


def paired(messages: Sequence[Message]) -> list[Message]:
    """Each call's result directly after it, in the order of the calls; no empty answers.

    A call without a result gets `MISSING`; a result without its call is left out.
    """
    kept: list[Message] = []
    position = 0
    while position < len(messages):
        message = messages[position]
        position += 1
        if isinstance(message, ToolMessage):
            continue  # its call is not there: those of calls are taken below
        if not isinstance(message, AssistantMessage):
            kept.append(message)
            continue
        end = position
        while end < len(messages) and isinstance(messages[end], ToolMessage):
            end += 1
        if message.calls or message.text.strip():
            kept.append(message)
            kept += _results(message.calls, messages[position:end])
        position = end
    return kept


def merged(messages: Iterable[Message]) -> list[Message]:
    """User messages that follow each other as one, for servers that want them in turn."""
    kept: list[Message] = []
    for message in messages:
        last = kept[-1] if kept else None
        if isinstance(message, UserMessage) and isinstance(last, UserMessage):
            text = "\n\n".join(part for part in (last.text, message.text) if part)
            kept[-1] = UserMessage(text, last.images + message.images)
        else:
            kept.append(message)
    return kept


def _results(calls: Sequence[ToolCall], found: Iterable[Message]) -> list[Message]:
    left = [one for one in found if isinstance(one, ToolMessage)]
    results: list[Message] = []
    for call in calls:
        # Calls may be alike in all they say, their ids included: the first one left is its own.
        at = next((at for at, one in enumerate(left) if one.call == call), None)
        results.append(ToolMessage(call, MISSING) if at is None else left.pop(at))
    return results
