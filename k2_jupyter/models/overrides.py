"""What the user's own file says about models and endpoints, over what is known of them.

::

    [profiles.mine]                          # what --model mine stands for
    like = "k2-thinking"                     # a preset to start from; else safe defaults
    name = "Kimi-K2-Thinking-Q4"             # the id that the server knows
    home = "http://127.0.0.1:8080/v1"        # where it is served
    prices = { cached_input = 0.1, input = 0.5, output = 2.0 }

    [endpoints."http://127.0.0.1:8080/v1"]
    like = "llama.cpp"                       # a kind of server to start from
    context_tokens = 65536

The other names are the fields of `ModelProfile` and `EndpointProfile`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from k2_jupyter.errors import SettingsError
from k2_jupyter.models.address import checked

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Table = Mapping[str, Any]

_NOT_FIELDS = ("like", "base_url", "key_variables")
"""``like`` is read elsewhere; where keys may go is no fact about a server."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """Tables by the name of a model and by base URL."""

    models: Mapping[str, Table] = field(default_factory=dict)
    endpoints: Mapping[str, Table] = field(default_factory=dict)

    @classmethod
    def of(cls, profiles: Table, endpoints: Table) -> Overrides:
        """The two tables of the file. Raises `SettingsError` for what is no table or URL."""
        for name, table in [*profiles.items(), *endpoints.items()]:
            if not isinstance(table, Mapping):
                raise SettingsError(f"`{name}` must be a table, for example [profiles.{name}].")
        return cls(dict(profiles), {checked(url): table for url, table in endpoints.items()})


NO_OVERRIDES = Overrides()


R = TypeVar("R", bound="DataclassInstance")


def changed(record: R, table: Table, *, what: str) -> R:
    """The record with the table's values in place of its own.

    `what` names the table in messages. Raises `SettingsError` for a name that is no field
    and for a value that is not of its type.
    """
    kinds = get_type_hints(type(record), localns={"Json": object})
    names = [one.name for one in fields(record) if one.name not in _NOT_FIELDS]
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name == "like":
            continue
        if name not in names:
            raise SettingsError(f"[{what}]: there is no `{name}`; there are {', '.join(names)}.")
        values[name] = _value(kinds[name], value, f"[{what}]: `{name}`")
    return replace(record, **values)


def _value(kind: Any, value: Any, where: str) -> Any:
    """The value as its field wants it: lists are tuples there, and tables may be records."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
        return _value(kind, value, where)
    if origin is Literal:
        good, wanted = value in get_args(kind), "one of " + ", ".join(get_args(kind))
    elif origin is tuple:
        good = isinstance(value, list) and all(isinstance(one, str) for one in value)
        value, wanted = tuple(value) if good else value, "a list of texts"
    elif is_dataclass(kind):
        return _nested(kind, value, where)
    else:
        plain, wanted = _PLAIN.get(kind, (Mapping, "a table"))
        good = isinstance(value, plain) and (kind is bool or not isinstance(value, bool))
        if kind in (int, float):
            good = good and 0 <= value < float("inf")
    if not good:
        raise SettingsError(f"{where} must be {wanted}.")
    return value


def _nested(kind: Any, value: Any, where: str) -> Any:
    names = [one.name for one in fields(kind)]
    if not isinstance(value, Mapping) or set(value) != set(names):
        raise SettingsError(f"{where} must be a table of {', '.join(names)}.")
    kinds = get_type_hints(kind)
    return kind(**{name: _value(kinds[name], one, where) for name, one in value.items()})


_PLAIN: Mapping[Any, tuple[Any, str]] = {
    bool: (bool, "true or false"),
    int: (int, "a whole number, 0 or more"),
    float: ((int, float), "a number, 0 or more"),
    str: (str, "text"),
}
