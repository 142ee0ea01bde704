"""JSON of two runs: the same keys, texts and order, numbers within the tolerance."""

from __future__ import annotations

import base64
import binascii
from array import array
from collections.abc import Mapping, Sequence

from k2_jupyter.messages import Json
from k2_jupyter.notebook.compare.text import same_number, text_difference

_RANDOM_KEYS = frozenset(("uid",))
"""Of plotly's traces; a new one each time."""
_LISTS = (list, tuple)
_TYPE_CODES = {
    "f8": "d", "f4": "f", "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I",
}  # fmt: skip


def structure_difference(before: Json, after: Json, at: str = "") -> str:
    """Where the two first differ and how, in words; "" where they are the same.

    Binary arrays, as plotly writes them (``dtype`` and base64 in ``bdata``), are compared
    by their numbers.
    """
    before, after = _plain(before), _plain(after)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return _of_objects(before, after, at)
    if isinstance(before, _LISTS) and isinstance(after, _LISTS):
        return _of_lists(before, after, at)
    return "" if _same(before, after) else _said(at, before, after)


def _of_objects(before: Mapping[str, Json], after: Mapping[str, Json], at: str) -> str:
    for key in dict.fromkeys((*before, *after)):
        if key in _RANDOM_KEYS:
            continue
        place = f"{at}.{key}" if at else key
        if key not in before or key not in after:
            return f"{place}: only {'then' if key in before else 'now'}"
        if found := structure_difference(before[key], after[key], place):
            return found
    return ""


def _of_lists(before: Sequence[Json], after: Sequence[Json], at: str) -> str:
    if len(before) != len(after):
        return f"{at}: {len(before)} entries then, {len(after)} now"
    for number, (old, new) in enumerate(zip(before, after, strict=True), 1):
        if found := structure_difference(old, new, f"{at}[{number}]"):
            return found
    return ""


def _same(before: Json, after: Json) -> bool:
    if isinstance(before, str) and isinstance(after, str):
        return not text_difference(before, after)
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if isinstance(before, (int, float)) and isinstance(after, (int, float)):
        return same_number(before, after)
    return before == after


def _plain(value: Json) -> Json:
    """A binary array as a list of numbers; anything else as it is."""
    if not isinstance(value, Mapping) or "bdata" not in value:
        return value
    code, content = _TYPE_CODES.get(str(value.get("dtype"))), value["bdata"]
    if code is None or not isinstance(content, str):
        return value
    try:
        numbers = array(code, base64.b64decode(content))
    except (binascii.Error, ValueError):
        return value
    return numbers.tolist()


def _said(at: str, before: Json, after: Json) -> str:
    return f"{at}: {_short(before)} then, {_short(after)} now"


def _short(value: Json) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:60] + "…"
