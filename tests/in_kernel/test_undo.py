"""What `%k2 undo` takes back, and what it says it can't."""

from __future__ import annotations

import weakref
from typing import Any

import pandas as pd

from k2_jupyter.in_kernel.undo import Undo


def turn(names: dict[str, Any], told: tuple[str, ...] = (), **bound: Any) -> Undo:
    undo = Undo(names)
    undo.begin()
    names.update(bound)
    undo.told(told)
    undo.end()
    return undo


def test_added_names_go_and_rebound_ones_are_the_same_objects_again() -> None:
    old = [1]
    names: dict[str, Any] = {"kept": old, "data": old}
    lines = turn(names, data=[2], new=3).undo()
    assert names == {"kept": old, "data": old}
    assert names["data"] is old
    assert lines[:2] == ["Removed: new.", "As before: data."]


def test_a_deleted_name_is_bound_again() -> None:
    names: dict[str, Any] = {"data": [1]}
    undo = Undo(names)
    undo.begin()
    del names["data"]
    undo.end()
    assert "As before: data." in undo.undo()
    assert names == {"data": [1]}


def test_what_the_user_changed_since_is_left() -> None:
    names: dict[str, Any] = {}
    undo = turn(names, new=[3])
    names["new"] = "the user's"
    assert undo.undo()[0] == "Left, because they were changed since: new."
    assert names == {"new": "the user's"}


def test_a_change_in_place_is_said() -> None:
    names: dict[str, Any] = {"data": [1], "other": [1]}
    lines = turn(names, ("data", "other"), other=[2]).undo()
    assert "Changed in place by the turn, which can't be undone: data." in lines
    assert names["other"] == [1]


def test_only_the_last_turn_and_only_once() -> None:
    names: dict[str, Any] = {}
    undo = turn(names, first=1)
    undo.begin()
    names["second"] = 2
    undo.end()
    undo.undo()
    assert names == {"first": 1}
    assert undo.undo() == ["There is no turn to undo."]


def test_hidden_names_and_those_of_the_shell_are_not_touched() -> None:
    names: dict[str, Any] = {"In": ["a"], "_1": 1}
    turn(names, In=["b"], _1=2, _2=3).undo()
    assert names == {"In": ["b"], "_1": 2, "_2": 3}


def test_a_change_in_place_is_seen_under_any_name() -> None:
    """The turn changes the user's object through a name of its own, then rebinds the user's."""
    names: dict[str, Any] = {"data": [1], "held": {"rows": [1]}, "untouched": [1]}
    names["same"] = names["data"]
    undo = Undo(names)
    undo.begin()
    mine = names["mine"] = names["data"]
    mine.append(2)
    names["held"]["rows"].append(2)
    names["data"] = [3]
    undo.end()
    lines = undo.undo()
    assert "Changed in place by the turn, which can't be undone: data, held, same." in lines
    assert "As before: data." in lines
    assert not any("untouched" in line for line in lines)


def test_what_the_user_changes_after_the_turn_is_not_the_turns_doing() -> None:
    names: dict[str, Any] = {"data": [1]}
    undo = turn(names, new=1)
    names["data"].append(2)
    assert not any("in place by" in line for line in undo.undo())


def test_a_large_table_is_said_to_be_seen_in_part() -> None:
    names: dict[str, Any] = {"df": pd.DataFrame({"a": range(100_000)}), "f": len}
    lines = turn(names, new=1).undo()
    assert "Not compared in full; no change in place was seen: df." in lines


class Table:
    """Weak references to it are possible, as to a data frame."""


def test_what_was_taken_back_is_done_again() -> None:
    old, mine = [1], [2]
    names: dict[str, Any] = {"data": old}
    undo = turn(names, data=mine, new=3)
    undo.take_back()
    assert undo.redo() == ["As the turn left them: data, new."]
    assert names["data"] is mine
    undo.take_back()
    assert names == {"data": old}
    names["data"] = "the user's"
    assert undo.redo()[-1] == "Left, because they were changed since: data."
    assert names == {"data": "the user's", "new": 3}


def test_an_older_turn_keeps_nothing_alive() -> None:
    names: dict[str, Any] = {"data": Table(), "held": Table(), "n": 1}
    held = names["held"]
    gone = weakref.ref(names["data"])
    undo = turn(names, data=Table(), held=Table(), n=2)
    undo.weaken()
    assert gone() is None
    lines = undo.undo()
    assert "As before: held, n." in lines
    assert "Left, because what they were before is not there any more: data." in lines
    assert names["held"] is held
