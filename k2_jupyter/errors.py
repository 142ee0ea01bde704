"""What can go wrong, as types.

A failure that the model should read is a `ToolResult`, never one of these; a failing
cell of the notebook is an ordinary `CellRun`. These are raised to the host, which shows
the message: it names the cause and the next step.

::

    K2Error
    ├── SettingsError             the user must change an option, a file or the configuration
    ├── ModelError                the turn cannot go on with this model now
    │   ├── ModelConnectionError  refused, unresolved, cut off, timed out, redirected
    │   ├── ModelStatusError      an HTTP error status (401, 404, 429, 5xx …)
    │   │   └── ModelOverflowError  the conversation is longer than the endpoint takes
    │   └── ModelOutputError      an answer that holds nothing usable, or no model protocol
    │       └── ModelEmptyError   again and again neither text nor a call
    ├── NotebookError
    │   ├── CellNotFoundError     no cell with that id
    │   ├── CellChangedError      the cell is not what the edit was made from
    │   ├── DocumentError         a notebook file that cannot be read or written
    │   ├── KernelError           a kernel that cannot be started or reached
    │   └── KernelSilentError     a kernel that gave no answer: busy, or it died
    ├── JournalError              the journal cannot be written: nothing may run
    └── StopRequested             `stop` was set while something waited
"""

from __future__ import annotations

from typing import Literal


class K2Error(Exception):
    """Base of everything that this package raises on purpose."""


class SettingsError(K2Error):
    """The user must change something; the message says what and where."""


class ModelError(K2Error):
    """The model could not give an answer."""


class ModelConnectionError(ModelError):
    """No usable connection to the endpoint, after the retries."""


class ModelStatusError(ModelError):
    """The endpoint answered with an HTTP error status.

    `status` is the HTTP status; `kind` the endpoint's own error type, or ""; `said` its
    message in its own words, or "".
    """

    def __init__(self, message: str, *, status: int, kind: str = "", said: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.said = said


class ModelOverflowError(ModelStatusError):
    """The request is too long: it must be shortened, asking again as it is cannot help.

    `limit` is what the endpoint takes and `requested` what the request came to, both in
    `unit` ("tokens" or "bytes"), ``None`` where the endpoint does not say.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        kind: str = "",
        said: str = "",
        unit: Literal["tokens", "bytes"] = "tokens",
        limit: int | None = None,
        requested: int | None = None,
    ) -> None:
        super().__init__(message, status=status, kind=kind, said=said)
        self.unit = unit
        self.limit = limit
        self.requested = requested


class ModelOutputError(ModelError):
    """The answer is empty, was cut by its length limit, or is not this protocol."""


class ModelEmptyError(ModelOutputError):
    """The same request brought neither text nor a call several times: ask differently.

    `reasoned` says whether there was reasoning at least, which ended without an answer.
    """

    def __init__(self, message: str, *, reasoned: bool = False) -> None:
        super().__init__(message)
        self.reasoned = reasoned


class NotebookError(K2Error):
    """A notebook could not do what was asked."""


class CellNotFoundError(NotebookError):
    """There is no cell with that id."""


class CellChangedError(NotebookError):
    """The cell's source is not the one that the edit was made from.

    `current` is the source as it stands now.
    """

    def __init__(self, message: str, *, current: str) -> None:
        super().__init__(message)
        self.current = current


class DocumentError(NotebookError):
    """A notebook file cannot be read or written."""


class KernelError(NotebookError):
    """A kernel cannot be started or reached, so nothing can run."""


class KernelSilentError(NotebookError):
    """The kernel gave no answer this time: it is busy, or it died and a new one comes.

    The turn can go on; the message says which of both it is.
    """


class JournalError(K2Error):
    """The journal cannot be written, so nothing may run."""


class StopRequested(K2Error):  # noqa: N818 (a wish of the user, not an error)
    """`stop` was set; whoever waited has let go of what it waited for."""
