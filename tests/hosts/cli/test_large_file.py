"""A file of 2 GB is read in pieces, and the report says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from k2_jupyter.hosts.cli.main import main

BYTES = 2_000_000_000


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Readings of three kinds, the third one higher; the same block again and again."""
    rows = [
        f"station-{n % 40:03d},kind {'abc'[n % 3]},{10 + n % 7 + 2 * (n % 3 == 2)}\n"
        for n in range(400_000)
    ]
    block = "".join(rows).encode()
    path = tmp_path / "large.csv"
    if shutil.disk_usage(tmp_path).free < 2 * BYTES:
        pytest.skip("not enough disk for a file of 2 GB")
    with path.open("wb") as file:
        file.write(b"station,kind,reading\n")
        for _ in range(BYTES // len(block) + 1):
            file.write(block)
    return path


@pytest.mark.full
@pytest.mark.timeout(600)
def test_a_file_of_two_gigabytes_is_sampled_and_it_says_so(
    large: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    task = "does reading differ by kind?"
    assert main(["run", task, "--data", str(large), "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "Yes" in shown
    assert "sample" in shown
    assert "not found in the outputs" not in shown
