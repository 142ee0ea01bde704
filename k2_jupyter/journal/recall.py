"""A turn as its journal tells it: what was asked, answered and run, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from k2_jupyter.errors import JournalError
from k2_jupyter.events import Claim, Conclusion, PlanItem, TurnFinished
from k2_jupyter.journal.journal import FILE_NAME, OPENED, TURN_ID, turn_folder
from k2_jupyter.journal.reading import Record, is_running, read
from k2_jupyter.messages import AssistantMessage, Reasoning, ToolCall, ToolResult, Usage
from k2_jupyter.outputs import Display, ErrorOutput, Output, Stream

KERNEL = "KernelLife"
"""Type of the record that says which start of which kernel runs the cells, under ``life``."""
MESSAGE = "Message"
"""Type of the record that has the user's message as the model got it, under ``text``."""


@dataclass(frozen=True, slots=True)
class RecordedCell:
    """A cell as its newest run left it."""

    id: str
    source: str
    purpose: str = ""
    kind: str = "code"
    outputs: tuple[Output, ...] = ()
    ok: bool = False
    ended: bool = False
    """Whether it is known how the run ended."""
    epoch: int = 0
    """Of the kernel that ran it."""
    life: str = ""
    """Which start of which kernel ran it; "" where that was not noted."""


@dataclass(slots=True)
class RecordedTurn:
    """What a journal holds of a turn, in the words of `messages` and `events`."""

    turn: str
    started: datetime
    facts: Mapping[str, Any]
    """Of the first record."""
    task: str = ""
    model: str = ""
    message: str = ""
    """Task and briefing, as the model got them."""
    answers: list[tuple[AssistantMessage, list[ToolResult]]] = field(default_factory=list)
    cells: dict[str, RecordedCell] = field(default_factory=dict)
    """By id, in the order of their newest runs."""
    approved: set[str] = field(default_factory=set)
    """Digests of the sources that the user has approved."""
    plan: tuple[PlanItem, ...] = ()
    changes: int = 0
    """Records of changed cells."""
    finished: TurnFinished | None = None
    life: str = ""
    """Which start of which kernel was there last; "" where that was not noted."""
    lost: int | None = None
    """Which answer's cell was the first that went down with its kernel or was interrupted."""
    under_way: str = ""
    """The cell of the call that has no result, as far as it had come to one."""
    results_before: int = 0
    """Of that answer, from calls before the one that ran this cell."""

    @property
    def completed(self) -> bool:
        """Whether it came to a conclusion."""
        return self.finished is not None and self.finished.conclusion is not None

    @property
    def request(self) -> str:
        """In the user's own words; the task may have descriptions of variables in it."""
        return str(self.facts.get("request") or self.task)

    def whole_answers(self) -> Sequence[tuple[AssistantMessage, list[ToolResult]]]:
        """The answers all of whose calls came to an end, up to the first that was cut off."""
        whole = []
        for message, results in self.answers[: self.lost]:
            if len(results) != len(message.calls):
                break
            whole.append((message, results))
        return whole

    @property
    def cut_off(self) -> tuple[AssistantMessage, list[ToolResult]] | None:
        """The answer after those, with the results of its first calls; the others have none."""
        at = len(self.whole_answers())
        if at == len(self.answers):
            return None
        message, results = self.answers[at]
        return message, results[: self.results_before] if at == self.lost else results


def newest(state_dir: Path, **facts: str) -> RecordedTurn | None:
    """The newest completed turn whose first record has these facts; damaged ones are passed by."""
    return next((turn for turn in all_begun(state_dir, **facts) if turn.completed), None)


def newest_begun(state_dir: Path, **facts: str) -> RecordedTurn | None:
    """The newest turn with these facts, completed or not, that nobody is at."""
    return next(all_begun(state_dir, **facts), None)


def recall(state_dir: Path, turn: str) -> RecordedTurn:
    """Raises `JournalError` for a journal that is missing or damaged."""
    path = turn_folder(state_dir, turn) / FILE_NAME
    records = read(path)
    opened = next(records, None)
    if opened is None or opened.type != OPENED:
        raise JournalError(f"{path} holds no turn.")
    found = RecordedTurn(turn, opened.time, opened.data)
    told = _Telling(found)
    try:
        for record in records:
            told.take(record)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise JournalError(f"{path} is damaged: {problem!r}.") from problem
    return found


def all_begun(state_dir: Path, **facts: str) -> Iterator[RecordedTurn]:
    """The turns with these facts that nobody is at, the newest first, as they are asked for."""
    opened = []
    folder = state_dir / "turns"
    entries = folder.iterdir() if folder.is_dir() else ()
    for name in (entry.name for entry in entries if TURN_ID.fullmatch(entry.name)):
        try:
            records = read(turn_folder(state_dir, name) / FILE_NAME)
            first = next(records, None)
            records.close()
        except JournalError:
            continue
        if first and all(first.data.get(fact) == value for fact, value in facts.items()):
            opened.append((first.time, name))
    for _, name in sorted(opened, reverse=True):
        try:
            if not is_running(turn_folder(state_dir, name) / FILE_NAME):
                yield recall(state_dir, name)
        except (JournalError, OSError):
            continue


class _Telling:
    """Takes a journal's records one after another."""

    def __init__(self, turn: RecordedTurn) -> None:
        self._turn = turn
        self._asked: dict[int, str] = {}

    def take(self, record: Record) -> None:
        """Raises what a wrong field raises."""
        taken = getattr(self, f"_{record.type}", None)
        if taken is not None:
            taken(record.data, record.number)

    def _Message(self, data: Mapping[str, Any], _: int) -> None:  # noqa: N802 - by type
        self._turn.message = data["text"]

    def _KernelLife(self, data: Mapping[str, Any], _: int) -> None:  # noqa: N802
        self._turn.life = data["life"]

    def _TurnStarted(self, data: Mapping[str, Any], _: int) -> None:  # noqa: N802
        self._turn.task, self._turn.model = data["task"], data["model"]

    def _AnswerReceived(self, data: Mapping[str, Any], _: int) -> None:  # noqa: N802
        self._turn.answers.append((_answer(data["message"]), []))
        self._turn.under_way = ""

    def _CallFinished(self, data: Mapping[str, Any], _: int) -> None:  # noqa: N802
        self._turn.under_way = ""
        result, call = data["result"], data["call"]
        told = ToolResult(result["text"], is_error=result["is_error"], gist=result["gist"])
        self._turn.answers[-1][1].append(told)
        if call["name"] == "delete_cell" and not result["is_error"]:
            for cell in [one for one in self._turn.cells if f'"{one}"' in call["arguments"]]:
                del self._turn.cells[cell]

    def _CellStarted(self, data: Mapping[str, Any], _: int) -> None:  # noqa: N802
        before = self._turn.cells.pop(data["cell"], None)
        purpose = data["purpose"] or (before.purpose if before else "")
        epoch, life = data["epoch"], self._turn.life
        cell = RecordedCell(data["cell"], data["source"], purpose, epoch=epoch, life=life)
        self._turn.cells[cell.id] = cell
        self._turn.under_way = cell.id

    def _CellFinished(self, data: Mapping[str, Any], _: int) -> None:  # noqa: N802
        cell = self._turn.cells[data["cell"]]
        if data["status"] in ("dead", "interrupted", "aborted") and self._turn.lost is None:
            self._turn.lost = max(0, len(self._turn.answers) - 1)
            self._turn.results_before = len(self._turn.answers[-1][1]) if self._turn.answers else 0
        outputs = tuple(map(_output, data["outputs"]))
        is_ok = data["status"] == "ok"
        self._turn.cells[cell.id] = replace(cell, outputs=outputs, ok=is_ok, ended=True)

    def _PlanChanged(self, data: Mapping[str, Any], _: int) -> None:  # noqa: N802
        self._turn.plan = tuple(
            PlanItem(item["id"], item["title"], item["state"], tuple(item["cells"]))
            for item in data["items"]
        )

    def _CellChanged(self, _: Mapping[str, Any], __: int) -> None:  # noqa: N802
        self._turn.changes += 1

    def _ApprovalRequest(self, data: Mapping[str, Any], number: int) -> None:  # noqa: N802
        self._asked[number] = data["digest"]

    def _Approval(self, data: Mapping[str, Any], _: int) -> None:  # noqa: N802
        if data["granted"] is True:
            self._turn.approved.add(self._asked[data["request"]])

    def _TurnFinished(self, data: Mapping[str, Any], _: int) -> None:  # noqa: N802
        self._turn.finished = TurnFinished(
            data["reason"],
            _conclusion(data["conclusion"]),
            data["detail"],
            data["steps"],
            data["calls"],
            _usage(data["usage"]),
            data["seconds"],
        )


def _answer(data: Mapping[str, Any]) -> AssistantMessage:
    thought = data["reasoning"]
    return AssistantMessage(
        data["text"],
        tuple(ToolCall(call["id"], call["name"], call["arguments"]) for call in data["calls"]),
        thought and Reasoning(thought["text"], thought["key"], tuple(thought.get("details", ()))),
        data["finish"],
        _usage(data["usage"]),
    )


def _usage(data: Mapping[str, Any]) -> Usage:
    return Usage(data["input_tokens"], data["cached_tokens"], data["output_tokens"])


def _conclusion(data: Mapping[str, Any] | None) -> Conclusion | None:
    if data is None:
        return None
    claims = [
        Claim(
            one["number"],
            one["cell"],
            one["label"],
            one["found"],
            one["problem"],
            one.get("headline", ""),
        )
        for one in data["claims"]
    ]
    return Conclusion(
        data["text"],
        tuple(data["caveats"]),
        tuple(data["next_steps"]),
        tuple(claims),
        data["outcome"],
        data["plain"],
    )


def _output(data: Mapping[str, Any]) -> Output:
    match data["type"]:
        case "Stream":
            return Stream(data["name"], data["text"])
        case "ErrorOutput":
            return ErrorOutput(data["ename"], data["evalue"], tuple(data["traceback"]))
    return Display(data["data"], data["metadata"], data["display_id"], data["execution_count"])
