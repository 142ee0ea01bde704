"""How a request ended, in words that a notebook may keep."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class End:
    """For the kernel's end of the pipe; statuses as in `pipe.TO_KERNEL`."""

    status: str
    text: str = ""
