"""Tool calls that a server left in the text, as the markers the model wrote them in. Pure.

K2 writes ``<|tool_calls_section_begin|><|tool_call_begin|>functions.NAME:N
<|tool_call_argument_begin|>{…}<|tool_call_end|>…<|tool_calls_section_end|>``
(MoonshotAI/Kimi-K2, docs/tool_call_guidance.md). A server without its tool parser, or with
a parser that stumbles, passes that on as text; seen without the section, without end
markers, and with other forms of the id (vLLM #30238, #50768; SGLang #18199).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k2_jupyter.messages import ToolCall, ToolSpec

_SECTION = re.compile(r"<\|tool_calls?_section_begin\|>\s*")
_SECTION_END = re.compile(r"\s*<\|tool_calls?_section_end\|>")
_CALL = re.compile(
    r"\s*<\|tool_call_begin\|>\s*(?P<id>[^<]{0,200}?)\s*<\|tool_call_argument_begin\|>\s*"
)
_CALL_END = re.compile(r"\s*<\|tool_call_end\|>")
_BEGINS = re.compile(r"<\|tool_calls?_section_begin\|>|<\|tool_call_begin\|>")
_MARKER = re.compile(r"\s*<\|tool_call\w*\|>")
_ID = re.compile(r"(?:functions[.:])?(?P<name>[\w-]*[A-Za-z_][\w-]*?)(?:[.:]\d+)?")
_STRAY = re.compile(r"<\|(?:im_end|tool_call\w*)\|>")

_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text that is tool calls."""

    start: int
    end: int
    calls: tuple[ToolCall, ...]
    """None for empty markup; one without a name for what can't be read as calls."""
    is_sound: bool
    """Each call names a declared tool and has an object for its arguments."""


def sections(text: str, tools: Sequence[ToolSpec]) -> list[Section]:
    """The stretches of calls in a text, in order; those in Markdown code are quotations."""
    found: list[Section] = []
    position = 0
    while begin := _BEGINS.search(text, position):
        position = begin.end()
        if is_code(text, begin.start()):
            continue
        found.append(_section(text, begin.start(), tools))
        position = found[-1].end
    return found


def without(text: str, cut: Sequence[Section]) -> str:
    """The text less these stretches."""
    kept: list[str] = []
    position = 0
    for section in cut:
        kept.append(text[position : section.start])
        position = section.end
    return "".join((*kept, text[position:]))


def without_stray_markers(text: str) -> str:
    """The text less single markers that mean nothing where they stand."""
    if "<|" not in text:
        return text
    return _STRAY.sub(lambda one: one[0] if is_code(text, one.start()) else "", text)


def split_thought(text: str) -> tuple[str, str] | None:
    """(reasoning, text) where a server left the reasoning in the text; else ``None``.

    Between ``<think>`` and ``</think>``, or up to a lone ``</think>``: then the prompt
    itself ended with the opening one.
    """
    opened = text.lstrip().startswith("<think>")
    start = text.index("<think>") + len("<think>") if opened else 0
    end = text.find("</think>", start)
    while end >= 0 and is_code(text, end):
        end = text.find("</think>", end + 1)
    if end < 0:
        return (text[start:], "") if opened else None
    return text[start:end], text[end + len("</think>") :].lstrip("\n")


def is_code(text: str, position: int) -> bool:
    """Whether the position is in a fenced block or a code span of Markdown."""
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return text.count("```", 0, position) % 2 == 1 or line.count("`") % 2 == 1


def _section(text: str, start: int, tools: Sequence[ToolSpec]) -> Section:
    opening = _SECTION.match(text, start)
    position = opening.end() if opening else start
    calls: list[ToolCall] = []
    sound: list[bool] = []
    while head := _CALL.match(text, position):
        value, end = _arguments(text, head.end())
        call_id = head["id"]
        name = _name(call_id, value, tools)
        calls.append(ToolCall(call_id, name, text[head.end() : end]))
        sound.append(isinstance(value, dict) and name in {tool.name for tool in tools})
        position = _after(_CALL_END, text, end)
    if not calls:
        return _unreadable(text, start, position)
    return Section(start, _after(_SECTION_END, text, position), tuple(calls), all(sound))


def _unreadable(text: str, start: int, position: int) -> Section:
    """A beginning that no call follows: all up to the section's end, or to the text's."""
    closing = _SECTION_END.search(text, position)
    inside = text[position : closing.start() if closing else len(text)]
    end = closing.end() if closing else len(text)
    calls = (ToolCall("", "", inside),) if inside.strip() else ()
    return Section(start, end, calls, is_sound=False)


def _arguments(text: str, start: int) -> tuple[Any, int]:
    """The value and its end; without a value, all up to the next marker."""
    marker = _MARKER.search(text, start)
    upto = marker.start() if marker else len(text)
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, upto
    following = _MARKER.search(text, end)
    # Between the value and its end marker nothing may stand; without one, text may follow.
    if following and _CALL_END.match(text, following.start()) and following.start() != end:
        return None, following.start()
    return value, end


def _name(call_id: str, arguments: Any, tools: Sequence[ToolSpec]) -> str:
    """The tool that an id names; where it is a bare number, the one that the arguments fit."""
    named = _ID.fullmatch(call_id)
    if named:
        return named["name"]
    fitting = [tool.name for tool in tools if _fits(arguments, tool.parameters)]
    fitting = [tools[0].name] if len(tools) == 1 else fitting
    return fitting[0] if len(fitting) == 1 else call_id


def _fits(arguments: Any, schema: Mapping[str, Any]) -> bool:
    if not isinstance(arguments, dict):
        return False
    known: Collection[str] = schema.get("properties") or ()
    required: Collection[str] = schema.get("required") or ()
    return set(required) <= set(arguments) <= set(known)


def _after(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
