"""What a run needs of a kernel process, whoever started it."""

from __future__ import annotations

from typing import Protocol

from k2_jupyter.adapters.kernel_channels import KernelChannels

CHECK_SECONDS = 0.25
"""How often a wait looks whether the process still lives."""


class Process(Protocol):
    """One life of a kernel, as far as a run needs it."""

    @property
    def channels(self) -> KernelChannels: ...

    @property
    def language(self) -> str: ...

    @property
    def ours(self) -> bool:
        """Whether nobody else uses it, so that it may be ended with what runs in it."""
        ...

    def alive(self) -> bool:
        """Whether the process runs."""
        ...

    def ending(self) -> str:
        """How it ended, in words that follow "The kernel"; call it when it is not alive."""
        ...

    def behind_others(self, asked: str) -> bool:
        """Whether a request waits for what others have asked before it."""
        ...

    def interrupt(self, asked: str) -> None:
        """Interrupt this request, if it is what runs."""
        ...

    def withdraw(self, asked: str) -> None:
        """Nobody waits for this request any more: what it runs, now or later, is to end."""
        ...
