"""When old observations become one-liners.

They do so in batches: each change of an old message costs the endpoint's cached prefix from
there on. With 300 steps of 1,500 characters and a cached price of a sixth of the full one,
marks of 36,000 and 6,000 characters cost half of what a history costs that is never
shortened; higher ones cost more in every request, lower ones more in lost prefixes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from k2_jupyter.agent.meter import CHARACTERS_PER_TOKEN, PICTURE_TOKENS
from k2_jupyter.messages import Message, ToolMessage, ToolResult
from k2_jupyter.models.profiles import ModelProfile

SHORT = 300
"""Characters of a result that is never shortened, and that a one-liner may have."""
_SHARE_OF_WINDOW = 0.1
_PICTURE = PICTURE_TOKENS * CHARACTERS_PER_TOKEN
_PICTURES_SHARE_OF_WINDOW = 0.25


@dataclass(frozen=True, slots=True)
class Marks:
    """How much of old results a history bears, in characters."""

    high: int = 36_000
    """Where a batch ages."""
    low: int = 6_000
    """What the batch leaves."""
    pictures: int = 6
    """More than these, and all but the newest two (or one) go; their descriptions stay."""
    recent: int = 3
    """The newest results, which stay whole whatever their size and count for neither mark."""

    @classmethod
    def of(cls, model: ModelProfile) -> Marks | None:
        """The marks for a model's window; None where nothing may age."""
        if model.rereads:
            return None
        share = int(model.context_tokens * CHARACTERS_PER_TOKEN * _SHARE_OF_WINDOW)
        high = min(cls().high, share)
        seen = int(model.context_tokens * _PICTURES_SHARE_OF_WINDOW / PICTURE_TOKENS)
        return cls(high=high, low=high // 6, pictures=max(1, min(cls().pictures, seen)))


def hidden(messages: Sequence[Message], *, recent: int, pictures: bool) -> dict[int, ToolMessage]:
    """As `aged`, but for all results except the `recent` newest; these may keep `pictures`."""
    results = [(at, one) for at, one in enumerate(messages) if isinstance(one, ToolMessage)]
    old = len(results) - recent
    changed: dict[int, ToolMessage] = {}
    for number, (at, one) in enumerate(results):
        if number < old and _weight(one.result):
            changed[at] = replace(one, result=_one_liner(one.result))
        elif one.result.images and not pictures:
            changed[at] = replace(one, result=replace(one.result, images=()))
    return changed


def aged(messages: Sequence[Message], marks: Marks) -> dict[int, ToolMessage]:
    """Position → the shorter message, for those that are due; empty between two batches."""
    results = [(at, one) for at, one in enumerate(messages) if isinstance(one, ToolMessage)]
    changed: dict[int, ToolMessage] = {}
    pictured = [(at, one) for at, one in results if one.result.images]
    if sum(len(one.result.images) for _, one in pictured) > marks.pictures:
        for at, one in pictured[: -min(2, marks.pictures)]:
            changed[at] = replace(one, result=replace(one.result, images=()))
    old = results[: -marks.recent]
    weight = sum(_weight(changed.get(at, one).result) for at, one in old)
    if weight < marks.high:
        return changed
    for at, one in old:
        if weight <= marks.low:
            break
        gain = _weight(changed.get(at, one).result)
        if gain:
            changed[at] = replace(one, result=_one_liner(one.result))
            weight -= gain
    return changed


def _weight(result: ToolResult) -> int:
    """Characters that shortening it would win; 0 for what is short already."""
    text = len(result.text) if len(result.text) > SHORT else 0
    return text + _PICTURE * len(result.images)


def _one_liner(result: ToolResult) -> ToolResult:
    if len(result.text) <= SHORT:
        return replace(result, images=())
    note = " (shortened: an old result)"
    line = result.gist or result.text.partition("\n")[0]
    return ToolResult(line[: SHORT - len(note)] + note, is_error=result.is_error)
