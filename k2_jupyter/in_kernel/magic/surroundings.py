"""Where a magic runs: here an ipykernel with a front end; `terminal` is the other.

Standard library and IPython; what is private of ipykernel is in `ipykernel_names`.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from typing import Any

from . import heading, ipykernel_names
from .terminal import Said, Terminal

_OUTPUTS = frozenset(
    ["stream", "display_data", "execute_result", "error", "update_display_data", "clear_output"]
)


def of(shell: Any) -> Any:
    """The surroundings of a shell."""
    return Front(shell) if hasattr(shell, "kernel") else Terminal(shell)


class Front:
    """A kernel whose outputs a front end shows in the cell of the magic."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._kernel = shell.kernel

    def facts(self) -> dict[str, Any]:
        """What the agent's process must know of the place."""
        named = self._shell.user_ns.get("__vsc_ipynb_file__")  # by VS Code
        named = named if isinstance(named, str) else os.environ.get("JPY_SESSION_NAME", "")
        return {
            "front": "kernel",
            "stdin": ipykernel_names.accepts_input(self._kernel),
            "cwd": os.getcwd(),  # noqa: PTH109 - light
            "notebook": named,
        }

    def has_server(self) -> bool:
        """Whether a Jupyter server started the kernel for a notebook: it sets this variable."""
        return bool(os.environ.get("JPY_SESSION_NAME"))

    def cell(self) -> str:
        """Id of the cell that runs, where the front end names it."""
        metadata = self._kernel.get_parent("shell").get("metadata") or {}
        cell = metadata.get("cellId") or metadata.get("cell_id") or ""
        return cell if isinstance(cell, str) else ""

    @contextlib.contextmanager
    def run(self, said: Said) -> Iterator[None]:
        """The outputs of what runs inside stand in the magic's cell, and are told to `said`.

        An error is shown as text: an output of type ``error`` would tell papermill that
        the magic's own cell has failed, though the agent may repair what failed in it.
        """

        def keep(kind: str, content: dict[str, Any], metadata: dict[str, Any]) -> bool:
            if kind in _OUTPUTS:
                said(kind, content, metadata)
            if kind == "error":
                text = "\n".join(content["traceback"]) + "\n"
                shown = {"name": "stderr", "text": text}
                ipykernel_names.publish(self._kernel, "stream", shown)
                return False
            return True

        with contextlib.ExitStack() as stack:
            stack.enter_context(ipykernel_names.without_input(self._kernel))
            stack.enter_context(ipykernel_names.watched(self._kernel, keep))
            yield

    def prompt(self, text: str) -> str | None:
        """What the user types; None where nobody can."""
        from IPython.core.error import StdinNotImplementedError

        try:
            return str(self._kernel.raw_input(text))
        except (StdinNotImplementedError, EOFError):
            return None

    def question(self, asking: str) -> str:
        """Show what is asked next; returns the id by which it can be replaced."""
        return self.show({"text/html": asking, "text/plain": "K2 asks:"}, update=True)

    def heading(self, title: str, source: str) -> None:
        """Says what runs next, its code folded."""
        self.show({"text/html": heading.heading(title, source), "text/plain": f"▸ {title}"})

    def show(self, data: dict[str, Any], *, update: bool = False) -> str:
        """Show it in the magic's cell; returns the id by which it can be replaced."""
        display_id = uuid.uuid4().hex
        transient = {"display_id": display_id} if update else {}
        self._shell.display_pub.publish(data, transient=transient)
        return display_id

    def update(self, display_id: str, data: dict[str, Any]) -> None:
        """Replace what `show` showed."""
        self._shell.display_pub.publish(data, transient={"display_id": display_id}, update=True)
