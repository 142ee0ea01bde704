"""The kernel's end of the pipe without a kernel: IPython's shell and what a `%%k2` does there.

Run as a program; the descriptors to read and to write are its arguments.
"""

from __future__ import annotations

import sys
import threading
from types import SimpleNamespace
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from k2_jupyter.in_kernel.magic import surroundings
from k2_jupyter.in_kernel.magic.agent_feed import AgentFeed
from k2_jupyter.in_kernel.magic.pipe import TO_KERNEL, Pipe
from k2_jupyter.in_kernel.magic.runner import Runner
from k2_jupyter.in_kernel.magic.runs import Runs
from k2_jupyter.in_kernel.values import variables


def main() -> None:
    """Carry out what comes until the other end is gone."""
    reading, writing = map(int, sys.argv[1:])
    shell = InteractiveShell.instance()
    variables.install()
    runner = Runner(lambda message: feed.step(message))  # noqa: PLW0108 - `feed` is made below
    feed = AgentFeed(shell, surroundings.of(shell), runner, Runs(shell))
    far: Any = SimpleNamespace(
        pipe=Pipe(reading, writing, TO_KERNEL), log="", late=False, ended=0, alive=True
    )
    feed._child = far
    with runner.open(claimed=True):
        threading.Thread(target=feed._listen, args=(far,), daemon=True).start()
        runner.drive(feed._other)


if __name__ == "__main__":
    main()
