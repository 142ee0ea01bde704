"""Fitted models: scikit-learn's estimators and torch's modules. Runs inside the user's kernel.

Both are read from their instance dictionaries, so that subclasses of the user's may be
read too.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

from . import kinds, looking, words

_COEFFICIENTS = 20
_PARAMETERS = 12


class Estimator(kinds.Kind):
    """A scikit-learn estimator, or a pipeline of them."""

    through_base = True

    def outline(self, value: Any) -> str:
        name = words.short(looking.class_name(type(value)), 60)
        held = looking.own_dict(value)
        fitted = fitted_names(held)
        state = "fitted" if fitted or _parts_fitted(held) else "not fitted"
        return f"{name}{self._steps(held) or self._set(value, held)}, {state}"

    def details(self, value: Any) -> Iterator[str]:
        held = looking.own_dict(value)
        for name, step in _steps(held):
            yield f"  {words.short(name, 40)}: {words.short(kinds.outline(step), 160)}"
        for name in fitted_names(held)[:_PARAMETERS]:
            yield f"  {words.short(name, 40)}: {fitted_text(held[name])}"

    def brief(self, value: Any, depth: int) -> str:
        held = looking.own_dict(value)
        name = words.short(looking.class_name(type(value)), 40)
        return f"{name}{self._set(value, held)}" if depth > 0 else name

    def facts(self, value: Any) -> kinds.Facts:
        held = looking.own_dict(value)
        fitted = dict.fromkeys(fitted_names(held), "")
        facts = {"parameters": self._set(value, held), "fitted attribute": fitted}
        if _steps(held):
            facts["state"] = "fitted" if fitted or _parts_fitted(held) else "not fitted"
        return facts

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        held = looking.own_dict(value)
        fitted = [(name, _found(held[name], walk)) for name in fitted_names(held)[:50]]
        inner = [one for _, one in _steps(held)]
        inner += [held[name] for name in _defaults(type(value)) if name in held]
        parts = [walk.of(one) for one in inner if kinds.kind_of(one) is self]
        return self._set(value, held), tuple(fitted), tuple(parts)

    def _set(self, value: Any, held: dict[str, Any]) -> str:
        """The parameters that are not the defaults."""
        differing = []
        for name, default in _defaults(type(value)).items():
            if name in held and not _same(held[name], default) and name != "steps":
                differing.append(f"{words.short(name, 40)}={kinds.shown(name, held[name], 1)}")
        return f"({words.listed(differing, limit=160)})"

    def _steps(self, held: dict[str, Any]) -> str:
        steps = [looking.class_name(type(step)) for _, step in _steps(held)]
        return f" of {words.short(' → '.join(steps), 160)}" if steps else ""


def fitted_names(held: dict[str, Any]) -> list[str]:
    """scikit-learn's convention: what `fit` found ends in an underscore."""
    return [name for name in held if name.endswith("_") and not name.startswith("_")]


def _steps(held: dict[str, Any]) -> list[tuple[str, Any]]:
    """Of a pipeline, a column transformer or an ensemble with names."""
    for attribute in ("steps", "transformers", "transformer_list", "estimators"):
        steps = held.get(attribute)
        if type(steps) is list and all(type(one) is tuple and len(one) >= 2 for one in steps):
            return [(one[0], one[1]) for one in steps[:20] if type(one[0]) is str]
    return []


def _found(value: Any, walk: kinds.Walk) -> Any:
    """What tells one fit from another; what is neither number nor array is made anew by each."""
    plain = id(type(value)) in _PLAIN or looking.home(type(value)) == "numpy.ndarray"
    return walk.of(value) if plain else id(value)


def _parts_fitted(held: dict[str, Any]) -> bool:
    return any(fitted_names(looking.own_dict(step)) for _, step in _steps(held))


def _defaults(cls: type) -> dict[str, Any]:
    """The parameters of ``__init__`` with their defaults."""
    for base in looking.mro(cls):
        init = looking.class_dict(base).get("__init__")
        init = getattr(init, "__wrapped__", init) if type(init) is types.FunctionType else init
        if type(init) is not types.FunctionType:
            continue
        code = init.__code__
        names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
        positional = code.co_varnames[: code.co_argcount]
        given = init.__defaults__ or ()
        defaults = dict(zip(positional[len(positional) - len(given) :], given))  # noqa: B905
        defaults.update(init.__kwdefaults__ or {})
        return {name: defaults.get(name, _defaults) for name in names}
    return {}


_PLAIN = frozenset(map(id, (bool, int, float, str, type(None))))


def _same(value: Any, default: Any) -> bool:
    if value is default:
        return True
    plain = id(type(value)) in _PLAIN and id(type(default)) in _PLAIN
    return plain and type(value) is type(default) and bool(value == default or repr(value) == "nan")


def fitted_text(value: Any) -> str:
    """A fitted attribute: its numbers where they are few."""
    if looking.home(type(value)) == "numpy.ndarray" and value.size <= _COEFFICIENTS:
        flat = [kinds.brief(one, 1) for one in value.ravel().tolist()]
        shape = "" if value.ndim <= 1 else f" ({words.size(value.shape)})"
        return words.short(f"{', '.join(map(_rounded, flat))}{shape}", 240)
    return words.short(kinds.kind_of(value).line(value), 160)


def _rounded(text: str) -> str:
    try:
        return words.number(float(text)) if "." in text or "e" in text else text
    except ValueError:  # a label of a class
        return text


class Network(kinds.Kind):
    """A torch module: what it is built of, from the dictionaries that it holds."""

    through_base = True

    def outline(self, value: Any) -> str:
        held = looking.own_dict(value)
        sizes = [_parameters(module) for module in _modules(value)]
        mode = "training" if held.get("training") is True else "evaluation"
        return (
            f"{words.short(looking.title(type(value)), 100)}, torch module,"
            f" {sum(sizes)} parameters, {mode} mode"
        )

    def details(self, value: Any) -> Iterator[str]:
        children = looking.own_dict(value).get("_modules") or {}
        for name, child in list(children.items())[:20]:
            sizes = sum(_parameters(module) for module in _modules(child))
            title = words.short(looking.class_name(type(child)), 60)
            yield f"  {words.short(name, 40)}: {title}, {sizes} parameters"

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        walk.whole = False
        return tuple(
            0 if tensor is None else tensor._version
            for module in _modules(value)
            for tensor in _tensors(module)
        )


def _modules(value: Any, most: int = 1_000) -> list[Any]:
    """A torch module and all inside it."""
    found: list[Any] = []
    seen = set()
    waiting = [value]
    while waiting and len(found) < most:
        module = waiting.pop()
        if id(module) in seen or module is None:
            continue
        seen.add(id(module))
        found.append(module)
        waiting += list((looking.own_dict(module).get("_modules") or {}).values())
    return found


def _tensors(module: Any) -> list[Any]:
    return list((looking.own_dict(module).get("_parameters") or {}).values())


def _parameters(module: Any) -> int:
    return sum(int(tensor.numel()) for tensor in _tensors(module) if tensor is not None)


def register() -> None:
    kinds.add(Estimator(), "sklearn.BaseEstimator")
    kinds.add(Network(), "torch.Module")
