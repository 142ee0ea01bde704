"""What an answer says, once markup that its server left in the text is taken out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from k2_jupyter.messages import ToolCall, ToolSpec
from k2_jupyter.models.markup import sections, split_thought, without, without_stray_markers


@dataclass(frozen=True, slots=True)
class Content:
    """The parts of an answer; ``None`` for reasoning that there was none of."""

    text: str
    reasoning: str | None
    calls: tuple[ToolCall, ...]


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
    content = replace(content, text=without_stray_markers(content.text))
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
    return replace(content, text=text, reasoning=(content.reasoning or "") + thought)


def _from_text(content: Content, tools: Sequence[ToolSpec]) -> Content:
    found = sections(content.text, tools)
    text = without(content.text, found)
    if content.calls:
        return replace(content, text=text)
    return replace(content, text=text, calls=tuple(call for one in found for call in one.calls))


def _from_reasoning(content: Content, tools: Sequence[ToolSpec]) -> Content:
    reasoning = content.reasoning or ""
    if content.calls or content.text.strip():
        return content
    last = sections(reasoning, tools)[-1:]
    if not last or not last[0].is_sound or reasoning[last[0].end :].strip():
        return content
    return replace(content, reasoning=without(reasoning, last), calls=last[0].calls)
