"""What our part of a kernel says of its variables: taken as far as it is what it should be.

It comes out of a kernel, so it is data: secrets are removed and sizes bounded here, in this
order, for half a secret would not be known any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from k2_jupyter.adapters.kernel_messages import Redactor
from k2_jupyter.notebook.base import Changes
from k2_jupyter.notebook.text import valid_unicode

_MOST_NAMES = 100
_MOST_HINTS = 12
_MOST_LINES = 20
_LONGEST_LINE = 500
_LONGEST_HINT = 300


def texts_in(content: Any, redactor: Redactor | None) -> dict[str, str]:
    """Name → text."""
    if not isinstance(content, dict):
        return {}
    redact = _redact(redactor)
    return {str(name)[:100]: redact(str(text))[:2_000] for name, text in content.items()}


def changes_in(report: Mapping[str, Any], redactor: Redactor | None) -> Changes:
    """What a run did to the variables."""
    appeared = texts_in(report.get("appeared"), redactor)
    more = report.get("more")
    if isinstance(more, int) and more > 0:
        appeared["…"] = f"{more} more names"
    return Changes(
        appeared,
        texts_in(report.get("changed"), redactor),
        _names(report.get("gone")),
        _names(report.get("overwritten")),
    )


def hints_in(report: Mapping[str, Any], redactor: Redactor | None) -> tuple[str, ...]:
    """What the kernel knows of the error that ended a run."""
    return _lines(report.get("hints"), _MOST_HINTS, _LONGEST_HINT, redactor)


def lines_in(told: Any, redactor: Redactor | None) -> tuple[str, ...]:
    """Lines for people and the model: what became of the names that were taken back."""
    return _lines(told, _MOST_LINES, _LONGEST_LINE, redactor)


def _lines(told: Any, most: int, longest: int, redactor: Redactor | None) -> tuple[str, ...]:
    redact = _redact(redactor)
    lines = told[:most] if isinstance(told, list) else []
    return tuple(redact(valid_unicode(str(line)))[:longest] for line in lines)


def _redact(redactor: Redactor | None) -> Callable[[str], str]:
    return redactor.text if redactor else str


def _names(content: Any) -> tuple[str, ...]:
    names = content[:_MOST_NAMES] if isinstance(content, list) else []
    return tuple(str(name)[:100] for name in names)
