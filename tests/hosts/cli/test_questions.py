"""Questions of a turn and its limits, at a terminal and with nobody there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from k2_jupyter.hosts.cli.main import main
from tests.hosts.cli.test_day import planning
from tests.loopback import Play, Server

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


@pytest.fixture
def limited(serve: Callable[[Play], Server], tmp_path: Path) -> tuple[pexpect.spawn, Server]:
    """A turn without end at a terminal that may take two steps."""
    server = serve(planning)
    options = ["--model", "m", "--base-url", server.base_url, "--max-steps", "2"]
    arguments = ["-m", "k2_jupyter", "run", "go", *options, "--out", str(tmp_path / "out")]
    return pexpect.spawn(sys.executable, arguments, encoding="utf-8", timeout=100), server


def test_a_limit_is_extended_at_the_terminal(limited: tuple[pexpect.spawn, Server]) -> None:
    run, server = limited
    for reached, more in [("2 of 2", "y"), ("4 of 4", "1"), ("5 of 5", "")]:
        run.expect_exact(f"The limit is reached: {reached} steps.")
        run.expect_exact("How many more steps? (y = 2, Enter = stop here)")
        run.sendline(more)
    run.expect(pexpect.EOF)
    run.close()
    assert run.exitstatus == 74
    assert len(server.requests) == 5


def test_ctrl_c_at_a_question_ends_the_turn(limited: tuple[pexpect.spawn, Server]) -> None:
    run, server = limited
    run.expect_exact("Enter = stop here)")
    run.sendintr()
    run.expect(pexpect.EOF)
    run.close()
    assert run.exitstatus == 130
    assert len(server.requests) == 2
