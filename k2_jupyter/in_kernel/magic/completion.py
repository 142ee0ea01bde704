"""What Tab offers behind `%%k2` and `%k2`."""

from __future__ import annotations

from typing import Any

OPTIONS = ("--again", "--max-cost", "--max-steps", "--model", "--plan")
OF_KERNEL = ("explain", "fix", "undo")
"""Commands of `%k2` that are carried out, or made a request, in the kernel."""
OF_AGENT = ("cost", "export", "help", "model", "plan", "resume", "save", "status")
"""Commands that the agent's process answers."""
OF_TURN = ("cost", "export", "plan", "resume", "save", "status")
"""Those of them that are about the last turn."""
COMMANDS = tuple(sorted((*OF_KERNEL, *OF_AGENT)))


def install(shell: Any) -> None:
    """Offer options behind `%%k2`, and commands as well behind `%k2`."""
    shell.set_hook("complete_command", _cell, str_key="%%k2")
    shell.set_hook("complete_command", _line, str_key="%k2")


def _cell(_shell: Any, _event: Any) -> list[str]:
    return list(OPTIONS)


def _line(_shell: Any, event: Any) -> list[str]:
    words = event.line.split()[1:]
    complete = words if event.line.endswith((" ", "\t")) else words[:-1]
    named = any(not word.startswith("-") for word in complete)
    return list(OPTIONS) if named else [*COMMANDS, *OPTIONS]
