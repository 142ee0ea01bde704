"""A front end for tests: sends cells to a real kernel, answers its prompts, keeps what is shown."""

from __future__ import annotations

import os
import queue
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

HANG = 60.0


class KernelDied(Exception):  # noqa: N818 - what happened
    """There will be no reply."""


@dataclass
class Shown:
    """What one cell showed, as a front end keeps it; messages of other parents are dropped."""

    reply: Mapping[str, Any] = field(default_factory=dict)
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)

    @property
    def card(self) -> str:
        """The card's last state, as text."""
        cards = [
            content["data"]["text/plain"]
            for kind, content in self.messages
            if kind in ("display_data", "update_display_data")
            and content["data"].get("text/plain", "").startswith("K2 ·")
        ]
        return str(cards[-1])

    def text(self, name: str = "stdout") -> str:
        """What was printed."""
        return "".join(
            content["text"]
            for kind, content in self.messages
            if kind == "stream" and content["name"] == name
        )

    def data(self, media_type: str) -> list[Any]:
        """What was shown of a type."""
        return [
            content["data"][media_type]
            for kind, content in self.messages
            if "data" in content and media_type in content["data"]
        ]


class FrontEnd:
    """A kernel and its one client."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager, self.client = manager, client
        self.on_prompt: Callable[[], None] | None = None
        """Called at a prompt instead of an answer."""
        self.others: Callable[[dict[str, Any]], None] = lambda message: None
        """Sees what comes of a cell's run under other parents than its own."""

    def run(
        self,
        source: str,
        *,
        answers: Sequence[str] = (),
        stdin: bool = True,
        cell: str = "",
        watch: Callable[[str, dict[str, Any]], None] = lambda kind, content: None,
    ) -> Shown:
        """Run a cell to its end; `watch` sees each message as it comes."""
        message = self.client.session.msg(
            "execute_request",
            {
                "code": source,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": stdin,
                "stop_on_error": True,
            },
            metadata={"cellId": cell} if cell else {},
        )
        self.client.shell_channel.send(message)
        return self._followed(message["header"]["msg_id"], list(answers), watch)

    def _followed(
        self, asked: str, answers: list[str], watch: Callable[[str, dict[str, Any]], None]
    ) -> Shown:
        shown, until = Shown(), time.monotonic() + HANG
        idle = False
        while not (idle and shown.reply):
            self._expect_life(until, shown)
            for channel in (self.client.stdin_channel, self.client.shell_channel):
                while channel.msg_ready():
                    message = channel.get_msg(timeout=0)
                    if message["parent_header"].get("msg_id") != asked:
                        continue
                    if message["msg_type"] == "input_request":
                        shown.prompts.append(message["content"]["prompt"])
                        if self.on_prompt is not None:
                            self.on_prompt()
                        else:
                            self.client.input(answers.pop(0))
                    else:
                        shown.reply = message["content"]
            try:
                message = self.client.get_iopub_msg(timeout=0.05)
            except queue.Empty:
                continue
            if message["parent_header"].get("msg_id") != asked:
                self.others(message)
                continue
            kind, content = message["msg_type"], message["content"]
            idle = idle or content.get("execution_state") == "idle"
            shown.messages.append((kind, content))
            watch(kind, content)
        return shown

    def _expect_life(self, until: float, shown: Shown) -> None:
        if time.monotonic() > until:
            self.abort()
            pytest.fail(f"hung after {shown.messages}")
        if not self.alive:
            raise KernelDied

    def run_until_dead(self, source: str, **more: Any) -> list[psutil.Process]:
        """Run a cell that its kernel does not survive; returns the kernel's child processes."""
        kernel, children = psutil.Process(self.pid), list[psutil.Process]()
        watch = more.pop("watch", lambda kind, content: None)

        def watching(kind: str, content: dict[str, Any]) -> None:
            with suppress(psutil.NoSuchProcess):
                children[:] = kernel.children() or children
            watch(kind, content)

        with pytest.raises(KernelDied):
            self.run(source, watch=watching, **more)
        return children

    def abort(self) -> None:
        """End a kernel that hangs; what its threads were at goes to stderr."""
        os.kill(self.pid, signal.SIGABRT)
        psutil.Process(self.pid).wait(HANG)

    def restart(self) -> None:
        """What the restart button does; the extension is loaded again."""
        self.manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=HANG)
        assert self.run("%load_ext k2_jupyter").reply["status"] == "ok"

    def interrupt(self) -> None:
        """What the stop button does; from any thread (the manager would open a loop in it)."""
        os.killpg(os.getpgid(self.pid), signal.SIGINT)

    @property
    def alive(self) -> bool:
        """Whether the kernel is."""
        try:
            return psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    @property
    def pid(self) -> int:
        """Of the kernel."""
        return int(self.manager.provisioner.pid)  # type: ignore[union-attr]

    def value(self, expression: str) -> str:
        """What an expression gives, as its `repr`."""
        reply = self.client.execute("", user_expressions={"v": expression}, reply=True)
        text: str = reply["content"]["user_expressions"]["v"]["data"]["text/plain"]
        return text


@contextmanager
def front_end(folder: Path, **environment: str) -> Iterator[FrontEnd]:
    """A kernel that runs in a folder, with the extension loaded."""
    manager = KernelManager()
    manager.start_kernel(
        cwd=str(folder), env={**os.environ, "PYTHONFAULTHANDLER": "1", **environment}
    )
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=HANG)
        front = FrontEnd(manager, client)
        assert front.run("%load_ext k2_jupyter").reply["status"] == "ok"
        yield front
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
