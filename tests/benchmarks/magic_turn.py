"""One turn of `%%k2` in a kernel of its own, by the least front end: approves, draws nothing.

Usage: python -m tests.benchmarks.magic_turn FOLDER

The model is that of the environment.
"""

from __future__ import annotations

import sys
from typing import Any

from jupyter_client.manager import KernelManager


def main(folder: str) -> None:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=folder)
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready()

    def run(source: str) -> None:
        reply = client.execute_interactive(
            source,
            allow_stdin=True,
            stdin_hook=lambda _: client.input("always"),
            output_hook=_ignore,
        )
        if reply["content"]["status"] != "ok":
            raise SystemExit(str(reply["content"]))

    run("%load_ext k2_jupyter")
    run("%%k2\ngo")
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def _ignore(message: dict[str, Any]) -> None:
    pass


if __name__ == "__main__":
    main(*sys.argv[1:])
