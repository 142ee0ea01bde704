"""Starts and watches the process that holds the agent, from inside the user's kernel.

Standard library only. Nothing of the notebook reaches that process but what goes over the
pipe: it starts isolated (`start`), in a folder of its own, with a short list of environment
variables as they were when the kernel started.
"""

from __future__ import annotations

import os
import subprocess
import weakref
from collections import deque
from pathlib import Path
from typing import Any

from . import start
from .pipe import TO_KERNEL, Pipe

_ALLOWED = frozenset(
    [
        "HOME",
        "LANG",
        "LANGUAGE",
        "LOGNAME",
        "PATH",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "TMPDIR",
        "TZ",
        "USER",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "no_proxy",
        "K2_API_KEY",
        "K2_BASE_URL",
        "K2_MODEL",
        "MOONSHOT_API_KEY",
    ]
)
_PATIENCE_SECONDS = 30.0
"""How long it may leave the pipe unread before it counts as hung."""
_ALLOWED_PREFIXES = ("LC_", "XDG_")


class Child:
    """The process, and this end of the pipe to it."""

    def __init__(self) -> None:
        """Start it. Raises `OSError`."""
        there, here = os.pipe(), os.pipe()  # what it reads, what it writes
        try:
            self.process = _started(there[0], here[1])
        except BaseException:  # also an interrupt: without these ends a process ends itself
            for descriptor in (there[1], here[0]):
                os.close(descriptor)
            raise
        finally:
            os.close(there[0])
            os.close(here[1])
        self.pipe = Pipe(here[0], there[1], TO_KERNEL, patience=_PATIENCE_SECONDS)
        self._asked: deque[str] = deque()
        """Ids of what was asked and has not ended, the one under way first."""
        self._owner = os.getpid()
        _children.add(self)

    @property
    def alive(self) -> bool:
        """Whether it runs, and is this process's own (not that of one it forked from)."""
        own = self._owner == os.getpid()
        return own and not self.pipe.closed and self.process.poll() is None

    @property
    def late(self) -> bool:
        """Whether what it says belongs to something that was asked before the last."""
        return len(self._asked) > 1

    def ask(self, op: str, **fields: Any) -> None:
        """Send a ``turn`` or a ``command``; each comes to one ``end``. Raises `PipeClosed`."""
        self._asked.append(fields["id"])
        self.pipe.send(op, **fields)

    def ended(self) -> None:
        """What was under way has ended."""
        if self._asked:
            self._asked.popleft()

    def interrupt(self) -> None:
        """End all that was asked. Raises `PipeClosed`."""
        for asked in tuple(self._asked):
            self.pipe.send("interrupt", id=asked)

    def give_up(self) -> None:
        """End what is under way, not what waits behind it. Raises `PipeClosed`."""
        for asked in tuple(self._asked)[:1]:
            self.pipe.send("interrupt", id=asked)

    def end(self) -> None:
        """Close the pipe, which ends it; where that does not help, kill it."""
        self.pipe.close()
        if self._owner != os.getpid():
            return
        try:
            self.process.wait(2.0)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        self.pipe.close()


def _started(reading: int, writing: int) -> subprocess.Popen[bytes]:
    folder = _folder()
    with (folder / "agent.log").open("ab", 0) as log:
        return subprocess.Popen(
            start.command(_began_with()),
            stdin=reading,
            stdout=writing,
            stderr=log,
            cwd=folder,
            env=_environment(),
            start_new_session=True,  # an interrupt of the kernel is no interrupt of it
        )


_children: weakref.WeakSet[Child] = weakref.WeakSet()


def _forked() -> None:
    """A fork of the user's is not at the other end of any agent."""
    for child in _children:
        child.pipe.drop()


os.register_at_fork(after_in_child=_forked)


def _folder() -> Path:
    base = Path(_began_with().get("XDG_STATE_HOME", ""))
    base = base if base.is_absolute() else Path.home() / ".local/state"
    folder = base / "k2_jupyter" / "magic"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def shown_log() -> str:
    """Where its log is, in words that name no folder of the user's: a notebook keeps them."""
    own = Path(_began_with().get("XDG_STATE_HOME", "")).is_absolute()
    return f"{'$XDG_STATE_HOME' if own else '~/.local/state'}/k2_jupyter/magic/agent.log"


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in _began_with().items()
        if name in _ALLOWED or name.startswith(_ALLOWED_PREFIXES)
    }


def _began_with() -> dict[str, str]:
    """The environment that the kernel was started with: cells may have changed it since."""
    try:
        pairs = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:
        return dict(os.environ)
    return dict(os.fsdecode(pair).split("=", 1) for pair in pairs if b"=" in pair)
