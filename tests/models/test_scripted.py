from __future__ import annotations

import threading

import pytest

from k2_jupyter.errors import ModelConnectionError, StopRequested
from k2_jupyter.events import ReasoningDelta, TextDelta
from k2_jupyter.messages import AssistantMessage, Reasoning, UserMessage
from k2_jupyter.models.scripted import ScriptedModel


def test_it_answers_what_the_function_says_and_shows_the_text() -> None:
    said = AssistantMessage("Two\nlines.", reasoning=Reasoning("Hm."))
    model = ScriptedModel(lambda messages, tools: said, name="script")
    stream = model.stream([UserMessage("?")], [], threading.Event())
    assert [next(stream), next(stream), next(stream)] == [
        ReasoningDelta("Hm."),
        TextDelta("Two\n"),
        TextDelta("lines."),
    ]
    with pytest.raises(StopIteration) as end:
        next(stream)
    assert end.value.value is said
    assert model.name == "script"


def test_it_stops_and_fails_as_a_model_would() -> None:
    def down(messages: object, tools: object) -> AssistantMessage:
        raise ModelConnectionError("down")

    stop = threading.Event()
    with pytest.raises(ModelConnectionError):
        next(ScriptedModel(down).stream([], [], stop))
    stop.set()
    with pytest.raises(StopRequested):
        next(ScriptedModel(down).stream([], [], stop))
