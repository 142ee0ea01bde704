"""A tool to try a model with, what it says, and what was made of it. Pure."""

from __future__ import annotations

import json

from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    ToolCall,
    ToolMessage,
    ToolResult,
    ToolSpec,
)

THERMOMETER = ToolSpec(
    "read_thermometer",
    "Reads the thermometer of a room, in degrees Celsius.",
    {
        "type": "object",
        "properties": {"room": {"type": "string", "description": "Name of the room."}},
        "required": ["room"],
        "additionalProperties": False,
    },
)
READINGS = {"kitchen": "23.5", "cellar": "11.4"}
"""Degrees by room, as the tool says them; a model that read it repeats it."""


def call_problem(answer: AssistantMessage) -> str:
    """What is wrong with the call that was asked for; "" if nothing is."""
    if not answer.calls:
        return "it answered in words: this model or server does not call tools"
    call = answer.calls[0]
    if call.name != THERMOMETER.name:
        return f"it called {call.name!r}, which does not exist"
    try:
        json.loads(call.arguments)
    except ValueError:
        return f"its arguments are not JSON: {call.arguments[:80]!r}"
    if not room_of(call):
        return f"its arguments do not fit the schema: {call.arguments[:80]!r}"
    return ""


def room_of(call: ToolCall) -> str:
    """The room that it asks for, in its own words; "" where it asks for none."""
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        return ""
    room = arguments.get("room") if isinstance(arguments, dict) else None
    return room.strip() if isinstance(room, str) else ""


def readings(answer: AssistantMessage) -> list[str]:
    """What the tool says to each call."""
    return [_reading(room_of(call)) for call in answer.calls]


def results(answer: AssistantMessage) -> list[Message]:
    """The messages that answer the calls."""
    said = zip(answer.calls, readings(answer), strict=True)
    return [ToolMessage(call, ToolResult(f"{reading} °C")) for call, reading in said]


def _reading(room: str) -> str:
    named = (reading for name, reading in READINGS.items() if name in room.lower())
    return next(named, READINGS["kitchen"])
