"""The live area at the bottom of the terminal: the plan, and what happens right now."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from k2_jupyter.events import ItemState, PlanItem
from k2_jupyter.messages import Usage

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

MARKS: dict[ItemState, tuple[str, str]] = {
    "open": ("○", "dim"),
    "active": ("◐", "bold cyan"),
    "done": ("●", "green"),
    "failed": ("✗", "red"),
    "dropped": ("–", "dim strike"),
}
_PLAN_LINES = 8


class LiveArea:
    """State that the view sets and a timer draws; at most 11 lines."""

    def __init__(self) -> None:
        self.plan: tuple[PlanItem, ...] = ()
        self.step = 0
        self.doing = "starting…"
        self.aside = ""
        """The last line of what comes in: reasoning, text or output."""
        self.usage = Usage()
        self.started = time.monotonic()
        self._spinner = Spinner("dots", style="cyan")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text()
        yield from map(_line, _window(self.plan))
        row = Table.grid(padding=(0, 1))
        row.add_row(self._spinner, self._now())
        yield row
        if self.aside:
            yield Text("  " + self.aside, style="dim italic", no_wrap=True, overflow="ellipsis")

    def _now(self) -> Text:
        seconds = int(time.monotonic() - self.started)
        parts = [f"step {self.step} · " if self.step else "", self.doing]
        text = Text("".join(parts), style="bold", no_wrap=True, overflow="ellipsis")
        text.append(f"  {clock(seconds)}", style="not bold cyan")
        if self.usage.input_tokens:
            text.append(f" · {tokens(self.usage)}", style="not bold dim")
        return text


def clock(seconds: float) -> str:
    """``0:42`` or ``1:02:03``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def tokens(usage: Usage) -> str:
    """All tokens of the turn so far, ``12.3k tokens``; re-sent context counts each time."""
    count = usage.input_tokens + usage.output_tokens
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{count / size:.1f}{unit} tokens"
    return f"{count} tokens"


def _line(item: PlanItem) -> Text:
    mark, style = MARKS[item.state]
    return Text(f"{mark} {item.title}", style=style, no_wrap=True, overflow="ellipsis")


def _window(plan: Sequence[PlanItem]) -> list[PlanItem]:
    """The lines round the active item; what is left out is counted at both ends."""
    if len(plan) <= _PLAN_LINES:
        return list(plan)
    active = next((n for n, item in enumerate(plan) if item.state in ("active", "open")), 0)
    room = _PLAN_LINES - 2
    start = max(0, min(active - 1, len(plan) - room))
    shown = list(plan[start : start + room])
    behind, ahead = plan[:start], plan[start + room :]
    if behind:
        told = PlanItem("", f"{len(behind)} earlier items", "done")
        shown.insert(0, told if len(behind) > 1 else behind[0])
    if ahead:
        told = PlanItem("", f"{len(ahead)} more", "open")
        shown.append(told if len(ahead) > 1 else ahead[0])
    return shown
