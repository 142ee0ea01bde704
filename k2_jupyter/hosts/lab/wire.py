"""What a page says, checked against ``to_server.json`` before anything believes it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

from k2_jupyter.messages import Json
from k2_jupyter.notebook.text import valid_unicode

Message: TypeAlias = Mapping[str, Any]
Mode: TypeAlias = Literal["ask", "plan", "fix", "explain"]

_RULES = {
    "maxLength": "longer than {} characters",
    "maxItems": "more than {} entries",
    "maximum": "above {}",
}
"""What a person can break by what they type; anything else is a fault of the page."""


LARGEST = 20_000_000
"""Characters. A page cuts the outputs that it sends to 4 million; the rest is source."""
_TOO_LARGE = (
    "The cells of this notebook have more text than K2 takes (20 million characters). "
    "Move some of it to files or to another notebook."
)
_OP = re.compile(r'\{"op": ?"(\w+)"')


class WrongMessageError(Exception):
    """A page said something that is no message; `op` is what it meant to say, or ""."""

    def __init__(self, why: str, op: str = "") -> None:
        super().__init__(why)
        self.op = op


class TooLargeError(WrongMessageError):
    """More than is read at once: nothing else goes on in the server meanwhile."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of the user's."""

    id: str
    request: str
    after: str | None
    """The cell that was selected: the first new one comes behind it."""
    attached: Sequence[Mapping[str, str]]
    mode: Mode
    model: str
    caps: Mapping[str, float]
    images: bool
    cell: str = ""
    """For ``fix`` and ``explain``: which."""

    @classmethod
    def of(cls, message: Message) -> Ask:
        """Of a message that `read` has checked."""
        fields = {name: value for name, value in message.items() if name != "op"}
        return cls(**{**fields, "request": fields["request"].strip()})


def read(text: str | bytes) -> Message:
    """One message of a page. Raises `WrongMessageError`."""
    if len(text) > LARGEST:
        begun = _OP.match(text[:100] if isinstance(text, str) else text[:100].decode("latin-1"))
        raise TooLargeError(_TOO_LARGE, begun[1] if begun else "")
    try:
        message = _repaired(json.loads(text, parse_constant=_refused))
    except (ValueError, RecursionError):
        raise WrongMessageError("The message was no JSON, or is nested too deeply.") from None
    op = str(message.get("op")) if isinstance(message, dict) else ""
    validator = _validators().get(op)
    if validator is None:
        raise WrongMessageError("The message was none that this server knows.")
    broken = _broken(validator, message)
    if broken:
        raise WrongMessageError(broken, op)
    known: Message = message
    return known


def _broken(validator: Any, message: Message) -> str:
    """Where the message is wrong and how, without what it says: it is logged as well."""
    first = next(iter(validator.iter_errors(message)), None)
    if first is None:
        return ""
    error = next((one for one in (first, *first.context) if one.validator in _RULES), first)
    where = ".".join(map(str, error.absolute_path)) or message["op"]
    rule = _RULES.get(error.validator, "not as it should be ({validator})")
    return f"{where}: {rule.format(error.validator_value, validator=error.validator)}."


def _refused(constant: str) -> float:
    """NaN and Infinity, which no limit holds. Raises `ValueError`."""
    raise ValueError(constant)


@cache
def _validators() -> dict[str, Any]:
    from jsonschema import Draft202012Validator

    text = files(__package__).joinpath("to_server.json").read_text("utf-8")
    found = {}
    for op, schema in json.loads(text).items():
        properties = {"op": {"const": op}, **schema.get("properties", {})}
        whole = {**schema, "type": "object", "properties": properties}
        found[op] = Draft202012Validator({**whole, "additionalProperties": False})
    return found


def _repaired(value: Any) -> Any:
    """The same without lone surrogates, which no journal and no model takes."""
    if isinstance(value, str):
        return valid_unicode(value)
    if isinstance(value, list):
        return [_repaired(item) for item in value]
    if isinstance(value, dict):
        return {valid_unicode(key): _repaired(item) for key, item in value.items()}
    return value


def refusal(op: str, why: str, asked: str = "") -> dict[str, Json]:
    """What the page is told of a message that was not taken."""
    return {"op": "refused", "of": op, **({"id": asked} if asked else {}), "why": why}
