"""``python -I -m k2_jupyter.hosts.magic``: started by the first `%%k2` of a kernel."""

from __future__ import annotations

import os

from k2_jupyter.hosts.light import leave_out_slow_imports
from k2_jupyter.hosts.magic.session import Session
from k2_jupyter.in_kernel.magic.pipe import TO_AGENT, Pipe
from k2_jupyter.settings import take_keys


def main() -> None:
    """Serve the kernel at the other end of stdin and stdout until it is gone."""
    leave_out_slow_imports()
    reading, writing = os.dup(0), os.dup(1)
    # What a library reads or prints by accident is no message.
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    Session(Pipe(reading, writing, TO_AGENT), keys=take_keys(os.environ)).serve()


if __name__ == "__main__":
    main()
