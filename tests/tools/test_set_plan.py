"""The plan is the model's, but for what the user has said about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from k2_jupyter.messages import ToolResult
from k2_jupyter.tools.set_plan import Plan, SetPlan
from tests.tools.conftest import Bench


@pytest.fixture
def table(bench: Callable[..., Bench]) -> Bench:
    return bench()


def planned(table: Bench, *titles: str, state: str = "open") -> ToolResult:
    items = [{"title": title, "state": state} for title in titles]
    return table.run(SetPlan(table.plan), items=items)


def states(plan: Plan) -> dict[str, str]:
    return {item.title: item.state for item in plan.items}


def test_what_the_user_dropped_stays_dropped(table: Bench) -> None:
    planned(table, "Load", "Plot", "Tell")
    table.plan.edit([("Load", "open"), ("Tell", "dropped")])
    told = planned(table, "Load", "plot ", "Tell", state="active")
    assert states(table.plan) == {"Load": "active", "plot ": "dropped", "Tell": "dropped"}
    assert "dropped 'plot ', 'Tell'" in told.text


def test_the_user_may_take_it_back(table: Bench) -> None:
    planned(table, "Load", "Plot")
    table.plan.edit([("Load", "open")])
    table.plan.edit([("Load", "open"), ("Plot", "open")])
    assert "dropped" not in planned(table, "Load", "Plot").text
    assert states(table.plan) == {"Load": "open", "Plot": "open"}


def test_an_item_keeps_its_cells_through_the_users_edit(table: Bench) -> None:
    planned(table, "Load", state="active")
    list(table.plan.link("c1"))
    table.plan.edit([("Look", "open"), ("Load", "active")])
    assert [item.cells for item in table.plan.items] == [(), ("c1",)]
    assert [item.id for item in table.plan.items] == ["p1", "p2"]
