"""A response's body without what names somebody or opens something. Pure.

The body stays as it came but for the values that are replaced, so that what is odd in it
stays odd.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from k2_jupyter.journal.redaction import PLACEHOLDER, Redactor
from k2_jupyter.messages import Json

_NAMING = re.compile(
    r"(?:^|.*[_-])(?:id|fingerprint|user|username|email|org|organi[sz]ation|account|project"
    r"|customer|ip)|.*[a-z]Id",
)
"""Fields beside the answer that say whose request it was."""
_ACCOUNTS = re.compile(
    r"\b(?:org|proj|project|user|acct|account|req|request|ak|sk|key)[-_]\w[\w-]+"
)
"""The same in the words of an error, as in ``org-3fa85f64 <ak-5717…> request reached …``."""
_HOMES = re.compile(r"((?:/home/|/Users/|[A-Za-z]:\\+Users\\+))[^/\\\"'\s]+")
"""Self-hosted servers call a model by the path of its file."""


def scrubbed(body: str, redactor: Redactor) -> str:
    """`body`, an event stream or JSON or other text, with ``[redacted]`` in such places.

    What the answer itself says is left alone but for known secrets and home folders. Raises
    `ValueError` where a known secret would remain, for example cut in pieces by the stream.
    """
    values = list(_values(body))
    for key, value in _naming(values):
        for literal in {json.dumps(value), json.dumps(value, ensure_ascii=False)}:
            field = rf"({re.escape(json.dumps(key))}\s*:\s*){re.escape(literal)}(?!\d)"
            body = re.sub(field, lambda match: f'{match[1]}"{PLACEHOLDER}"', body)
    for account in sorted(_accounts(values, body), key=len, reverse=True):
        body = body.replace(account, PLACEHOLDER)
    body = redactor.text(_HOMES.sub(rf"\g<1>{PLACEHOLDER}", body))
    if _remains(body, redactor):
        raise ValueError("a known secret remains")
    return body


def _values(body: str) -> Iterator[Json]:
    """The JSON values of a stream's events, or the one that the body is."""
    lines = (line.partition("data:") for line in body.split("\n"))
    for text in [data for head, mark, data in lines if mark and not head] or [body]:
        try:
            yield json.loads(text)
        except (ValueError, RecursionError):
            continue


def _beside(values: list[Json]) -> Iterator[tuple[str, Json]]:
    """What stands beside the answers, with the names of the fields."""
    for value in values:
        beside = {**value, "choices": None} if isinstance(value, Mapping) else value
        for path, leaf in _leaves(beside):
            yield str(path[-1]) if path else "", leaf


def _naming(values: list[Json]) -> set[tuple[str, str | int]]:
    return {
        (key, leaf)
        for key, leaf in _beside(values)
        if isinstance(leaf, str | int)
        and leaf not in (0, 1, "", PLACEHOLDER)
        and _NAMING.fullmatch(key)
    }


def _accounts(values: list[Json], body: str) -> set[str]:
    texts = [leaf for _, leaf in _beside(values) if isinstance(leaf, str)] if values else [body]
    return {match[0] for text in texts for match in _ACCOUNTS.finditer(text)}


def _remains(body: str, redactor: Redactor) -> bool:
    """Whether a secret is left in the body, or in what its events add up to."""
    values = list(_values(body))
    told: dict[tuple[str | int, ...], list[str]] = {}
    for value in values:
        for path, leaf in _leaves(value):
            if isinstance(leaf, str):
                told.setdefault(path, []).append(leaf)
    texts = [body, *("".join(pieces) for pieces in told.values())]
    return bool(_naming(values)) or any(redactor.text(text) != text for text in texts)


def _leaves(
    value: Json, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Each value that is no container, and the way to it; parts of calls go by their index."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            index = item.get("index") if isinstance(item, Mapping) else None
            yield from _leaves(item, (*path, index if isinstance(index, int) else place))
    else:
        yield path, value
