"""What an endpoint is asked to show that an agent can work with it, and what it showed.

At most `most_requests` short requests, each answered in a sentence or two; one that the
endpoint refuses is asked once more without what it refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from k2_jupyter.hosts.cli.asker import Asked, Asker
from k2_jupyter.hosts.cli.capacities import image, length, window
from k2_jupyter.hosts.cli.finding import Finding, Rows, prompt, row, tried
from k2_jupyter.hosts.cli.thermometer import (
    READINGS,
    THERMOMETER,
    call_problem,
    readings,
    results,
)
from k2_jupyter.messages import AssistantMessage, ToolCall
from k2_jupyter.models.content import CALL_IN_REASONING, CALL_IN_TEXT, REASONING_IN_TEXT
from k2_jupyter.models.presets import ENGINES
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile

_ONE_CALL = "for a small model: body = { parallel_tool_calls = false } in its endpoint's table"


def most_requests(model: ModelProfile) -> int:
    """How many requests `findings` makes of an endpoint that refuses none."""
    return 7 if model.vision else 6


def findings(asker: Asker) -> Iterator[Finding]:
    """The rows, as they come; a group ends where its own ground is missing."""
    if (yield from _text(asker)) is None:
        return
    call = yield from _call(asker)
    if call is not None:
        yield from _result(asker, call)
        yield from _parallel(asker)
    if asker.model.profile.vision:
        yield from image(asker)
    yield from length(asker)
    yield window(asker)


def _text(asker: Asker) -> Rows:
    asked = yield from tried("answers", asker, "text", [prompt("text")])
    if asked is None:
        return None
    usage = asked.answer.usage
    yield row("answers", asked)
    if asked.pieces > 1:
        yield Finding("streams", "works", f"{asked.pieces} pieces")
    else:
        yield Finding("streams", "worked around", "all in one piece: you will see no progress")
    if usage.input_tokens:
        counts = f"{usage.input_tokens} in, {usage.output_tokens} out"
        yield Finding("reports usage", "works", counts)
    else:
        lost = "no token counts: they are estimated, and cost can't be shown"
        yield Finding("reports usage", "worked around", lost)
    return asked.answer


def _call(asker: Asker) -> Rows:
    what, flags = "calls a tool", _flags(asker.endpoint)
    asked = yield from tried(what, asker, "call", [prompt("tool")], [THERMOMETER], flags)
    if asked is None:
        return None
    answer = asked.answer
    is_leaked = any(name in answer.repairs for name in (CALL_IN_TEXT, CALL_IN_REASONING))
    problem = call_problem(answer)
    if problem:
        reasoning = answer.reasoning.text if answer.reasoning else ""
        if is_leaked or "tool_call" in answer.text + reasoning:
            yield Finding(what, "will fail", "the call came as plain text, not readable", flags)
        elif answer.finish == "length":
            yield Finding(what, "will fail", "its answer has no end", _ONE_CALL)
        else:
            yield Finding(what, "will fail", problem)
        return None
    if is_leaked:
        yield Finding(what, "worked around", "the call came as plain text", flags)
    else:
        yield row(what, asked)
    yield _ids(asker.profile, answer.calls[0])
    return answer


def _ids(model: ModelProfile, call: ToolCall) -> Finding:
    what = "call ids"
    if not call.id:
        return Finding(what, "worked around", "calls come without ids and are given some")
    if model.ids_are_names and not call.id.startswith(f"functions.{call.name}:"):
        named = f"{call.id!r} hides the function's name: it goes back as functions.{call.name}:N"
        return Finding(what, "worked around", named)
    return Finding(what, "works", repr(call.id))


def _result(asker: Asker, call: AssistantMessage) -> Rows:
    what = "reads the result"
    messages = [prompt("tool"), call, *results(call)]
    asked = yield from tried(what, asker, "result", messages, [THERMOMETER])
    if asked is None:
        return None
    yield _reasoning(call, asked)
    if any(reading not in asked.answer.text for reading in readings(call)):
        yield Finding(what, "will fail", "its answer does not hold what the tool said")
    else:
        yield row(what, asked)
    return asked.answer


def _reasoning(call: AssistantMessage, asked: Asked) -> Finding:
    what = "replays reasoning"
    if REASONING_IN_TEXT in call.repairs:
        change = "start its server with the reasoning parser of this model"
        return Finding(what, "worked around", "its reasoning came inside the text", change)
    lessons = [reason for reason in asked.reasons if "reasoning" in reason]
    if lessons:
        return Finding(what, "worked around", "; ".join(lessons))
    if call.reasoning is None:
        return Finding(what, "unknown", "it showed none")
    key = call.reasoning.key or "reasoning_details"
    return Finding(what, "works", f"came as `{key}` and was taken back")


def _parallel(asker: Asker) -> Rows:
    what, question = "parallel calls", prompt("parallel")
    asked = yield from tried(what, asker, "parallel", [question], [THERMOMETER])
    if asked is None:
        return None
    answer = asked.answer
    if len(set(readings(answer))) < len(READINGS):
        one = "one call an answer: a turn takes more steps"
        yield Finding(what, "worked around", one)
        return None
    messages = [question, answer, *results(answer)]
    told = yield from tried(what, asker, "parallel-results", messages, [THERMOMETER])
    if told is None:
        return None
    ids = [call.id for call in answer.calls]
    if any(reading not in told.answer.text for reading in readings(answer)):
        yield Finding(what, "will fail", "its answer does not hold what both calls said")
    elif len(set(ids)) < len(ids):
        alike = f"several have the id {ids[0]!r}: each is given its own"
        yield Finding(what, "worked around", alike)
    else:
        yield row(what, told, f"{len(ids)} in one answer")
    return told.answer


def _flags(endpoint: EndpointProfile) -> str:
    known = {name: one.advice for name, one in ENGINES.items() if one.advice}
    advice = endpoint.advice or "; ".join(f"{name}: {flags}" for name, flags in known.items())
    return f"start its server with the tool parser of this model ({advice})"
