"""The last thing a turn shows: the conclusion, what is doubtful about it, the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from k2_jupyter.events import Conclusion, EndReason, PlanItem, TurnFinished
from k2_jupyter.hosts.cli.cell_block import first_line, plain
from k2_jupyter.hosts.cli.live_area import MARKS, clock, tokens
from k2_jupyter.notebook.rerun import Verification

if TYPE_CHECKING:
    from rich.console import RenderableType

_REASONS: dict[EndReason, str] = {
    "done": "Done",
    "cannot": "This task can't be done here",
    "limit": "Stopped at a limit",
    "interrupted": "Interrupted",
    "model": "The model could not be reached",
    "failed": "The turn could not go on",
}
_MOST_DIFFERENCES = 20
_LOOKED_UP = "The turn ended without a checked conclusion; its numbers were looked up afterwards."


def rich(
    finished: TurnFinished, plan: Sequence[PlanItem], paths: Sequence[Path]
) -> Iterator[RenderableType]:
    """For a terminal."""
    from rich.markdown import Markdown
    from rich.padding import Padding
    from rich.panel import Panel

    yield Text()
    for item in plan:
        mark, style = MARKS[item.state]
        yield Text(f"{mark} {item.title}", style=style)
    conclusion = finished.conclusion
    good = finished.reason == "done"
    if conclusion is not None:
        # Hyperlinks would be escape sequences with an address of the model's choice.
        text = Markdown(plain(conclusion.text), hyperlinks=False)
        colour = "green" if good else "yellow"
        yield Panel(text, title=_REASONS[finished.reason], border_style=colour, padding=(1, 2))
    if finished.detail or conclusion is None:
        yield Text(_detail(finished), style="none" if good else "bold yellow")
    for line in _doubts(conclusion):
        yield Padding(Text(line, style="yellow"), (0, 0, 0, 2))
    for title, lines in _lists(conclusion):
        listed = "\n".join(f"- {line}" for line in lines)
        yield Padding(Markdown(f"**{title}**\n\n{listed}", hyperlinks=False), (0, 2))
    yield from _files(paths)
    yield _footer(finished)


def plain_text(
    finished: TurnFinished, plan: Sequence[PlanItem], paths: Sequence[Path]
) -> Iterator[str]:
    """For logs and pipes."""
    conclusion = finished.conclusion
    if conclusion is not None:
        yield f"\n{_REASONS[finished.reason]}\n\n{plain(conclusion.text)}\n"
    if finished.detail or conclusion is None:
        yield _detail(finished)
    yield from _doubts(conclusion)
    for title, lines in _lists(conclusion):
        yield "\n".join([f"\n{title}", *(f"- {line}" for line in lines)])
    yield from map(str, _files(paths))
    yield str(_footer(finished))


def rerun(found: Verification) -> Iterator[str]:
    """The result of running the notebook again, then a line for each cell that differs."""
    yield f"{'✓' if found.equal else '!'} {plain(found.sentence)}"
    for one in found.differences[:_MOST_DIFFERENCES]:
        yield f"cell {one.number} ({plain(one.cell)}): {first_line(one.what)}"
    if len(found.differences) > _MOST_DIFFERENCES:
        yield f"… and {len(found.differences) - _MOST_DIFFERENCES} more"


def _detail(finished: TurnFinished) -> str:
    said = plain(finished.detail)
    return f"{_REASONS[finished.reason]}: {said}" if said else f"{_REASONS[finished.reason]}."


def _doubts(conclusion: Conclusion | None) -> Iterator[str]:
    """Claims that no output shows."""
    if conclusion is None:
        return
    if conclusion.plain and conclusion.cell:  # without a cell there was nothing to look up
        yield f"! {_LOOKED_UP}"
    for claim in conclusion.claims:
        if not claim.found:
            why = f" ({first_line(claim.problem)})" if claim.problem else ""
            yield f"! not found in the outputs: {plain(claim.number)}{why}"


def _lists(conclusion: Conclusion | None) -> Iterator[tuple[str, list[str]]]:
    """Titles and their lines."""
    if conclusion is None:
        return
    for title, lines in (("Caveats", conclusion.caveats), ("Next steps", conclusion.next_steps)):
        if lines:
            yield title, [" ".join(plain(line).split()) for line in lines]


def _files(paths: Sequence[Path]) -> Iterator[Text]:
    if paths:
        yield Text()
    for path in paths:
        near = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        yield Text(f"→ {plain(str(near))}", style="bold")


def _footer(finished: TurnFinished) -> Text:
    parts = [f"{finished.steps} steps", f"{finished.calls} calls"]
    if finished.usage.input_tokens:
        parts.append(tokens(finished.usage))
    parts.append(clock(finished.seconds))
    return Text(" · ".join(parts), style="dim")
