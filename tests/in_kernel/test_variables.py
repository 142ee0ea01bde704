"""Descriptions of variables, as a shell of the user's sees them."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from k2_jupyter.in_kernel import variables


class Hostile:
    """Everything that a description might touch fails or counts."""

    touched = 0

    def __getattr__(self, name: str) -> Any:
        Hostile.touched += 1
        raise RuntimeError(name)

    def __len__(self) -> int:
        Hostile.touched += 1
        raise RuntimeError

    def __repr__(self) -> str:
        Hostile.touched += 1
        raise RuntimeError

    def __eq__(self, other: object) -> bool:
        Hostile.touched += 1
        raise RuntimeError

    __hash__ = object.__hash__


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The user's namespace."""
    namespace: dict[str, Any] = {}
    shell = SimpleNamespace(user_ns=namespace, user_ns_hidden={})
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    monkeypatch.setattr(variables, "_seen", {})
    return namespace


def changes() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(repr(variables.changes()))
    return content


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (4, "int = 4"),
        (True, "bool = True"),
        (1.5, "float = 1.5"),
        (None, "None"),
        ("abc", "str, 3 characters = 'abc'"),
        (b"abc", "bytes, 3 bytes"),
        ([1, 2], "list, 2 items"),
        ({"a": 1}, "dict, 1 item"),
        (10**1000, "int of 3322 bits"),
        (np.float64(2.5), "float = 2.5"),
        (np.zeros((3, 4)), "ndarray of float64, 3 × 4"),
        (pd.Series([1, 2]), "Series of int64, 2 values"),
        (pd.DataFrame({"a": [1], "b": [0.5]}), "DataFrame, 1 rows × 2 columns: a int64, b float64"),
        (lambda x, y: x, "function <lambda>(x, y)"),
        (Hostile, "class Hostile"),
    ],
)
def test_one_line_says_what_it_is(names: dict[str, Any], value: Any, line: str) -> None:
    names["x"] = value
    assert changes()["appeared"] == {"x": line}


def test_long_texts_are_cut(names: dict[str, Any]) -> None:
    names["x"] = "y" * 1_000_000
    assert len(changes()["appeared"]["x"]) < 120


@pytest.mark.parametrize("name", ["api_key", "TOKEN", "my_password", "client_secret"])
def test_what_is_secret_by_its_name_is_not_shown(names: dict[str, Any], name: str) -> None:
    names[name] = "hunter2-hunter2"
    assert "hunter2" not in repr(variables.changes())
    assert "hunter2" not in repr(variables.describe())


def test_only_what_appeared_changed_or_went_is_told(names: dict[str, Any]) -> None:
    names.update(kept=1, grown=[1], frame=pd.DataFrame({"a": [1]}), gone=1, nan=float("nan"))
    changes()
    names["grown"].append(2)
    names["frame"]["b"] = [2]
    names["new"] = "n"
    del names["gone"]
    assert changes() == {
        "appeared": {"new": "str, 1 character = 'n'"},
        "changed": {
            "grown": "list, 2 items",
            "frame": "DataFrame, 1 rows × 2 columns: a int64, b int64",
        },
        "gone": ["gone"],
        "more": 0,
    }
    assert changes() == {"appeared": {}, "changed": {}, "gone": [], "more": 0}


def test_modules_private_names_and_the_shells_own_are_not_told(names: dict[str, Any]) -> None:
    names.update(_private=1, np=np)
    assert changes()["appeared"] == {}


def test_nothing_of_an_unknown_object_is_called(names: dict[str, Any]) -> None:
    names["x"] = Hostile()
    assert changes()["appeared"] == {"x": f"{__name__}.Hostile"}
    changes()
    variables.describe()
    assert Hostile.touched == 0


def test_very_many_names_are_bounded(names: dict[str, Any]) -> None:
    names.update({f"name{n}": n for n in range(1_000)})
    report = changes()
    assert len(report["appeared"]) == 40
    assert report["more"] == 960


def test_a_frame_is_described_in_some_lines(names: dict[str, Any]) -> None:
    names["df"] = pd.DataFrame({"a": [1.0, None], "b": ["x", "y"]})
    assert json.loads(repr(variables.describe(["df", "nothing"]))) == {
        "df": "DataFrame, 2 rows × 2 columns\n"
        "  a: float64, 1 missing\n"
        "  b: str, 0 missing\n"
        "     a  b\n0  1.0  x\n1  NaN  y"
    }


def test_a_huge_frame_is_described_in_bounds(names: dict[str, Any]) -> None:
    names["df"] = pd.DataFrame(np.zeros((200_000, 200)))
    began = time.monotonic()
    text = json.loads(repr(variables.describe()))["df"]
    assert time.monotonic() - began < 10
    assert len(text) <= 1_500
    assert "… 170 more columns" in text


def test_odd_frames_cost_only_their_own_line(names: dict[str, Any]) -> None:
    names["df"] = pd.DataFrame([[1, 2]], columns=["a", "a"])
    names["empty"] = pd.DataFrame()
    described = json.loads(repr(variables.describe()))
    assert described["df"].startswith("DataFrame, 1 rows × 2 columns")
    assert described["empty"].startswith("DataFrame, 0 rows × 0 columns")
