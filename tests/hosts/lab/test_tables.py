"""What a turn is told of tables that stand in the user's variables."""

from __future__ import annotations

from tests.hosts.lab.panel import Panel
from tests.hosts.lab.script import finish, run, script, told
from tests.loopback import Server

MAKE = "import pandas\nsales = pandas.DataFrame({'region': ['N', 'S'], 'price': [1.0, 2.0]})\nn = 3"


def test_a_table_in_a_variable_is_told_with_its_columns(panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(run(MAKE), finish("Made."), finish("Seen."))
    panel.finish("Make a table")
    panel.finish("Does price differ by region?")
    briefing = told(endpoint.requests[-1]).rpartition("<briefing>")[2]
    assert '{"variable": "sales", "kind": "DataFrame", "rows": 2' in briefing
    assert '"columns": ["region", "price"]' in briefing
    assert "Other variables of the user:\nn: int = 3" in briefing


def test_the_first_turn_of_a_kernel_is_told_too(panel: Panel, endpoint: Server) -> None:
    """Nobody knows yet whether that kernel is busy, and our part is not in it."""
    endpoint.play = script(finish())
    panel.finish("What is there?")
    briefing = told(endpoint.requests[-1]).rpartition("<briefing>")[2]
    assert '"variable": "sales"' in briefing
