"""What a turn tells its host, and what the host answers.

`Agent.run` is a generator of these. An `Event` needs no answer (the host sends ``None``);
a `Request` waits for one. The order within a turn::

    TurnStarted
      (StepStarted
         (TextDelta | ReasoningDelta | Retrying | Waiting)*  AnswerReceived
         (CallStarted  (… events of the tool …)  CallFinished)*
      )*
    TurnFinished

A tool's own events stand between its `CallStarted` and `CallFinished`: requests, plan
changes, and for each cell run `CellStarted`, `CellOutput`*, `CellFinished`.
`TurnFinished` is always the last event, and every `CallStarted` has its `CallFinished`,
also when the turn was stopped.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypeVar

from k2_jupyter.messages import AssistantMessage, ToolCall, ToolResult, Usage
from k2_jupyter.outputs import Output, OutputChange

RunStatus: TypeAlias = Literal["ok", "error", "interrupted", "timeout", "dead", "aborted"]
"""How a cell run ended. ``timeout``: the soft limit interrupted it and the namespace is
kept. ``dead``: the kernel is gone, and the namespace with it. ``aborted``: never ran."""

ItemState: TypeAlias = Literal["open", "active", "done", "failed", "dropped"]


@dataclass(frozen=True, slots=True)
class PlanItem:
    id: str
    title: str
    state: ItemState = "open"
    cells: tuple[str, ...] = ()
    """Ids of the cells that were made while the item was active."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A number in the conclusion and where it came from."""

    number: str
    """As it stands in the conclusion, for example ``324.35``."""
    cell: str
    """Id of the cell whose outputs show it; "" where the model named none."""
    label: str = ""
    """What the number is, in a few words that the output shows near it."""
    found: bool = False
    problem: str = ""
    """Why it does not count, in words for the model and the reader; "" when found."""
    headline: str = ""
    """What the number is, in words for the reader, where it is one of the few that answer
    the task; "" for the others."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The end of a turn in words."""

    text: str
    """Markdown."""
    caveats: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    outcome: Literal["done", "cannot"] = "done"
    """``cannot``: the model says that it cannot do this task."""
    plain: bool = False
    """The turn ended in plain text instead of `finish`; numbers were looked up in all
    outputs of the turn."""
    cell: str = ""
    """Id of the notebook cell that holds it, or ""."""


# Events


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """First event of a turn."""

    turn: str
    """Random id; also the name of the turn's folder in the state directory."""
    task: str
    model: str
    """What answers, in words for people, for example ``offline analyst (rule-based)``."""


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A model call is about to be made; counted from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str


@dataclass(frozen=True, slots=True)
class Retrying:
    """The model call failed and is made again; text shown since `StepStarted` is void."""

    attempt: int
    """The number of the coming attempt; the first call was 1."""
    seconds: float
    """How long the model layer waits before it."""
    reason: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The wait that `Retrying` told of goes on. Comes each second; not journaled."""

    seconds: float
    """What is left of it."""


@dataclass(frozen=True, slots=True)
class AnswerReceived:
    """The model's answer is complete. Nothing of it has been carried out yet."""

    message: AssistantMessage


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The intent: the call is known and about to be carried out."""

    call: ToolCall
    position: int
    """Of the call in its answer, from 0: ids may repeat, positions do not."""


@dataclass(frozen=True, slots=True)
class CallFinished:
    call: ToolCall
    position: int
    result: ToolResult
    seconds: float


@dataclass(frozen=True, slots=True)
class CellStarted:
    """The intent to run exactly this source; on disk before the kernel gets it."""

    cell: str
    source: str
    purpose: str = ""
    epoch: int = 0
    """Of the kernel; rises when its namespace was lost."""


@dataclass(frozen=True, slots=True)
class CellOutput:
    """Something came out of the running cell. Not journaled; `CellFinished` has the sum."""

    cell: str
    change: OutputChange


@dataclass(frozen=True, slots=True)
class CellFinished:
    cell: str
    status: RunStatus
    seconds: float
    execution_count: int | None = None
    outputs: tuple[Output, ...] = ()
    """What the notebook keeps: bounded, redacted."""


@dataclass(frozen=True, slots=True)
class PlanChanged:
    items: tuple[PlanItem, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for the user about something that went differently than asked."""

    text: str
    detail: str = ""
    """What the journal should have of it besides; of any length, and not shown."""


EndReason: TypeAlias = Literal["done", "cannot", "limit", "interrupted", "model", "failed"]
"""Why a turn ended. ``limit``: a cap is reached, or the model went round in circles.
``model``: the model could not be reached or gave nothing usable.
``failed``: the notebook or the journal can't go on (disk full, no kernel)."""


@dataclass(frozen=True, slots=True)
class TurnFinished:
    """Last event of a turn; every call is answered and the history is valid."""

    reason: EndReason
    conclusion: Conclusion | None = None
    detail: str = ""
    """For all reasons but ``done``: the cause and the next step, for people."""
    steps: int = 0
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0


# Requests and their answers


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """May this be done? Answer: `Approval`; anything else counts as "no"."""

    action: Literal["run", "edit", "restart"]
    reasons: tuple[str, ...]
    """Why it is asked, one line each."""
    kinds: tuple[str, ...] = ()
    """Risk kinds that triage saw, as in ``--allow``."""
    code: str = ""
    """The exact text that would run, or the diff that would be applied."""
    digest: str = ""
    """SHA-256 of the source that would run; the approval is for that source only."""


@dataclass(frozen=True, slots=True)
class Approval:
    granted: bool
    comment: str = ""
    """What the person said, or why nobody could be asked; the model reads it."""


@dataclass(frozen=True, slots=True)
class QuestionRequest:
    """A question of the model. Answer: `Reply`; ``None`` when nobody is there."""

    question: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    text: str


CapName: TypeAlias = Literal["steps", "calls", "tokens", "seconds", "dollars"]
"""``tokens`` are new ones: context that is sent again does not count."""


@dataclass(frozen=True, slots=True)
class CapRequest:
    """A limit is reached. Answer: `Extension`; anything else ends the turn."""

    limit: CapName
    used: float
    allowed: float
    period: Literal["turn", "day"] = "turn"
    """``day``: all turns of the user on this machine since midnight."""
    offered: float = 0.0
    """How much more a plain "yes" means."""


@dataclass(frozen=True, slots=True)
class Extension:
    """Go on with this much more of what ran out."""

    extra: float


Request: TypeAlias = ApprovalRequest | QuestionRequest | CapRequest

Event: TypeAlias = (
    TurnStarted
    | StepStarted
    | TextDelta
    | ReasoningDelta
    | Retrying
    | Waiting
    | AnswerReceived
    | CallStarted
    | CallFinished
    | CellStarted
    | CellOutput
    | CellFinished
    | PlanChanged
    | Notice
    | TurnFinished
    | Request
)

Answer: TypeAlias = Approval | Reply | Extension | None

T = TypeVar("T")
EventStream: TypeAlias = Generator[Event, Answer, T]
"""What does something that takes time: yields events, takes answers, returns a `T`."""
