from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.slow_line import SHAPE

OWN_NETWORK = ("unshare", "--map-root-user", "--net")


def test_a_slow_and_lossy_line_brings_the_answers_whole() -> None:
    tried = subprocess.run(
        [*OWN_NETWORK, "sh", "-c", SHAPE], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        pytest.skip(f"no line of its own to be had here: {tried.stderr.strip()}")
    done = subprocess.run(
        [*OWN_NETWORK, sys.executable, "-m", "tests.faults.slow_line"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0
