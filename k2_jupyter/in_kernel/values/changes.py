"""What became of the variables between two looks. Runs inside the user's kernel."""

from __future__ import annotations

import marshal
from typing import Any, NamedTuple

from . import kinds, looking, words


class State(NamedTuple):
    """What is kept of a variable to compare it later; no reference to the thing itself."""

    identity: int
    title: str
    facts: dict[str, Any]
    content: int
    """A hash of what it holds, as far as that was looked at."""
    whole: bool
    """Whether all of it was looked at, so that identity does not matter."""


def state_of(value: Any, *, deep: bool) -> State:
    """The state of a variable; not `deep`: its class and which object it is."""
    title = looking.title(type(value))
    if not deep:
        return State(id(value), title, {}, 0, whole=False)
    kind = kinds.kind_of(value)
    walk = kinds.Walk()
    try:
        facts = kind.facts(value)
        content = hash(marshal.dumps(kind.content(value, walk), 2))
    except Exception:  # noqa: BLE001 - one odd object must not cost the report
        return State(id(value), title, {}, 0, whole=False)
    return State(id(value), title, facts, content, walk.whole)


def same(old: State, new: State) -> bool:
    """Whether nothing is to be told. A state without facts tells of identity only."""
    if old.title != new.title:
        return False
    if not (old.facts or old.content) or not (new.facts or new.content):
        return old.identity == new.identity
    if old.facts != new.facts or old.content != new.content:
        return False
    return (old.whole and new.whole) or old.identity == new.identity


def told(old: State, new: State, name: str, value: Any) -> str:
    """What changed, in a line: sizes, columns, dtypes before and after."""
    if old.title != new.title:
        return words.short(f"{_size(old)} → {line(name, value)}", words.LINE)
    title = words.short(new.title.rpartition(".")[2])
    parts = [part for key in new.facts for part in _part(key, old, new, words.secret(name))]
    if not parts and not (old.facts and new.facts) and old.identity != new.identity:
        return words.short(f"{line(name, value)} (another object)", words.LINE)
    if not parts:
        in_place = old.identity == new.identity
        parts = ["changed in place" if in_place else _rebound(old, new, value)]
    if parts[0].startswith("= "):
        return words.short(f"{title} {parts[0]}", words.LINE)
    return words.short(f"{title}: {'; '.join(parts)}", words.LINE)


def line(name: str, value: Any) -> str:
    """One line about a variable; nothing of its values where its name is a secret's."""
    kind = kinds.kind_of(value)
    if words.secret(name):
        return words.short(f"{kind.outline(value)} {words.NOT_SHOWN}", words.LINE)
    return words.short(kind.line(value), words.LINE)


def _rebound(old: State, new: State, value: Any) -> str:
    if old.content != new.content:
        return kinds.kind_of(value).other
    return "another object of the same form"


def _size(old: State) -> str:
    numbers = [f"{count} {what}" for what, count in old.facts.items() if type(count) is int]
    return ", ".join([old.title.rpartition(".")[2], *numbers])


def _part(key: str, old: State, new: State, hidden: bool) -> list[str]:
    before, after = old.facts.get(key), new.facts[key]
    if before is None or before == after:
        return []
    if key == "=":
        return ["changed " + words.NOT_SHOWN] if hidden else [f"= {before} → {after}"]
    if type(after) is int:
        return [f"{before} → {after} {key}"]
    if type(after) is dict:
        return _members(key, before, after, hidden)
    return [f"{key} {before} → {after}"]


def _members(what: str, before: dict[str, str], after: dict[str, str], hidden: bool) -> list[str]:
    """Columns or attributes that came, went, or are of another dtype or type."""
    came = [f"{name} {after[name]}".rstrip() for name in after if name not in before]
    went = [name for name in before if name not in after]
    parts = [f"+ {what} {words.listed(came, limit=100)}"] if came and not hidden else []
    parts += [f"- {what} {words.listed(went, limit=100)}"] if went else []
    other = [name for name in after if name in before and before[name] != after[name]]
    shown = [f"{name} {before[name]} → {after[name]}" for name in other]
    if shown and not hidden:
        parts.append(f"{what} {words.listed(shown, limit=160)}")
    return parts or (["changed"] if came or other else [])
