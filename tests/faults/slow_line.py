"""A conversation over a slow and lossy line; prints how many packets the line dropped.

Usage: unshare -rn python -m tests.faults.slow_line

The line is the loopback device of a network namespace of its own, behind a token bucket
(tc-tbf(8)) that drops what its short queue does not hold.
"""

from __future__ import annotations

import re
import subprocess

from k2_jupyter.messages import AssistantMessage
from tests.asking import CALL, ask, in_turn, model_at
from tests.loopback import serving

SHAPE = (
    "ip link set lo mtu 1500 up && tc qdisc add dev lo root tbf rate 4mbit burst 3000 limit 6000"
)
ANSWERS = 2
SENT = AssistantMessage("Größe – ¾. " * 2_000, (CALL,), finish="tool_calls")


def main() -> None:
    _run("sh", "-c", SHAPE)
    with serving(in_turn(SENT)) as server:
        model = model_at(server.base_url)
        for _ in range(ANSWERS):
            assert ask(model)[0] == SENT
        assert len(server.bodies) == ANSWERS
    dropped = re.search(r"dropped (\d+)", _run("tc", "-s", "qdisc", "show", "dev", "lo"))
    print(dropped[1] if dropped else 0)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
