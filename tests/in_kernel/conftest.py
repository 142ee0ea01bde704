"""What the tests of in-kernel modules share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from k2_jupyter.in_kernel.values import tables, variables
from tests.in_kernel.shells import Biting, Shell

HANG = 30.0


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A fresh shell, looked at without haste. At the end no `Biting` may have been called."""
    shell = Shell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    monkeypatch.setattr(variables, "_seen", {})
    monkeypatch.setattr(variables, "_users", set())
    monkeypatch.setattr(variables, "_unseen_runs", [])
    for limit in ("_COMPARING", "_LOOKING", "_IN_ALL"):
        monkeypatch.setattr(variables, limit, HANG)
    monkeypatch.setattr(tables, "_SCHEMA_SECONDS", HANG)
    monkeypatch.setattr(Biting, "touched", [])
    yield shell
    assert Biting.touched == []
