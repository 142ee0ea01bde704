"""A response that `k2 record` kept, to be sent again."""

from __future__ import annotations

from pathlib import Path

from tests.loopback import Reply


def recorded(path: Path) -> Reply:
    """The response in such a file; its body comes in one piece."""
    head, _, body = path.read_bytes().partition(b"\n\n")
    status, kind = head.decode().splitlines()
    return Reply([body], int(status.split()[1]), kind.removeprefix("content-type: "))
