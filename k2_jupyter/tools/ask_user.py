"""Ask the person."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from k2_jupyter.events import EventStream, QuestionRequest, Reply
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.tools.base import Arguments

NOBODY = (
    "Nobody is there to answer. Choose the most sensible option yourself, and say in the "
    "conclusion which one you chose and why."
)


class AskUser:
    """A question with choices; a free answer is possible too."""

    name = "ask_user"
    parameters: Mapping[str, Json] = {
        "question": {"type": "string", "description": "One question, in plain words."},
        "choices": {
            "type": "array",
            "items": {"type": "string"},
            "maxItems": 6,
            "description": "Possible answers, the most sensible one first.",
        },
    }
    required = ("question",)

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """The person's words, or that nobody is there."""
        answer = yield QuestionRequest(arguments["question"], tuple(arguments.get("choices", ())))
        if isinstance(answer, Reply):
            return ToolResult(f"The user answers: {answer.text}")
        return ToolResult(NOBODY)
