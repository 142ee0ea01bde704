"""Where `k2` prints."""

from __future__ import annotations

import os
import sys

from rich.console import Console


class Output(Console):
    """A console whose reader may go away (``k2 run … | head``): the work goes on unseen."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, soft_wrap=True)

    def on_broken_pipe(self) -> None:
        """Print to nowhere from now on; python would complain again while it closes stdout."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, (sys.stderr if self.stderr else sys.stdout).fileno())
        os.close(nowhere)
