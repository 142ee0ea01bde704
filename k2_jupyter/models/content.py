"""What an answer says, once markup that its server left in the text is taken out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from k2_jupyter.messages import ToolCall, ToolSpec
from k2_jupyter.models.markup import sections, split_thought, without, without_stray_markers

CALL_IN_TEXT = "a call in the text"
CALL_IN_REASONING = "a call in the reasoning"
REASONING_IN_TEXT = "reasoning in the text"


@dataclass(frozen=True, slots=True)
class Content:
    """The parts of an answer; ``None`` for reasoning that there was none of."""

    text: str
    reasoning: str | None
    calls: tuple[ToolCall, ...]
    repairs: tuple[str, ...] = ()
    """What was put right, in a few words each."""


def settled(content: Content, tools: Sequence[ToolSpec]) -> Content:
    """Reasoning and calls out of the text, where they were left in it, and strays removed.

    Calls are taken from markup only where the server gave none itself. In the text each
    counts, a faulty one too: the model is told of it as of any other. In the reasoning,
    where a model may also talk *about* markup, they count only at its very end, beside an
    empty text, and if they are without fault.
    """
    content = _thought(content)
    if "<|tool_call" in content.text:
        content = _from_text(content, tools)
    clean = without_stray_markers(content.text)
    if clean != content.text:
        content = _repaired(content, "a stray marker", text=clean)
    if "<|tool_call" in (content.reasoning or ""):
        content = _from_reasoning(content, tools)
    return content


def _thought(content: Content) -> Content:
    if "</think>" not in content.text and "<think>" not in content.text:
        return content
    split = split_thought(content.text)
    if split is None:
        return content
    thought, text = split
    reasoning = (content.reasoning or "") + thought
    return _repaired(content, REASONING_IN_TEXT, text=text, reasoning=reasoning)


def _from_text(content: Content, tools: Sequence[ToolSpec]) -> Content:
    found = sections(content.text, tools)
    text = without(content.text, found)
    calls = content.calls or tuple(call for one in found for call in one.calls)
    if not found:
        return content
    return _repaired(content, CALL_IN_TEXT, text=text, calls=calls)


def _from_reasoning(content: Content, tools: Sequence[ToolSpec]) -> Content:
    reasoning = content.reasoning or ""
    if content.calls or content.text.strip():
        return content
    last = sections(reasoning, tools)[-1:]
    if not last or not last[0].is_sound or reasoning[last[0].end :].strip():
        return content
    rest = without(reasoning, last)
    return _repaired(content, CALL_IN_REASONING, reasoning=rest, calls=last[0].calls)


def _repaired(content: Content, what: str, **parts: Any) -> Content:
    return replace(content, repairs=(*content.repairs, what), **parts)
