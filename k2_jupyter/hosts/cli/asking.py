"""Questions to the person at the controlling terminal.

Only ``/dev/tty`` counts: what stands in a pipe on stdin was not typed by anybody who has
seen the question. What was typed before the question is thrown away.
"""

from __future__ import annotations

import os
import re
import termios
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from k2_jupyter.events import (
    Approval,
    ApprovalRequest,
    CapRequest,
    Extension,
    QuestionRequest,
    Reply,
)
from k2_jupyter.hosts.cli.cell_block import highlighted, plain
from k2_jupyter.hosts.extension import extension, prompt, reached
from k2_jupyter.notebook.text import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

NOBODY = "Nobody is there to approve."
_INVISIBLE = re.compile(
    "[\xad\u061c\u180e\u200b-\u200d\u2028\u2029\u2060-\u2064\ufeff\U000e0000-\U000e007f]"
)
_ACTIONS = {
    "run": "May this cell run?",
    "edit": "May this cell of yours be changed?",
    "restart": "May the kernel be restarted? All variables are lost.",
}


class Terminal:
    """A person's terminal, where there is one."""

    def __init__(self, path: str = "/dev/tty") -> None:
        self._path = Path(path)

    @property
    def attended(self) -> bool:
        """Whether there is a terminal to ask on, and this process may read from it.

        A job in the background would be stopped by its first read (SIGTTIN).
        """
        try:
            with self._path.open("rb+", buffering=0) as opened:
                try:
                    foreground = os.tcgetpgrp(opened.fileno())
                except OSError:  # a terminal, but not the controlling one: no job control
                    return True
                return foreground == os.getpgrp()
        except OSError:
            return False

    @contextmanager
    def _opened(self) -> Iterator[tuple[Console, Callable[[str], str | None]]]:
        with (
            self._path.open("r", encoding="utf-8", errors="replace") as keys,
            self._path.open("w", encoding="utf-8", errors="replace") as screen,
        ):
            console = Console(file=screen, highlight=False)

            def read(prompt: str) -> str | None:
                termios.tcflush(keys.fileno(), termios.TCIFLUSH)
                console.print(Text(prompt, style="bold"), end=" ")
                line = keys.readline()
                return line.strip() if line else None

            yield console, read

    def approval(self, request: ApprovalRequest) -> Approval:
        """Show exactly what would be done; anything but yes is no."""
        if not self.attended:
            return Approval(granted=False, comment=NOBODY)
        with self._opened() as (console, read):
            for part in _request(request):
                console.print(part)
            answer = read("y = yes, n or Enter = no, or say why not:")
        if answer is not None and answer.lower() in ("y", "yes"):
            return Approval(granted=True)
        if not answer or answer.lower() in ("n", "no"):
            return Approval(granted=False, comment="The user said no.")
        return Approval(granted=False, comment=f"The user said: {answer}")

    def reply(self, request: QuestionRequest) -> Reply | None:
        """A choice by its number, or any text; ``None`` where nobody answers."""
        if not self.attended:
            return None
        with self._opened() as (console, read):
            console.print()
            console.print(Text("? " + plain(request.question), style="bold magenta"))
            for number, choice in enumerate(request.choices, 1):
                console.print(Text(f"  {number}  {plain(choice)}"))
            prompt = "A number, or your own words:" if request.choices else "Your answer:"
            answer = read(prompt)
            while answer == "":
                answer = read(prompt)
        return None if answer is None else Reply(_chosen(answer, request.choices))

    def extension(self, request: CapRequest) -> Extension | None:
        """How much more; ``None`` ends the turn."""
        if not self.attended:
            return None
        with self._opened() as (console, read):
            console.print()
            console.print(Text(f"The limit is reached: {reached(request)}.", style="bold yellow"))
            answer = read(prompt(request))
        return extension(request, answer)


def _chosen(answer: str, choices: Sequence[str]) -> str:
    if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(choices):
        return choices[int(answer) - 1]
    return answer


def _request(request: ApprovalRequest) -> Iterator[RenderableType]:
    from rich.console import Group
    from rich.panel import Panel

    title = Text(_ACTIONS[request.action], style="bold")
    reasons = [Text(f"• {plain(reason)}") for reason in request.reasons]
    kinds = [Text(f"  ({', '.join(request.kinds)})", style="dim")] if request.kinds else []
    yield Text()
    yield Panel(Group(title, *reasons, *kinds), border_style="red", expand=False)
    if request.code:
        yield from _exact(request)


def _exact(request: ApprovalRequest) -> Iterator[RenderableType]:
    """The text itself, with what can't be seen made visible."""
    shown, hidden = revealed(request.code)
    if hidden:
        yield Text(
            f" {hidden} hidden characters: shown below as escapes such as \\u202e ",
            style="bold white on red",
        )
    language = "diff" if request.action == "edit" else "python"
    yield highlighted(shown, language, line_numbers=request.action == "run")


def revealed(text: str) -> tuple[str, int]:
    """A text with hidden characters as escapes, and how many there are."""
    seen = _INVISIBLE.sub(lambda match: ascii(match[0])[1:-1], visible(text))
    hidden = len(_INVISIBLE.findall(text)) + sum(
        visible(character) != character for character in text.replace("\r\n", "\n")
    )
    return seen, hidden
