"""What an endpoint is asked to show that an agent can work with it, and what it showed.

At most `most_requests` short requests, each answered in a sentence or two; one that the
endpoint refuses is asked once more without what it refused.
"""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any, Literal, TypeAlias

from k2_jupyter.errors import ModelError, ModelStatusError
from k2_jupyter.hosts.cli.asker import Asked, Asker
from k2_jupyter.hosts.cli.thermometer import (
    READINGS,
    THERMOMETER,
    call_problem,
    readings,
    results,
)
from k2_jupyter.messages import AssistantMessage, Image, Message, ToolCall, ToolSpec, UserMessage
from k2_jupyter.models.content import CALL_IN_REASONING, CALL_IN_TEXT, REASONING_IN_TEXT
from k2_jupyter.models.presets import ENGINES
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile

Verdict: TypeAlias = Literal["works", "worked around", "will fail", "unknown"]

_BUDGET = 16
"""Tokens of an answer that is meant to be longer."""
_ONE_CALL = "for a small model: body = { parallel_tool_calls = false } in its endpoint's table"
_LEAST_WINDOW = 16_384
"""Tokens. The instructions and tools are some 4,000 of them, each observation may be 400 to
4,000, and an answer with a long cell as much."""
_WINDOW_KEYS = ("max_model_len", "context_length", "context_window", "n_ctx")
"""Fields in which lists of models have been seen to tell the window (2026-11)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A row of the table: what was tried, what became of it, and what to change."""

    what: str
    verdict: Verdict
    detail: str = ""
    change: str = ""


_Rows: TypeAlias = Generator[Finding, None, AssistantMessage | None]
"""Rows; the answer that came of it, if it can be gone on from."""


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
        yield from _image(asker)
    yield from _length(asker)
    yield _window(asker)


def prompt(name: str) -> UserMessage:
    """The question in ``check_NAME.md``."""
    text = files(__package__).joinpath(f"check_{name}.md").read_text("utf-8")
    return UserMessage(text.strip())


def _text(asker: Asker) -> _Rows:
    asked = yield from _tried("answers", asker, "text", [prompt("text")])
    if asked is None:
        return None
    usage = asked.answer.usage
    yield _row("answers", asked)
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


def _call(asker: Asker) -> _Rows:
    what, flags = "calls a tool", _flags(asker.endpoint)
    asked = yield from _tried(what, asker, "call", [prompt("tool")], [THERMOMETER], flags)
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
        yield _row(what, asked)
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


def _result(asker: Asker, call: AssistantMessage) -> _Rows:
    what = "reads the result"
    messages = [prompt("tool"), call, *results(call)]
    asked = yield from _tried(what, asker, "result", messages, [THERMOMETER])
    if asked is None:
        return None
    yield _reasoning(call, asked)
    if any(reading not in asked.answer.text for reading in readings(call)):
        yield Finding(what, "will fail", "its answer does not hold what the tool said")
    else:
        yield _row(what, asked)
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


def _parallel(asker: Asker) -> _Rows:
    what, question = "parallel calls", prompt("parallel")
    asked = yield from _tried(what, asker, "parallel", [question], [THERMOMETER])
    if asked is None:
        return None
    answer = asked.answer
    if len(set(readings(answer))) < len(READINGS):
        one = "one call an answer: a turn takes more steps"
        yield Finding(what, "worked around", one)
        return None
    messages = [question, answer, *results(answer)]
    told = yield from _tried(what, asker, "parallel-results", messages, [THERMOMETER])
    if told is None:
        return None
    ids = [call.id for call in answer.calls]
    if any(reading not in told.answer.text for reading in readings(answer)):
        yield Finding(what, "will fail", "its answer does not hold what both calls said")
    elif len(set(ids)) < len(ids):
        alike = f"several have the id {ids[0]!r}: each is given its own"
        yield Finding(what, "worked around", alike)
    else:
        yield _row(what, told, f"{len(ids)} in one answer")
    return told.answer


def _image(asker: Asker) -> _Rows:
    what = "sees images"
    change = f"vision = false under [profiles.{asker.profile.name!r}] in config.toml"
    question = replace(prompt("image"), images=(_red(),))
    asked = yield from _tried(what, asker, "image", [question], change=change)
    if asked is None:
        return None
    if asked.reasons:
        lost = f"{'; '.join(asked.reasons)}: figures are described in words"
        yield Finding(what, "worked around", lost)
    elif "red" not in asked.answer.text.lower():
        blind = "it did not see that the picture is red: figures are described in words too"
        yield Finding(what, "worked around", blind, change)
    else:
        yield Finding(what, "works")
    return asked.answer


def _length(asker: Asker) -> _Rows:
    what = "keeps to a length"
    asked = yield from _tried(what, asker, "length", [prompt("text")], budget=_BUDGET)
    if asked is None:
        return None
    if asked.answer.finish == "length":
        yield _row(what, asked, f"stopped after {_BUDGET} tokens")
    else:
        yield Finding(what, "worked around", "it writes on: only the time ends a long answer")
    return asked.answer


def _window(asker: Asker) -> Finding:
    what, assumed = "context window", asker.model.profile.context_tokens
    window = _listed_window(asker.model.listed())
    if window is None:
        return Finding(what, "unknown", f"it does not tell; {assumed:,} tokens are assumed")
    if window < _LEAST_WINDOW:
        small = f"{window:,} tokens: too few for an analysis"
        return Finding(what, "will fail", small, f"start its server with {_LEAST_WINDOW:,} or more")
    if window < assumed:
        change = (
            f"context_tokens = {window} under "
            f'[endpoints."{asker.endpoint.base_url}"] in config.toml'
        )
        learnt = f"{window:,} tokens, not {assumed:,}: learnt from its first refusal"
        return Finding(what, "worked around", learnt, change)
    return Finding(what, "works", f"{window:,} tokens")


def _tried(
    what: str,
    asker: Asker,
    topic: str,
    messages: Sequence[Message],
    tools: Sequence[ToolSpec] = (),
    change: str = "",
    *,
    budget: int | None = None,
) -> Generator[Finding, None, Asked | None]:
    """Ask; a row where it fails, with `change` if the endpoint refused the request itself."""
    try:
        return asker.ask(topic, messages, tools, budget=budget)
    except ModelError as problem:
        is_refused = isinstance(problem, ModelStatusError) and problem.status in (400, 404, 422)
        yield Finding(what, "will fail", str(problem), change if is_refused else "")
        return None


def _row(what: str, asked: Asked, detail: str = "") -> Finding:
    if asked.reasons:
        return Finding(what, "worked around", "; ".join(dict.fromkeys(asked.reasons)))
    return Finding(what, "works", detail)


def _flags(endpoint: EndpointProfile) -> str:
    known = {name: one.advice for name, one in ENGINES.items() if one.advice}
    advice = endpoint.advice or "; ".join(f"{name}: {flags}" for name, flags in known.items())
    return f"start its server with the tool parser of this model ({advice})"


def _listed_window(entry: Mapping[str, Any]) -> int | None:
    meta = entry.get("meta")
    for place in (entry, meta if isinstance(meta, Mapping) else {}):
        for key in _WINDOW_KEYS:
            if isinstance(place.get(key), int) and place[key] > 0:
                return int(place[key])
    return None


def _red() -> Image:
    from PIL import Image as Picture

    file = io.BytesIO()
    Picture.new("RGB", (64, 64), "red").save(file, "PNG")
    return Image("image/png", file.getvalue())
