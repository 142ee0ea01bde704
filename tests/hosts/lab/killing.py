"""An extension by which a server is killed right after a certain record of a journal.

``K2_TEST_KILL_AFTER`` says after which, for example ``CellStarted 2``.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from typing import Any

from k2_jupyter.journal.journal import Journal

_write = Journal.write
_kind, _, _number = os.environ.get("K2_TEST_KILL_AFTER", "").partition(" ")
_left = [None] * int(_number or 0)


def _writing(self: Journal, kind: str, data: Mapping[str, Any]) -> int:
    number = _write(self, kind, data)
    if kind == _kind and _left:
        _left.pop()
        if not _left:
            os.kill(os.getpid(), signal.SIGKILL)
    return number


def _load_jupyter_server_extension(app: Any) -> None:
    Journal.write = _writing  # type: ignore[method-assign]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]
