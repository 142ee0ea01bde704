"""A plain IPython terminal as the place of a magic: text only, printed as it comes.

The names of IPython that it promises nobody are here: ``_showtraceback``,
``displayhook.write_format_data``, ``displayhook.prompt_count``, and those of `_PRINTING`.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

Said = Callable[[str, dict[str, Any], dict[str, Any]], None]
"""Takes type, content and metadata of an output, in the words of the Jupyter protocol."""

_PRINTING = ("write_output_prompt", "finish_displayhook")
"""Methods of the display hook that print what surrounds a result."""


class Terminal:
    """IPython in a terminal: text only, printed as it comes."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._printed = ""

    def facts(self) -> dict[str, Any]:
        """What the agent's process must know of the place."""
        stdin = sys.stdin is not None and sys.stdin.isatty()
        return {"front": "terminal", "stdin": stdin, "cwd": os.getcwd()}  # noqa: PTH109 - light

    def has_server(self) -> bool:
        """No page looks at a terminal."""
        return False

    def cell(self) -> str:
        """A terminal has no cells."""
        return ""

    @contextlib.contextmanager
    def run(self, said: Said) -> Iterator[None]:
        """What is printed and shown inside is told to `said` as well."""
        tees = _Tee(sys.stdout, "stdout", said), _Tee(sys.stderr, "stderr", said)
        with _streams(tees), _hooks(self._shell, said, tees):
            yield

    def prompt(self, text: str) -> str | None:
        """What the user types; None where nobody can."""
        try:
            return input(text)
        except EOFError:
            return None

    def question(self, asking: str) -> str:
        """Nothing: the card's text has told it."""
        return ""

    def heading(self, title: str, source: str) -> None:
        """Says what runs next, and its code."""
        indented = "\n".join(f"    {line}" for line in source.splitlines())
        print(f"\n▸ {title}\n{indented}")

    def show(self, data: dict[str, Any], *, update: bool = False) -> str:
        """Print it."""
        self._printed = data["text/plain"]
        print(self._printed)
        return ""

    def update(self, display_id: str, data: dict[str, Any]) -> None:
        """Print what has been added."""
        text = data["text/plain"]
        new = text[len(self._printed) :] if text.startswith(self._printed) else "\n" + text
        self._printed = text
        print(new.strip("\n")) if new.strip() else None


@contextlib.contextmanager
def _streams(tees: tuple[_Tee, _Tee]) -> Iterator[None]:
    """What is printed passes the tees; there is nothing to read."""
    before = sys.stdout, sys.stderr, sys.stdin
    sys.stdout, sys.stderr = tees
    sys.stdin = _NoInput()
    try:
        yield
    finally:
        sys.stdin = before[2]
        for name, tee, stream in zip(("stdout", "stderr"), tees, before, strict=False):
            if getattr(sys, name) is tee:  # else the code put something else there
                setattr(sys, name, stream)


@contextlib.contextmanager
def _hooks(shell: Any, said: Said, tees: tuple[_Tee, _Tee]) -> Iterator[None]:
    """Displays, results and tracebacks are told by themselves, not by what prints them."""
    displayhook, publish = shell.displayhook, shell.display_pub.publish
    showing, failing = displayhook.write_format_data, shell._showtraceback

    def told(show: Callable[..., Any]) -> Callable[..., Any]:
        """The shell prints what was told already."""

        def silently(*args: Any, **more: Any) -> Any:
            with tees[0].silent(), tees[1].silent():
                return show(*args, **more)

        return silently

    def publishing(data: Any, *args: Any, **more: Any) -> Any:
        said("display_data", {"data": _plain(data)}, {})
        return told(publish)(data, *args, **more)

    def write_format_data(data: Any, *args: Any, **more: Any) -> Any:
        count = displayhook.prompt_count
        said("execute_result", {"data": _plain(data), "execution_count": count}, {})
        return told(showing)(data, *args, **more)

    def show_traceback(kind: Any, value: Any, lines: Any) -> Any:
        content = {"ename": kind.__name__, "evalue": str(value), "traceback": list(lines)}
        said("error", content, {})
        return told(failing)(kind, value, lines)

    shell.display_pub.publish = publishing
    displayhook.write_format_data = write_format_data
    for name in _PRINTING:
        setattr(displayhook, name, told(getattr(displayhook, name)))
    shell._showtraceback = show_traceback
    try:
        yield
    finally:
        del shell.display_pub.publish, shell._showtraceback
        for name in ("write_format_data", *_PRINTING):
            delattr(displayhook, name)


class _Tee:
    """A stream that tells what is written to it."""

    def __init__(self, stream: Any, name: str, said: Said) -> None:
        self._stream, self._name, self._said = stream, name, said
        self._silent = False

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Meanwhile nothing is told."""
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before

    def write(self, text: str) -> int:
        if not self._silent:
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
