"""What every analysis must keep, and how tests read what its cells printed."""

from __future__ import annotations

import re

from tests.analyst.conftest import Analysis


def is_sound(analysis: Analysis) -> None:
    """Ended well; every number of the conclusion was found; nothing failed or warned."""
    assert analysis.finished.reason == "done", analysis.conclusion.text
    assert [claim for claim in analysis.conclusion.claims if not claim.found] == []
    assert len(analysis.conclusion.claims) > 8
    assert "rule-based (no language model)" in analysis.conclusion.text
    assert set(analysis.plan.values()) <= {"done", "dropped"}
    assert analysis.warned == ""
    assert analysis.faults == []


def numbers(pattern: str, text: str) -> list[float]:
    """The groups of the pattern's first match, as numbers."""
    found = re.search(pattern, text, re.MULTILINE)
    assert found, f"{pattern} is not in\n{text}"
    return [float(group.replace(",", "")) for group in found.groups()]


def named(what: str, text: str) -> dict[str, float]:
    """The numbers of a printed line ``what: name = number, name = number``."""
    line = re.search(rf"^{re.escape(what)}: (.*)$", text, re.MULTILINE)
    assert line, f"{what} is not in\n{text}"
    pairs = re.findall(
        r"([^\s=,][^=,<]*?) [=<] (-?\d[\d,]*(?:\.\d+)?(?:e[-+]\d+)?)(?=%?(?:,|$))", line[1]
    )
    return {name: float(value.replace(",", "")) for name, value in pairs}
