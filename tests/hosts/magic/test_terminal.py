"""`%%k2` in a plain IPython terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import psutil
import pytest

from tests.hosts.magic.models import Runs, Silent
from tests.loopback import Play, Server

PROMPT = r"In \[(\d+)\]: $"


@pytest.fixture
def terminal(
    serve: Callable[[Play], Server], tmp_path: Path
) -> Iterator[Callable[[Play], pexpect.spawn[str]]]:
    """``terminal(play)`` is an IPython whose `%%k2` asks that model."""
    started = []

    def start(play: Play) -> pexpect.spawn[str]:
        environment = {
            **os.environ,
            "IPYTHONDIR": str(tmp_path / "ipython"),
            "K2_BASE_URL": serve(play).base_url,
            "K2_MODEL": "played",
        }
        options = ["-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor"]
        shell = pexpect.spawn(
            sys.executable,
            options,
            cwd=tmp_path,
            env=environment,
            encoding="utf-8",
            timeout=40,
            echo=False,
        )
        started.append(shell)
        shell.expect(PROMPT)
        say(shell, "%load_ext k2_jupyter")
        return shell

    yield start
    for shell in started:
        shell.close(force=True)


def say(shell: pexpect.spawn[str], line: str, until: str = PROMPT) -> str:
    """Type a line; what is shown until the next prompt, or until something else."""
    shell.sendline(line)
    shell.expect(until)
    shown: str = shell.before
    return shown


def ask(shell: pexpect.spawn[str], source: str, until: str = PROMPT) -> str:
    """A request of one line, approved."""
    shell.sendline(f"get_ipython().run_cell_magic('k2', '', {source!r})")
    shell.expect("say why not.*: $")
    before: str = shell.before
    return before + say(shell, "y", until)


def test_the_card_is_printed_and_the_cells_run_in_the_users_namespace(
    terminal: Callable[[Play], pexpect.spawn[str]],
) -> None:
    model = Runs()
    shell = terminal(model)
    shown = ask(shell, "x = 6 * 7\nprint('said', x)\n---\nx + 1\n---\nprint(1 / 0)\n---\ninput()")
    assert "K2 · " in shown
    assert "said 42" in shown
    assert "ZeroDivisionError" in shown
    assert "It ran." in shown
    printed, value, failed, typed = model.read
    assert "<stdout>\nsaid 42" in printed
    assert "<result>\n43" in value
    assert "ZeroDivisionError: division by zero" in failed
    assert "EOFError" in typed
    assert "42" in say(shell, "x")


def test_an_interrupt_in_a_cell_comes_back_to_the_prompt(
    terminal: Callable[[Play], pexpect.spawn[str]],
) -> None:
    shell = terminal(Runs())
    ask(shell, "import time\nprint('sle' + 'eps')\ntime.sleep(600)\n---\nnever = 1", "sleeps")
    shell.sendintr()
    shell.expect("K2: interrupted")
    shell.expect(PROMPT)
    assert "False" in say(shell, "'never' in globals()")
    assert "It ran." in ask(shell, "after = 1")


def test_an_interrupt_in_a_model_call_comes_back_to_the_prompt(
    terminal: Callable[[Play], pexpect.spawn[str]],
) -> None:
    model = Silent()
    shell = terminal(model)
    shell.sendline("get_ipython().run_cell_magic('k2', '', 'think')")
    assert model.asked.wait(40)
    shell.sendintr()
    shell.expect("K2: interrupted")
    shell.expect(PROMPT)
    model.released.set()


def test_the_end_of_the_terminal_is_the_end_of_the_agent(
    terminal: Callable[[Play], pexpect.spawn[str]],
) -> None:
    shell = terminal(Runs())
    ask(shell, "exit()\n---\nx = 1")
    (agent,) = psutil.Process(shell.pid).children()
    assert "1" in say(shell, "x")  # the agent's exit() ended nothing
    shell.sendline("exit()")
    shell.expect(pexpect.EOF)
    agent.wait(30)
