"""Imports that take long and that a process of ours does without."""

from __future__ import annotations

import sys


def leave_out_slow_imports() -> None:
    """Call it before anything imports `jsonschema`.

    That imports `rfc3987_syntax` where it finds it, to check the format ``iri``; JupyterLab
    brings it, and it compiles its grammar while it is imported: 3 s. `jsonschema` goes on
    without it, and no schema of ours has that format.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
