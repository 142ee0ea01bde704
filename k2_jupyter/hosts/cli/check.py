"""`k2 check`: does the configured endpoint do what an agent needs?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from k2_jupyter.hosts.cli.asker import Asker
from k2_jupyter.hosts.cli.conformance import findings, most_requests
from k2_jupyter.hosts.cli.finding import Finding, Verdict
from k2_jupyter.models.retry import RetryPolicy
from k2_jupyter.settings import Settings

_STYLES: Mapping[Verdict, str] = {
    "works": "green",
    "worked around": "yellow",
    "will fail": "red",
    "unknown": "dim",
}
_OFFLINE = (
    "The offline analyst answers: it needs no endpoint, so there is nothing to check.\n"
    "For a model: k2 login"
)

POLICY = RetryPolicy(attempts=2, total_seconds=60.0, first_seconds=120.0, answer_seconds=300.0)


def run_check(
    settings: Settings,
    console: Console,
    *,
    as_json: bool = False,
    policy: RetryPolicy = POLICY,
) -> int:
    """Try the endpoint and print a table; 0 it will do, 75 something will fail."""
    if settings.endpoint is None:
        console.print("[]" if as_json else _OFFLINE, markup=False, soft_wrap=True)
        return 0
    asker = Asker(settings.model, settings.endpoint, settings.key, policy)
    if not as_json:
        for note in settings.notes:
            console.print(note, markup=False)
        most = most_requests(settings.model)
        console.print(f"Checking {asker.model.name} with {most} short requests …", markup=False)
    rows = []
    for finding in findings(asker):
        rows.append(finding)
        if not as_json:
            console.print(_line(finding), soft_wrap=True)
    if as_json:
        table = json.dumps([asdict(row) for row in rows], indent=1)
        console.print(table, markup=False, soft_wrap=True)
    return 75 if any(row.verdict == "will fail" for row in rows) else 0


def _line(finding: Finding) -> Text:
    line = Text(f"{finding.what:<18} ")
    line.append(f"{finding.verdict:<14} ", _STYLES[finding.verdict])
    line.append(finding.detail)
    if finding.change:
        line.append(f"\n{'':<18} to change: {finding.change}")
    return line
