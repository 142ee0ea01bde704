"""A task with two readings at a terminal, and with nobody there."""

from __future__ import annotations

import sys
from pathlib import Path

import pexpect
import pytest

from k2_jupyter.hosts.cli.main import main

TASK = "Does the score differ between the schools?"


@pytest.fixture
def pupils(tmp_path: Path) -> Path:
    """Two scores; the schools differ in the second one."""
    rows = [f"{'ab'[n % 2]},{n * 7 % 11},{n * 5 % 13 + 9 * (n % 2)}" for n in range(80)]
    path = tmp_path / "pupils.csv"
    path.write_text("\n".join(["school,math score,reading score", *rows]))
    return path


def test_the_person_at_the_terminal_answers(pupils: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    arguments = [
        "-m",
        "k2_jupyter",
        "run",
        TASK,
        "--data",
        str(pupils),
        "--out",
        out,
        "--no-verify",
    ]
    run = pexpect.spawn(sys.executable, arguments, encoding="utf-8", timeout=100)

    run.expect_exact("Which column do you mean?")
    run.expect_exact("A number, or your own words:")
    run.sendline("2")
    run.expect(pexpect.EOF)
    run.close()

    assert run.exitstatus == 0
    assert "mean of `reading score`" in (Path(out) / "analysis.ipynb").read_text()


def test_with_nobody_there_the_choice_is_said(
    pupils: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("k2_jupyter.hosts.cli.asking.Terminal.attended", False)
    out = str(tmp_path / "out")

    assert main(["run", TASK, "--data", str(pupils), "--out", out, "--no-verify"]) == 0

    shown = " ".join(capsys.readouterr().out.split())
    assert "Which column do you mean? → nobody is there to answer" in shown
    assert "The task may as well mean `reading score`; `math score` was taken." in shown
