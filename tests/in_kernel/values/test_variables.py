"""Which names are told, what became of them, and whose they are."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from k2_jupyter.in_kernel.values import variables
from tests.in_kernel.shells import Biting, Shell


def test_only_what_appeared_changed_or_went_is_told(shell: Shell) -> None:
    names = shell.user_ns
    names.update(kept=1, grown=[1], frame=pd.DataFrame({"a": [1]}), gone=1, nan=float("nan"))
    shell.changes()
    names["grown"].append(2)
    names["frame"]["b"] = [2]
    names["new"] = "n"
    del names["gone"]
    assert shell.changes() == {
        "appeared": {"new": "str, 1 character = 'n'"},
        "changed": {
            "grown": "list: 1 → 2 items",
            "frame": "DataFrame: 1 → 2 columns; + column b int64",
        },
        "gone": ["gone"],
        "overwritten": [],
        "more": 0,
    }
    assert shell.changes() == {
        "appeared": {},
        "changed": {},
        "gone": [],
        "overwritten": [],
        "more": 0,
    }


def test_modules_private_names_and_the_shells_own_are_not_told(shell: Shell) -> None:
    shell.user_ns.update(_private=1, np=np, hidden=3, In=[])
    shell.user_ns[4] = "not a name"
    shell.user_ns_hidden["hidden"] = shell.user_ns["hidden"]
    assert shell.changes()["appeared"] == {}


def test_what_was_imported_by_its_name_is_not_told(shell: Shell) -> None:
    exec("def own(): ...\nclass Own: ...", main := {"__name__": "__main__"})  # noqa: S102
    shell.user_ns.update({"own": main["own"], "Own": main["Own"], "dumps": json.dumps})
    shell.user_ns.update(JSONDecoder=json.JSONDecoder, save=json.dumps)
    assert list(shell.changes()["appeared"]) == ["own", "Own", "save"]
    shell.user_ns["dumps"] = 3
    assert shell.changes()["changed"]["dumps"].endswith("int = 3")


def test_very_many_names_are_bounded_and_code_comes_last(shell: Shell) -> None:
    shell.user_ns.update({f"function{n}": lambda: None for n in range(100)})
    shell.user_ns.update({f"name{n}": n for n in range(30)})
    report = shell.changes()
    assert list(report["appeared"])[:30] == [f"name{n}" for n in range(30)]
    assert len(report["appeared"]) == 40
    assert report["more"] == 90
    described = json.loads(repr(variables.lines()))
    assert len(described) == 41
    assert described["…"] == "90 more names"


@pytest.mark.parametrize("name", ["api_key", "TOKEN", "my_password", "clientSecret"])
@pytest.mark.parametrize(
    "value",
    ["hunter2-hunter2", ["hunter2"], {"a": "hunter2"}, np.array(["hunter2"])],
    ids=["text", "list", "dict", "array"],
)
def test_what_is_secret_by_its_name_is_not_shown(shell: Shell, name: str, value: Any) -> None:
    assert "not shown" in shell.line(value, name)
    assert "not shown" in "".join(shell.lines(value, name))
    assert "hunter2" not in shell.line(value, name + "2")
    assert "hunter2" not in "".join(shell.lines(value, name))
    assert "hunter2" not in str(shell.change("hunter2", "hunter22", name))


@pytest.mark.parametrize("name", ["monkeys", "Keyboard", "n_keywords"])
def test_an_ordinary_word_is_no_secret(shell: Shell, name: str) -> None:
    assert shell.line(["a"], name) == "list, 1 item: ['a']"


def test_what_is_secret_inside_is_not_shown_either(shell: Shell) -> None:
    frame = pd.DataFrame({"user": ["u"], "password": ["hunter2"]})
    for value in ({"password": "hunter2"}, [{"token": "hunter2"}], frame, frame["password"]):
        assert "hunter2" not in shell.line(value, f"x{id(value)}")
        assert "hunter2" not in "".join(shell.lines(value))
    assert shell.line("postgres://me:hunter2@host/db", "url").endswith(
        "'postgres://me:***@host/db'"
    )


def test_texts_are_one_printable_line_each(shell: Shell) -> None:
    line = shell.line("a\nb\x1b[31m\u202e\ud800" + "y" * 1_000_000)
    assert line.isprintable()
    assert len(line) < 150
    frame = pd.DataFrame({"a\nb": [1]})
    assert shell.lines(frame)[0].isprintable()


def test_nothing_of_an_unknown_object_is_called(shell: Shell) -> None:
    assert shell.line(object.__new__(Biting)) == f"{Biting.__module__}.Biting"
    shell.changes()
    shell.lines(shell.user_ns["x"])


def test_a_description_is_bounded_by_whole_lines(shell: Shell) -> None:
    frame = pd.DataFrame({f"a_column_with_a_long_name_{n}": ["text " * 20] for n in range(500)})
    shell.user_ns["x"] = frame
    text = json.loads(repr(variables.describe(["x", "nothing"])))
    assert list(text) == ["x"]
    assert len(text["x"]) <= 1_500
    assert text["x"].endswith("\n…")


# Whose it is


def agent_runs(shell: Shell, **names: Any) -> dict[str, Any]:
    """A cell of the agent's binds these names."""
    asks = f"modules[{variables.__name__!r}].changes()"
    shell.parent_header = {"content": {"user_expressions": {"k2": asks}}}
    variables._before_run(None)
    shell.user_ns.update(names)
    return shell.changes()


def user_runs(shell: Shell, **names: Any) -> None:
    """A cell of the user's binds these names."""
    shell.parent_header = {"content": {"user_expressions": {}}}
    variables._before_run(None)
    shell.user_ns.update(names)


def test_what_the_user_made_between_two_runs_is_theirs(shell: Shell) -> None:
    agent_runs(shell, mine=1)
    user_runs(shell, theirs=[1], also=2)
    assert agent_runs(shell, mine=2)["changed"] == {"mine": "int = 1 → 2"}
    shell.user_ns["theirs"].append(2)
    report = agent_runs(shell, also=3)
    assert report["overwritten"] == ["theirs", "also"]
    assert agent_runs(shell, also=4)["overwritten"] == []


def test_what_the_agent_of_another_copy_made_is_not_ours(shell: Shell) -> None:
    agent_runs(shell, mine=1)
    shell.parent_header = {"content": {"user_expressions": {"k2": "modules['other'].changes()"}}}
    variables._before_run(None)
    shell.user_ns.update(mine=2, theirs=3)
    assert agent_runs(shell, new=1)["appeared"] == {"new": "int = 1"}


def test_what_the_user_took_over_is_theirs_again(shell: Shell) -> None:
    agent_runs(shell, x=1)
    user_runs(shell, x=2)
    assert agent_runs(shell, x=3)["overwritten"] == ["x"]
    user_runs(shell, x=4)
    assert agent_runs(shell, x=5)["overwritten"] == ["x"]


def test_a_name_that_went_is_nobodys(shell: Shell) -> None:
    agent_runs(shell)
    user_runs(shell, x=1)
    agent_runs(shell)
    del shell.user_ns["x"]
    assert agent_runs(shell)["gone"] == ["x"]
    agent_runs(shell, x=2)
    assert agent_runs(shell, x=3)["overwritten"] == []


def test_what_stands_at_the_beginning_is_the_users(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks: dict[str, Any] = {}
    monkeypatch.setattr(shell, "events", type("Events", (), {"register": hooks.__setitem__}), False)
    shell.user_ns["x"] = [1]
    variables.install()
    assert list(hooks) == ["pre_run_cell"]
    assert agent_runs(shell)["appeared"] == {}
    shell.user_ns["x"].append(2)
    assert agent_runs(shell)["overwritten"] == ["x"]


# Looks that go wrong


@pytest.mark.timeout(60, method="thread")  # the other method has the timer that we want
def test_a_look_that_takes_too_long_leaves_the_schema(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forever(*_: Any) -> Any:
        while True:
            pass

    monkeypatch.setattr(variables, "_COMPARING", 0.05)
    monkeypatch.setattr(variables, "_LOOKING", 0.05)
    monkeypatch.setattr("k2_jupyter.in_kernel.values.frames.Frame.content", forever)
    monkeypatch.setattr("k2_jupyter.in_kernel.values.frames.Frame.line", forever)
    assert shell.line(pd.DataFrame()) == "DataFrame, 0 rows × 0 columns"
    assert shell.lines(pd.DataFrame()) == ["DataFrame, 0 rows × 0 columns"]
    monkeypatch.setattr("k2_jupyter.in_kernel.values.frames.Frame.outline", forever)
    assert shell.line(pd.DataFrame(), "y") == "pandas.DataFrame (not described: out of time)"
    assert shell.lines(pd.DataFrame()) == ["pandas.DataFrame (not described: out of time)"]


def test_a_look_that_fails_costs_only_its_own_line(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("k2_jupyter.in_kernel.values.frames.Frame.facts", fail)
    monkeypatch.setattr("k2_jupyter.in_kernel.values.frames.Frame.outline", fail)
    assert shell.line(pd.DataFrame()) == "pandas.DataFrame (not described: ZeroDivisionError)"
