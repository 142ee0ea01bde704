"""What a refusal teaches about an endpoint. Pure.

A 400 that names a parameter is answered by leaving it out, one about ids by other ids, and
so on: a lesson is another `EndpointProfile`. Each changes the profile for good, so the same
request is never refused for the same reason twice, and the lessons come to an end.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from k2_jupyter.errors import ModelOverflowError, ModelStatusError
from k2_jupyter.models.profiles import EndpointProfile

_IMAGES = re.compile(
    r"unsupported image|invalid data url|image input|image_url|multimodal"
    r"|does not support (image|vision)",
    re.IGNORECASE,
)
_LESSONS: tuple[tuple[re.Pattern[str], Mapping[str, Any], str], ...] = (
    (
        re.compile(r"reasoning_content is missing", re.IGNORECASE),
        {"fills_reasoning": True},
        "wants reasoning with every call",
    ),
    (
        re.compile(
            r"tool[_ ]?(call|use)[\w\[\].]*[ _.]?id\W.*(pattern|too long|length|character|a-z)"
            r"|(tool_calls\[\d+\]|tool_use)\.id\b",
            re.IGNORECASE,
        ),
        {"id_style": "safe"},
        "wants other call ids",
    ),
    (_IMAGES, {"takes_images": False}, "does not take these images"),
)
_LEAST_WINDOW = 512
"""Tokens; a smaller number in an error message is something else."""


def lesson(
    endpoint: EndpointProfile, refusal: ModelStatusError, optional: Collection[str]
) -> tuple[EndpointProfile, str] | None:
    """The endpoint as it is now known, and what was learnt in a few words; else ``None``.

    `optional` are the names of the body's fields that may be left out.
    """
    said = refusal.said
    # A gateway that has no upstream for images says that there is no such endpoint.
    if refusal.status not in (400, 422) and not (refusal.status == 404 and _IMAGES.search(said)):
        return None
    for pattern, facts, words in _LESSONS:
        if pattern.search(said) and replace(endpoint, **facts) != endpoint:
            return replace(endpoint, **facts), words
    named = _named(said, optional)
    if named is not None:
        return _without(endpoint, named), f"does not take `{named}`"
    if endpoint.is_strict:
        return None
    # A structure that it does not accept, or no reason given: once in the plainest form.
    return replace(endpoint, is_strict=True), "gets the messages in turn"


def kept_limit(endpoint: EndpointProfile, refusal: ModelOverflowError) -> EndpointProfile:
    """The endpoint with the window that it named, if it named one."""
    if refusal.unit == "tokens" and (refusal.limit or 0) >= _LEAST_WINDOW:
        return replace(endpoint, context_tokens=refusal.limit)
    return endpoint


def _named(said: str, optional: Collection[str]) -> str | None:
    """The optional field that the message speaks of; the first in its words."""
    places = {name: re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said) for name in optional}
    found = [(place.start(), name) for name, place in places.items() if place]
    return min(found)[1] if found else None


def _without(endpoint: EndpointProfile, name: str) -> EndpointProfile:
    if name == "stream_options":
        return replace(endpoint, include_usage=False)
    return replace(endpoint, refuses=(*endpoint.refuses, name))
