"""The scripts of a report, and the policy that allows exactly these."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from markupsafe import Markup

LIBRARY_SHA256: Final = "79542150855a52c567260e3137095dbe2b744e6d702a5cabe67da246942fba7a"
"""Of the library in `vendor/`, as `vendor/SOURCE.md` says."""
_POLICY = (
    "default-src 'none'; {scripts}img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def needed(*, tables: bool, charts: bool) -> list[Markup]:
    """Sources for ``script`` elements, in the order in which they must stand."""
    report = files("k2_jupyter.adapters.report")
    paths = [
        *(["vendor/plotly-cartesian.min.js", "scripts/charts.js"] if charts else []),
        *(["scripts/tables.js"] if tables else []),
    ]
    return [Markup(report.joinpath(path).read_text("utf-8")) for path in paths]  # noqa: S704


def policy(scripts: Sequence[str]) -> str:
    """The page's Content-Security-Policy: no script but these, by their hash (CSP level 3)."""
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return _POLICY.format(scripts=f"script-src {hashes}; " if hashes else "")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
