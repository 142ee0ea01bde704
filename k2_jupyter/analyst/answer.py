"""The offline analyst's one function: messages in, the next answer out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files
from string import Template

from k2_jupyter.analyst.conversation import Turn, read_turn
from k2_jupyter.analyst.draft import WHO, cannot
from k2_jupyter.analyst.follow_up import meant
from k2_jupyter.analyst.intent import kind_of, outside_word, wants_dashboard
from k2_jupyter.analyst.profile import profile
from k2_jupyter.analyst.readings import one_file
from k2_jupyter.analyst.script import Move, Script, play, spoken
from k2_jupyter.analyst.work import analyse
from k2_jupyter.analyst.worksheet import StepError, Worksheet
from k2_jupyter.messages import AssistantMessage, Message, ToolSpec


@cache
def text(name: str) -> str:
    """One of the analyst's own texts."""
    return files("k2_jupyter.analyst").joinpath("texts", f"{name}.md").read_text("utf-8").strip()


def answer(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
    """The analyst's answer to a conversation: a pure function of it.

    Raises `ValueError` where there is no user message.
    """
    turn = read_turn(messages)
    names = frozenset(tool.name for tool in tools)
    return spoken(play(_script(turn, names), turn.results), turn.calls_before)


def _script(turn: Turn, tools: frozenset[str]) -> Script[None]:
    asked = meant(turn.asked)
    columns = {name for file in asked.files for name in file.columns}
    kind = kind_of(asked.task, columns)
    if kind == "question":
        yield Move(text("about"))
        return
    sheet = Worksheet(tools)
    if not asked.is_known:
        yield from _decline(sheet, tools, text("follow_up"))
        return
    if kind == "outside" or not asked.files:
        reason = _reason(asked.task, columns) if asked.files else text("no_data")
        yield from _decline(sheet, tools, reason)
        return
    # A plan alone asks nothing.
    asking = sheet if "run_cell" in tools else Worksheet(frozenset())
    file = yield from one_file(asking, asked.task, asked.files, first=asked.first)
    work = profile(sheet, asked.task, file)
    if kind == "analysis":
        work = analyse(sheet, asked, file, dashboard=wants_dashboard(asked.task))
    if "run_cell" not in tools:
        yield from _only_plan(sheet, work)
        return
    try:
        yield from work
    except StepError as problem:
        yield from sheet.finish(cannot(f"The analysis stopped: {problem}"))


def _decline(sheet: Worksheet, tools: frozenset[str], reason: str) -> Script[None]:
    if "finish" in tools:
        yield from sheet.finish(cannot(reason))
    else:
        yield Move(reason)


def _reason(task: str, columns: Collection[str]) -> str:
    word = outside_word(task, columns)
    reason = f"“{word}” lies outside what rules can do." if word else "the task fits no rule."
    return Template(text("outside")).substitute(reason=reason)


def _only_plan(sheet: Worksheet, work: Script[None]) -> Script[None]:
    """The plan and no cell: what the script would do first is not carried out."""
    next(work)
    sheet.reopen()
    requests = sheet.show_plan()
    if requests:
        yield Move(requests=requests)
    yield Move(
        f"{sheet.outline()}\n\nNothing was run: only the plan was asked for. Written by the {WHO}."
    )
