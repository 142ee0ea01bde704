"""Where a magic runs: in an ipykernel with a front end, or in a plain IPython terminal.

Standard library and IPython; what is private of ipykernel is in `ipykernel_names`.
"""

from __future__ import annotations

import contextlib
import html
import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from . import ipykernel_names

Said = Callable[[str, dict[str, Any], dict[str, Any]], None]
"""Takes type, content and metadata of an output, in the words of the Jupyter protocol."""

_OUTPUTS = frozenset(
    ["stream", "display_data", "execute_result", "error", "update_display_data", "clear_output"]
)


def of(shell: Any) -> Any:
    """The surroundings of a shell."""
    return Front(shell) if hasattr(shell, "kernel") else Terminal(shell)


def interrupt() -> None:
    """What the interrupt button does, from another thread.

    The signal goes to the main thread itself: a `sleep` there would not notice one that
    another thread of the process got.
    """
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


class Front:
    """A kernel whose outputs a front end shows in the cell of the magic."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._kernel = shell.kernel

    def facts(self) -> dict[str, Any]:
        """What the agent's process must know of the place."""
        stdin = ipykernel_names.accepts_input(self._kernel)
        return {"front": "kernel", "stdin": stdin, "cwd": os.getcwd()}  # noqa: PTH109 - light

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
                self._send("stream", {"name": "stderr", "text": text})
                return False
            return True

        with contextlib.ExitStack() as stack:
            stack.enter_context(ipykernel_names.without_input(self._kernel))
            stack.enter_context(ipykernel_names.watched(self._kernel, keep))
            yield

    def _send(self, kind: str, content: dict[str, Any]) -> None:
        parent = self._kernel.get_parent("shell")
        session, socket = self._kernel.session, self._kernel.iopub_socket
        type(session).send(session, socket, kind, content, parent=parent)

    def prompt(self, text: str) -> str | None:
        """What the user types; None where nobody can."""
        from IPython.core.error import StdinNotImplementedError

        try:
            return str(self._kernel.raw_input(text))
        except (StdinNotImplementedError, EOFError):
            return None

    def heading(self, title: str, source: str) -> None:
        """Says what runs next, its code folded."""
        summary, code = html.escape(title), html.escape(source)
        folded = f"<details><summary><b>{summary}</b></summary><pre>{code}</pre></details>"
        self.show({"text/html": folded, "text/plain": f"▸ {title}"})

    def show(self, data: dict[str, str], *, update: bool = False) -> str:
        """Show it in the magic's cell; returns the id by which it can be replaced."""
        display_id = uuid.uuid4().hex
        transient = {"display_id": display_id} if update else {}
        self._shell.display_pub.publish(data, transient=transient)
        return display_id

    def update(self, display_id: str, data: dict[str, str]) -> None:
        """Replace what `show` showed."""
        self._shell.display_pub.publish(data, transient={"display_id": display_id}, update=True)


class Terminal:
    """IPython in a terminal: text only, printed as it comes."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._printed = ""

    def facts(self) -> dict[str, Any]:
        """What the agent's process must know of the place."""
        stdin = sys.stdin is not None and sys.stdin.isatty()
        return {"front": "terminal", "stdin": stdin, "cwd": os.getcwd()}  # noqa: PTH109 - light

    def cell(self) -> str:
        """A terminal has no cells."""
        return ""

    @contextlib.contextmanager
    def run(self, said: Said) -> Iterator[None]:
        """What is printed and shown inside is told to `said` as well."""
        shell, streams = self._shell, (sys.stdout, sys.stderr)
        stdin, publish = sys.stdin, shell.display_pub.publish
        showing, failing = shell.displayhook.write_format_data, shell._showtraceback

        def publishing(data: Any, *args: Any, **more: Any) -> Any:
            said("display_data", {"data": _plain(data)}, {})
            return publish(data, *args, **more)

        def write_format_data(data: Any, *args: Any, **more: Any) -> Any:
            count = shell.displayhook.prompt_count
            said("execute_result", {"data": _plain(data), "execution_count": count}, {})
            return showing(data, *args, **more)

        def show_traceback(kind: Any, value: Any, lines: Any) -> Any:
            content = {"ename": kind.__name__, "evalue": str(value), "traceback": list(lines)}
            said("error", content, {})
            return failing(kind, value, lines)

        sys.stdout, sys.stderr = _Tee(streams[0], "stdout", said), _Tee(streams[1], "stderr", said)
        sys.stdin = _NoInput()
        shell.display_pub.publish = publishing
        shell.displayhook.write_format_data = write_format_data
        shell._showtraceback = show_traceback
        try:
            yield
        finally:
            (sys.stdout, sys.stderr), sys.stdin = streams, stdin
            del shell.display_pub.publish
            del shell.displayhook.write_format_data
            del shell._showtraceback

    def prompt(self, text: str) -> str | None:
        """What the user types; None where nobody can."""
        try:
            return input(text)
        except EOFError:
            return None

    def heading(self, title: str, source: str) -> None:
        """Says what runs next, and its code."""
        indented = "\n".join(f"    {line}" for line in source.splitlines())
        print(f"\n▸ {title}\n{indented}")

    def show(self, data: dict[str, str], *, update: bool = False) -> str:
        """Print it."""
        self._printed = data["text/plain"]
        print(self._printed)
        return ""

    def update(self, display_id: str, data: dict[str, str]) -> None:
        """Print what has been added."""
        text = data["text/plain"]
        new = text[len(self._printed) :] if text.startswith(self._printed) else "\n" + text
        self._printed = text
        print(new.strip("\n")) if new.strip() else None


class _Tee:
    """A stream that tells what is written to it."""

    def __init__(self, stream: Any, name: str, said: Said) -> None:
        self._stream, self._name, self._said = stream, name, said

    def write(self, text: str) -> int:
        self._said("stream", {"name": self._name, "text": text}, {})
        written: int = self._stream.write(text)
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _NoInput:
    """Nobody answers the agent's code."""

    def readline(self, size: int = -1) -> str:
        raise EOFError("input() is not available to code that K2 runs")

    read = readline

    def fileno(self) -> int:
        raise OSError("no input")

    def isatty(self) -> bool:
        return False


def _plain(data: Any) -> dict[str, Any]:
    return {name: content for name, content in data.items() if isinstance(content, (str, dict))}
